"""What a rule is, and the few shapes that most rules between fields have.

A breach of *reject* keeps the row out, *warn* and *info* let it in; all of them stand in the exceptions file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

Severity = Literal["reject", "warn", "info"]


@dataclass(frozen=True)
class Facts:
    """What the mapping says of the whole tape; `fields` are those that it maps."""

    cut_off: date | None
    currency: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """One rule; `broken` where it is between fields, `needs` the fields that must be mapped for it."""

    severity: Severity
    sentence: str
    mend: str
    field: str = ""  # where the breach is shown
    needs: tuple[str, ...] = ()
    broken: Callable[[Facts], pl.Expr] | None = None


def filled(name: str) -> pl.Expr:
    """There is a value."""
    return pl.col(name).is_not_null()


def empty(name: str) -> pl.Expr:
    """There is none."""
    return pl.col(name).is_null()


def never() -> pl.Expr:
    """For a tape in which the rule can't be broken."""
    return pl.lit(value=False)


def status(*names: str) -> pl.Expr:
    """The loan stands where one of these says."""
    return pl.col("status").is_in(names)


def before(earlier: str, later: str) -> Callable[[Facts], pl.Expr]:
    """Broken where the day that must come later comes first."""
    return lambda _: pl.col(earlier) < pl.col(later)


def above(name: str, limit: str) -> Callable[[Facts], pl.Expr]:
    """Broken where an amount is above another."""
    return lambda _: pl.col(name) > pl.col(limit)


def beyond_cut_off(name: str) -> Callable[[Facts], pl.Expr]:
    """Broken where a day is after the cut-off date; never in a tape that names none."""
    return lambda facts: never() if facts.cut_off is None else pl.col(name) > facts.cut_off


def any_filled(names: Iterable[str], facts: Facts) -> pl.Expr:
    """One of these fields is mapped and has a value."""
    return pl.any_horizontal(never(), *(filled(name) for name in names if name in facts.fields))
