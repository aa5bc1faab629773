"""CSV and its relatives: any delimiter, quoted line breaks, title rows above the header; every value stays text."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import polars as pl

from salvor.errors import FileUnreadable, TapeEmpty
from salvor.tape.files.encoding import as_utf8
from salvor.tape.files.structure import count_fields
from salvor.tape.files.table import ROW, Table, header_problem

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 20  # records in which a delimiter must give the same number of fields
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def open_delimited(
    path: Path, *, scratch: Path, encoding: str | None = None, delimiter: str | None = None, header_row: int = 1
) -> Table:
    """A table of text columns; records with another number of fields than the header are in `Table.ragged`.

    `row` counts records, the first record of the file being row 1, as a sheet does. Empty records are left out.
    """
    text, found = as_utf8(path, declared=encoding, scratch=scratch)
    if text.stat().st_size == 0:
        raise TapeEmpty(path)
    first = _first_records(path, text)
    sign = delimiter or _guess(path, first, header_row)
    counts = count_fields(text, sign)
    header = _header(path, first, sign, header_row)
    below = counts[header_row:]
    unlike = {header_row + 1 + int(place): int(below[place]) for place in (below != len(header)).nonzero()[0]}
    frame = pl.scan_csv(
        text,
        separator=sign,
        has_header=False,
        skip_lines=_lines_above(text, header_row),
        schema=dict.fromkeys(header, pl.String),
        extra_columns="ignore",
        missing_columns="insert",
        empty_string_is_null=False,
        row_index_name=ROW,
        row_index_offset=header_row + 1,
        raise_if_empty=False,
    )
    notes = [f"encoding {found.name} ({found.known_by})", f"separated by {_NAMES.get(sign, repr(sign))}"]
    empty = pl.all_horizontal(pl.col(name).fill_null("") == "" for name in header)
    return Table(path, frame.filter(~empty), header, _without_empty(unlike, frame, header), notes)


def _first_records(path: Path, text: Path) -> list[str]:
    """The beginning of the file, enough to see its dialect."""
    with text.open(encoding="utf-8", newline="") as file:
        start = file.read(1 << 16)
    if "\r" in start and "\n" not in start:
        raise FileUnreadable(path, "a delimited file", "its lines end with CR alone; save it with LF or CRLF line ends")
    return start.splitlines(keepends=True)


def _guess(path: Path, first: list[str], header_row: int) -> str:
    """The sign that cuts the header and the rows below it into the same number of fields, and into the most."""
    best: list[tuple[int, str]] = []
    for sign in _DELIMITERS:
        records = [len(fields) for fields in _parsed(first, sign) if fields][header_row - 1 : header_row + _SAMPLE]
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


def _parsed(first: list[str], sign: str) -> list[list[str]]:
    try:
        return list(csv.reader(first, delimiter=sign))
    except csv.Error:
        return []


def _header(path: Path, first: list[str], sign: str, header_row: int) -> list[str]:
    records = _parsed(first, sign)
    if len(records) < header_row:
        raise TapeEmpty(path)
    header = records[header_row - 1]
    if problem := header_problem(header):
        raise FileUnreadable(path, "a readable tape", f"row {header_row} {problem}")
    return header


def _lines_above(text: Path, header_row: int) -> int:
    """Physical lines down to the header's end: a title may have a line break in quotes."""
    with text.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        for _ in range(header_row):
            next(reader)
        return reader.line_num


def _without_empty(unlike: dict[int, int], frame: pl.LazyFrame, header: list[str]) -> dict[int, int]:
    """An empty line has one field too, and is no fault."""
    single = [row for row, fields in unlike.items() if fields == 1]
    if not single:
        return unlike
    filled = frame.filter(pl.col(ROW).is_in(single) & (pl.col(header[0]) != "")).select(ROW).collect()[ROW].to_list()
    return {row: fields for row, fields in unlike.items() if fields != 1 or row in set(filled)}
