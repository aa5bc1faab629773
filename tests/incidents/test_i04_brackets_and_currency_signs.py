"""I04: brackets and currency signs (buckets #740; firefly-iii #1087; hledger #736; actualbudget #807).

Brackets that mean a negative amount, and a currency sign before, inside or after them, were ignored, and every amount
became positive; two signs broke other parsers.

Right: one sign is read, wherever it stands; two are refused (`TAPE-011`), whatever they might mean; another currency is
refused. The sign is never lost.
"""

from itertools import product

import pytest

from tests.utils.tapes import mapping_of

KRONER = {"decimal": ",", "thousands": "."}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "SEK": "kr", "CHF": "Fr", "PLN": "zł"}
MINUS = ["-", "\u2212"]


def rows_of(texts):
    return "loan_id;balance\n" + "".join(f"L{at};{text}\n" for at, text in enumerate(texts))


def read(bench, text, currency, numbers=None):
    """Units, or the rules that refuse the text. A negative balance is read, and then refused for being one."""
    done = bench.check(rows_of([text]), mapping_of(currency=currency, numbers=numbers))
    rules = done.rules()
    assert "TAPE-016" not in rules or done.checked.totals.units_read < 0
    return done.checked.totals.units_read if rules in ([], ["TAPE-016"]) else rules


@pytest.mark.parametrize(
    ("text", "currency", "right"),
    [
        ("($900.23)", "USD", -90_023),
        ("$(12.34)", "USD", -1_234),
        ("€(63.12)", "EUR", -6_312),
        ("€(63.12)", "USD", ["TAPE-012"]),
        ("-($67.00)", "USD", ["TAPE-011"]),
        ("$+1500", "USD", 150_000),
        ("(-5.00)", "USD", ["TAPE-011"]),
        ("EUR 10", "USD", ["TAPE-012"]),
        ("--5", "EUR", ["TAPE-011"]),
        ("(5", "EUR", ["TAPE-010"]),
        ("5)", "EUR", ["TAPE-010"]),
        ("((5))", "EUR", ["TAPE-010"]),
        ("$5€", "EUR", ["TAPE-012"]),
        ("\u20135", "EUR", ["TAPE-010"]),  # a dash is no minus
        ("5 CR", "EUR", ["TAPE-010"]),
    ],
)
def test_each_is_read_or_refused(bench, text, currency, right):
    assert read(bench, text, currency) == right


def test_crowns_are_read_by_the_declared_dialect(bench):
    assert read(bench, "1.500 kr", "SEK", KRONER) == 150_000
    assert read(bench, "1.500 kr", "EUR", KRONER) == ["TAPE-012"]


@pytest.mark.parametrize("currency", SIGNS)
def test_a_sign_is_never_lost_wherever_it_stands(bench, currency):
    """Every way to put a minus and a currency around the number: none comes out positive or as another size."""
    marks = ["", SIGNS[currency], currency, f"{currency} "]
    texts = []
    for minus, before, between, after in product(MINUS, marks, marks, marks):
        texts += [f"{minus}{before}{between}5.00{after}", f"{before}{minus}{between}5.00{after}"]
        texts += [f"{before}{between}5.00{after}{minus}", f"{before}({between}5.00){after}", f"{before}(5.00{after})"]
    done = bench.check(rows_of(texts), mapping_of(currency=currency))
    assert done.loans == []
    read_as = {line["old"] for line in done.lines if line["rule"] == "TAPE-016"}
    assert done.checked.totals.units_read == -500 * sum(text in read_as for text in texts)
    for plain in (
        "-5.00",
        "(5.00)",
        "5.00-",
        f"{SIGNS[currency]}-5.00",
        f"({SIGNS[currency]}5.00)",
        f"{currency} -5.00",
    ):
        assert plain in read_as


@pytest.mark.parametrize("currency", SIGNS)
def test_two_signs_are_refused_whatever_stands_between(bench, currency):
    marks = ["", SIGNS[currency], f"{currency} "]
    texts = []
    for one, two, before in product("+-", "+-", marks):
        texts += [
            f"{one}{before}{two}5",
            f"{one}{before}5{'-'}",
            f"{one}{before}(5)",
            f"{before}({two}5)",
            f"({before}5-)",
        ]
    done = bench.check(rows_of(texts), mapping_of(currency=currency))
    assert done.loans == []
    assert done.checked.totals.units_read == 0
    assert set(done.rules()) <= {"TAPE-010", "TAPE-011"}
