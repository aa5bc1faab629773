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
    """Groups by what is left of them, each with its loans, largest first."""

    def __init__(self, loans: pl.DataFrame) -> None:
        self._keys, self._units = loans[KEY], loans[UNITS]
        bounds = (
            loans.with_row_index("place")
            .group_by("key")
            .agg(pl.col("place").min(), pl.len().alias("rows"), pl.col(UNITS).sum())
        )
        self._heap = [(-units, first, first + rows) for _, first, rows, units in bounds.iter_rows()]
        heapq.heapify(self._heap)

    def largest(self, count: int) -> int:
        """Units of the largest groups together; the heap is as it was."""
        popped = [heapq.heappop(self._heap) for _ in range(min(count, len(self._heap)))]
        for each in popped:
            heapq.heappush(self._heap, each)
        return -sum(int(each[0]) for each in popped)

    def take(self) -> tuple[str, int]:
        """The largest loan of the largest group."""
        negative, first, end = heapq.heappop(self._heap)
        units = int(self._units[first])
        if first + 1 < end:
            heapq.heappush(self._heap, (negative + units, first + 1, end))
        return str(self._keys[first]), units


def propose(keyed: pl.LazyFrame, limit: Limit, total: Sum, *, only: pl.Series | None = None) -> Proposal:
    """Loans out of a pool of `KEY`, group `key` and units, until the limit holds; `only` this group is limited."""
    groups = _Groups(_candidates(keyed, limit, only))
    left, gone = total, list[tuple[str, int]]()
    while (units := groups.largest(limit.largest)) * WAD > limit.at_most * left.units:
        if len(gone) == MOST_LOANS:
            return Proposal((), total, 0)
        loan = groups.take()
        gone.append(loan)
        left -= Sum(1, loan[1])
    return Proposal(tuple(gone) if left.units else (), left if left.units else total, units if left.units else 0)


def _candidates(keyed: pl.LazyFrame, limit: Limit, only: pl.Series | None) -> pl.DataFrame:
    """Loans of the groups that can matter: more than these can't be emptied by a list that is short enough."""
    sums = keyed.group_by("key").agg(pl.col(UNITS).sum().alias("sum"))
    top = sums.sort("sum", "key", descending=[True, False]).head(limit.largest + MOST_LOANS).select("key").collect()
    names = top["key"] if only is None else only
    inside = pl.col("key").is_in(names.drop_nulls().implode())
    if names.null_count():
        inside = inside.fill_null(value=True)
    loans = keyed.filter(inside.fill_null(value=False))
    return loans.sort("key", UNITS, KEY, descending=[False, True, False]).collect(engine="streaming")
