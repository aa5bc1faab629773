"""One sheet, cell by cell, as its XML says it: raw numbers, the texts they show, and what no reader should hide.

The parser calls this several times a cell, so the two functions for it are long and plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from salvor.tape.files.workbook.numbers import Format, say
from salvor.tape.files.workbook.package import MAIN, Enough
from salvor.tape.files.workbook.parts import Book, unescaped

ERROR, NOT_SAVED = "TAPE-050", "TAPE-051"
_TAGS = {
    f"{space} {tag}": tag
    for space in MAIN
    for tag in ("c", "v", "f", "t", "is", "rPh", "row", "col", "mergeCell", "sheetData")
}
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
_SHORT = 15  # digits of a number whose text needs no second look
_TRUTH = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}
_MIDNIGHT = re.compile(r"T00:00:00(\.0+)?Z?$")


@dataclass(frozen=True)
class OddCell:
    """A breach in one cell, before its column has a name."""

    place: int
    rule: str
    old: str | None
    new: str | None


@dataclass
class Row:
    """A row of the sheet that has cells; `cells` are texts by column, from 1."""

    number: int
    hidden: bool
    cells: dict[int, str] = field(default_factory=dict)
    odd: list[OddCell] = field(default_factory=list)


@dataclass(frozen=True)
class Merged:
    """A merged range, in rows and columns from 1, both ends in it."""

    top: int
    left: int
    bottom: int
    right: int


class SheetReader:
    """Hands over each row as it ends; afterwards holds what stands beside the rows."""

    def __init__(self, book: Book, hand_over: Callable[[Row], None], *, decimal: str = ".") -> None:
        self._shared: Sequence[str] = book.shared
        self._formats = {str(place): form for place, form in enumerate(book.formats or [Format()])}
        self._from_1904, self._uncalculated = book.from_1904, book.uncalculated
        self._hand_over, self._decimal = hand_over, decimal
        self.texts = list[str]()
        self.depth = 0
        self.formulas = 0
        self.merged = list[Merged]()
        self.hidden_columns = list[tuple[int, int]]()
        self.in_thousands = set[int]()  # columns that show numbers so
        self._row: Row | None = None
        self._row_text = ""
        self._last_row = self._last_column = 0
        self._kind, self._style, self._value = "n", "0", ""
        self._formula = self._in_cell = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """An element begins."""
        self.depth += 1
        tag = _TAGS.get(name)
        if tag == "v" or tag == "t":
            self.texts.clear()
        elif tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "mergeCell":
            self.merged.append(_merged(attributes["ref"]))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))

    def end(self, name: str, /) -> None:
        """An element ends."""
        self.depth -= 1
        tag = _TAGS.get(name)
        if tag == "v":
            self._value = "".join(self.texts)
        elif tag == "t":
            if self._in_cell and not self._phonetic:
                self._value += "".join(self.texts)
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            row, self._row = self._row, None
            if row and (row.cells or row.odd):
                self._hand_over(row)
        elif tag == "rPh":
            self._phonetic = False
        self.texts.clear()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self._last_row + 1))
        if self._row is not None or not self._last_row < number <= _LAST_ROW:
            raise ValueError(f"row {number} stands behind row {self._last_row}")
        self._row = Row(number, attributes.get("hidden") in ("1", "true"))
        self._last_row, self._last_column, self._row_text = number, 0, str(number)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._row is None or self._in_cell:
            raise ValueError("a cell stands outside the rows")
        reference = attributes.get("r")
        place = self._last_column + 1
        if reference is not None:
            place = _PLACES.get(reference.removesuffix(self._row_text), 0)
        if not self._last_column < place <= _LAST_COLUMN:
            raise ValueError(f"cell {reference or place} stands out of order in row {self._row_text}")
        self._last_column = place
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._value, self._formula, self._in_cell = "", False, True

    def _end_cell(self) -> None:
        row, value, place = self._row, self._value, self._last_column
        assert row is not None  # cells begin in rows only
        self._in_cell = False
        if self._formula:
            self.formulas += 1
            if self._uncalculated or (value == "" and self._kind != "str"):
                row.odd.append(OddCell(place, NOT_SAVED, value or None, None))
        if value == "":
            return
        try:
            row.cells[place] = self._text(row, value)
        except (LookupError, ArithmeticError, ValueError):
            told = f"cell {letters_of(place)}{row.number} has '{value[:40]}', which is no value of its type"
            raise ValueError(told) from None

    def _text(self, row: Row, value: str) -> str:
        kind = self._kind
        if kind == "s":
            return self._shared[_index(value)]
        if kind == "n":
            return self._number(row, value)
        if kind == "e":
            row.odd.append(OddCell(self._last_column, ERROR, value, None))
            return value
        if kind == "b":
            return _TRUTH[value]
        if kind == "d":
            return _MIDNIGHT.sub("", value).replace("T", " ")
        if kind in ("str", "inlineStr"):
            return unescaped(value)
        raise ValueError(kind)

    def _number(self, row: Row, value: str) -> str:
        form = self._formats[self._style]
        if form.kind == "plain" and len(value) <= _SHORT and value.isascii() and value.isdigit() and value[0] != "0":
            return value
        if form.kind == "thousands":
            self.in_thousands.add(self._last_column)
        said = say(value.strip(), form, self._from_1904)
        if said.rule:
            row.odd.append(OddCell(self._last_column, said.rule, said.old, said.new))
        return said.text if form.kind in ("date", "time") else said.text.replace(".", self._decimal)


class AnyValue:
    """Stops at the first cell with a value, to tell an empty sheet from one with data."""

    def __init__(self) -> None:
        self.texts = list[str]()
        self.depth = 0
        self.found = False

    def start(self, name: str, _attributes: dict[str, str], /) -> None:
        """A value or an inline text begins."""
        self.depth += 1
        if _TAGS.get(name) in ("v", "is"):
            self.found = True
            raise Enough

    def end(self, name: str, /) -> None:
        """What follows the rows is not looked at."""
        self.depth -= 1
        self.texts.clear()
        if _TAGS.get(name) == "sheetData":
            raise Enough


def letters_of(place: int) -> str:
    """The letters of a column, 1 being A."""
    text = ""
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


_PLACES = {letters_of(place): place for place in range(1, _LAST_COLUMN + 1)}


def _index(text: str) -> int:
    """Of a shared text; Python would take a negative one from the end."""
    if not text.isdigit():
        raise ValueError(f"'{text[:40]}' is no number of a shared text")
    return int(text)


def _merged(reference: str) -> Merged:
    found = _RANGE.fullmatch(reference.replace("$", ""))
    if found is None:
        raise ValueError(f"'{reference[:40]}' is no range of cells")
    left, top, right, bottom = found.groups()
    return Merged(int(top), _PLACES[left], int(bottom or top), _PLACES[right or left])
