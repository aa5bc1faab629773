"""One batch of rows: texts become exact values, and every breach of a rule that one row alone can show.

Each column is read by its distinct values where they repeat, which dates, codes and most amounts do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from salvor.tape.between import Between
from salvor.tape.breaches import BREACH, breaches, where
from salvor.tape.columns import column_checks, failures
from salvor.tape.files.table import ROW
from salvor.tape.plan import FieldSource, NumberStyle
from salvor.tape.rules import Facts
from salvor.tape.schema import FieldSpec
from salvor.tape.values.dates import read_dates
from salvor.tape.values.money import TOO_FINE, Numbers, read_money
from salvor.tape.values.outcome import Read
from salvor.tape.values.rates import read_rates
from salvor.tape.values.texts import read_codes, read_identifiers, read_integers, read_texts, transformed

EMPTY, RAGGED = "TAPE-001", "TAPE-002"
ROUNDED, FILLED_UP, TRANSFORMED = "TAPE-201", "TAPE-202", "TAPE-203"
_OPEN = r"^[^0-9.,]*[0-9]{1,3}\.[0-9]{3}[^0-9.,]*$"
_SETTLED = r"\.(?:[0-9]{1,2}|[0-9]{4,})[^0-9.,]*$|^[^0-9.,]*[0-9]{4,}\.|,[0-9]*\."
_SCALE = {"one": 0, "thousand": 3, "million": 6}


@dataclass(frozen=True)
class Recipe:
    """How the rows of one table are read; made once a file."""

    specs: Mapping[str, FieldSpec]
    sources: Mapping[str, FieldSource]
    numbers: NumberStyle | None
    decimals: int  # of the settlement asset
    facts: Facts
    ragged: pl.Series  # rows with another number of fields than the header
    whole_loans: bool = True  # a row has all fields of a loan, so rules between fields can be looked at

    @property
    def columns(self) -> list[str]:
        """The bank's columns that are read, each once."""
        return list(dict.fromkeys(source.column for source in self.sources.values()))


@dataclass(frozen=True)
class Doubt:
    """An amount that reads as two numbers, in a column where nothing settles which."""

    row: int
    column: str
    text: str


class BatchReader:
    """Reads batches of text by one recipe into values and breaches; several threads may share one."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        style = recipe.numbers or NumberStyle()
        self._numbers = Numbers(style.decimal, style.thousands)
        self._doubts, self._settled = list[Doubt](), set[str]()  # of all batches, whichever is read first
        self._checks = column_checks(recipe.specs)
        columns = {name: source.column for name, source in recipe.sources.items()}
        self._between = Between(recipe.facts, columns) if recipe.whole_loans else None

    def read(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Values (row number, then one column a field) and breaches of a batch of texts."""
        rows, found, columns = batch[ROW], list[pl.DataFrame](), [batch[ROW]]
        for name, spec in self._recipe.specs.items():
            source = self._recipe.sources[name]
            text = batch[source.column].fill_null("")
            if spec.kind == "money" and self._recipe.numbers is None:
                self._look_for_doubt(rows, text)
            read = self._read_column(text, spec, source)
            columns.append(read.values.alias(name))
            found += breaches(rows, name, source.column, text, read.problems)
            if spec.required and not read.values.is_not_null().all():
                empty = text.str.strip_chars() == ""
                found += breaches(rows, name, source.column, text, where(empty, EMPTY))
            found += self._changes(rows, name, text, read.values)
        values = pl.DataFrame(columns)
        found += self._unfit(values, batch)
        if self._between:
            found += self._between.broken(values, lambda name: batch[self._recipe.sources[name].column])
        return values, pl.concat([pl.DataFrame(schema=BREACH), *found])

    def doubts(self) -> list[Doubt]:
        """Columns whose amounts can be read in two ways; whoever wrote the mapping must say which."""
        first = sorted(self._doubts, key=lambda doubt: (doubt.row, doubt.column))
        return [doubt for doubt in first if doubt.column not in self._settled]

    def _look_for_doubt(self, rows: pl.Series, text: pl.Series) -> None:
        """A point before three digits is a decimal sign or stands between thousands; other values can tell."""
        column = text.name
        if column in self._settled:
            return
        distinct = text.unique()
        if distinct.str.contains(_SETTLED).any():
            self._settled.add(column)
        elif distinct.str.contains(_OPEN).any():
            place = int(text.str.contains(_OPEN).arg_max() or 0)
            self._doubts.append(Doubt(rows[place], column, text[place]))

    def _read_column(self, text: pl.Series, spec: FieldSpec, source: FieldSource) -> Read:
        text = transformed(text, source.transform)
        if spec.kind == "identifier":
            return read_identifiers(text, pad=source.pad)
        return by_distinct(text, lambda distinct: self._read(distinct, spec, source))

    def _read(self, text: pl.Series, spec: FieldSpec, source: FieldSource) -> Read:
        numbers = self._numbers
        match spec.kind:
            case "money":
                decimals = self._recipe.decimals + _SCALE[source.unit or "one"]
                currency = self._recipe.facts.currency
                return read_money(text, numbers, currency=currency, decimals=decimals, rounding=source.rounding)
            case "rate":
                unit = source.unit or "percent"
                assert unit in ("percent", "fraction", "basis_point")  # the mapping file sees to it
                return read_rates(text, numbers, unit=unit)
            case "date":
                return read_dates(text, source.format or "", pivot=source.century_pivot)
            case "integer":
                return read_integers(text)
            case "code":
                return read_codes(text, known=source.values, allowed=spec.allowed)
            case _:
                return read_texts(text, pad=source.pad)

    def _changes(self, rows: pl.Series, name: str, text: pl.Series, values: pl.Series) -> list[pl.DataFrame]:
        """What the mapping had changed: transformed, filled up, or rounded."""
        spec, source = self._recipe.specs[name], self._recipe.sources[name]
        if source.transform or source.pad:
            before = text if spec.kind == "identifier" else text.str.strip_chars()
            changed = (values != before).fill_null(value=False)
            rule = TRANSFORMED if source.transform else FILLED_UP
            return breaches(rows, name, source.column, text, where(changed, rule), new=values)
        if spec.kind == "money" and source.rounding != "exact":
            exact = self._read_column(text, spec, source.model_copy(update={"rounding": "exact"}))
            rounded = (exact.problems == TOO_FINE).fill_null(value=False) & values.is_not_null()
            return breaches(rows, name, source.column, text, where(rounded, ROUNDED), new=values)
        return []

    def _unfit(self, values: pl.DataFrame, batch: pl.DataFrame) -> list[pl.DataFrame]:
        """Values that the column may not hold, and rows that are too long or too short."""
        rows, found = values[ROW], list[pl.DataFrame]()
        for name, rule, places in failures(values, self._checks):
            column = self._recipe.sources[name].column
            ids = pl.Series([rule]).new_from_index(0, len(places))
            found += breaches(rows.gather(places), name, column, batch[column].gather(places), ids)
        ragged = rows.is_in(self._recipe.ragged.implode())
        if ragged.any():
            found += breaches(rows, "", "", pl.Series([""]).new_from_index(0, len(rows)), where(ragged, RAGGED))
        return found


def by_distinct(text: pl.Series, read: Callable[[pl.Series], Read]) -> Read:
    """Read each distinct text once where more than half of them repeat, and the column as it is where not."""
    if 2 * text.to_frame().select(pl.all().approx_n_unique()).item() >= len(text):
        return read(text)
    kind = pl.Categorical(pl.Categories.random())
    numbered = text.cast(kind)  # polars forgets the numbers with the last column that has them: keep it to the end
    numbers = numbered.to_physical()
    each = pl.int_range(numbers.to_frame().select(pl.all().max() + 1).item(), dtype=pl.UInt32)
    done = read(pl.select(each).to_series().cat.to(kind).cast(pl.String))
    return Read(done.values.gather(numbers).alias(text.name), done.problems.gather(numbers))
