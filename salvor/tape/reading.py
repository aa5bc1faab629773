"""One table through its recipe: values and breaches of each batch, each in a file of its own.

So no more than a batch is in memory, and what comes after can go through the values as often as it must.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from salvor.errors import ColumnMissing, NumbersAmbiguous, TapeEmpty
from salvor.tape.ahead import ahead
from salvor.tape.batch import BatchReader, Recipe
from salvor.tape.breaches import BREACH, SEVERITY
from salvor.tape.files.table import ROW, Table

BATCH = 250_000  # rows


class Reading:
    """What was read of a table, part by part, in the order of the file."""

    def __init__(self, table: Table, recipe: Recipe, folder: Path) -> None:
        self._table, self._recipe, self._folder, self.parts = table, recipe, folder, 0
        wanted = [source.column for source in recipe.sources.values()]
        for column in wanted:
            if column not in table.columns:
                raise ColumnMissing(table.path, column, list(table.columns), wanted)

    def read_all(
        self, tick: Callable[[int], None], size: int = BATCH, seen: Callable[[pl.DataFrame], None] = lambda values: None
    ) -> None:
        """Go through the table; raises when it has no row, or amounts that read as two numbers.

        `tick` is told the rows of each batch, `seen` is handed its values.
        """
        reader = BatchReader(self._recipe)

        def read(numbered: tuple[int, pl.DataFrame]) -> pl.DataFrame:
            part, batch = numbered
            values, found = reader.read(batch)
            values.write_ipc(self._folder / f"values-{part:05}.ipc", compression="zstd")
            found.write_ipc(self._folder / f"breaches-{part:05}.ipc", compression="zstd")
            return values

        for values in ahead(read, enumerate(self._table.batches(self._recipe.columns, size))):
            seen(values)
            self.parts += 1
            tick(len(values))
        if not self.parts:
            raise TapeEmpty(self._table.path)
        for doubt in reader.doubts():
            raise NumbersAmbiguous(self._table.path, doubt.row, doubt.column, doubt.text)

    def scan(self) -> pl.LazyFrame:
        """The values of all rows."""
        return pl.scan_ipc(self._folder / "values-*.ipc")

    def part(self, part: int) -> pl.LazyFrame:
        """Row number, then one column a field."""
        return pl.scan_ipc(self._folder / f"values-{part:05}.ipc")

    def breaches(self, part: int) -> pl.DataFrame:
        """What was found in the values of a part."""
        return pl.read_ipc(self._folder / f"breaches-{part:05}.ipc")

    def odd(self) -> pl.DataFrame:
        """What was found while the file was opened, where the column is mapped or the whole row is meant."""
        fields = {source.column: name for name, source in reversed(list(self._recipe.sources.items()))} | {"": ""}
        odd = self._table.odd.filter(pl.col("column").is_in(list(fields))).collect(engine="streaming")
        return odd.select(
            "row",
            pl.col("column").replace_strict(fields, return_dtype=pl.String).alias("field"),
            "column",
            "rule",
            pl.col("rule").replace_strict(SEVERITY, return_dtype=pl.String).alias("severity"),
            "old",
            "new",
        ).cast(pl.Schema(BREACH))


def of_rows(found: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Of the rows of one part."""
    return found.filter(pl.col("row").is_between(values[ROW][0], values[ROW][-1]))
