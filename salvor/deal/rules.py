"""The cash rules of a deal file, as docs/waterfall.md has them: each key names what the market calls it.

What is not named is not there, so a simple deal stays short. Which rules fit together, `rule_checks.py` says.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from salvor.amounts import WAD, Wad
from salvor.deal.fields import Amount, Flag, Name, Part, Percent, Whole
from salvor.deal.oracle import Hours, Key

_RUNS = re.compile(r"\d{1,5}", re.ASCII)
_MOST_RUNS = 65_535


class DayCount(StrEnum):
    """Which part of a year a period is."""

    ACTUAL_365 = "actual/365"
    ACTUAL_360 = "actual/360"
    THIRTY_360 = "30/360"


class RateFrom(Part):
    """One stair of a rate that steps up."""

    from_period: Annotated[Whole, Field(ge=1)]
    rate: Percent


class Floating(Part):
    """The deal's index and a margin, between floor and cap."""

    margin: Percent
    floor: Percent = Wad(0)
    cap: Percent = Wad(10 * WAD)


class Unpaid(StrEnum):
    """What becomes of interest that was not paid."""

    DEFERRED = "deferred"
    DEFERRED_WITH_INTEREST = "deferred_with_interest"
    MISSED = "missed"


class Tranche(Part):
    """One class of notes; without a rate it earns no interest (equity)."""

    name: Name
    symbol: Annotated[str, Field(min_length=1, max_length=11)]
    size: Amount
    minimum: Amount | None = None  # below it the deal is cancelled; the size when not named
    rate: Percent = Wad(0)
    step_up: Annotated[list[RateFrom], Field(min_length=1, max_length=4)] | None = None
    floating: Floating | None = None
    day_count: DayCount = DayCount.ACTUAL_365
    unpaid_interest: Unpaid = Unpaid.DEFERRED

    @property
    def note_name(self) -> str:
        """The token's name."""
        return f"{self.symbol} {self.name}"


class Index(Part):
    """What floating rates follow; `assumed` is what a play takes it for: one a period, the last for all after it."""

    name: Name
    first: Percent  # until one is told
    assumed: list[Percent] = Field(default_factory=list)
    value: Key | None = None  # of the deal's oracle: what the index is; else who answers is named by network
    within_hours: Hours = 120  # of a period's start: an observation of that time still tells the period's index


class FeeOf(StrEnum):
    """What a fee is reckoned on."""

    AMOUNT = "amount"
    COLLECTIONS = "collections"
    POOL_BALANCE = "pool_balance"
    TRANCHE = "tranche"


class FeeLine(Part):
    """Who is paid and what accrues in a period: an amount, or a rate of net collections or (a year) of a balance."""

    payee: Name = "servicer"
    of: FeeOf = FeeOf.COLLECTIONS
    amount: Amount | None = None
    rate: Percent | None = None
    tranche: str | None = None
    day_count: DayCount = DayCount.ACTUAL_365
    floor: Amount | None = None
    cap: Amount | None = None
    carried: Flag = False  # what is unpaid stays due; else it is lost
    senior: Flag = False  # interest coverage counts it

    @model_validator(mode="before")
    @classmethod
    def _an_amount_says_of_what(cls, given: Any) -> Any:
        return {"of": "amount", **given} if isinstance(given, dict) and "amount" in given else given


class Hurdle(Part):
    """A return that a tranche has to reach, compounded at period ends."""

    tranche: str
    rate: Percent
    day_count: DayCount = DayCount.ACTUAL_365


class Reserve(Part):
    """The reserve's target: a share of the principal of some tranches, between floor and cap."""

    tranches: Annotated[list[str], Field(min_length=1)]
    share: Percent = Wad(0)
    floor: Amount | None = None
    cap: Amount | None = None


class TriggerTest(StrEnum):
    """What a trigger looks at."""

    OVER_COLLATERALISATION = "over_collateralisation"
    INTEREST_COVERAGE = "interest_coverage"
    COLLECTION_RATIO = "collection_ratio"
    PROFITABILITY_RATIO = "profitability_ratio"
    CUMULATIVE_LOSS = "cumulative_loss"
    RESERVE_BELOW_TARGET = "reserve_below_target"
    SERVICER_LATE = "servicer_late"
    INTEREST_MISSED = "interest_missed"
    CLEAN_UP = "clean_up"
    FINAL_MATURITY = "final_maturity"
    EVENT_OF_DEFAULT = "event_of_default"


def _cured(text: object) -> object:
    if text in ("never", "at_once"):
        return text
    number = int(text) if isinstance(text, int) or (isinstance(text, str) and _RUNS.fullmatch(text)) else 0
    if not 1 <= number <= _MOST_RUNS:
        raise ValueError(f"'{text}' is neither never, at_once nor a number of runs from 1 to {_MOST_RUNS}")
    return number


class Trigger(Part):
    """A test that is on from the run on in which it fails. A percentage alone is a collection ratio below it."""

    test: TriggerTest
    below: Percent | None = None
    above: Percent | None = None
    period: Annotated[Whole, Field(ge=1)] | None = None
    tranche: str | None = None
    cured: Annotated[Literal["never", "at_once"] | int, BeforeValidator(_cured)] = "at_once"

    @model_validator(mode="before")
    @classmethod
    def _the_short_form(cls, given: Any) -> Any:
        return {"test": "collection_ratio", "below": given} if isinstance(given, str) else given


class Pay(StrEnum):
    """What a step of the waterfall does; docs/waterfall.md, rule 18, has the formula of each."""

    FEE = "fee"
    INTEREST = "interest"
    INTEREST_UP_TO = "interest_up_to"
    PRINCIPAL = "principal"
    PRINCIPAL_PRO_RATA = "principal_pro_rata"
    PRINCIPAL_TO_TARGET = "principal_to_target"
    TOP_UP = "top_up"
    RELEASE = "release"
    DRAW = "draw"
    DEFICIENCY = "deficiency"
    HURDLE = "hurdle"
    SPLIT = "split"
    RESIDUAL = "residual"


class Step(Part):
    """One line of the waterfall. Which keys it takes beside the condition depends on what it pays."""

    pay: Pay
    tranche: str | None = None
    tranches: Annotated[list[str], Field(min_length=1)] | None = None
    fee: str | None = None  # a fee line by its name
    fees: list[str] | None = None
    hurdle: str | None = None
    rate: Percent | None = None  # of a fee without a name: of net collections, to the servicer, lost when unpaid
    share: Percent | None = None
    ratio: Percent | None = None
    while_on: Annotated[list[str], Field(min_length=1)] | None = None  # passed over while none of these is on
    unless_on: Annotated[list[str], Field(min_length=1)] | None = None  # passed over while any of these is on


class Losses(Part):
    """Where write-offs are booked: in ledgers that cash makes good, or off the principal at once."""

    by: Literal["ledgers", "nav"]
    carrying_ratio: Percent | None = None  # of a claim; price over gross balance when not named, at most 100 %


class Revolving(Part):
    """Until when principal buys further loans."""

    to_period: Annotated[Whole, Field(ge=1)]
    stops_on: list[str] = Field(default_factory=list)


class EvergreenLimit(Part):
    """The least value below a tranche, as a share of all: nobody enters or leaves where that would break it."""

    tranche: str
    at_least: Percent


class Visit(Part):
    """What an investor of the book asks of an epoch in a play: to enter a tranche with cash, or leave it with units."""

    in_period: Annotated[Whole, Field(ge=1)]
    who: str
    enter: str | None = None  # a tranche
    leave: str | None = None
    amount: Amount


class Evergreen(Part):
    """Epochs in which investors come and go (docs/evergreen.md)."""

    periods: Annotated[Whole, Field(ge=1, le=600)] = 1  # of an epoch
    cut_off_days: Annotated[Whole, Field(ge=0, le=27)] = 5  # before an epoch's end
    discount_rate: Percent  # a year, of the plan
    fees: Percent = Wad(0)  # what fees take of collections to come
    limits: list[EvergreenLimit] = Field(default_factory=list)
    exits: Literal["senior_first", "pro_rata"] = "senior_first"
    value_source: Key | None = None  # of the deal's oracle: what the loans are worth (rule 13); else the plan says it
    visits: list[Visit] = Field(default_factory=list)


class Vote(Part):
    """What the senior class needs to accelerate the deal."""

    share: Percent = Wad(WAD // 2)  # of the notes, to be exceeded
    days: Annotated[Whole, Field(ge=1, le=3_650)] = 30
