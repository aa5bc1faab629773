"""Writes the workbooks and Parquet files of this folder anew: `python tests/tapes/make_workbooks.py`.

Each has one fault at most, in row 3; what it must give stands in `expected.yaml`.
"""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import xlsxwriter

HERE = Path(__file__).parent
HEAD = ["id", "place", "agreed", "paid out", "amount", "status", "off date", "off"]
DAYS = (2, 3, 6)  # columns
FIRST = ["A1", "Berlin", date(2020, 1, 2), date(2020, 1, 5), 1000, "open", None, 0]
SECOND = ["A2", "Bonn", date(2020, 2, 1), date(2020, 2, 5), 500, "open", None, 0]
NEVER_CALCULATED = ' fullCalcOnLoad="1"'  # what xlsxwriter says, since it does not calculate
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Sheet:
    """One sheet being written, with a format by its code."""

    def __init__(self, book, name):
        self.book, self.sheet = book, book.add_worksheet(name)

    def form(self, code):
        return self.book.add_format({"num_format": code})

    def put(self, row, values):
        for place, value in enumerate(values):
            if isinstance(value, date):
                self.sheet.write_datetime(row, place, value, self.form("dd/mm/yyyy"))
            elif isinstance(value, str):
                self.sheet.write_string(row, place, value)
            elif value is not None:
                self.sheet.write(row, place, value)

    def tape(self, below=0):
        for row, values in enumerate((HEAD, FIRST, SECOND)):
            self.put(row + below, values)


def workbook(name, change=lambda sheet: None, *, below=0, sheet="Loans", others=(), calculated=True, **options):
    path = HERE / name
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(2024, 12, 31)})
        loans = Sheet(book, sheet)
        loans.tape(below)
        change(loans)
        for other, hidden in others:
            more = Sheet(book, other)
            more.tape()
            if hidden:
                more.sheet.hide()
    if calculated:
        mend(name, "xl/workbook.xml", NEVER_CALCULATED, "")


def mend(name, part, old, new):
    """Change one part of a workbook that was written; no text for `old` leaves the part out."""
    path = HERE / name
    with zipfile.ZipFile(path) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts.items():
            if info.filename == part:
                if old is None:
                    continue
                assert old.encode() in content, (name, part, old)
                content = content.replace(old.encode(), new.encode())
            archive.writestr(info, content)


def cell(reference, value, code=None):
    """Write one cell; a format only where it matters."""
    return lambda sheet: sheet.sheet.write(reference, value, *([sheet.form(code)] if code else []))


def formula(reference, text, result):
    return lambda sheet: sheet.sheet.write_formula(reference, text, None, result)


def title(sheet):
    sheet.sheet.merge_range("A1:H1", "Portfolio as of 31 December 2024")


def merged(sheet):
    sheet.sheet.merge_range("B2:B3", "Berlin")


def hidden_row(sheet):
    sheet.sheet.set_row(2, None, None, {"hidden": True})


def workbooks():
    page = "xl/worksheets/sheet1.xml"
    workbook("201-workbook.xlsx")
    workbook("202-id-a-number-shown-with-zeros.xlsx", cell("A3", 123, "00000"))
    workbook("203-id-text-with-zeros.xlsx", lambda sheet: sheet.sheet.write_string("A3", "00123"))
    workbook("204-error-cell.xlsx", formula("E3", "=1/0", "#DIV/0!"))
    workbook("205-formula-with-result.xlsx", formula("E3", "=250*2", 500))
    workbook("206-formula-without-result.xlsx", formula("E3", "=250*2", 77))
    mend("206-formula-without-result.xlsx", page, "<v>77</v>", "")
    workbook("207-formula-never-calculated.xlsx", formula("H3", "=250*2", 0), calculated=False)
    workbook("208-date-zero.xlsx", cell("C3", 0, "yyyy-mm-dd"))
    workbook("209-date-false-leap-day.xlsx", cell("C3", 60, "yyyy-mm-dd"))
    workbook("210-dates-from-1904.xlsx", date_1904=True)
    workbook("211-date-with-time.xlsx", cell("C3", 43862.5, "yyyy-mm-dd hh:mm"))
    workbook("212-id-number-too-long.xlsx", cell("A3", 1234567890123456))
    workbook("213-merged-rows.xlsx", merged)
    workbook("214-hidden-row.xlsx", hidden_row)
    workbook("215-hidden-sheet-with-data.xlsx", others=[("Old", True)])
    workbook("216-two-sheets-one-named.xlsx", others=[("Old", False)])
    workbook("217-no-such-sheet.xlsx", sheet="Loan")
    workbook("218-merged-title-rows.xlsx", title, below=2)
    workbook("219-value-without-header.xlsx", cell("J3", "see letter"))
    workbook("220-amount-sum-of-doubles.xlsx", cell("E3", 500.1))
    mend("220-amount-sum-of-doubles.xlsx", page, "<v>500.1</v>", "<v>500.10000000000002</v>")
    workbook("221-amount-not-whole-cents.xlsx", cell("E3", 500.1))
    mend("221-amount-not-whole-cents.xlsx", page, "<v>500.1</v>", "<v>500.10000000000008</v>")
    workbook("222-status-true.xlsx", cell("F3", True))
    workbook("223-dimension-absurd.xlsx")
    mend("223-dimension-absurd.xlsx", page, 'ref="A1:H3"', 'ref="A1:XFD1048576"')
    workbook("224-encoding-of-a-workbook.xlsx")
    workbook("225-amount-scientific.xlsx", cell("E3", 77))
    mend("225-amount-scientific.xlsx", page, "<v>77</v>", "<v>5.0E+2</v>")


def damaged():
    page = "xl/worksheets/sheet1.xml"
    workbook("231-cut-off.xlsx")
    whole = (HERE / "231-cut-off.xlsx").read_bytes()
    (HERE / "231-cut-off.xlsx").write_bytes(whole[: len(whole) // 2])
    workbook("232-sheet-missing.xlsx")
    mend("232-sheet-missing.xlsx", page, None, "")
    workbook("233-entities.xlsx")
    bomb = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    mend("233-entities.xlsx", page, "<worksheet", bomb)
    workbook("234-shared-text-missing.xlsx", cell("A3", 77))
    mend("234-shared-text-missing.xlsx", page, 'r="A3"><v>77</v>', 'r="A3" t="s"><v>7700</v>')
    workbook("235-cells-out-of-order.xlsx")
    mend("235-cells-out-of-order.xlsx", page, 'r="B3"', 'r="A3"')
    (HERE / "236-password.xlsx").write_bytes(OLE2 + bytes(1016) + "EncryptedPackage".encode("utf-16-le"))
    (HERE / "237-before-2007.xls").write_bytes(OLE2 + bytes(1016) + "Workbook".encode("utf-16-le"))
    (HERE / "238-web-page.xls").write_bytes(b"<html><table><tr><td>id</td></tr></table></html>")
    (HERE / "239-print.csv").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    (HERE / "240-gzip.csv").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0")
    with zipfile.ZipFile(HERE / "241-open-document.ods", "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("mimetype", (2024, 12, 31, 0, 0, 0)), "application/vnd.oasis.opendocument.spreadsheet"
        )


def parquet(name, **changed):
    columns = dict(zip(HEAD, map(list, zip(FIRST, SECOND, strict=True)), strict=True))
    frame = pl.DataFrame(columns | changed, schema_overrides={"off date": pl.Date})
    frame.write_parquet(HERE / name)


def parquets():
    amounts = pl.Series([1000, 500], dtype=pl.Int64)
    parquet("251-parquet.parquet", amount=amounts.cast(pl.Decimal(18, 2)))
    parquet("252-binary-floats.parquet", amount=[1000.1, 500.2])
    parquet("253-float-not-whole-cents.parquet", amount=[1000.0, 500.10000000000008])
    parquet("254-id-as-float.parquet", id=[1.0, 12345678901234567.0])
    parquet("255-nested.parquet", place=[["Berlin"], ["Bonn"]])
    parquet("256-null-amount.parquet", amount=[1000, None])
    parquet("257-times-at-midnight.parquet", agreed=[datetime(2020, 1, 2), datetime(2020, 2, 1)])
    parquet("258-time-of-day.parquet", agreed=[datetime(2020, 1, 2), datetime(2020, 2, 1, 12, 30)])
    parquet("259-cut-off.parquet")
    whole = (HERE / "259-cut-off.parquet").read_bytes()
    (HERE / "259-cut-off.parquet").write_bytes(whole[: len(whole) // 2])
    parquet("260-sheet-of-a-parquet.parquet")


def second_opinion():
    """Faults that another reader's own corpus had and this one lacked."""
    page, main = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
    workbook("261-number-and-a-comma-declared.xlsx", cell("E3", 12.5))
    workbook("262-number-of-three-decimals-and-a-comma-declared.xlsx", cell("E3", 12.345))
    parquet("263-floats-and-a-comma-declared.parquet", amount=[1000.0, 12.345])
    workbook("264-letters-for-a-number.xlsx", cell("E3", 77))
    mend("264-letters-for-a-number.xlsx", page, "<v>77</v>", "<v>5OO</v>")
    workbook("265-damaged-within.xlsx")
    spoil("265-damaged-within.xlsx", page)
    with zipfile.ZipFile(HERE / "266-archive.xlsx", "w") as archive:
        archive.writestr(zipfile.ZipInfo("loans.csv", (2024, 12, 31, 0, 0, 0)), ",".join(HEAD))
    workbook("267-binary-workbook.xlsx")
    mend("267-binary-workbook.xlsx", "_rels/.rels", main, "xl/workbook.bin")
    with xlsxwriter.Workbook(HERE / "268-header-only.xlsx") as book:
        book.set_properties({"created": datetime(2024, 12, 31)})
        Sheet(book, "Loans").put(0, HEAD)
    workbook("269-workbook-by-another-name.csv")
    parquet("270-three-decimals.parquet", amount=[1000.0, 500.005])
    parquet("271-not-a-number.parquet", amount=[1000.0, float("nan")])
    parquet("272-decimals-and-a-comma-declared.parquet", amount=[Decimal("1000.00"), Decimal("12.50")])


def spoil(name, part):
    """Change a byte in the middle of a packed part."""
    path = HERE / name
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(part)
    content = bytearray(path.read_bytes())
    content[info.header_offset + 30 + len(part) + info.compress_size // 2] ^= 0xFF
    path.write_bytes(content)


if __name__ == "__main__":
    workbooks()
    damaged()
    parquets()
    second_opinion()
