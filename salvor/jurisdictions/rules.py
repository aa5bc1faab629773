"""The rules that a jurisdiction file can name, one class a rule with its parameters as they stand in the file.

Amounts carry their currency; nothing here knows a deal. docs/compliance-for-issuers.md says what each rule means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import pycountry
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from salvor.amounts import Wad
from salvor.deal.fields import Name, Part, Percent, Whole
from salvor.deal.names import unknown
from salvor.errors import near

InvestorClass = Literal["retail", "professional", "institutional"]
CLASSES: tuple[InvestorClass, ...] = ("retail", "professional", "institutional")
_MONEY = re.compile(r"(\d{1,15}(?:\.\d{1,6})?) ([A-Z]{3})", re.ASCII)
_DAY = 86_400
_CURRENCIES = frozenset(each.alpha_3 for each in pycountry.currencies)
# By every way in which somebody may write it; the codes themselves are the values.
_COUNTRIES: dict[str, str] = {
    word: each.alpha_2 for each in pycountry.countries for word in (each.alpha_2, each.alpha_3, each.name)
}


@dataclass(frozen=True)
class Money:
    """An amount of one currency, as the law says it."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"


def _money(text: object) -> Money:
    match = _MONEY.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"'{text}' is not an amount with its currency, such as 100000 EUR")
    return Money(Decimal(match[1]), currency(match[2]))


def currency(code: str) -> str:
    """A code of ISO 4217, or a ValueError."""
    if code not in _CURRENCIES:
        raise ValueError(f"'{code}' is no currency, such as EUR")
    return code


def country(code: str) -> str:
    """A code of ISO 3166 with two letters, or a ValueError that names the code of a country written out."""
    if code in _COUNTRIES.values():
        return code
    if meant := _COUNTRIES.get(code) or _COUNTRIES.get(code.upper()):
        raise ValueError(f"'{code}' is no country; did you mean '{meant}'?")
    raise ValueError(f"'{code}' is no country, such as IT{near(code, _COUNTRIES)}")


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(f"'{name}' stands twice")
    return tuple(sorted(names))


def investor_class(text: object) -> InvestorClass:
    """One of the three, or a ValueError with the near match."""
    for klass in CLASSES:
        if text == klass:
            return klass
    raise ValueError(unknown("investor class", str(text), CLASSES))


def _percent_above_zero(share: Wad) -> Wad:
    if not 0 < share <= 10**18:
        raise ValueError("must be above 0 % and at most 100 %")
    return share


Amount = Annotated[Money, BeforeValidator(_money)]
Country = Annotated[str, AfterValidator(country)]
Countries = Annotated[tuple[Country, ...], Field(min_length=1, max_length=249), AfterValidator(_once)]
Class = Annotated[InvestorClass, BeforeValidator(investor_class)]
Classes = Annotated[tuple[Class, ...], Field(min_length=1), AfterValidator(_once)]
Names = Annotated[tuple[Name, ...], Field(min_length=1, max_length=50), AfterValidator(_once)]
Days = Annotated[Whole, Field(ge=1, le=36_500)]
Share = Annotated[Percent, AfterValidator(_percent_above_zero)]


class Rule(Part):
    """A rule and its parameters."""

    word: ClassVar[str]


class OfAmount(Rule):
    """A rule that is one amount."""

    amount: Amount


class OfShare(Rule):
    """A rule that is one share."""

    share: Share


class CountryAllow(Rule):
    """Opens the deal to investors of these countries; where none opens, nobody may hold."""

    word = "country_allow"
    countries: Countries


class CountryDeny(Rule):
    """Closes it to these, unless a named jurisdiction of the same deal opens it to them by a way of its own."""

    word = "country_deny"
    countries: Countries
    unless: Names | None = None


class InvestorClasses(Rule):
    """Only these classes of investor may hold."""

    word = "investor_class"
    classes: Classes


class MinimumHolding(OfAmount):
    """Who holds, holds at least this, or nothing."""

    word = "minimum_holding"


class MaximumHolding(OfAmount):
    """Nobody holds more."""

    word = "maximum_holding"


class MinimumInvestment(OfAmount):
    """Who subscribes has at least this afterwards."""

    word = "minimum_investment"


class ShareOfSupply(OfShare):
    """Nobody holds more than this share of a tranche."""

    word = "share_of_supply"


class HolderCount(Rule):
    """At most so many holders, of these countries and of this class where they are named."""

    word = "holder_count"
    at_most: Annotated[Whole, Field(ge=1, le=1_000_000)]
    countries: Countries | None = None
    klass: Annotated[Class | None, Field(alias="class")] = None


class LockUp(Rule):
    """What was acquired is kept for so many days, lot by lot."""

    word = "lock_up"
    days: Days


class HoldPeriod(Rule):
    """The same for one class of investor alone."""

    word = "hold_period"
    days: Days
    klass: Annotated[Class, Field(alias="class")]


class TransferWindow(Rule):
    """Notes move only from the first day on and up to the last."""

    word = "transfer_window"
    first: date
    last: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> TransferWindow:
        if self.last and self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it begins")
        return self


class Velocity(OfAmount):
    """Within so many days nobody gives away more."""

    word = "velocity"
    days: Days


class Sanctions(Rule):
    """Nobody on these lists holds or gives."""

    word = "sanctions"
    lists: Names


class Denomination(OfAmount):
    """Notes are ordered and move in whole multiples of this, or all that is held."""

    word = "denomination"


class TravelRule(Rule):
    """Above this, or from this on, who gives and who takes is recorded before notes move: laws say either."""

    word = "travel_rule"
    above: Amount | None = None
    at_least: Amount | None = None

    @model_validator(mode="after")
    def _says_one(self) -> TravelRule:
        if (self.above is None) == (self.at_least is None):
            raise ValueError("says either `above` (more than this is recorded) or `at_least` (this much is too)")
        return self


class Retention(OfShare):
    """The originator keeps at least this share of every tranche to the end."""

    word = "retention"


class ApprovedInAdvance(Rule):
    """Every move is approved by the transfer agent before it is made."""

    word = "approved_in_advance"


_KINDS: tuple[type[Rule], ...] = (
    CountryAllow,
    CountryDeny,
    InvestorClasses,
    MinimumHolding,
    MaximumHolding,
    MinimumInvestment,
    ShareOfSupply,
    HolderCount,
    LockUp,
    HoldPeriod,
    TransferWindow,
    Velocity,
    Sanctions,
    Denomination,
    TravelRule,
    Retention,
    ApprovedInAdvance,
)
RULES = {kind.word: kind for kind in _KINDS}


def seconds(days: int) -> int:
    """Days as a contract counts them."""
    return days * _DAY
