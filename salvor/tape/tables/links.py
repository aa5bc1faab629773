"""Which counterparties and which collaterals belong to which loan, each pair once.

A loan is its row number from here on: four bytes instead of an identifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.tables.fitting import linking
from salvor.tape.tables.rows import TableRows
from salvor.tape.tables.templates import COLLATERAL, CONTRACT, LIEN, LOAN, ROLE

NO_SUCH_LOAN, NO_SUCH_ROW = "TAPE-302", "TAPE-304"


@dataclass(frozen=True)
class Links:
    """Pairs of loan and identifier, with the table and row that says so; `role` and `lien` where they are mapped."""

    pairs: pl.DataFrame
    table: TableRows
    identifier: str

    def of(self, identifiers: pl.LazyFrame) -> pl.LazyFrame:
        """The loans that these identifiers belong to, each loan once."""
        return self.pairs.lazy().join(identifiers, on=self.identifier, how="semi").select("loan").unique()

    def tell_unknown(self, known: pl.LazyFrame) -> None:
        """A breach in each row that names what has no row of its own."""
        unknown = self.pairs.lazy().join(known, on=self.identifier, how="anti")
        self.table.tell(unknown.select(ROW, self.identifier).collect(), self.identifier, NO_SUCH_ROW)


def loan_keys(loans: TableRows) -> pl.DataFrame:
    """Row number and identifier of every loan; of loans that stand twice the first, since all of them are rejected."""
    keys = loans.scan(CONTRACT).filter(pl.col(CONTRACT).is_not_null()).select(pl.col(ROW).alias("loan"), CONTRACT)
    return keys.collect(engine="streaming").unique(CONTRACT, keep="first", maintain_order=True)


def links_of(tables: Mapping[str, TableRows], names: tuple[str, ...], identifier: str, keys: pl.DataFrame) -> Links:
    """The pairs of loan and `identifier`, by the one of the tables `names` that has them."""
    (name,) = linking({each: list(table.columns) for each, table in tables.items()}, names, identifier)
    table = tables[name]
    more = [each for each in (ROLE, LIEN) if table.has(each) and name != LOAN]
    if name == LOAN:
        pairs = table.scan(identifier).with_columns(pl.col(ROW).alias("loan"))
    elif name == COLLATERAL:  # a row can say nothing new of the collateral, and name another loan
        pairs = table.scan(CONTRACT, identifier, *more).join(keys.lazy(), on=CONTRACT, how="inner")
    else:
        pairs = table.good(CONTRACT, identifier, *more).join(keys.lazy(), on=CONTRACT, how="inner")
    there = pairs.filter(pl.col(identifier).is_not_null()).select("loan", identifier, ROW, *more)
    return Links(there.collect(engine="streaming"), table, identifier)


def tell_orphans(table: TableRows, keys: pl.DataFrame) -> None:
    """The rows of a relationship that name a loan which is not there."""
    orphans = table.good(CONTRACT).join(keys.lazy(), on=CONTRACT, how="anti").collect(engine="streaming")
    table.tell(orphans, CONTRACT, NO_SUCH_LOAN)
    table.put(orphans[ROW], "orphaned")


def loans_of_rejected(table: TableRows, keys: pl.DataFrame) -> pl.LazyFrame:
    """The loans that rejected rows of a table name."""
    return keys.lazy().join(table.rejected(CONTRACT), on=CONTRACT, how="semi").select("loan")
