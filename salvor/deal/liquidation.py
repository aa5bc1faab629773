"""How a deal's loans are sold one by one, as its file says it: strategies, auctions, and triggers over its values.

Rules stand in docs/liquidation.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from salvor.amounts import Wad
from salvor.deal.fields import Amount, Flag, Name, Part, Percent, Whole
from salvor.deal.networks import Address

OWN = "own"  # the group of the deal's own tranches
MOST_CONDITIONS, MOST_CLAUSES = 8, 3  # as the book of triggers has them
SELLING = ("loan_sale", "foreclosure")
OF_VALUES = ("coverage_below", "loan_to_value_above", "value_above", "value_below", "value_fell")
Looks = Literal[
    "coverage_below", "loan_to_value_above", "value_above", "value_below", "value_fell",
    "plan_broken", "court_overdue", "report_missed",
]  # fmt: skip
Hours = Annotated[Whole, Field(ge=1, le=87_600)]
Days = Annotated[Whole, Field(le=3_650)]


class Auction(Part):
    """A way to find a price. Which keys a kind needs, and which are of no use to it, is checked."""

    kind: Literal["dutch", "english", "sealed", "vickrey"]
    # dutch
    step_hours: Hours | None = None
    fall_hours: Hours | None = None
    linger_hours: Annotated[Whole, Field(le=87_600)] | None = None
    cut: Percent | None = None  # what a step leaves of the price: an exponential curve; else steps are equal
    cusp: Percent | None = None
    units: Annotated[Whole, Field(ge=1)] | None = None
    dust: Annotated[Whole, Field(ge=1)] | None = None
    # english
    hours: Hours | None = None
    window_hours: Annotated[Whole, Field(le=87_600)] | None = None
    extension_hours: Annotated[Whole, Field(le=87_600)] | None = None
    increment: Amount | None = None
    increment_share: Percent | None = None
    # sealed and vickrey
    commit_hours: Hours | None = None
    reveal_hours: Hours | None = None
    pay_hours: Hours | None = None
    deposit: Percent | None = None


class Strategy(Part):
    """What the deal says of a strategy; auction and prices of those that sell alone."""

    approval: Flag = False
    days: Days = 0  # that it may take; 0 for no end
    cost: Amount = Decimal(0)
    auction: Name | None = None
    start: Percent | None = None  # of the value
    floor: Percent | None = None
    rounds: Annotated[Whole, Field(ge=1, le=255)] = 1
    haircut: Percent = Wad(0)
    unsold: Literal["back", "credit_bid"] = "back"
    group: Name | None = None  # of tranches whose the proceeds are; where not named a case stays where it is


class Strategies(Part):
    """All of them; a strategy that is not named needs no approval and sells nowhere."""

    discounted_pay_off: Strategy = Strategy()
    payment_plan: Strategy = Strategy()
    loan_sale: Strategy = Strategy()
    foreclosure: Strategy = Strategy()


class Condition(Part):
    """One condition: of a value of the deal's oracle, or a fact."""

    looks: Looks
    of: Name | None = None  # the kind of the oracle's key: COLLATERAL for COLLATERAL/17
    level: Amount | None = None
    margin: Percent = Wad(0)
    window_days: Days = 0


class SaleTrigger(Part):
    """When a case must be sold: `any` of its clauses holds, each a list of conditions that all hold."""

    conditions: Annotated[dict[Name, Condition], Field(min_length=1, max_length=MOST_CONDITIONS)]
    any: Annotated[list[Annotated[list[Name], Field(min_length=1)]], Field(min_length=1, max_length=MOST_CLAUSES)]
    way: Literal["loan_sale", "foreclosure"]
    asset_class: Name | None = None  # only cases of this class of loans
    hold_days: Days = 0
    gap_days: Days = 1
    age_days: Days = 1
    cure_days: Days = 0
    fee: Amount = Decimal(0)  # of the keeper, paid by what the case brings


class Group(Part):
    """Further tranches, over a part of the loans of their own: a deal file, and the public commitment of its tape."""

    deal: str
    commitment: str | None = None


class Liquidation(Part):
    """How loans are worked alone."""

    claim: Name = "expected_recovery"  # the field of the tape that is a loan's claim
    grace_days: Days = 0  # after an instalment or a court date
    vehicle: Address | None = None  # holds for the senior class what nobody buys
    groups: Annotated[dict[Name, Group], Field(max_length=3)] = Field(default_factory=dict)  # beside the deal's own
    auctions: Annotated[dict[Name, Auction], Field(min_length=1, max_length=2)]
    strategies: Strategies
    triggers: Annotated[dict[Name, SaleTrigger], Field(max_length=16)] = Field(default_factory=dict)
