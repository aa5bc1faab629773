"""By what a pool can be split: fields as they are, and groups that are made of them, each an exact integer or a text.

A dimension is there only where its fields are mapped. An empty value is a group of its own, told apart from any text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from salvor.tape.review.source import UNITS, Source
from salvor.tape.review.terms import groups_of
from salvor.tape.schema import FieldSpec

_SIZES = (10_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000, 10_000_000)  # whole units of the currency
_LTV = (50, 60, 70, 80, 90, 100, 120, 150)  # percent
_YEARS = (1, 2, 3, 5, 7, 10)
YEAR = 365  # days


def _labels(bounds: Sequence[int], unit: str = "") -> tuple[str, ...]:
    first = f"{bounds[0]:,}{unit.removesuffix('s') if bounds[0] == 1 else unit}"
    middle = [f"{low:,} to below {high:,}{unit}" for low, high in pairwise(bounds)]
    return (f"below {first}", *middle, f"{bounds[-1]:,}{unit} and more")


# The names of groups that are made of ranges, in their order.
LABELS = {
    "size": _labels(_SIZES),
    "ltv": _labels(_LTV, " %"),
    "time_since_default": ("after the cut-off date", *_labels(_YEARS, " years")),
    "secured": ("unsecured", "secured"),
}
_FIELDS = {
    "counterparty_region": "region of the borrower",
    "counterparty_country": "country of the borrower",
    "collateral_region": "region of the collateral",
    "collateral_type": "type of collateral",
    "lien_position": "lien position",
    "status": "status",
    "legal_status": "legal proceedings",
    "lender": "lender",
}
_TITLES = {
    "size": "size of the balance",
    "vintage": "vintage (year of origination)",
    "sector": "sector (first two digits of the code)",
    "ltv": "loan to value",
    "time_since_default": "time since default or charge-off at the cut-off date",
    "secured": "secured or not",
}


@dataclass(frozen=True)
class Dimension:
    """`key` is a group's number or text; with `labels` it is a place among them; `ordered` groups keep their order."""

    name: str
    title: str
    key: pl.Expr
    labels: tuple[str, ...] = ()
    ordered: bool = False

    def label(self, key: int | str) -> str:
        """A group's name for people."""
        return self.labels[int(key)] if self.labels else str(key)


def dimensions(source: Source) -> list[Dimension]:
    """Those that a review tells, for the fields that this tape has."""
    fields = source.specs()
    derived = [made for name in groups_of(frozenset(fields)) if (made := _derived(name, source))]
    plain = [dimension(name, source) for name in _FIELDS if name in fields]
    return [*derived, *[each for each in plain if each]]


def dimension(name: str, source: Source) -> Dimension | None:
    """By a field or a derived group; None when the tape has no such field, or no cut-off date that it needs."""
    specs = source.specs()
    if name in specs:
        ordered = specs[name].kind == "integer"
        return Dimension(name, _FIELDS.get(name, name), pl.col(name), ordered=ordered)
    return _derived(name, source) if name in groups_of(frozenset(specs)) else None


def _derived(name: str, source: Source) -> Dimension | None:
    make: dict[str, Callable[[Source], tuple[pl.Expr, tuple[str, ...]] | None]] = {
        "size": _size,
        "vintage": lambda _: (pl.col("origination_date").dt.year(), ()),
        "sector": lambda _: (pl.col("economic_activity").str.extract(r"^[A-U]?([0-9]{2})"), ()),
        "ltv": lambda _: (_ltv_place(), LABELS["ltv"]),
        "time_since_default": _time_since_default,
        "secured": lambda source: (secured(source.specs()).cast(pl.Int8), LABELS["secured"]),
    }
    made = make[name](source)
    return made and Dimension(name, _TITLES[name], made[0], made[1], ordered=name != "sector")


def _size(source: Source) -> tuple[pl.Expr, tuple[str, ...]]:
    bounds = [bound * 10**source.decimals for bound in _SIZES]
    return place(pl.col(UNITS), bounds), LABELS["size"]


def _ltv_place() -> pl.Expr:
    value = pl.col("collateral_value")
    reached = pl.sum_horizontal((pl.col(UNITS) * 100 >= value * bound).cast(pl.Int32) for bound in _LTV)
    return pl.when(value > 0).then(reached)


def days_since_default(source: Source) -> pl.Expr | None:
    """Days from default, or else from charge-off, to the cut-off date; null where a loan has neither day."""
    days = [pl.col(name) for name in ("default_date", "charge_off_date") if name in source.specs()]
    if not days or source.cut_off is None:
        return None
    return (pl.lit(source.cut_off) - pl.coalesce(days)).dt.total_days()


def _time_since_default(source: Source) -> tuple[pl.Expr, tuple[str, ...]] | None:
    days = days_since_default(source)
    if days is None:
        return None
    return place(days, [0, *[years * YEAR for years in _YEARS]]), LABELS["time_since_default"]


def secured(fields: Mapping[str, FieldSpec]) -> pl.Expr:
    """Some collateral is named, or has a value; null where the tape says nothing of it."""
    says = [pl.col("collateral_type") != "none"] if "collateral_type" in fields else []
    if "collateral_value" in fields:
        says.append(pl.col("collateral_value") > 0)
    return pl.coalesce(says)


def place(value: pl.Expr, bounds: Sequence[int]) -> pl.Expr:
    """How many of the rising bounds a value has reached; null stays null."""
    reached = pl.sum_horizontal((value >= pl.lit(bound, dtype=pl.Int128)).cast(pl.Int32) for bound in bounds)
    return pl.when(value.is_not_null()).then(reached)
