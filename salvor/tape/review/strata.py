"""Stratification: the eligible pool split by one dimension at a time, so that each table adds up to the pool.

A dimension with very many groups shows its largest ones, and all the others in one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from salvor.amounts import WAD, Wad
from salvor.tape.review.groups import Dimension
from salvor.tape.review.source import UNITS, Sum

MOST = 30  # groups that are shown by name
Which = Literal["group", "empty", "others"]


@dataclass(frozen=True)
class Stratum:
    """One line: a group, the loans that name none, or all other groups together.

    Average and share are rounded down; the median is the lower of the two middle balances, so always a real one.
    """

    which: Which
    label: str
    sum: Sum
    share: Wad
    average: int
    median: int
    largest: int


@dataclass(frozen=True)
class Table:
    """Of one dimension."""

    name: str
    title: str
    strata: tuple[Stratum, ...]
    total: Sum


def stratify(pool: pl.LazyFrame, by: Dimension, total: Sum) -> Table:
    """Split a pool; `total` is what the table must add up to."""
    keyed = pool.select(by.key.alias("key"), UNITS)
    shown = _largest_groups(keyed)
    known = pl.col("key").is_null() | pl.col("key").is_in(shown.implode())
    lines = (
        keyed.with_columns(pl.when(known).then("key").alias("key"), known.alias("known"))
        .group_by("key", "known")
        .agg(
            pl.len().alias("rows"),
            pl.col(UNITS).sum().alias("sum"),
            pl.col(UNITS).sort().get((pl.len() - 1) // 2).alias("median"),
            pl.col(UNITS).max().alias("largest"),
        )
        .collect(engine="streaming")
        .sort("known", pl.col("key").is_null(), "key" if by.ordered else pl.col("sum"), descending=_order(by.ordered))
    )
    others = int(keyed.select(pl.col("key").drop_nulls().n_unique()).collect().item()) - len(shown) if len(shown) else 0
    strata = tuple(_strata(lines, by, total, others))
    assert sum((each.sum for each in strata), Sum(0, 0)) == total, f"{by.name} does not add up to the pool"
    return Table(by.name, by.title, strata, total)


def _order(ordered: bool) -> list[bool]:
    return [True, False, not ordered]


def _largest_groups(keyed: pl.LazyFrame) -> pl.Series:
    sums = keyed.drop_nulls("key").group_by("key").agg(pl.col(UNITS).sum())
    top = sums.sort(UNITS, "key", descending=[True, False]).head(MOST)
    return top.collect(engine="streaming")["key"]


def _strata(lines: pl.DataFrame, by: Dimension, total: Sum, others: int) -> Iterator[Stratum]:
    for line in lines.iter_rows(named=True):
        which: Which = "others" if not line["known"] else "empty" if line["key"] is None else "group"
        names = {"others": f"{others:,} others", "empty": "not given"}
        yield Stratum(
            which=which,
            label=by.label(line["key"]) if which == "group" else names[which],
            sum=Sum(line["rows"], line["sum"]),
            share=share(line["sum"], total.units),
            average=line["sum"] // line["rows"],
            median=line["median"],
            largest=line["largest"],
        )


def share(units: int, total: int) -> Wad:
    """Of a total, rounded down; of nothing it is 0."""
    return Wad(units * WAD // total) if total else Wad(0)
