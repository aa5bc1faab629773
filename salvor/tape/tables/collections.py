"""What came back: the sum of each loan up to the cut-off date, and month by month in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.tables.enforcement import set_aside_later
from salvor.tape.tables.found import AboutLoans
from salvor.tape.tables.links import loans_of_rejected
from salvor.tape.tables.rows import TableRows, sort_out
from salvor.tape.tables.templates import COLLECTED, COLLECTIONS, CONTRACT, EXTERNAL, HISTORICAL, RECOVERED

NO_LOAN = "TAPE-303"
FILE = "collections.parquet"  # beside the accepted loans: month by month, and after the cut-off date too
_DAY, _NUMBER = "collection_date", "collection_identifier"


def join_collections(
    tables: Mapping[str, TableRows],
    keys: pl.DataFrame,
    cut_off: date | None,
    about: AboutLoans,
    *,
    includes_external: bool,
) -> dict[str, int]:
    """Give each loan what was recovered of it, and write the months; returns what each table gave, settlement units.

    Historical and external collections are added, unless the historical ones include the others.
    """
    names = [name for name in COLLECTIONS if name in tables]
    for name in names:
        _sort_out(tables[name], keys, cut_off)
        about.rejected.append(loans_of_rejected(tables[name], keys))
    if not names:
        return {}
    counted = [name for name in names if not (includes_external and name == EXTERNAL and HISTORICAL in names)]
    sums = {name: _sums(tables[name], keys) for name in counted}
    if RECOVERED in about.columns:
        all_sums = pl.concat(sums.values()).lazy()
        about.give(RECOVERED, all_sums.group_by("loan").agg(pl.col(COLLECTED).sum().alias(RECOVERED)))
    _write_months({name: tables[name] for name in names}, keys, cut_off, about)
    return {name: int(each[COLLECTED].sum() or 0) for name, each in sums.items()}


def _sort_out(own: TableRows, keys: pl.DataFrame, cut_off: date | None) -> None:
    number = [_NUMBER] if own.has(_NUMBER) else []
    sort_out(own, number, [name for name in own.columns if name != _NUMBER])
    orphans = own.good(CONTRACT).join(keys.lazy(), on=CONTRACT, how="anti").collect(engine="streaming")
    own.tell(orphans, CONTRACT, NO_LOAN)
    own.put(orphans[ROW], "orphaned")
    set_aside_later(own, CONTRACT, _DAY, cut_off)


def _sums(own: TableRows, keys: pl.DataFrame) -> pl.DataFrame:
    rows = own.good(CONTRACT, COLLECTED).join(own.in_state("later", "orphaned"), on=ROW, how="anti")
    rows = rows.join(keys.lazy(), on=CONTRACT, how="inner")
    return rows.group_by("loan").agg(pl.col(COLLECTED).sum()).collect(engine="streaming")


def _write_months(tables: Mapping[str, TableRows], keys: pl.DataFrame, cut_off: date | None, about: AboutLoans) -> None:
    """Loan, month, which table says so, how many rows, how much; a month of the cut-off date can stand twice."""
    later = pl.lit(value=False) if cut_off is None else pl.col(_DAY) > cut_off
    months = [
        own.good(CONTRACT, _DAY, COLLECTED)
        .join(keys.lazy(), on=CONTRACT, how="inner")
        .group_by("loan", pl.col(_DAY).dt.truncate("1mo").alias("month"), later.alias("after_cut_off"))
        .agg(pl.len().alias("rows"), pl.col(COLLECTED).sum().alias("units"))
        .with_columns(pl.lit(name).alias("source"))
        for name, own in tables.items()
    ]
    found = pl.concat(months).sort("loan", "month", "source", "after_cut_off")
    named = found.join(keys.lazy(), on="loan", how="left", maintain_order="left")
    columns = [CONTRACT, "month", "source", "after_cut_off", "rows", "units"]
    named.select(columns).sink_parquet(about.folder / FILE, maintain_order=True)
