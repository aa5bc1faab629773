"""A workbook becomes a table: the sheet is chosen, its rows go to disk in batches, and odd cells beside them.

Nothing of the sheet is kept in memory but a batch and the texts that cells share, so a large sheet needs no more room
than a small one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from salvor.errors import FileUnreadable, TapeEmpty, near
from salvor.tape.files.table import LONGEST_ROW, ODD, ROW, Table, header_problem
from salvor.tape.files.workbook.package import Package, damage_told, opened
from salvor.tape.files.workbook.parts import Book, SheetPart, read_book
from salvor.tape.files.workbook.sheet import AnyValue, Merged, Row, SheetReader, letters_of

MERGED, HIDDEN, UNNAMED = "TAPE-055", "TAPE-056", "TAPE-057"
_CELLS, _LETTERS = 500_000, 8 << 20  # of a batch; cells can share one long text
_COVERED = 100_000  # cells under merged ones that are told one by one
_TOLD = 5  # of the same kind in a note


def open_workbook(
    path: Path, *, scratch: Path, sheet: str | None = None, header_row: int = 1, decimal: str = "."
) -> Table:
    """A table of text columns from one sheet; `row` is the sheet's own row number. Empty rows are left out.

    Numbers are their exact decimal text with the sign `decimal`, dates and times are YYYY-MM-DD HH:MM:SS, truth is TRUE
    or FALSE.
    """
    with opened(path) as package, damage_told(path):
        book = read_book(package)
        chosen = choose_sheet(package, book, sheet)
        batches = _Batches(path, scratch, header_row)
        reader = SheetReader(book, batches.add, decimal=decimal)
        package.parse(chosen.part, reader)
        batches.tell_merged(reader.merged)
        return batches.table(_notes(book, chosen, reader, batches.header))


def choose_sheet(package: Package, book: Book, wanted: str | None) -> SheetPart:
    """The sheet of this name, else the only one that has data. Raises `FileUnreadable` and `TapeEmpty`."""
    if wanted is not None:
        found = next((each for each in book.sheets if each.name == wanted), None)
        if found is None:
            known = [each.name for each in book.sheets]
            hint = near(wanted, known) or f"; it has: {_quoted(known)}"
            raise FileUnreadable(package.path, "a workbook with that sheet", f"no sheet '{wanted}'{hint}")
        return found
    filled = [each for each in book.sheets if _has_value(package, each)]
    if not filled:
        raise TapeEmpty(package.path)
    if len(filled) > 1:
        names = ", ".join(f"'{each.name}'{' (hidden)' if each.hidden else ''}" for each in filled)
        raise FileUnreadable(
            package.path, "a workbook with one sheet", f"{names} have data; name one as `file: sheet` in the mapping"
        )
    return filled[0]


def _has_value(package: Package, sheet: SheetPart) -> bool:
    look = AnyValue()
    package.parse(sheet.part, look)
    return look.found


class _Batches:
    """Rows and odd cells, written to the scratch folder as they come."""

    def __init__(self, path: Path, scratch: Path, header_row: int) -> None:
        self._path, self._scratch, self._header_row = path, scratch, header_row
        self.header: dict[int, str] = {}  # by column
        self._rows, self._odd = list[list[str]](), list[tuple[int, str, str, str | None, str | None]]()
        self._numbers, self._parts, self._last = list[int](), 0, 0
        self._letters = self._row_bytes = 0

    def add(self, row: Row) -> None:
        """The next row of the sheet."""
        if row.number == self._header_row:
            self._take_header(row)
        elif row.number > self._header_row:
            if not self.header:
                raise TapeEmpty(self._path)
            self._take(row)

    def _take_header(self, row: Row) -> None:
        self.header = {place: name for place, name in row.cells.items() if name.strip()}
        if problem := header_problem(list(self.header.values())):
            raise FileUnreadable(self._path, "a readable tape", f"row {row.number} {problem}")

    def _take(self, row: Row) -> None:
        self._odd += [
            (row.number, self.header[odd.place], odd.rule, odd.old, odd.new)
            for odd in row.odd
            if odd.place in self.header
        ]
        unnamed = {place: text for place, text in row.cells.items() if place not in self.header}
        if unnamed:
            first = min(unnamed)
            self._odd.append((row.number, "", UNNAMED, f"{letters_of(first)}{row.number}: {unnamed[first]}", None))
        texts = [row.cells.get(place, "") for place in self.header]
        odd_only = any(odd.place in self.header for odd in row.odd)
        if not any(texts) and not odd_only:
            return
        letters = sum(map(len, texts))
        if letters > LONGEST_ROW:
            raise FileUnreadable(self._path, "a readable tape", f"row {row.number} is longer than a megabyte")
        if row.hidden:
            self._odd.append((row.number, "", HIDDEN, None, None))
        self._rows.append(texts)
        self._numbers.append(row.number)
        self._last, self._letters = row.number, self._letters + letters
        if len(self._rows) * len(self.header) >= _CELLS or self._letters >= _LETTERS:
            self._write()

    def _write(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self.header)
        series = [
            pl.Series(name, texts, dtype=pl.String) for name, texts in zip(self.header.values(), columns, strict=True)
        ]
        frame = pl.DataFrame([pl.Series(ROW, self._numbers, dtype=pl.UInt32), *series])
        frame.write_ipc(self._scratch / f"cells-{self._parts:05}.ipc", compression="lz4")
        odd = pl.DataFrame(self._odd, schema=ODD, orient="row")
        odd.write_ipc(self._scratch / f"odd-{self._parts:05}.ipc", compression="lz4")
        self._row_bytes = max(self._row_bytes, int(frame.estimated_size()) // max(1, len(self._rows)))
        self._rows, self._odd, self._numbers, self._letters = [], [], [], 0
        self._parts += 1

    def tell_merged(self, ranges: list[Merged]) -> None:
        """Each cell below the header that is covered by a merged one."""
        for place, number, corner in self._covered(ranges):
            self._odd.append((number, self.header[place], MERGED, f"see {corner}", None))
            if len(self._odd) > _COVERED:
                raise FileUnreadable(
                    self._path, "a readable tape", f"more than {_COVERED:,} cells are merged; unmerge them"
                )

    def _covered(self, ranges: list[Merged]) -> Iterator[tuple[int, int, str]]:
        for each in ranges:
            corner = f"{letters_of(each.left)}{each.top}"
            for number in range(max(each.top, self._header_row + 1), min(each.bottom, self._last) + 1):
                for place in self.header:
                    if each.left <= place <= each.right and (number, place) != (each.top, each.left):
                        yield place, number, corner

    def table(self, notes: list[str]) -> Table:
        """All that was written, lazily."""
        self._write()
        if not self._last:
            raise TapeEmpty(self._path)
        cells, odd = pl.scan_ipc(self._scratch / "cells-*.ipc"), pl.scan_ipc(self._scratch / "odd-*.ipc")
        names = list(self.header.values())
        return Table(self._path, cells, names, notes=notes, odd=odd, row_bytes=self._row_bytes)


def _notes(book: Book, chosen: SheetPart, reader: SheetReader, header: dict[int, str]) -> list[str]:
    notes = [f"sheet '{chosen.name}'{' (hidden)' if chosen.hidden else ''} of a workbook; its dates are YYYY-MM-DD"]
    if others := [each.name for each in book.sheets if each is not chosen]:
        notes.append(f"not read: {_quoted(others)}")
    if reader.formulas:
        notes.append(f"{reader.formulas:,} cells are formulas, read as their saved results")
    hidden = [name for place, name in header.items() if any(a <= place <= b for a, b in reader.hidden_columns)]
    if hidden:
        notes.append(f"hidden columns, read like any other: {_quoted(hidden)}")
    if thousands := _named(header, reader.in_thousands):
        notes.append(f"shown in thousands, read in ones: {_quoted(thousands)}")
    if book.has_macros:
        notes.append("its macros are not run")
    return notes


def _named(header: dict[int, str], places: set[int]) -> list[str]:
    return [name for place, name in header.items() if place in places]


def _quoted(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ", ".join(f"'{name}'" for name in names[:_TOLD]) + more
