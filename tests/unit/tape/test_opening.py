"""Files are known by their first bytes, whatever their names; what is no tape is refused with what to do about it."""

import zipfile

import polars as pl
import pytest
import xlsxwriter

from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.files.opening import kind_of, open_table
from salvor.tape.plan import FileStyle
from tests.utils.memory import peak

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture
def put(tmp_path):
    def write(content, name="tape.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "tape.csv"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Loans")
        page.write_row("A1", ["id", "amount"])
        page.write_row("A2", ["007", 5])
    return path


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "tape.xlsx"
    pl.DataFrame({"id": ["007"], "amount": [5]}).write_parquet(path)
    return path


def opened(path, tmp_path, **style):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return open_table(path, scratch=scratch, style=FileStyle(**style)).frame.collect().rows()


class TestKinds:
    def test_a_workbook_is_one_whatever_its_name(self, workbook, tmp_path):
        assert opened(workbook, tmp_path) == [(2, "007", "5")]

    def test_parquet_is_parquet_whatever_its_name(self, parquet, tmp_path):
        assert opened(parquet, tmp_path) == [(2, "007", "5")]

    def test_all_else_is_text(self, put, tmp_path):
        assert opened(put(b"id;amount\n007;5\n", "tape.xlsx"), tmp_path) == [(2, "007", "5")]

    def test_a_style_that_fits_is_used(self, workbook, tmp_path):
        assert opened(workbook, tmp_path, sheet="Loans", header_row=1) == [(2, "007", "5")]

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (OLE2 + bytes(3000) + "Workbook".encode("utf-16-le"), r"Excel before 2007 \(.xls\); save it as XLSX"),
            (OLE2 + bytes((1 << 20) - 20) + "EncryptedPackage".encode("utf-16-le"), "a workbook with a password"),
            (b"%PDF-1.7", "it is a PDF"),
            (b"\x1f\x8b\x08", "it is packed with gzip; unpack it"),
            (b"BZh9", "bzip2"),
            (b"\xfd7zXZ\0", "xz"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
            (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
            (b"Rar!\x1a", "RAR"),
            (b"PARE", "an encrypted Parquet file"),
            (b"ARROW1\0\0", "it is an Arrow file; write it as Parquet"),
            (b"SQLite format 3\0", "it is a database"),
            (b"{\\rtf1", "it is a text document"),
            (b"\n <HTML><body>", "a web page or XML, whatever its name says"),
            (b"\xef\xbb\xbf<table>", "a web page or XML"),
            ("<!DOCTYPE html>".encode("utf-16"), "a web page or XML"),
            (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "a sheet in XML"),
            (b"PK\3\4", "it is cut off, or no zip archive"),
        ],
    )
    def test_what_is_no_tape_is_refused(self, put, content, told):
        with pytest.raises(FileUnreadable, match=told):
            kind_of(put(content, "tape.xlsx"))

    @pytest.mark.parametrize(
        ("member", "content", "told"),
        [
            ("loans.csv", b"id", "it is a zip archive; unpack it"),
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", r"an OpenDocument file \(.ods\)"),
            ("mimetype", b"application/epub+zip", "it is a zip archive; unpack it"),
        ],
    )
    def test_other_archives_are_refused(self, tmp_path, member, content, told):
        path = tmp_path / "tape.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(member, content)
        with pytest.raises(FileUnreadable, match=told):
            kind_of(path)

    def test_an_absent_file_a_folder_and_an_empty_file_are_told(self, put, tmp_path):
        with pytest.raises(FileMissing):
            opened(tmp_path / "none.csv", tmp_path)
        with pytest.raises(FileMissing):
            open_table(tmp_path, scratch=tmp_path, style=FileStyle())
        with pytest.raises(TapeEmpty):
            kind_of(put(b""))


class TestOptions:
    @pytest.mark.parametrize("style", [{"encoding": "utf-8"}, {"delimiter": ";"}])
    def test_of_text_do_not_fit_a_workbook(self, workbook, tmp_path, style):
        with pytest.raises(OptionInvalid, match=f"is a workbook: `{next(iter(style))}` under `file` in the mapping"):
            opened(workbook, tmp_path, **style)

    @pytest.mark.parametrize("style", [{"encoding": "utf-8"}, {"header_row": 2}, {"sheet": "Loans"}])
    def test_hardly_any_fits_parquet(self, parquet, tmp_path, style):
        with pytest.raises(OptionInvalid, match=f"is Parquet: `{next(iter(style))}`"):
            opened(parquet, tmp_path, **style)

    def test_a_sheet_does_not_fit_text(self, put, tmp_path):
        with pytest.raises(OptionInvalid, match="is delimited text: `sheet`"):
            opened(put(b"id;amount\n007;5\n"), tmp_path, sheet="Loans")

    def test_what_is_as_if_not_named_fits(self, parquet, tmp_path):
        assert opened(parquet, tmp_path, header_row=1, sheet=None) == [(2, "007", "5")]


class TestMemory:
    def test_stays_small_when_a_line_of_a_gigabyte_is_refused(self, put):
        path = put(b"id;amount\n" + b"007;5\n" * 1000)
        with path.open("r+b") as file:
            file.truncate(1 << 30)  # takes no room on the disk
        told, grown = peak(path)
        assert "row 1002 is longer than a megabyte" in told
        assert grown < 150

    def test_stays_small_when_a_large_file_is_opened(self, tmp_path):
        path = tmp_path / "tape.csv"
        with path.open("wb") as file:
            file.write(b"id;amount;text\n")
            for _ in range(200):
                file.write(b"007;5;some words to fill the row\n" * 20_000)
        told, grown = peak(path)
        assert told == "opened"
        assert grown < 200
