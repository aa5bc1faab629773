"""The fields of a deal file. Amounts and rates are decimal text, never floats; names follow the market's terms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from salvor.amounts import Units, Wad, to_units
from salvor.deal.fields import Amount, Name, Part, Percent, Version, Whole
from salvor.deal.liquidation import Liquidation
from salvor.deal.networks import Network
from salvor.deal.oracle import Oracle
from salvor.deal.rules import (
    Evergreen,
    FeeLine,
    Hurdle,
    Index,
    Losses,
    Pay,
    Reserve,
    Revolving,
    Step,
    Tranche,
    Trigger,
    Vote,
)
from salvor.deal.vaults import Vault


class TapeFile(Part):
    """The loans: files beside the deal file."""

    file: Name
    mapping: Name
    max_rejected_rows: Whole = 0


class Settlement(Part):
    """The asset that pays for the notes and that the notes pay."""

    name: Name
    symbol: Annotated[str, Field(min_length=1, max_length=11)]
    decimals: Annotated[Whole, Field(le=18)]


class Calendar(Part):
    """Closing, then month ends. The curve says which share of all recoveries each period brings, in basis points."""

    closing: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 12, 31))]
    periods: Annotated[Whole, Field(ge=1, le=600)]
    timing_curve: list[Whole]
    grace_days: Annotated[Whole, Field(le=3_650)] = 0  # after a period's end until its report is late
    costs: Percent = Wad(0)  # of what is collected, taken off before it arrives
    # How a play of the deal lets loans pay: each a little in every period, or each at once, in the tape's order.
    loans_pay: Literal["along_the_curve", "at_once"] = "along_the_curve"


class Investor(Part):
    """A subscription that the arranger has in the book."""

    name: Name
    tranche: str
    amount: Amount


class Trade(Part):
    """Notes that change hands after a period was run; no cash of the deal moves."""

    after_period: Annotated[Whole, Field(ge=1)]
    tranche: str
    seller: str
    buyer: str
    amount: Amount


class Criterion(Part):
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


class Concentration(Part):
    """What the pool may be: the largest loans, the largest groups of a field together, or one group of it."""

    id: Name | None = None  # CL-01 by its place when not named
    by: str = "contract_identifier"  # a field, or a group that is made of one: sector, vintage, ltv ...
    largest: Annotated[Whole, Field(ge=1, le=1_000)] = 1  # together; 1: each alone
    group: Name | None = None
    at_most: Percent


class Screening(Part):
    """Of which loans the pool is made."""

    eligibility: Annotated[list[Criterion], Field(max_length=100)] = Field(default_factory=list)
    concentrations: Annotated[list[Concentration], Field(max_length=100)] = Field(default_factory=list)


class Compliance(Part):
    """Who may hold: jurisdictions whose lines are merged, and the money in which they speak of the notes."""

    jurisdictions: Annotated[list[Name], Field(min_length=1, max_length=20)]
    rules: Name | None = None  # the deal's own lines, a file of the same form beside the deal
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]  # of the settlement asset
    rates: Annotated[dict[str, Amount], Field(max_length=50)] = Field(default_factory=dict)  # of one unit, in it
    rates_of: date | None = None
    originator: Name | None = None  # the holder who keeps what a retention line says

    @model_validator(mode="after")
    def _dated(self) -> Compliance:
        if self.rates and self.rates_of is None:
            raise ValueError("`rates` need their day: `rates_of`")
        return self


class Deal(Part):
    """A whole deal file."""

    salvor: Version  # of this format
    name: Name
    kind: Literal["closed-end", "evergreen"] = "closed-end"
    tape: TapeFile
    settlement: Settlement
    calendar: Calendar
    purchase_price: Amount
    tranches: Annotated[list[Tranche], Field(min_length=1, max_length=8)]
    index: Index | None = None
    fees: Annotated[dict[Name, FeeLine], Field(max_length=16)] = Field(default_factory=dict)
    reserve: Reserve | None = None
    hurdles: Annotated[dict[Name, Hurdle], Field(max_length=16)] = Field(default_factory=dict)
    triggers: Annotated[dict[Name, Trigger], Field(max_length=16)] = Field(default_factory=dict)
    losses: Losses = Losses(by="ledgers")
    revolving: Revolving | None = None
    evergreen: Evergreen | None = None
    waterfall: Annotated[list[Step], Field(min_length=1, max_length=40)]
    accelerated: Annotated[list[Step], Field(max_length=40)] = Field(
        default_factory=list
    )  # the steps after the senior class's vote
    vote: Vote | None = None
    dust_owner: Name | None = None  # who has what no step took in the end; the seller when not named
    investors: Annotated[list[Investor], Field(min_length=1)]
    trades: list[Trade] = Field(default_factory=list)
    screening: Screening | None = None
    networks: dict[Name, Network] = Field(default_factory=dict)  # by Ape's name of a network: sepolia
    compliance: Compliance | None = None
    vaults: Annotated[list[Vault], Field(max_length=16)] = Field(default_factory=list)  # deployed beside the deal
    oracle: Oracle | None = None
    liquidation: Liquidation | None = None  # loans that are worked alone
    assumptions: str = ""  # what the source does not say and the deal takes as given; stands under the statement

    def units(self, amount: Decimal) -> Units:
        """An amount of this file in settlement units, exactly."""
        return to_units(amount, self.settlement.decimals)

    def place_of(self, tranche: str) -> int:
        """A tranche's place in the order of seniority, from 0."""
        return [each.name for each in self.tranches].index(tranche)

    @property
    def payees(self) -> tuple[str, ...]:
        """Everybody but holders who can be paid: the seller, who has a fee line, the owner of dust."""
        lines = [line.payee for line in self.fees.values()]
        unnamed = ["servicer"] if any(step.rate and step.pay is Pay.FEE for step in self.every_step) else []
        return tuple(dict.fromkeys(["seller", *lines, *unnamed, self.dust_owner or "seller"]))

    @property
    def every_step(self) -> list[Step]:
        """Both lists of steps."""
        return [*self.waterfall, *self.accelerated]
