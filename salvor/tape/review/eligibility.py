"""Which loans a deal may hold: each criterion with what it excludes, alone and as the first to do so.

The firsts add up to all that is excluded, so eligible + excluded = accepted, in rows and in settlement units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from salvor.errors import OptionInvalid
from salvor.tape.review.source import UNITS, Source, Sum
from salvor.tape.review.terms import Criterion

_ANY = pl.col(UNITS).is_not_null()  # every loan; a literal would be one row however many loans there are


@dataclass(frozen=True)
class Exclusion:
    """What one criterion keeps out: by itself, and of what all before it let in."""

    criterion: Criterion
    alone: Sum
    first: Sum


@dataclass(frozen=True)
class Eligibility:
    """Of the accepted loans."""

    exclusions: tuple[Exclusion, ...]
    accepted: Sum
    eligible: Sum

    @property
    def excluded(self) -> Sum:
        """By any criterion."""
        return self.accepted - self.eligible


def eligible(criteria: Sequence[Criterion], source: Source) -> pl.Expr:
    """Whether a loan meets them all; never null."""
    return pl.all_horizontal(_ANY, *(meets(each, source.cut_off) for each in criteria))


def screen(source: Source, criteria: Sequence[Criterion]) -> Eligibility:
    """Count what each criterion excludes, in one pass over the loans."""
    counted = [*_pair("in", eligible(criteria, source)), *_pair("all", _ANY)]
    for place, each in enumerate(criteria):
        out = ~meets(each, source.cut_off)
        counted += _pair(f"alone {place}", out)
        counted += _pair(f"first {place}", out & eligible(criteria[:place], source))
    row = source.scan().select(counted).collect(engine="streaming").row(0, named=True)
    exclusions = tuple(
        Exclusion(each, _sum(row, f"alone {place}"), _sum(row, f"first {place}")) for place, each in enumerate(criteria)
    )
    return Eligibility(exclusions, accepted=_sum(row, "all"), eligible=_sum(row, "in"))


def meets(criterion: Criterion, cut_off: date | None) -> pl.Expr:
    """Whether a loan meets a criterion; what is not known meets nothing, so it is never null."""
    value = pl.col(criterion.field)
    if criterion.filled is False:
        return value.is_null()
    holds = [value.is_not_null()]
    if criterion.at_least is not None:
        holds.append(value >= _exact(criterion.at_least))
    if criterion.at_most is not None:
        holds.append(value <= _exact(criterion.at_most))
    if criterion.one_of:
        holds.append(value.is_in(list(criterion.one_of)))
    if criterion.none_of:
        holds.append(~value.is_in(list(criterion.none_of)))
    if criterion.days_at_least is not None or criterion.days_at_most is not None:
        holds += _aged(criterion, cut_off)
    return pl.all_horizontal(holds).fill_null(value=False)


def _aged(criterion: Criterion, cut_off: date | None) -> list[pl.Expr]:
    if cut_off is None:
        raise OptionInvalid(
            f"{criterion.id} counts days to the cut-off date, and neither mapping nor deal names one: add `cut_off`"
        )
    days = (pl.lit(cut_off) - pl.col(criterion.field)).dt.total_days()
    least = [days >= criterion.days_at_least] if criterion.days_at_least is not None else []
    most = [days <= criterion.days_at_most] if criterion.days_at_most is not None else []
    return least + most


def _exact(bound: int | date) -> pl.Expr:
    return pl.lit(bound) if isinstance(bound, date) else pl.lit(bound, dtype=pl.Int128)


def _pair(name: str, condition: pl.Expr) -> list[pl.Expr]:
    return [
        pl.when(condition).then(1).otherwise(0).sum().alias(f"{name} rows"),
        pl.when(condition).then(UNITS).otherwise(0).sum().alias(f"{name} units"),
    ]


def _sum(row: dict[str, int | None], name: str) -> Sum:
    return Sum(int(row[f"{name} rows"] or 0), int(row[f"{name} units"] or 0))
