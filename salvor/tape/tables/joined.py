"""The related tables of a tape as one row a loan: what `files/` and `batch` give for a tape of one file.

Each table is read by itself; then every loan is given what belongs to it, and the rules between fields are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from salvor.amounts import MAX_AMOUNT
from salvor.tape.between import Between
from salvor.tape.breaches import BREACH, breaches, where
from salvor.tape.columns import NEGATIVE
from salvor.tape.files.table import ROW
from salvor.tape.plan import TapeMapping
from salvor.tape.reading import of_rows
from salvor.tape.rules import Facts
from salvor.tape.tables.collateral import join_collaterals
from salvor.tape.tables.collections import join_collections
from salvor.tape.tables.counterparties import join_counterparties, sort_out_relationships
from salvor.tape.tables.enforcement import join_enforcement
from salvor.tape.tables.fitting import linking
from salvor.tape.tables.found import AboutLoans
from salvor.tape.tables.links import Links, loan_keys, loans_of_rejected
from salvor.tape.tables.opening import read_tables
from salvor.tape.tables.rows import TableRows
from salvor.tape.tables.templates import (
    BORROWER,
    COLLATERAL,
    COLLATERAL_RELATIONSHIP,
    CONTRACT,
    COUNTERPARTY,
    HISTORICAL,
    LOAN,
    NAMES_BORROWER,
    RECOVERED,
    RELATIONSHIP,
    VALUE,
)
from salvor.tape.tables.totals import TableTotals, totals_of
from salvor.tape.values.money import TOO_LARGE
from salvor.tape.values.written import written

REJECTED_ELSEWHERE = "TAPE-309"
_SUMS = (VALUE, RECOVERED)


class JoinedLoans:
    """One row a loan, part by part, in the order of the loan table."""

    def __init__(
        self,
        path: Path,
        mapping: TapeMapping,
        *,
        decimals: int,
        scratch: Path,
        size: int,
        tick: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self._mapping, self._decimals, self._scratch = mapping, decimals, scratch
        self._specs = mapping.specs()
        self._columns = {name: source.column for name, source in mapping.fields.items()}
        self.tables = read_tables(path, mapping, decimals=decimals, scratch=scratch, size=size, tick=tick)
        self._loans = self.tables[LOAN].reading
        self.parts = self._loans.parts
        self._about, self._given = AboutLoans(scratch, self._columns), dict[str, int]()
        self._join()

    def write_all(self, seen: Callable[[pl.DataFrame], None]) -> None:
        """Make the rows of each part, and what rules they break; `seen` is handed each part."""
        facts = Facts(self._mapping.cut_off, self._mapping.currency, frozenset(self._columns))
        between = Between(facts, self._columns)
        about = pl.concat([self._about.breaches(), *self.tables[LOAN].found]).sort("row")
        for part in range(self.parts):
            values = self._whole(self._loans.part(part).collect())
            found = [of_rows(about, values), self._loan_breaches(part), *between.broken(values, self._text_of(values))]
            found += self._unfit_sums(values)
            values.write_ipc(self._scratch / f"values-{part:05}.ipc", compression="lz4")
            pl.concat(found).write_ipc(self._scratch / f"breaches-{part:05}.ipc", compression="lz4")
            seen(values)

    def scan(self) -> pl.LazyFrame:
        """All joined rows."""
        return pl.scan_ipc(self._scratch / "values-*.ipc")

    def part(self, part: int) -> pl.LazyFrame:
        """Row number in the loan table, then one column a field."""
        return pl.scan_ipc(self._scratch / f"values-{part:05}.ipc")

    def breaches(self, part: int) -> pl.DataFrame:
        """What was found in the loans of a part."""
        return pl.read_ipc(self._scratch / f"breaches-{part:05}.ipc")

    def odd(self) -> pl.DataFrame:
        """What was found while the loan table was opened."""
        return self._loans.odd().with_columns(_with_table(LOAN)).cast(pl.Schema(BREACH))

    def elsewhere(self) -> list[pl.DataFrame]:
        """Breaches in the rows of the other tables, table by table."""
        return [
            pl.concat(table.found).unique(["row", "field", "rule"]).sort("row", "rule", "field")
            for name, table in self.tables.items()
            if name != LOAN and table.found
        ]

    def totals(self) -> tuple[TableTotals, ...]:
        """Of each table; the rows of the loan table are all joined, whatever is rejected of them later."""
        return tuple(totals_of(table, given=self._given.get(name)) for name, table in self.tables.items())

    def _join(self) -> None:
        tables, mapping, about = self.tables, self._mapping, self._about
        keys, relationships = loan_keys(tables[LOAN]), (RELATIONSHIP, COLLATERAL_RELATIONSHIP)
        sort_out_relationships(tables, keys, relationships)
        about.rejected += [loans_of_rejected(tables[name], keys) for name in relationships if name in tables]
        if COUNTERPARTY in tables or linking(_fields(tables), NAMES_BORROWER, BORROWER) == [RELATIONSHIP]:
            join_counterparties(tables, keys, about)
        links: Links | None = None
        if COLLATERAL in tables:
            schema = mapping.schema_of
            links, self._given[COLLATERAL] = join_collaterals(tables, keys, schema, about, decimals=self._decimals)
        join_enforcement(tables, keys, links, mapping.cut_off, about)
        historical = mapping.tables.get(HISTORICAL)
        both = bool(historical and historical.includes_external)
        self._given |= join_collections(tables, keys, mapping.cut_off, about, includes_external=both)
        self._tell_rejected_elsewhere()

    def _tell_rejected_elsewhere(self) -> None:
        """A loan of which something could not be read is not what the bank says it is."""
        found = [each.select(pl.col("loan").cast(pl.UInt32)) for each in self._about.rejected]
        if found:
            loans = pl.concat(found).unique()
            there = self.tables[LOAN].scan(CONTRACT).select(pl.col(ROW).alias("loan"), pl.col(CONTRACT).alias("old"))
            told = there.join(loans, on="loan", how="semi").collect(engine="streaming")
            self._about.tell(told, CONTRACT, REJECTED_ELSEWHERE)

    def _whole(self, values: pl.DataFrame) -> pl.DataFrame:
        for given in self._about.given(values[ROW][0], values[ROW][-1]):
            values = values.join(given, left_on=ROW, right_on="loan", how="left", maintain_order="left")
        return values.select(ROW, *self._specs)

    def _loan_breaches(self, part: int) -> pl.DataFrame:
        return self._loans.breaches(part).with_columns(_with_table(LOAN)).cast(pl.Schema(BREACH))

    def _text_of(self, values: pl.DataFrame) -> Callable[[str], pl.Series]:
        return lambda name: written(values[name], self._specs[name], decimals=self._decimals)

    def _unfit_sums(self, values: pl.DataFrame) -> list[pl.DataFrame]:
        """A sum can be what none of its parts is: too large for the books, or below zero."""
        found = []
        for name in _SUMS:
            if name in self._specs and not self._columns[name].startswith(f"{LOAN}."):
                for rule, broken in ((TOO_LARGE, values[name] > MAX_AMOUNT), (NEGATIVE, values[name] < 0)):
                    told = where(broken.fill_null(value=False), rule)
                    found += breaches(values[ROW], name, self._columns[name], self._text_of(values)(name), told)
        return found


def _with_table(name: str) -> pl.Expr:
    """The bank's column with its table, as the mapping of the joined loan names it."""
    column = pl.col("column")
    return pl.when(column != "").then(pl.concat_str(pl.lit(f"{name}."), column)).otherwise(column).alias("column")


def _fields(tables: dict[str, TableRows]) -> dict[str, list[str]]:
    return {name: list(table.columns) for name, table in tables.items()}
