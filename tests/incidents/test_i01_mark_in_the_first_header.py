"""I01: a byte-order mark becomes part of the first header (pandas-dev/pandas #13497, #4793; biolab/orange3 #7000).

The reader keeps the mark as part of the first column's name, or leaves its quotes on, so the mapping misses that column
and the eye sees nothing wrong. The same mark stands in the middle where two files were joined.

Right: the header is `loan_id` without mark and quotes in every encoding; a mark within is reported with its row and
never merged into a value; a name with letters that can't be seen is shown with them.
"""

import codecs

import pytest

from salvor.errors import ColumnMissing, FileUnreadable
from tests.utils.tapes import mapping_of

COMMA = {"decimal": ",", "thousands": "."}
HEADERS = ['"loan_id";"balance"', "loan_id;balance", '"loan_id";balance']
ROW = "000123;1.299,99\n"
ENCODINGS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_mark_at_the_beginning_is_no_part_of_the_header(bench, encoding, declared, end, header):
    content = ENCODINGS[encoding] + f"{header}\n{ROW}".replace("\n", end).encode(encoding)
    done = bench.check(content, mapping_of(numbers=COMMA, file={"encoding": encoding} if declared else None))
    assert [(loan["contract_identifier"], loan["gross_balance"]) for loan in done.loans] == [("000123", 129_999)]
    assert done.lines == []
    assert f"encoding {encoding} ({'declared' if declared else 'mark'})" in done.checked.notes


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_two_files_that_were_joined_are_told_by_the_row_of_the_second_mark(bench, encoding):
    part = ENCODINGS[encoding] + f"loan_id;balance\n{ROW}".encode(encoding)
    done = bench.check(part + part.replace("123".encode(encoding), "456".encode(encoding)), mapping_of(numbers=COMMA))
    assert {(line["row"], line["rule"]) for line in done.lines} == {
        ("3", "TAPE-007"),
        ("3", "TAPE-010"),
        ("3", "TAPE-058"),
    }
    assert [(loan["contract_identifier"], loan["gross_balance"]) for loan in done.loans] == [
        ("000123", 129_999),
        ("000456", 129_999),
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_second_header_in_quotes_is_told_as_a_second_file(bench, encoding):
    part = ENCODINGS[encoding] + f'"loan_id";"balance"\n{ROW}'.encode(encoding)
    with pytest.raises(FileUnreadable, match="row 3: a byte-order mark stands before a quote; were two files joined"):
        bench.check(part + part, mapping_of(numbers=COMMA))


@pytest.mark.parametrize("header", ["\ufeffloan_id;balance", "loan_id;\ufeffbalance"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_second_mark_within_the_header_is_told(bench, encoding, header):
    content = ENCODINGS[encoding] + f"{header}\n{ROW}".encode(encoding)
    with pytest.raises(FileUnreadable, match="row 1 has a byte-order mark within; remove it"):
        bench.check(content, mapping_of(numbers=COMMA))


@pytest.mark.parametrize(("letter", "shown"), [("\u200b", "\\u200b"), ("\u00a0", "\\u00a0"), ("\u00ad", "\\u00ad")])
@pytest.mark.parametrize("place", [0, 4, 7])
def test_a_letter_that_cannot_be_seen_is_shown(bench, letter, shown, place):
    name = "loan_id"[:place] + letter + "loan_id"[place:]
    with pytest.raises(ColumnMissing) as refused:
        bench.check(f"{name};balance\n{ROW}", mapping_of(numbers=COMMA))
    assert f"did you mean '{name.replace(letter, shown)}'?" in refused.value.message


@pytest.mark.parametrize("letter", ["\ufeff", "\u200b", "\u2060", "\u00ad", "\u202e"])
@pytest.mark.parametrize("place", [0, 2, 6])
def test_an_identifier_with_a_letter_that_cannot_be_seen_is_rejected(bench, letter, place):
    hidden = "000123"[:place] + letter + "000123"[place:]
    done = bench.check(f"loan_id;balance\n000123;1\n{hidden};2\n")
    assert done.values("contract_identifier") == ["000123"]
    assert "TAPE-007" in done.rules(row=3)
