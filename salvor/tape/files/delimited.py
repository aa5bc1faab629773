"""CSV and its relatives: any delimiter, quoted line breaks, title rows above the header; every value stays text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from salvor.errors import FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.files.encoding import as_utf8
from salvor.tape.files.structure import structure_of
from salvor.tape.files.table import ODD, ROW, Table, header_problem

MARK = "TAPE-058"
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 20  # records in which a delimiter must give the same number of fields
_HEAD = 1 << 22  # letters in which the header and the sample stand
_PIECE = 1 << 20
_RAGGED = 100_000  # rows with another number of fields than the header; with more, it is the wrong dialect
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def open_delimited(
    path: Path, *, scratch: Path, encoding: str | None = None, delimiter: str | None = None, header_row: int = 1
) -> Table:
    """A table of text columns; records with another number of fields than the header are in `Table.ragged`.

    `row` counts records, the first record of the file being row 1, as a sheet does. Empty records are left out.
    """
    if delimiter and (not delimiter.isascii() or delimiter in '"\r\n'):
        raise OptionInvalid(f"{path}: {delimiter!r} can't be the delimiter; name an ASCII sign that is no quote")
    text, found = as_utf8(path, declared=encoding, scratch=scratch)
    if text.stat().st_size == 0:
        raise TapeEmpty(path)
    head = _head(path, text)
    notes = [f"encoding {found.name} ({found.known_by})"]
    if _ends_with_cr(head):
        text = _with_lf(text, scratch)
        head = _head(path, text)
        notes.append("its lines end with CR alone")
    sign = delimiter or _guess(path, head, header_row)
    structure = structure_of(text, sign, told_as=path)
    header, lines = _header(path, head, sign, header_row)
    frame = pl.scan_csv(
        text,
        separator=sign,
        has_header=False,
        skip_lines=lines,
        schema=dict.fromkeys(header, pl.String),
        extra_columns="ignore",
        missing_columns="insert",
        empty_string_is_null=False,
        row_index_name=ROW,
        row_index_offset=header_row + 1,
        raise_if_empty=False,
    )
    notes.append(f"separated by {_NAMES.get(sign, repr(sign))}")
    empty = pl.all_horizontal(pl.col(name).fill_null("") == "" for name in header)
    ragged = _ragged(path, structure.fields, frame, header, header_row)
    odd = pl.LazyFrame([(row, "", MARK, None, None) for row in structure.marks], schema=ODD, orient="row")
    return Table(path, frame.filter(~empty), header, ragged, notes, odd)


def _head(path: Path, text: Path) -> str:
    """The beginning of the file, enough to see its dialect."""
    with text.open(encoding="utf-8", newline="") as file:
        start = file.read(_HEAD)
    if not start.strip():
        raise TapeEmpty(path)
    return start


def _ends_with_cr(head: str) -> bool:
    """Whether its lines end as on the first Macintoshes: outside of quotes there is CR, and no LF."""
    outside = head.split('"')[::2]
    return any("\r" in part for part in outside) and not any("\n" in part for part in outside)


def _with_lf(text: Path, scratch: Path) -> Path:
    """A copy whose lines end with LF; what stands in quotes is not touched."""
    copy, inside = scratch / f"{text.name}.lf", 0
    with text.open("rb") as file, copy.open("wb") as out:
        while piece := file.read(_PIECE):
            parts = piece.split(b'"')
            outside = [part if (place + inside) % 2 else part.replace(b"\r", b"\n") for place, part in enumerate(parts)]
            out.write(b'"'.join(outside))
            inside = (inside + len(parts) - 1) % 2
    return copy


def _guess(path: Path, head: str, header_row: int) -> str:
    """The sign that cuts the header and the rows below it into the same number of fields, and into the most."""
    best: list[tuple[int, str]] = []
    for sign in _DELIMITERS:
        records = list(islice(_lengths(head, sign), header_row - 1, header_row + _SAMPLE))
        if not records or records[0] < 2:
            continue
        ((common, times),) = Counter(records).most_common(1)
        if common == records[0] and times * 2 > len(records):
            best.append((common, sign))
    best.sort(reverse=True)
    if not best:
        return ","  # a single column, or the reader will say what is wrong
    if len(best) > 1 and best[0][0] == best[1][0]:
        raise FileUnreadable(path, "a file of one dialect", "two delimiters fit; name `delimiter` in the mapping")
    return best[0][1]


def _lengths(head: str, sign: str) -> Iterator[int]:
    """Fields of each record that has any, up to the first that is no record of this dialect."""
    try:
        yield from (len(fields) for fields in csv.reader(io.StringIO(head, newline=""), delimiter=sign) if fields)
    except csv.Error:
        return


def _header(path: Path, head: str, sign: str, header_row: int) -> tuple[list[str], int]:
    """The names, and the physical lines down to their end: a title may have a line break in quotes."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=sign)
    try:
        header = next(islice(reader, header_row - 1, None), None)
    except csv.Error as error:
        raise FileUnreadable(path, "a readable tape", f"row {reader.line_num}: {error}") from None
    if header is None:
        raise TapeEmpty(path)
    if problem := header_problem(header):
        raise FileUnreadable(path, "a readable tape", f"row {header_row} {problem}")
    return header, reader.line_num


def _ragged(path: Path, fields: Any, frame: pl.LazyFrame, header: list[str], header_row: int) -> dict[int, int]:
    """Rows of another length than the header. An empty line has one field too, and is no fault."""
    below = fields[header_row:]
    places = np.flatnonzero(below != len(header))
    rows, lengths = places + header_row + 1, below[places]
    single = pl.Series(rows[lengths == 1], dtype=pl.UInt32)
    if len(single):
        filled = frame.filter(pl.col(ROW).is_in(single.implode()) & (pl.col(header[0]) != "")).select(ROW).collect()
        kept = (lengths != 1) | np.isin(rows, filled[ROW].to_numpy())
        rows, lengths = rows[kept], lengths[kept]
    if len(rows) > _RAGGED:
        first = f"row {rows[0]} has {lengths[0]} fields, the header {len(header)}"
        reason = f"{first}, and so in {len(rows):,} rows; name the right `delimiter` in the mapping, or export it anew"
        raise FileUnreadable(path, "a file of one dialect", reason)
    return dict(zip(rows.tolist(), lengths.tolist(), strict=True))
