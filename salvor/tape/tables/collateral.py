"""What secures a loan, of all its collaterals: the sum of their values, the stalest valuation, the best rank.

A collateral that secures several loans is counted once: its value is shared out among them by what they owe. All else,
such as type and place, is that of the most valuable collateral.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.schema import AssetClass
from salvor.tape.tables.found import AboutLoans
from salvor.tape.tables.links import NO_SUCH_LOAN, Links, links_of
from salvor.tape.tables.rows import TableRows, sort_out
from salvor.tape.tables.shares import share_out
from salvor.tape.tables.templates import COLLATERAL, CONTRACT, LIEN, LOAN, NAMES_PROTECTION, PROTECTION, VALUE
from salvor.tape.values.written import written

SHARED, SEVERAL = "TAPE-307", "TAPE-308"
VALUED = "collateral_valuation_date"
FILE = "collateral.parquet"  # beside the accepted loans: every pair of loan and collateral


def join_collaterals(
    tables: Mapping[str, TableRows], keys: pl.DataFrame, schema: AssetClass, about: AboutLoans, *, decimals: int
) -> tuple[Links, int]:
    """Give each loan what secures it, and write the pairs; returns them, and what was given in settlement units."""
    own = tables[COLLATERAL]
    sort_out(own, [PROTECTION], [name for name in own.columns if name not in (PROTECTION, CONTRACT, LIEN)])
    links = _once(links_of(tables, NAMES_PROTECTION, PROTECTION, keys))
    if links.table is not own:
        links.tell_unknown(own.scan(PROTECTION).select(PROTECTION).unique())
    _tell_unused(own, links)
    about.rejected.append(links.of(own.rejected(PROTECTION).select(PROTECTION)))
    pairs = _with_parts(links, own, tables[LOAN], schema)
    _write_pairs(pairs, keys, about)
    _tell_shared(pairs, about, schema, decimals)
    _tell_several(pairs, about)
    about.give(COLLATERAL, _aggregated(pairs, own, links, about))
    return links, int(pairs["part"].sum() or 0)


def _once(links: Links) -> Links:
    """Each pair once, with its best rank."""
    more = [pl.col(LIEN).min()] if LIEN in links.pairs.columns else []
    pairs = links.pairs.group_by("loan", PROTECTION).agg(pl.col(ROW).min(), *more)
    return Links(pairs, links.table, links.identifier)


def _tell_unused(own: TableRows, links: Links) -> None:
    unused = own.good(PROTECTION).join(links.pairs.lazy(), on=PROTECTION, how="anti").collect(engine="streaming")
    own.tell(unused, PROTECTION, NO_SUCH_LOAN)
    own.put(unused[ROW], "orphaned")


def _with_parts(links: Links, own: TableRows, loans: TableRows, schema: AssetClass) -> pl.DataFrame:
    """The pairs with the value of the collateral, the loan's part of it, and whether others have one too."""
    value = [VALUE] if own.has(VALUE) else []
    dates = [VALUED] if own.has(VALUED) else []
    there = own.good(PROTECTION, *value, *dates).drop(ROW)
    pairs = links.pairs.drop(ROW).lazy().join(there, on=PROTECTION, how="inner").collect(engine="streaming")
    if not value:
        pairs = pairs.with_columns(pl.lit(None, pl.Int128).alias(VALUE))
    pairs = pairs.with_columns(pl.col(PROTECTION).is_duplicated().alias("shared"))
    balance = schema.balance_of([name for name in schema.balances if loans.has(name)])
    owed = loans.scan(balance).select(pl.col(ROW).alias("loan"), pl.col(balance).alias("owed"))
    several = pairs.filter("shared").select("loan", PROTECTION, pl.col(VALUE).alias("value"))
    several = several.lazy().join(owed, on="loan", how="left").collect(engine="streaming")
    parts = share_out(several, PROTECTION)
    pairs = pairs.join(parts, on=["loan", PROTECTION], how="left")
    return pairs.with_columns(pl.when("shared").then("part").otherwise(VALUE).alias("part"))


def _aggregated(pairs: pl.DataFrame, own: TableRows, links: Links, about: AboutLoans) -> pl.LazyFrame:
    """One row a loan, with those of its fields that this join brings."""
    ranked = pairs.sort(["loan", VALUE, PROTECTION], descending=[False, True, False], nulls_last=True)
    best = [pl.col(LIEN).min()] if LIEN in pairs.columns else []
    stalest = [pl.col(VALUED).min()] if VALUED in pairs.columns else []
    total = pl.when(pl.col("part").count() > 0).then(pl.col("part").sum()).alias(VALUE)
    loans = ranked.lazy().group_by("loan", maintain_order=True).agg(pl.col(PROTECTION).first(), total, *stalest, *best)
    made = [PROTECTION, CONTRACT, VALUE, VALUED, LIEN]
    texts = [name for name in own.columns if name in about.columns and name not in made]
    loans = loans.join(own.good(PROTECTION, *texts).drop(ROW), on=PROTECTION, how="left")
    wanted = [name for name in loans.collect_schema().names() if name in about.columns]
    if links.table.name == LOAN:
        wanted.remove(PROTECTION)
    return loans.select("loan", *wanted)


def _write_pairs(pairs: pl.DataFrame, keys: pl.DataFrame, about: AboutLoans) -> None:
    """For whoever wants to see which collateral stands behind which loan: no text of it, so nothing about a person."""
    told = pairs.join(keys, on="loan").sort("loan", PROTECTION)
    more = [name for name in (VALUED, LIEN) if name in pairs.columns]
    told.select(CONTRACT, PROTECTION, VALUE, "part", "shared", *more).write_parquet(about.folder / FILE)


def _tell_shared(pairs: pl.DataFrame, about: AboutLoans, schema: AssetClass, decimals: int) -> None:
    if VALUE not in about.columns:
        return
    loans = pairs.filter(pl.col("shared").any().over("loan") & pl.col(VALUE).is_not_null())
    sums = loans.group_by("loan").agg(pl.col(VALUE).sum().alias("old"), pl.col("part").sum().alias("new"))
    spec = schema.fields[VALUE]
    texts = [written(sums[name], spec, decimals=decimals) for name in ("old", "new")]
    about.tell(sums.select("loan").with_columns(texts), VALUE, SHARED)


def _tell_several(pairs: pl.DataFrame, about: AboutLoans) -> None:
    several = pairs.filter(pl.col("loan").is_duplicated())
    several = several.sort(["loan", VALUE, PROTECTION], descending=[False, True, False], nulls_last=True)
    ids = several.group_by("loan", maintain_order=True).agg(pl.col(PROTECTION))
    told = ids.select(
        "loan", pl.col(PROTECTION).list.join("; ").alias("old"), pl.col(PROTECTION).list.first().alias("new")
    )
    about.tell(told, PROTECTION if PROTECTION in about.columns else CONTRACT, SEVERAL)
