"""The event table as a CSV file: read from any tool, written for any tool, always the same bytes for one history."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from salvor.errors import FileMissing, RowInvalid, near
from salvor.supervision.events import KINDS, Event, history

COLUMNS = [each.name for each in fields(Event)]
_NUMBERS = ("block", "index", "at", "units")


def read_events(path: Path) -> tuple[Event, ...]:
    """A history out of a file, in whatever order its rows stand."""
    if not path.is_file():
        raise FileMissing(path, "event table")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        for column in COLUMNS:
            if column not in header:
                raise RowInvalid(path, 1, f"no column '{column}'{near(column, header)}")
        rows = [(reader.line_num, dict(zip(header, row, strict=False))) for row in reader if row]
    return history(_event(path, line, row) for line, row in rows)


def _event(path: Path, line: int, row: dict[str, str]) -> Event:
    values: dict[str, str | int] = {}
    for column in COLUMNS:
        text = row.get(column, "").strip()
        if column in _NUMBERS:
            if not (text.isascii() and text.isdigit()):
                raise RowInvalid(path, line, f"column '{column}': '{text}' is not a whole number")
            values[column] = int(text)
        else:
            values[column] = text
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
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not isinstance(cell, int) else text


def events_as_csv(events: Iterable[Event]) -> str:
    """A history as `read_events` reads it."""
    return as_csv(COLUMNS, ([getattr(event, name) for name in COLUMNS] for event in history(events)))
