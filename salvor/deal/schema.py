"""The fields of a deal file. Amounts and rates are decimal text, never floats; names follow the market's terms."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from salvor.amounts import MAX_AMOUNT, Units, Wad, to_units

_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%", re.ASCII)
_AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_LONGEST = 60  # characters of a number; more is no money and no rate


def _percent(text: object) -> Wad:
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if not match or len(match[0]) > _LONGEST:
        raise ValueError(f"'{text}' is not a percentage, such as 7 % or 7.25 %")
    try:
        return Wad(to_units(Decimal(match[1]), 16))
    except ValueError:
        raise ValueError(f"'{text}' has more than 16 decimals") from None


def _amount(text: object) -> Decimal:
    if isinstance(text, str) and _AMOUNT.fullmatch(text) and len(text) <= _LONGEST:
        return Decimal(text)
    raise ValueError(f"'{text}' is not an amount, such as 450000.00 (no sign, no separators)")


def _whole(text: object) -> int:
    if type(text) is int:
        return text
    if isinstance(text, str) and _WHOLE.fullmatch(text):
        return int(text)
    raise ValueError(f"'{text}' is not a whole number")


def bound(text: str, kind: str, decimals: int) -> int:
    """A bound of a criterion as its field is read: settlement units, WAD, or a whole number; raises ValueError."""
    if kind == "money":
        amount = _amount(text)
        try:
            number: int = to_units(amount, decimals)
        except ValueError as error:
            raise ValueError(f"{text} {error}") from None
    else:
        number = _percent(text) if kind == "rate" else _whole(text)
    if number > MAX_AMOUNT:
        raise ValueError(f"{text} is more than any loan has")
    return number


Percent = Annotated[Wad, BeforeValidator(_percent)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Whole = Annotated[int, BeforeValidator(_whole)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TapeFile(_Part):
    """The loans: files beside the deal file."""

    file: Name
    mapping: Name
    max_rejected_rows: Whole = 0


class Settlement(_Part):
    """The asset that pays for the notes and that the notes pay."""

    name: Name
    symbol: Annotated[str, Field(min_length=1, max_length=11)]
    decimals: Annotated[Whole, Field(le=18)]


class Calendar(_Part):
    """Closing, then month ends. The curve says which share of all recoveries each period brings, in basis points."""

    closing: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 12, 31))]
    periods: Annotated[Whole, Field(ge=1, le=600)]
    timing_curve: list[Whole]


class Tranche(_Part):
    """One class of notes; without a rate it earns no interest (equity)."""

    name: Name
    symbol: Annotated[str, Field(min_length=1, max_length=11)]
    size: Amount
    rate: Percent = Wad(0)

    @property
    def note_name(self) -> str:
        """The token's name."""
        return f"{self.symbol} {self.name}"


class Pay(StrEnum):
    """What a step of the waterfall pays."""

    FEE = "fee"
    INTEREST = "interest"
    PRINCIPAL = "principal"
    RESIDUAL = "residual"


class SkipWhen(StrEnum):
    """When a step is passed over."""

    NEVER = "never"
    BEHIND_PLAN = "behind_plan"


class Step(_Part):
    """One line of the waterfall: a fee has a rate (of the period's collections), everything else a tranche."""

    pay: Pay
    tranche: str | None = None
    rate: Percent | None = None
    skip_when: SkipWhen = SkipWhen.NEVER


class Triggers(_Part):
    """Behind plan: the cumulative collection ratio is below this."""

    behind_plan: Percent


class Investor(_Part):
    """A subscription that the arranger has in the book."""

    name: Name
    tranche: str
    amount: Amount


class Trade(_Part):
    """Notes that change hands after a period was run; no cash of the deal moves."""

    after_period: Annotated[Whole, Field(ge=1)]
    tranche: str
    seller: str
    buyer: str
    amount: Amount


class Criterion(_Part):
    """What each loan must be: one field and at least one condition; bounds are written as the field's values are."""

    id: Name | None = None  # EL-01 by its place when not named
    field: str
    at_least: str | None = None
    at_most: str | None = None
    not_before: date | None = None
    not_after: date | None = None
    days_at_least: Whole | None = None  # from the field's day to the cut-off date
    days_at_most: Whole | None = None
    one_of: Annotated[list[str], Field(min_length=1, max_length=1_000)] | None = None
    none_of: Annotated[list[str], Field(min_length=1, max_length=1_000)] | None = None
    filled: Literal["yes", "no"] | None = None


class Concentration(_Part):
    """What the pool may be: the largest loans, the largest groups of a field together, or one group of it."""

    id: Name | None = None  # CL-01 by its place when not named
    by: str = "contract_identifier"  # a field, or a group that is made of one: sector, vintage, ltv ...
    largest: Annotated[Whole, Field(ge=1, le=1_000)] = 1  # together; 1: each alone
    group: Name | None = None
    at_most: Percent


class Screening(_Part):
    """Of which loans the pool is made."""

    eligibility: Annotated[list[Criterion], Field(max_length=100)] = []
    concentrations: Annotated[list[Concentration], Field(max_length=100)] = []


class Deal(_Part):
    """A whole deal file."""

    salvor: Annotated[Whole, Field(ge=1, le=1)]  # version of this format
    name: Name
    tape: TapeFile
    settlement: Settlement
    calendar: Calendar
    purchase_price: Amount
    tranches: Annotated[list[Tranche], Field(min_length=1, max_length=8)]
    triggers: Triggers
    waterfall: Annotated[list[Step], Field(min_length=1, max_length=40)]
    investors: Annotated[list[Investor], Field(min_length=1)]
    trades: list[Trade] = []
    screening: Screening | None = None
    assumptions: str = ""  # what the source does not say and the deal takes as given; stands under the statement

    def units(self, amount: Decimal) -> Units:
        """An amount of this file in settlement units, exactly."""
        return to_units(amount, self.settlement.decimals)

    def place_of(self, tranche: str) -> int:
        """A tranche's place in the order of seniority, from 0."""
        return [each.name for each in self.tranches].index(tranche)
