"""I05: leading zeros lost (sdv-dev/SDV #2780; pandas-dev/pandas #54665, #39906).

Columns of identifiers are inferred as numbers, so that distinct ones fall together, and days written in digits turn
into numbers.

Right: three loans stay three; a day is read by its format; what a sheet stores as a number and shows with zeros is read
as the number, told, and never silently the same loan as the text.
"""

from datetime import date

import polars as pl
import pytest
import xlsxwriter

from salvor.tape.propose.proposal import propose
from tests.utils.tapes import mapping_of

IDS = [
    "00123",
    "123",
    "0123",
    "0",
    "00",
    "000",
    "1e3",
    "1E3",
    "+7",
    "7.0",
    "7",
    "0x1F",
    "-0",
    "١٢٣",
    "1_000",
    "nan",
    "NULL",
]
POSTCODE, DAY = {"column": "zip"}, {"column": "day", "format": "%d%m%Y"}


def csv_of(ids):
    return "loan_id;balance;zip;day\n" + "".join(f"{each};{at + 1};02116;05112025\n" for at, each in enumerate(ids))


def parquet_of(bench, ids):
    path = bench.put(b"", "tape.parquet")
    count = len(ids)
    pl.DataFrame(
        {"loan_id": ids, "balance": range(1, count + 1), "zip": ["02116"] * count, "day": ["05112025"] * count}
    ).write_parquet(path)
    return path


def workbook_of(bench, cells):
    """Identifiers as (value, number format) pairs; text where there is no format."""
    path = bench.put(b"", "tape.xlsx")
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row("A1", ["loan_id", "balance", "zip", "day"])
        for at, (value, code) in enumerate(cells, start=1):
            if code:
                page.write_number(at, 0, value, book.add_format({"num_format": code}))
            else:
                page.write_string(at, 0, value)
            page.write_number(at, 1, at)
            page.write_string(at, 2, "02116")
            page.write_string(at, 3, "05112025")
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet", "workbook"])
def test_identifiers_postcodes_and_days_are_what_was_written(bench, kind):
    made = {"csv": csv_of, "parquet": lambda ids: parquet_of(bench, ids)}
    make = made.get(kind, lambda ids: workbook_of(bench, [(each, None) for each in ids]))
    done = bench.check(make(IDS), mapping_of(counterparty_postcode=POSTCODE, origination_date=DAY))
    assert done.values("contract_identifier") == IDS
    assert set(done.values("counterparty_postcode")) == {"02116"}
    assert set(done.values("origination_date")) == {date(2025, 11, 5)}
    assert set(done.rules()) <= {"TAPE-006"}  # 1e3 and 1E3


def test_the_proposal_keeps_them_too(bench):
    ids = ["00123", "123", "0123"]
    found = propose(bench.put(csv_of(ids)), class_name="consumer_debt", currency="EUR")
    (line,) = [each for each in found.mapped if each.field == "contract_identifier"]
    assert line.samples == tuple(ids)
    assert {key.name for key in line.keys} == {"column"}


def test_a_number_that_a_sheet_shows_with_zeros_is_told(bench):
    done = bench.check(workbook_of(bench, [(123, "00000"), ("00124", None)]))
    assert done.values("contract_identifier") == ["123", "00124"]
    (line,) = done.lines
    assert (line["row"], line["rule"], line["old"], line["new"]) == ("2", "TAPE-053", "00123", "123")


def test_it_is_the_same_loan_as_the_text_where_the_mapping_says_so(bench):
    padded = mapping_of(contract_identifier={"column": "loan_id", "pad": 5})
    done = bench.check(workbook_of(bench, [(123, "00000"), ("00123", None), ("00124", None)]), padded)
    assert done.values("contract_identifier") == ["00124"]
    assert "TAPE-005" in done.rules(row=2)
    assert "TAPE-005" in done.rules(row=3)
    assert "TAPE-202" in done.rules(row=2)


def test_it_is_never_silently_the_text(bench):
    done = bench.check(workbook_of(bench, [(123, "00000"), ("00123", None)]))
    assert done.values("contract_identifier") == ["123", "00123"]
