"""The first rows of a workbook's sheet, with its header found; the rest of a large sheet is not unpacked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salvor.errors import FileUnreadable, TapeEmpty
from salvor.tape.files.table import header_problem
from salvor.tape.files.workbook.book import choose_sheet
from salvor.tape.files.workbook.package import Enough, damage_told, opened
from salvor.tape.files.workbook.parts import read_book
from salvor.tape.files.workbook.sheet import Row, SheetReader
from salvor.tape.propose.headers import TITLES, header_in, no_header


@dataclass(frozen=True)
class SheetTop:
    """Texts of the first rows below the header."""

    frame: pl.DataFrame
    header_row: int
    titles: str
    note: str
    whole: bool


def top_of_sheet(path: Path, *, sheet: str | None, header_row: int | None, rows: int) -> SheetTop:
    """At most so many rows; `header_row` is looked for when it is None. Raises what the reader of workbooks raises."""
    found: list[Row] = []

    def take(row: Row) -> None:
        found.append(row)
        if len(found) > rows:
            raise Enough

    with opened(path) as package, damage_told(path):
        book = read_book(package)
        chosen = choose_sheet(package, book, sheet)
        reader = SheetReader(book, take)
        package.parse(chosen.part, reader)
    number, titles = (header_row, "") if header_row else _find_header(path, found)
    names = next(
        ({place: name for place, name in row.cells.items() if name.strip()} for row in found if row.number == number),
        {},
    )
    if problem := header_problem(list(names.values())):
        raise FileUnreadable(path, "a readable tape", f"row {number} {problem}")
    below = [[row.cells.get(place, "") for place in names] for row in found[:rows] if row.number > number]
    below = [texts for texts in below if any(texts)]
    if not below:
        raise TapeEmpty(path)
    frame = pl.DataFrame(below, schema=dict.fromkeys(names.values(), pl.String), orient="row")
    return SheetTop(frame, number, titles, f"sheet '{chosen.name}' of a workbook", len(found) <= rows)


def _find_header(path: Path, found: list[Row]) -> tuple[int, str]:
    first = [row for row in found[: TITLES * 2] if row.cells]
    if not first:
        raise TapeEmpty(path)
    width = Counter(max(row.cells) for row in first).most_common(1)[0][0]
    records = [[row.cells.get(place, "") for place in range(1, max(width, max(row.cells)) + 1)] for row in first]
    header = header_in(records, width)
    if header is None:
        raise no_header(path)
    return first[header.place].number, header.titles
