"""The book of rules of one tranche, and how each rule of it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from salvor.amounts import Rounding, Wad, mul_div_up, to_units
from salvor.jurisdictions.load import Line
from salvor.jurisdictions.rules import CLASSES, InvestorClass, Money

_NOTHING = Wad(0)


@dataclass(frozen=True)
class Exchange:
    """The money of a deal, and what one unit of another costs in it."""

    currency: str
    decimals: int
    rates: Mapping[str, Decimal] = field(default_factory=dict)

    def units(self, money: Money, rounding: Rounding) -> int:
        """Units of the note for an amount of the law; raises KeyError for a currency without a rate."""
        rate = Decimal(1) if money.currency == self.currency else self.rates[money.currency]
        return to_units(money.amount * rate, self.decimals, rounding)


@dataclass(frozen=True)
class Count:
    """At most so many holders among those of the countries and the class; None stands for all."""

    at_most: int
    countries: tuple[str, ...] | None
    klass: InvestorClass | None


@dataclass(frozen=True)
class Choice:
    """How a rule of the book came about: the lines that set it, those that gave way, and what it says in figures."""

    rule: str
    said: str
    by: tuple[Line, ...]
    over: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Rulebook:
    """What holds for one tranche. Units are of the note, times seconds; 0 and None say that there is no such rule."""

    tranche: str
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    classes: tuple[InvestorClass, ...] = CLASSES
    minimum_holding: int = 0
    maximum_holding: int | None = None
    minimum_investment: int = 0
    share_of_supply: Wad | None = None
    counts: tuple[Count, ...] = ()
    lock_up: int = 0
    hold_period: Mapping[InvestorClass, int] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    velocity: tuple[int, int] | None = None  # units within seconds
    sanctions: tuple[str, ...] = ()
    denomination: int = 1
    travel_rule: int | None = None
    retention: Wad = _NOTHING
    approved_in_advance: bool = False
    choices: tuple[Choice, ...] = ()
    conflicts: tuple[str, ...] = ()  # what was decided against a line, in words

    @property
    def may_enter(self) -> tuple[str, ...]:
        """Countries whose investors may hold."""
        return tuple(each for each in self.opened if each not in self.closed)

    def retained(self, supply: int) -> int:
        """Units that the originator keeps, up."""
        return mul_div_up(supply, self.retention, 10**18)
