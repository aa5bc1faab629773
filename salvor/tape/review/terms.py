"""What a deal demands of its loans, in exact numbers: criteria for each loan, limits for the pool.

The deal file is text; `salvor.deal.screening` turns it into these, so that a review knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from salvor.amounts import Wad

# Groups that are made of other fields: each is there when one of its fields is mapped.
DERIVED: dict[str, tuple[str, ...]] = {
    "size": (),
    "vintage": ("origination_date",),
    "sector": ("economic_activity",),
    "ltv": ("collateral_value",),
    "time_since_default": ("default_date", "charge_off_date"),
    "secured": ("collateral_type", "collateral_value"),
}


@dataclass(frozen=True)
class Criterion:
    """All of its conditions must hold; an empty value meets none of them but `filled=False`.

    `at_least` and `at_most` are settlement units, WAD, days or whole numbers, as the field is; `days_...` are counted
    from the field's day to the cut-off date.
    """

    id: str
    field: str
    says: str
    at_least: int | date | None = None
    at_most: int | date | None = None
    days_at_least: int | None = None
    days_at_most: int | None = None
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    filled: bool | None = None


@dataclass(frozen=True)
class Limit:
    """The `largest` groups of `by` together, or the one `group`, may be at most this share of the eligible pool."""

    id: str
    by: str
    at_most: Wad
    says: str
    largest: int = 1
    group: str | None = None


@dataclass(frozen=True)
class Terms:
    """Of one deal; without any, every accepted loan is eligible."""

    criteria: tuple[Criterion, ...] = ()
    limits: tuple[Limit, ...] = ()


def groups_of(fields: frozenset[str]) -> list[str]:
    """The derived groups that a tape with these fields has."""
    return [name for name, needs in DERIVED.items() if not needs or fields & set(needs)]
