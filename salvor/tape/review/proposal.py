"""Which loans would have to leave a pool for a limit to hold: a proposal, one limit at a time.

The largest loan of the largest group goes first, then all is looked at anew: each loan that leaves makes the pool
smaller too, and with it what the limit allows.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import polars as pl

from salvor.amounts import WAD
from salvor.tape.check import KEY
from salvor.tape.review.source import UNITS, Sum
from salvor.tape.review.terms import Limit

MOST_LOANS = 20_000  # a longer list helps nobody: the limit and the pool do not fit each other


@dataclass(frozen=True)
class Proposal:
    """Loans to take out, in this order, and the pool that is left; no loans when no short list would help."""

    loans: tuple[tuple[str, int], ...]  # identifier and settlement units
    left: Sum
    units: int  # of the limited groups in what is left

    @property
    def found(self) -> bool:
        """There is a way."""
        return bool(self.loans)


class _Groups:
    """Groups by what is left of them, with their loans, largest first; `units` is of the `count` largest together."""

    def __init__(self, loans: pl.DataFrame, count: int) -> None:
        self._keys, self._units = loans[KEY], loans[UNITS]
        bounds = (
            loans.with_row_index("place")
            .group_by("key")
            .agg(pl.col("place").min(), pl.len().alias("rows"), pl.col("sum").first())
        )
        # Sorted lists are heaps; the largest group is first, since its negative is least.
        heap = sorted((-units, first, first + rows) for _, first, rows, units in bounds.iter_rows())
        self._top, self._rest = heap[:count], heap[count:]
        self.units = -sum(int(each[0]) for each in self._top)

    def take(self) -> tuple[str, int]:
        """The largest loan of the largest group; what is left of the group may make room for another one."""
        negative, first, end = heapq.heappop(self._top)
        units = int(self._units[first])
        self.units += negative
        if first + 1 < end:
            heapq.heappush(self._rest, (negative + units, first + 1, end))
        if self._rest:
            moved = heapq.heappop(self._rest)
            heapq.heappush(self._top, moved)
            self.units -= moved[0]
        return str(self._keys[first]), units


def group_sums(keyed: pl.LazyFrame, by: str) -> pl.LazyFrame:
    """`key`, rows and units of each group; loans without a value are one, since nobody knows that they differ."""
    if by == KEY:  # no two accepted loans share one, and a table of millions of groups takes much memory
        return keyed.select("key", pl.lit(1, dtype=pl.UInt32).alias("rows"), UNITS)
    return keyed.group_by("key").agg(pl.len().alias("rows"), pl.col(UNITS).sum())


def propose(keyed: pl.LazyFrame, limit: Limit, total: Sum, *, only: pl.Series | None = None) -> Proposal:
    """Loans out of a pool of `KEY`, group `key` and units, until the limit holds; `only` this group is limited."""
    groups = _Groups(_candidates(keyed, limit, only), limit.largest)
    left, gone = total, list[tuple[str, int]]()
    while groups.units * WAD > limit.at_most * left.units:
        if len(gone) == MOST_LOANS:
            return _none(total)
        loan = groups.take()
        gone.append(loan)
        left -= Sum(1, loan[1])
    return Proposal(tuple(gone), left, groups.units) if left.units else _none(total)


def _none(total: Sum) -> Proposal:
    return Proposal((), total, 0)


def _candidates(keyed: pl.LazyFrame, limit: Limit, only: pl.Series | None) -> pl.DataFrame:
    """Loans that can matter, with the sum of their group: the largest of the largest, as many as a list may have."""
    sums = group_sums(keyed, limit.by)
    if only is not None:
        sums = sums.filter(pl.col("key").is_in(only.implode(), nulls_equal=True))
    top = sums.sort(UNITS, "key", descending=[True, False]).head(limit.largest + MOST_LOANS)
    groups = top.select("key", pl.col(UNITS).alias("sum")).collect(engine="streaming").lazy()
    loans = keyed.join(groups, on="key", nulls_equal=True)
    if limit.by != KEY:
        least = loans.group_by("key").agg(pl.col(UNITS).top_k(MOST_LOANS).min().alias("least"))
        loans = loans.join(least, on="key", nulls_equal=True).filter(pl.col(UNITS) >= pl.col("least")).drop("least")
    return loans.sort("key", UNITS, KEY, descending=[False, True, False]).collect(engine="streaming")
