"""The event table as a CSV file: read from any tool, written for any tool, always the same bytes for one history."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from salvor.errors import FileMissing, FileUnreadable, RowInvalid, near
from salvor.supervision.events import KINDS, Event, history
from salvor.supervision.wallets import is_written_as_wallet, wallet

COLUMNS = [each.name for each in fields(Event)]
_NUMBERS = ("block", "index", "at", "units")
_WALLETS = ("giver", "taker")
_FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # what a spreadsheet takes for one
_LAST_SECOND = 253_402_300_799  # of the year 9999


def read_events(path: Path) -> tuple[Event, ...]:
    """A history out of a file, in whatever order its rows stand."""
    if not path.is_file():
        raise FileMissing(path, "event table")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable(path, "an event table", "it is no text in UTF-8") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = next(reader, [])
        for column in COLUMNS:
            if column not in header:
                raise RowInvalid(path, 1, f"no column '{column}'{near(column, header)}")
            if header.count(column) > 1:
                raise RowInvalid(path, 1, f"column '{column}' stands twice")
        for row in reader:
            if row and len(row) != len(header):
                raise RowInvalid(path, reader.line_num, f"has {len(row)} cells, the header {len(header)}")
            if row:
                rows.append((reader.line_num, dict(zip(header, row, strict=True))))
    except csv.Error as error:
        raise RowInvalid(path, reader.line_num, str(error)) from None
    return history(_event(path, line, row) for line, row in rows)


def _event(path: Path, line: int, row: dict[str, str]) -> Event:
    values: dict[str, str | int] = {}
    for column in COLUMNS:
        text = _untamed(row[column]).strip()
        if column in _NUMBERS:
            if not (text.isascii() and text.isdigit()):
                raise RowInvalid(path, line, f"column '{column}': '{text}' is not a whole number")
            values[column] = int(text)
        elif (column in _WALLETS and text) or is_written_as_wallet(text):
            try:
                values[column] = wallet(text)
            except ValueError as error:
                raise RowInvalid(path, line, f"column '{column}': {error}") from None
        else:
            values[column] = text
    if int(values["at"]) > _LAST_SECOND:
        raise RowInvalid(path, line, f"column 'at': {values['at']} is no second since 1970 (milliseconds?)")
    if values["kind"] not in KINDS:
        kind = str(values["kind"])
        raise RowInvalid(path, line, f"column 'kind': there is no '{kind}'{near(kind, KINDS)}")
    return Event(**values)  # type: ignore[arg-type]


def as_csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as text with plain line ends; a cell that a spreadsheet would run as a formula gets a quote before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_tame(each) for each in row] for row in rows)
    return out.getvalue()


def _tame(cell: object) -> object:
    text = str(cell)
    return f"'{text}" if text.startswith((*_FORMULA, "'")) and not isinstance(cell, int) else text


def _untamed(text: str) -> str:
    """A cell as it was before `_tame`: a table that was written here is read as the same history."""
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text


def events_as_csv(events: Iterable[Event]) -> str:
    """A history as `read_events` reads it."""
    return as_csv(COLUMNS, ([getattr(event, name) for name in COLUMNS] for event in history(events)))
