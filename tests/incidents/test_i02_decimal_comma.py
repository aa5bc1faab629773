"""I02: a dot groups thousands, a comma is the decimal sign (pola-rs/polars #18797, #18798, #24414, #23157).

The reader's option covers floats but not decimals, nor groups, nor commas in quotes where a comma also separates.

Right: a dialect that is declared is read to the cent, whatever separates the columns; a wrong group is refused; where
nothing is declared and the values fit two dialects, the tool asks and does not guess.
"""

import pytest

from salvor.errors import NumbersAmbiguous
from salvor.tape.propose.proposal import propose
from tests.utils.tapes import mapping_of

COMMA, POINT = {"decimal": ",", "thousands": "."}, {"decimal": ".", "thousands": ","}
SPACE, APOSTROPHE = {"decimal": ",", "thousands": " "}, {"decimal": ".", "thousands": "'"}
ALL = [
    {"decimal": decimal, "thousands": thousands}
    for decimal in ".,"
    for thousands in ("", ",", ".", " ", "'")
    if decimal != thousands
]
SPACES = [" ", "\u00a0", "\u202f", "\u2009"]


def rows_of(*texts, sign=";"):
    quoted = [f'"{text}"' if sign in text else text for text in texts]
    return f"loan_id{sign}balance\n" + "".join(f"L{at}{sign}{text}\n" for at, text in enumerate(quoted))


class TestDeclared:
    @pytest.mark.parametrize(
        ("text", "numbers", "cents"),
        [
            ("1.299,99", COMMA, 129_999),
            ("265,64", COMMA, 26_564),
            ("1.299", COMMA, 129_900),
            ("1,2", COMMA, 120),
            ("1\u202f234,50", SPACE, 123_450),
            ("1'234.50", APOSTROPHE, 123_450),
            ("1\u2019234.50", APOSTROPHE, 123_450),
        ],
    )
    @pytest.mark.parametrize("sign", ",;\t|")
    def test_is_read_to_the_cent(self, bench, text, numbers, cents, sign):
        done = bench.check(rows_of(text, sign=sign), mapping_of(numbers=numbers, file={"delimiter": sign}))
        assert (done.values("gross_balance"), done.lines) == ([cents], [])

    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("12.34,56", COMMA),
            ("1.2999,99", COMMA),
            ("1234.567,00", COMMA),
            (".299,99", COMMA),
            ("1..299,99", COMMA),
            ("1.299,", POINT),
            ("1'234.50", POINT),
            ("1\u202f234,50", COMMA),
            ("1 23 4,50", SPACE),
            ("1,234.50,00", POINT),
        ],
    )
    def test_a_wrong_group_is_refused(self, bench, text, numbers):
        done = bench.check(rows_of("1", text), mapping_of(numbers=numbers))
        assert (done.values("gross_balance"), done.rules(row=3)) == ([100], ["TAPE-013"])

    @pytest.mark.parametrize("numbers", ALL)
    @pytest.mark.parametrize("sign", ",;")
    @pytest.mark.parametrize("cents", [7, 70, 123, 100_000, 123_456, 100_000_000, 123_456_789_012])
    def test_every_dialect_reads_what_it_writes(self, bench, numbers, sign, cents):
        spaces = SPACES if numbers["thousands"] == " " else [numbers["thousands"]]
        texts = [f"{cents // 100:,}".replace(",", each) + numbers["decimal"] + f"{cents % 100:02}" for each in spaces]
        done = bench.check(rows_of(*texts, sign=sign), mapping_of(numbers=numbers, file={"delimiter": sign}))
        assert done.values("gross_balance") == [cents] * len(texts)


class TestNotDeclared:
    @pytest.mark.parametrize("texts", [["1.299"], ["1.299", "24.500"], ["1.299", "7"], ["1.299", "1.299.000"]])
    def test_points_before_three_digits_are_asked_about(self, bench, texts):
        with pytest.raises(NumbersAmbiguous, match=r"is 1\.299 more than a thousand"):
            bench.check(rows_of(*texts))

    def test_the_proposal_asks_too(self, bench):
        found = propose(bench.put(rows_of("1.299", "24.500")), class_name="consumer_debt", currency="EUR")
        assert [place for place, _ in found.open()] == ["numbers"]

    @pytest.mark.parametrize("numbers", ALL)
    @pytest.mark.parametrize("cents", [7, 70, 123, 100_000, 123_456, 100_000_000, 123_456_789_012])
    def test_no_dialect_is_read_as_another_number(self, bench, numbers, cents):
        text = f"{cents // 100:,}".replace(",", numbers["thousands"]) + numbers["decimal"] + f"{cents % 100:02}"
        assert bench.check(rows_of(text)).values("gross_balance") in ([cents], [])
