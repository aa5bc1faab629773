"""Limits on the eligible pool: which groups break them, by how much, and which loans would have to go.

Whether a limit is broken is decided in whole numbers, group x 100 % > limit x pool; shares that are shown are rounded
up, against the limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from salvor.amounts import WAD, Wad, format_units
from salvor.errors import OptionInvalid
from salvor.tape.check import KEY
from salvor.tape.review.groups import dimension
from salvor.tape.review.proposal import Proposal, group_sums, propose
from salvor.tape.review.source import UNITS, Source, Sum
from salvor.tape.review.terms import Limit

EMPTY = "not given"


@dataclass(frozen=True)
class Group:
    """One group of a limit; `excess` is its balance above the limit at the pool's present size, 0 within it."""

    label: str
    sum: Sum
    share: Wad
    excess: int


@dataclass(frozen=True)
class Measured:
    """A limit against the pool: what is limited together, every group that breaks it alone, and what would mend it."""

    limit: Limit
    units: int  # of the largest groups together
    share: Wad
    excess: int
    groups: tuple[Group, ...]  # that count towards it, largest first
    proposal: Proposal | None

    @property
    def broken(self) -> bool:
        """Above the limit."""
        return self.excess > 0


def share_up(units: int, total: int) -> Wad:
    """Of a total, rounded up; of nothing it is 0."""
    return Wad(-(-units * WAD // total)) if total else Wad(0)


def percent_up(share: Wad, places: int = 2) -> str:
    """A share for people, rounded up, so that one above a limit never looks like the limit."""
    return f"{format_units(-(-share * 100 * 10**places // WAD), places)} %"


def excess_of(units: int, total: int, limit: Wad) -> int:
    """Units above the limit's share of the total: exact, since units are whole, and 0 when not above."""
    return max(0, units - limit * total // WAD)


def measure(source: Source, pool: pl.LazyFrame, limit: Limit, total: Sum) -> Measured:
    """One limit over the eligible pool; raises `OptionInvalid` when the tape has not what it is about."""
    by = dimension(limit.by, source)
    if by is None:
        raise OptionInvalid(f"{limit.id}: the tape has no '{limit.by}', or no cut-off date that it counts from")
    keyed = pool.select(KEY, by.key.alias("key"), UNITS)
    sums = group_sums(keyed, limit.by)
    if limit.group is not None:
        sums = sums.filter(pl.col("key").cast(pl.String) == _key_text(by.labels, limit.group))
    top = sums.sort(UNITS, "key", descending=[True, False]).head(_count(limit)).collect(engine="streaming")
    groups = tuple(
        Group(
            label=EMPTY if line["key"] is None else by.label(line["key"]),
            sum=Sum(line["rows"], line[UNITS]),
            share=share_up(line[UNITS], total.units),
            excess=excess_of(line[UNITS], total.units, limit.at_most),
        )
        for line in top.iter_rows(named=True)
    )
    units = sum(each.sum.units for each in groups[: limit.largest])
    excess = excess_of(units, total.units, limit.at_most)
    proposal = propose(keyed, limit, total, only=top["key"][:1] if limit.group else None) if excess else None
    told = tuple(each for place, each in enumerate(groups) if place < limit.largest or each.excess)
    return Measured(limit, units, share_up(units, total.units), excess, told, proposal)


def _count(limit: Limit) -> int:
    """Groups to look at: the largest, and where each counts alone, as many as can be above the limit."""
    return limit.largest if limit.largest > 1 else min(1_000, WAD // max(limit.at_most, 1) + 1)


def _key_text(labels: tuple[str, ...], group: str) -> str:
    return str(labels.index(group)) if group in labels else group
