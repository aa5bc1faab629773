"""Files that are made to fill the memory, or happen to: read or refused within bounds, in a process of its own."""

import zipfile

import polars as pl
import pytest
import xlsxwriter

from tests.utils.memory import peak_of_check
from tests.utils.tapes import mapping_of

HEADER = "loan_id;balance;town\n"
ROWS = "L{0};{0};Bonn\n"
TOO_LONG, TOO_WIDE = "is longer than a megabyte", "16,384 columns; a tape has at most 2,048"
MAPPING = mapping_of(counterparty_city="town")


def told_of(path):
    return peak_of_check(path, MAPPING)


class TestAnEndlessLine:
    """Up to a gigabyte; the file is sparse and takes no room on the disk."""

    @pytest.mark.parametrize(
        ("before", "codec", "size"),
        [
            ('L1;5;"', "utf-8", 1 << 30),
            ("L1;", "utf-8", 1 << 27),
            ('"x\n"";', "utf-8", 1 << 27),
            ("L1;", "utf-16-le", 1 << 27),
        ],
    )
    def test_is_refused(self, tmp_path, before, codec, size):
        path = tmp_path / "tape.csv"
        sound = HEADER + "".join(ROWS.format(at) for at in range(1_000))
        mark = b"\xff\xfe" if codec == "utf-16-le" else b""
        with path.open("wb") as file:
            file.write(mark + (sound + before).encode(codec))
            file.truncate(size)
        told, grown = told_of(path)
        assert TOO_LONG in told
        assert grown < 200

    def test_is_refused_as_a_header(self, tmp_path):
        path = tmp_path / "tape.csv"
        with path.open("wb") as file:
            file.write(b"loan_id;balance;" + b"town" * 2_000)
            file.truncate(1 << 27)
        told, grown = told_of(path)
        assert TOO_LONG in told
        assert grown < 200


class TestColumnsToTheEdgeOfASheet:
    NAMES = ("loan_id", "balance", "town", *(f"c{at}" for at in range(16_384 - 3)))

    def test_are_refused_in_text(self, tmp_path):
        path = tmp_path / "tape.csv"
        path.write_text("".join(";".join(self.NAMES) + "\n" for _ in range(50)))
        told, grown = told_of(path)
        assert TOO_WIDE in told
        assert grown < 200

    def test_are_refused_in_parquet(self, tmp_path):
        path = tmp_path / "tape.parquet"
        pl.DataFrame(dict.fromkeys(self.NAMES, ["x"] * 50)).write_parquet(path)
        told, grown = told_of(path)
        assert TOO_WIDE in told
        assert grown < 300

    def test_are_refused_in_a_workbook(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for row in range(3):
                page.write_row(row, 0, self.NAMES)
        told, grown = told_of(path)
        assert TOO_WIDE in told
        assert grown < 200

    def test_without_names_are_told_row_by_row(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, self.NAMES[:3])
            for row in range(1, 30):
                page.write_row(row, 0, [f"L{row}", row, "Bonn", *["x"] * (16_384 - 3)])
        told, grown = told_of(path)
        assert told == "29"
        assert grown < 200


class TestEmptyRows:
    def test_a_million_that_only_have_a_style_are_no_rows(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page, bold = book.add_worksheet(), book.add_format({"bold": True})
            page.write_row("A1", HEADER.strip().split(";"))
            page.write_row("A2", ["L1", 5, "Bonn"])
            page.write_blank("A3", None, bold)
        rows = "".join(f'<row r="{at}" s="1" customFormat="1"><c r="A{at}" s="1"/></row>' for at in range(4, 1_000_004))
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        parts[sheet] = parts[sheet].replace(b"</sheetData>", rows.encode() + b"</sheetData>")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        told, grown = told_of(path)
        assert told == "1"
        assert grown < 150


class TestManyRowsInOnePlace:
    def test_a_row_group_of_two_million_rows_is_read(self, tmp_path):
        path, count = tmp_path / "tape.parquet", 2_000_000
        number = pl.int_range(0, count, eager=True)
        town = number.cast(pl.String) + " is the number of a house in a street of some length"
        frame = pl.DataFrame({"loan_id": number.cast(pl.String), "balance": number % 1_000, "town": town})
        frame.write_parquet(path, row_group_size=count)
        told, grown = told_of(path)
        assert told == str(count)
        assert grown < 900


class TestOneLongTextInManyRows:
    """A file of a few kilobytes that unpacks to gigabytes."""

    ROWS, LETTERS = 60_000, 20_000

    def test_is_read_in_small_batches_from_parquet(self, tmp_path):
        path = tmp_path / "tape.parquet"
        number = pl.int_range(0, self.ROWS)
        town = pl.when(number % 2 == 0).then(pl.lit("x" * self.LETTERS)).otherwise(pl.lit("y" * self.LETTERS))
        frame = pl.select(loan_id=number.cast(pl.String), balance=number % 1_000, town=town)
        frame.write_parquet(path, row_group_size=20_000)
        assert path.stat().st_size < 1_000_000
        told, grown = told_of(path)
        assert told == str(self.ROWS)
        assert grown < 800

    def test_is_read_in_small_batches_from_a_workbook(self, tmp_path):
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            page.write_row("A1", HEADER.strip().split(";"))
            for at in range(1, self.ROWS + 1):
                page.write_row(at, 0, [f"L{at}", at, "x" * self.LETTERS])
        told, grown = told_of(path)
        assert told == str(self.ROWS)
        assert grown < 1_100

    def test_of_more_than_a_megabyte_is_refused_in_parquet(self, tmp_path):
        path = tmp_path / "tape.parquet"
        pl.DataFrame({"loan_id": ["1", "2"], "balance": [1, 2], "town": ["x", "y" * (1 << 20)]}).write_parquet(path)
        told, _ = told_of(path)
        assert "row 3 is longer than a megabyte" in told

    def test_of_more_than_a_megabyte_is_refused_in_a_workbook(self, tmp_path):
        names = [f"c{at}" for at in range(40)]
        path = tmp_path / "tape.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, ["loan_id", "balance", "town", *names])
            page.write_row(1, 0, ["L1", 1, "Bonn", *["x"] * 40])
            page.write_row(2, 0, ["L2", 1, "Bonn", *["x" * 30_000] * 40])
        told, _ = told_of(path)
        assert "row 3 is longer than a megabyte" in told
