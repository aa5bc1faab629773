"""A part of a file that stands for all of it: the first rows and some from places spread over the rest.

A file of a gigabyte takes no longer than a small one. What is cut out is opened by the same reader as a whole tape, so
encoding, delimiter and header are found in the same way.
"""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import polars as pl

from salvor.errors import FileMissing, FileUnreadable, SalvorError, TapeEmpty
from salvor.tape.files.encoding import as_utf8
from salvor.tape.files.opening import kind_of, open_table
from salvor.tape.files.table import ROW, Table
from salvor.tape.plan import FileStyle
from salvor.tape.propose.headers import Header, header_in, no_header
from salvor.tape.propose.sheet import top_of_sheet

_HEAD = 2 << 20  # bytes from the beginning
_PLACES, _PIECE = 24, 64 << 10  # further on: so many pieces of so many bytes
_LONGEST = 1 << 20  # bytes of a row
_ROWS = 10_000  # of the head
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Sample:
    """Text columns of the rows that were looked at; `whole` when these are all there are."""

    path: Path
    frame: pl.DataFrame
    style: FileStyle  # what the mapping must say about the file
    notes: Sequence[str]
    whole: bool
    titles: str = ""  # what stands above the header

    def values(self, column: str) -> pl.Series:
        """Texts of a column without the empty ones, spaces around them removed."""
        text = self.frame[column].str.strip_chars()
        return text.filter(text != "")


def take_sample(path: Path, style: FileStyle, *, find_header: bool = True) -> Sample:
    """Read the beginning of a file and places spread over the rest; raises what the reader of tapes raises.

    Of a workbook only the beginning is read.
    """
    if path.is_dir():
        raise FileUnreadable(path, "one file", "it is a folder; of related tables, write the mapping after the example")
    if not path.is_file():
        raise FileMissing(path, "tape")
    kind = kind_of(path)
    if kind == "a workbook":
        top = top_of_sheet(
            path, sheet=style.sheet, header_row=None if find_header else style.header_row, rows=2 * _ROWS
        )
        style = style.model_copy(update={"header_row": top.header_row})
        return Sample(path, top.frame, style, (top.note,), top.whole, top.titles)
    with tempfile.TemporaryDirectory(prefix="salvor-map-") as folder:
        if kind == "Parquet":
            return _spread(path, open_table(path, scratch=Path(folder), style=style), style)
        excerpt, whole = _excerpt(path, Path(folder))
        try:
            return _opened(path, excerpt, Path(folder), style, whole, find_header)
        except SalvorError as error:
            error.message = error.message.replace(str(excerpt), str(path))
            raise


def _opened(path: Path, excerpt: Path, scratch: Path, style: FileStyle, whole: bool, find_header: bool) -> Sample:
    titles = ""
    if find_header:
        text, _ = as_utf8(excerpt, declared=style.encoding, scratch=scratch)
        row, titles = _header_row(path, text, style.delimiter)
        style = style.model_copy(update={"header_row": row})
    table = open_table(excerpt, scratch=scratch, style=style)
    frame = table.frame.filter(~pl.col(ROW).is_in(list(table.ragged))).drop(ROW).collect()
    if not frame.height:
        raise TapeEmpty(path)
    if frame.height > _ROWS * 2:
        frame = pl.concat([frame.head(_ROWS), frame.tail(_ROWS)])
        whole = False
    return Sample(path, frame.with_columns(pl.all().fill_null("")), style, tuple(table.notes), whole, titles)


def _spread(path: Path, table: Table, style: FileStyle) -> Sample:
    """The first rows, and as many at even distances behind them."""
    last = int(table.frame.select(pl.col(ROW).max()).collect().item() or 0)
    step = max(1, (last - _ROWS) // _ROWS)
    near = (pl.col(ROW) <= _ROWS) | (pl.col(ROW) % step == 0)
    frame = table.frame.filter(near).drop(ROW).collect(engine="streaming")
    if not frame.height:
        raise TapeEmpty(path)
    return Sample(path, frame.with_columns(pl.all().fill_null("")), style, tuple(table.notes), step == 1)


def _excerpt(path: Path, scratch: Path) -> tuple[Path, bool]:
    """The file itself when it is small, else a copy of parts of it that end where records end."""
    size = path.stat().st_size
    if size <= _HEAD + _PLACES * _PIECE:
        return path, True
    with path.open("rb") as file:
        head = file.read(_HEAD)
        end = _line_end(head)
        parts = [_up_to_a_record(head, end)]
        if len(head) - len(parts[0]) > _LONGEST:
            raise FileUnreadable(path, "a delimited file", "it has a row of more than a megabyte; is a quote missing?")
        rest = size - _HEAD - _PIECE
        for place in range(1, _PLACES + 1):
            file.seek((_HEAD + place * rest // _PLACES) // 4 * 4)  # UTF-16 starts at even bytes
            parts.append(_whole_lines(file.read(_PIECE), end))
    excerpt = scratch / path.name
    excerpt.write_bytes(b"".join(parts))
    return excerpt, False


def _line_end(start: bytes) -> bytes:
    """LF as this file writes it, or CR where there is no LF."""
    quarter, end = len(start) // 8, b"\n" if b"\n" in start else b"\r"
    if start.startswith(codecs.BOM_UTF16_BE) or start[0::2].count(0) > quarter:
        return b"\0" + end
    return end + b"\0" if start.startswith(codecs.BOM_UTF16_LE) or start[1::2].count(0) > quarter else end


def _up_to_a_record(head: bytes, end: bytes) -> bytes:
    """Cut at the last line end that is not within quotes; a head without one is left for the reader to refuse."""
    cut = len(head)
    for _ in range(1_000):
        cut = _last(head, end, cut)
        if cut <= 0:
            return head
        if head.count(b'"', 0, cut) % 2 == 0:
            return head[:cut]
        cut -= len(end)
    return head


def _last(data: bytes, end: bytes, before: int) -> int:
    """The place behind the last line end; in UTF-16 it starts at an even byte."""
    found = data.rfind(end, 0, before)
    while found > 0 and found % len(end):
        found = data.rfind(end, 0, found + len(end) - 1)
    return found + len(end) if found >= 0 else 0


def _whole_lines(piece: bytes, end: bytes) -> bytes:
    """Complete lines of a piece; those with an open quote are part of a longer record and are left out."""
    if len(end) == 1:
        lines = piece.split(end)[1:-1]
    else:
        ends = [at for at in range(0, len(piece) - 1, 2) if piece[at : at + 2] == end]
        lines = [piece[a + 2 : b] for a, b in pairwise(ends)]
    return b"".join(line + end for line in lines if line.count(b'"') % 2 == 0)


def _header_row(path: Path, text: Path, delimiter: str | None) -> tuple[int, str]:
    """The first record that is as wide as most and reads like names, and the titles that stand above it."""
    with text.open(encoding="utf-8", newline="") as file:
        start = file.read(1 << 16)
    if not start:
        raise TapeEmpty(path)
    best: tuple[int, int, Header] | None = None
    widest = 1
    for sign in (delimiter,) if delimiter else _DELIMITERS:
        records = _records(start, sign)
        width, times = (
            Counter(len(record) for record in records if record).most_common(1)[0] if any(records) else (0, 0)
        )
        widest = max(widest, width)
        header = header_in(records, width) if width > 1 else None
        if header and (best is None or (width, times) > best[:2]):
            best = (width, times, header)
    if best:
        return best[2].place + 1, best[2].titles
    if widest > 1:
        raise no_header(path)
    return 1, ""


def _records(text: str, sign: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error:
        return []
