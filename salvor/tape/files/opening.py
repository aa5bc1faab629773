"""One door for every file: its first bytes say what it is, its name does not.

What can't be read is refused in one line that says what it is and what to do about it.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Literal

from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.files.delimited import open_delimited
from salvor.tape.files.parquet import open_parquet
from salvor.tape.files.table import Table
from salvor.tape.files.workbook.book import open_workbook
from salvor.tape.files.workbook.package import opened
from salvor.tape.plan import FileStyle

Kind = Literal["delimited text", "a workbook", "Parquet"]
_FITTING: dict[Kind, set[str]] = {
    "delimited text": {"encoding", "delimiter", "header_row"},
    "a workbook": {"sheet", "header_row"},
    "Parquet": set(),
}
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED = "it is packed with {}; unpack it, then read the file that is in it"
_REFUSED = {
    b"%PDF": "it is a PDF; ask for the sheet that it was printed from",
    b"\x1f\x8b": _PACKED.format("gzip"),
    b"BZh": _PACKED.format("bzip2"),
    b"\xfd7zXZ\0": _PACKED.format("xz"),
    b"\x28\xb5\x2f\xfd": _PACKED.format("zstd"),
    b"7z\xbc\xaf\x27\x1c": _PACKED.format("7-Zip"),
    b"Rar!": _PACKED.format("RAR"),
    b"PARE": "it is an encrypted Parquet file; write it without encryption",
    b"ARROW1": "it is an Arrow file; write it as Parquet",
    b"SQLite format 3\0": "it is a database; export the table as CSV",
    b"{\\rtf": "it is a text document; export the sheet as CSV or XLSX",
}
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|table|meta|style|\?xml|!--|div)", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_START, _PIECE = 4096, 1 << 20


def open_table(path: Path, *, scratch: Path, style: FileStyle, decimal: str = ".") -> Table:
    """Open a CSV, XLSX or Parquet file as text columns; copies, where one is needed, go to the folder `scratch`.

    Numbers of a workbook or a binary column are written with the sign `decimal`, as the file's texts are.
    """
    if not path.is_file():
        raise FileMissing(path, "tape")
    kind = kind_of(path)
    _refuse_unfit(path, kind, style)
    if kind == "a workbook":
        return open_workbook(path, scratch=scratch, sheet=style.sheet, header_row=style.header_row, decimal=decimal)
    if kind == "Parquet":
        return open_parquet(path, decimal=decimal)
    return open_delimited(
        path, scratch=scratch, encoding=style.encoding, delimiter=style.delimiter, header_row=style.header_row
    )


def kind_of(path: Path) -> Kind:
    """What a file is by its bytes. Raises `FileUnreadable` for what no tape is."""
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        raise TapeEmpty(path)
    if start.startswith(b"PAR1"):
        return "Parquet"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _workbook_or_not(path)
    if start.startswith(_OLE2):
        raise FileUnreadable(path, "a tape", _old_format(path))
    for sign, reason in _REFUSED.items():
        if start.startswith(sign):
            raise FileUnreadable(path, "a tape", reason)
    text = start.replace(b"\0", b"")  # as UTF-16 may be
    for mark in _MARKS:
        text = text.removeprefix(mark)
    if _MARKUP.match(text):
        what = "a sheet in XML" if b"office:spreadsheet" in text else "a web page or XML, whatever its name says"
        raise FileUnreadable(path, "a tape", f"it is {what}; open it in a sheet program and save it as XLSX or CSV")
    return "delimited text"


def _workbook_or_not(path: Path) -> Kind:
    with opened(path) as package:
        if package.has("[Content_Types].xml"):
            return "a workbook"
        if package.has("mimetype") and b"opendocument" in _first_bytes(package.archive, "mimetype"):
            raise FileUnreadable(path, "a tape", "it is an OpenDocument file (.ods); save it as XLSX or CSV")
    raise FileUnreadable(path, "a tape", "it is a zip archive; unpack it, then read the file that is in it")


def _first_bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return file.read(_START)


def _old_format(path: Path) -> str:
    """Excel before 2007, and any workbook with a password, have the same first bytes."""
    sign, before = "EncryptedPackage".encode("utf-16-le"), b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if sign in before + piece:
                return "it is a workbook with a password; save it without one"
            before = piece[-len(sign) :]
    return "it is a workbook of Excel before 2007 (.xls); save it as XLSX"


def _refuse_unfit(path: Path, kind: Kind, style: FileStyle) -> None:
    unfit = sorted(style.model_fields_set - _FITTING[kind])
    named = [name for name in unfit if getattr(style, name) != FileStyle.model_fields[name].default]
    if named:
        raise OptionInvalid(f"{path} is {kind}: `{named[0]}` under `file` in the mapping does not fit it; remove it")
