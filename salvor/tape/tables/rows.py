"""The rows of one related table, each in one state: good, rejected, said twice, of no loan, or too late.

What is read is the sum over the states, in rows and in money, and that is checked against what the loans were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from salvor.tape.breaches import BREACH, breaches
from salvor.tape.files.table import ROW
from salvor.tape.reading import Reading
from salvor.tape.tables.templates import LOAN

State = Literal["rejected", "repeated", "orphaned", "later"]
STATES: tuple[State, ...] = ("rejected", "repeated", "orphaned", "later")
SAME_IDENTIFIER = "TAPE-305"
_STATE = pl.Enum(STATES)


@dataclass
class TableRows:
    """One table that was read; `states` has the rows that are not simply joined, and why."""

    name: str
    path: Path
    reading: Reading
    columns: Mapping[str, str]  # the bank's, by field
    notes: tuple[str, ...]
    sha256: str
    found: list[pl.DataFrame] = field(default_factory=list)  # breaches, the table before the field
    _states: list[pl.DataFrame] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the field is mapped."""
        return name in self.columns

    def scan(self, *fields: str) -> pl.LazyFrame:
        """These fields of all rows, with the row number."""
        return self.reading.scan().select(ROW, *fields)

    @property
    def states(self) -> pl.DataFrame:
        """Row and state, each row once; the first state that was found counts."""
        empty = pl.DataFrame(schema={ROW: pl.UInt32, "state": _STATE})
        self._states = [pl.concat([empty, *self._states]).unique(ROW, keep="first", maintain_order=True)]
        return self._states[0]

    def in_state(self, *states: State) -> pl.LazyFrame:
        """Row numbers."""
        return self.states.lazy().filter(pl.col("state").is_in(list(states))).select(ROW)

    def good(self, *fields: str) -> pl.LazyFrame:
        """These fields of the rows that are not rejected and say nothing twice."""
        return self.scan(*fields).join(self.in_state("rejected", "repeated"), on=ROW, how="anti")

    def rejected(self, *fields: str) -> pl.LazyFrame:
        """These fields of the rejected rows, as far as they could be read."""
        return self.scan(*fields).join(self.in_state("rejected"), on=ROW, how="semi")

    def put(self, rows: pl.Series, state: State) -> None:
        """These rows are in this state, unless they are in another already."""
        if len(rows):
            frame = pl.DataFrame({ROW: rows.cast(pl.UInt32)})
            self._states.append(frame.with_columns(pl.lit(state, dtype=_STATE).alias("state")))

    def tell(self, rows: pl.DataFrame, name: str, rule: str) -> None:
        """A breach in each of these rows, which have the field's value.

        The field is told as `table.field`; of a loan it is the field alone, as in a tape of one file.
        """
        if rows.is_empty():
            return
        field, column = f"{self.name}.{name}", self.columns[name]
        if self.name == LOAN:
            field, column = name, f"{LOAN}.{column}"
        rows = rows.sort(ROW)
        ids = pl.Series([rule]).new_from_index(0, len(rows))
        self.found += breaches(rows[ROW], field, column, rows[name].cast(pl.String), ids)


def sort_out(rows: TableRows, key: Sequence[str], facts: Sequence[str]) -> None:
    """Find the rows that a rule rejected, and those whose `key` an earlier row has: alike in `facts`, or not.

    Rows that are alike count once; of those that differ nobody can know which one is right, and none is taken.
    """
    _take_found(rows)
    if not key:
        return
    there = rows.good(*dict.fromkeys([*key, *facts])).filter(
        pl.all_horizontal(pl.col(each).is_not_null() for each in key[:1])
    )
    several = there.group_by(key).agg(pl.len().alias("times")).filter(pl.col("times") > 1)
    twice = there.join(several.select(key), on=key, how="semi", nulls_equal=True).collect(engine="streaming")
    if twice.is_empty():
        return
    kinds = pl.struct(facts).n_unique().over(key) if facts else pl.lit(1)
    twice = twice.with_columns(kinds.alias("kinds")).sort(ROW)
    differ = twice.filter(pl.col("kinds") > 1)
    rows.tell(differ.select(ROW, key[0]), key[0], SAME_IDENTIFIER)
    rows.put(differ[ROW], "rejected")
    alike = twice.filter(pl.col("kinds") == 1)
    rows.put(alike.filter(~pl.struct(key).is_first_distinct())[ROW], "repeated")


def _take_found(rows: TableRows) -> None:
    """The breaches of the reading, with the table's name before the field."""
    reading = rows.reading
    for found in (*(reading.breaches(part) for part in range(reading.parts)), reading.odd()):
        if found.is_empty():
            continue
        named = pl.concat_str(pl.lit(f"{rows.name}."), "field")
        rows.found.append(found.with_columns(named.alias("field")).cast(pl.Schema(BREACH)))
        rows.put(found.filter(pl.col("severity") == "reject")["row"].unique(), "rejected")
