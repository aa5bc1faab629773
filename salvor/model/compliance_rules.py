"""The rules that only compare (docs/compliance.md, rules 10 to 18): each says which codes stand against a movement.

Stands beside `contracts/compliance/rules/`, one function a library, in the same order. Codes are typed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

WAD = 10**18
DAY = 86_400
MOST_UNITS = 2**112 - 1


class Kind(IntEnum):
    """How units move."""

    TRANSFER = 0
    MINT = 1
    BURN = 2
    HAND_OVER = 3
    FORCED = 4


class Rule(IntEnum):
    """As `setRule` numbers them."""

    COUNTRY_ALLOW = 0
    COUNTRY_DENY = 1
    INVESTOR_CLASS = 2
    MIN_HOLDING = 3
    MAX_HOLDING = 4
    DENOMINATION = 5
    SUPPLY_SHARE = 6
    SUPPLY_LIMIT = 7
    TRANSFER_WINDOW = 8
    COUNTERPARTIES = 9
    MIN_INVESTMENT = 10


class Code(IntEnum):
    """Why a movement is refused; 128 and on are modules."""

    NONE = 0
    NOTE_PAUSED = 1
    SENDER_FROZEN = 2
    RECEIVER_FROZEN = 3
    NOT_ENOUGH_UNITS = 4
    UNITS_FROZEN = 5
    NO_RECEIVER = 6
    UNITS_OUT_OF_RANGE = 7
    RECEIVER_UNKNOWN = 10
    RECEIVER_UNVERIFIED = 11
    COUNTRY_UNKNOWN = 16
    COUNTRY_NOT_ALLOWED = 17
    COUNTRY_DENIED = 18
    CLASS_NOT_ALLOWED = 19
    BELOW_MINIMUM = 20
    REST_BELOW_MINIMUM = 21
    ABOVE_MAXIMUM = 22
    ABOVE_SHARE = 23
    ABOVE_SUPPLY = 24
    WINDOW_CLOSED = 25
    NOT_A_COUNTERPARTY = 26
    BELOW_INVESTMENT = 27
    NOT_A_DENOMINATION = 28
    FIRST_MODULE = 128


OF_RECEIVER = frozenset(
    (
        *(Code.COUNTRY_UNKNOWN, Code.COUNTRY_NOT_ALLOWED, Code.COUNTRY_DENIED, Code.CLASS_NOT_ALLOWED),
        *(Code.BELOW_MINIMUM, Code.ABOVE_MAXIMUM, Code.ABOVE_SHARE),
    )
)  # found with the receiver: not asked of a gate


@dataclass(frozen=True)
class Side:
    """A wallet ("" where units come to be or end), its identity (0 a stranger's) and what that holds before."""

    wallet: str = ""
    identity: int = 0
    country: int = 0
    class_: int = 0
    held: int = 0


@dataclass(frozen=True)
class Movement:
    """Units on their way."""

    kind: Kind
    giver: Side
    taker: Side
    units: int

    @property
    def within(self) -> bool:
        """Between wallets of one identity, which then holds as much as before (rule 9)."""
        return self.giver.identity != 0 and self.giver.identity == self.taker.identity

    @property
    def afterwards(self) -> int:
        """What the receiving identity holds then."""
        return self.taker.held if self.within else self.taker.held + self.units

    @property
    def begins(self) -> bool:
        """Whether the receiving identity begins to hold."""
        return self.taker.identity != 0 and self.taker.held == 0 and self.units > 0 and not self.within

    @property
    def ceases(self) -> bool:
        """Whether the sending identity gives all it holds."""
        return self.giver.identity != 0 and self.giver.held == self.units and self.units > 0 and not self.within


@dataclass(frozen=True)
class Moment:
    """What else a rule looks at: the clock, and the supply before the movement."""

    now: int
    supply: int


@dataclass
class Table:
    """Parameters by rule; a rule that is not in it is off."""

    params: dict[Rule, tuple[Any, ...]] = field(default_factory=dict)

    def refusals(self, movement: Movement, moment: Moment) -> set[Code]:
        """Every reason of every rule that is on."""
        found: set[Code] = set()
        for rule, params in self.params.items():
            found.update(_REFUSALS[rule](movement, moment, *params))
        return found


def _country_allow(movement: Movement, _: Moment, countries: list[int]) -> Iterator[Code]:
    if movement.taker.country == 0:
        yield Code.COUNTRY_UNKNOWN
    elif movement.taker.country not in countries:
        yield Code.COUNTRY_NOT_ALLOWED


def _country_deny(movement: Movement, _: Moment, countries: list[int]) -> Iterator[Code]:
    if movement.taker.country == 0:
        yield Code.COUNTRY_UNKNOWN
    elif movement.taker.country in countries:
        yield Code.COUNTRY_DENIED


def _investor_class(movement: Movement, _: Moment, classes: int) -> Iterator[Code]:
    if not classes >> movement.taker.class_ & 1:
        yield Code.CLASS_NOT_ALLOWED


def _min_holding(movement: Movement, _: Moment, least: int) -> Iterator[Code]:
    if movement.units == 0 or movement.within or movement.kind == Kind.HAND_OVER:
        return
    if movement.afterwards < least:
        yield Code.BELOW_MINIMUM
    if movement.kind == Kind.TRANSFER and 0 < movement.giver.held - movement.units < least:
        yield Code.REST_BELOW_MINIMUM


def _max_holding(movement: Movement, _: Moment, most: int) -> Iterator[Code]:
    if movement.units and not movement.within and movement.afterwards > most:
        yield Code.ABOVE_MAXIMUM


def _denomination(movement: Movement, _: Moment, currency: str, piece: int) -> Iterator[Code]:
    all_of_it = movement.kind == Kind.TRANSFER and movement.units == movement.giver.held
    if movement.units % piece and not (all_of_it or movement.within or movement.kind == Kind.HAND_OVER):
        yield Code.NOT_A_DENOMINATION


def _supply_share(movement: Movement, moment: Moment, share: int) -> Iterator[Code]:
    if movement.units == 0 or moment.supply == 0 or movement.within:
        return
    supply = moment.supply + (movement.units if movement.kind == Kind.MINT else 0)
    if movement.afterwards * WAD > supply * share:
        yield Code.ABOVE_SHARE


def _supply_limit(movement: Movement, moment: Moment, most: int) -> Iterator[Code]:
    if movement.kind == Kind.MINT and moment.supply + movement.units > most:
        yield Code.ABOVE_SUPPLY


def _transfer_window(
    movement: Movement, moment: Moment, opens: int, closes: int, weekdays: int, begins: int, ends: int
) -> Iterator[Code]:
    if movement.kind != Kind.TRANSFER:
        return
    day, second = divmod(moment.now, DAY)
    weekday = (day + 3) % 7  # 1 January 1970 was a Thursday
    if not (opens <= moment.now < closes and begins <= second < ends and weekdays >> weekday & 1):
        yield Code.WINDOW_CLOSED


def _counterparties(movement: Movement, _: Moment, accounts: list[str]) -> Iterator[Code]:
    if movement.kind == Kind.TRANSFER and not {movement.giver.wallet, movement.taker.wallet} & set(accounts):
        yield Code.NOT_A_COUNTERPARTY


def _min_investment(movement: Movement, _: Moment, least: int) -> Iterator[Code]:
    if movement.kind == Kind.MINT and movement.units and movement.afterwards < least:
        yield Code.BELOW_INVESTMENT


_REFUSALS: dict[Rule, Callable[..., Iterator[Code]]] = {
    Rule.COUNTRY_ALLOW: _country_allow,
    Rule.COUNTRY_DENY: _country_deny,
    Rule.INVESTOR_CLASS: _investor_class,
    Rule.MIN_HOLDING: _min_holding,
    Rule.MAX_HOLDING: _max_holding,
    Rule.DENOMINATION: _denomination,
    Rule.SUPPLY_SHARE: _supply_share,
    Rule.SUPPLY_LIMIT: _supply_limit,
    Rule.TRANSFER_WINDOW: _transfer_window,
    Rule.COUNTERPARTIES: _counterparties,
    Rule.MIN_INVESTMENT: _min_investment,
}
