"""The rules with a memory (docs/compliance.md, rules 19 to 24): each allows or not, and remembers what it is told.

Stands beside the contracts of `contracts/compliance/rules/`. `asked` says of which movements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from salvor.model.compliance_rules import WAD, Kind, Movement

NO_LIMIT = 2**32 - 1
MOST_LOTS = 24
PARTS = 8  # of a rolling period
TRANSFERS = frozenset({Kind.TRANSFER})
ACQUIRED = frozenset({Kind.TRANSFER, Kind.MINT, Kind.HAND_OVER})


class Module(Protocol):
    """One rule."""

    asked: ClassVar[frozenset[Kind]]
    words: ClassVar[str]

    def allows(self, movement: Movement, now: int) -> bool:
        """Whether it has nothing against the movement."""
        ...

    def tell(self, movement: Movement, now: int) -> None:
        """The movement is made."""
        ...


def ceil_div(value: int, by: int) -> int:
    """Up."""
    return -(-value // by)


@dataclass
class HolderCount:
    """Identities that hold, each with the country and class that are known of it."""

    asked: ClassVar = ACQUIRED
    words: ClassVar = "There are as many holders, in all or of the receiver's country or class, as may be."
    all: int = NO_LIMIT
    classes: tuple[int, ...] = (NO_LIMIT,) * 4
    countries: dict[int, int] = field(default_factory=dict)
    holders: dict[int, tuple[int, int]] = field(default_factory=dict)  # (country, class) by number of the identity

    def allows(self, movement: Movement, now: int) -> bool:
        """Asked of who begins to hold; who gives all makes room."""
        if not movement.begins:
            return True
        after = dict(self.holders)
        if movement.ceases:
            after.pop(movement.giver.identity)
        country, class_ = movement.taker.country, movement.taker.class_
        after[movement.taker.identity] = (country, class_)
        there = list(after.values())
        if len(there) > self.all or sum(one[1] == class_ for one in there) > self.classes[class_]:
            return False
        return sum(one[0] == country for one in there) <= self.countries.get(country, NO_LIMIT)

    def tell(self, movement: Movement, now: int) -> None:
        """The model counts from the balances instead: see `RegulatedNote.holders`."""


@dataclass
class Lots(ABC):
    """Units by lot, of each identity; ends are rounded up to a sixteenth of the duration."""

    asked: ClassVar = TRANSFERS
    lots: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))  # units by end

    @abstractmethod
    def end(self, class_: int, now: int) -> int:
        """When what is acquired now may be sent."""

    def locked(self, identity: int, now: int) -> int:
        """In lots that have not ended."""
        return sum(units for end, units in self.lots[identity].items() if now < end)

    def allows(self, movement: Movement, now: int) -> bool:
        """What is free may go."""
        giver = movement.giver
        free = max(0, giver.held - self.locked(giver.identity, now)) if giver.identity else 0
        return movement.within or movement.units <= free

    def tell(self, movement: Movement, now: int) -> None:
        """A lot comes; by force and by a burn lots go, those that would be free soonest first."""
        if movement.within:
            return
        if movement.kind in (Kind.FORCED, Kind.BURN):
            self._take(movement, now)
        end = self.end(movement.taker.class_, now)
        if movement.kind != Kind.BURN and movement.units and movement.taker.identity and end > now:
            self._acquire(movement.taker.identity, end, movement.units, now)

    def _acquire(self, identity: int, end: int, units: int, now: int) -> None:
        lots = self.lots[identity]
        for gone in [each for each in lots if each <= now or not lots[each]]:
            del lots[gone]
        if len(lots) == MOST_LOTS and end not in lots:  # the last waits for the later
            last = max(lots)
            units += lots.pop(last)
            end = max(end, last)
        lots[end] = lots.get(end, 0) + units

    def _take(self, movement: Movement, now: int) -> None:
        giver = movement.giver
        rest = movement.units - max(0, giver.held - self.locked(giver.identity, now))
        for end in sorted(end for end in self.lots[giver.identity] if now < end):
            taken = max(0, min(rest, self.lots[giver.identity][end]))
            self.lots[giver.identity][end] -= taken
            rest -= taken


def after(duration: int, now: int) -> int:
    """So long from now, up to a sixteenth."""
    step = max(duration // 16, 1)
    return ceil_div(now + duration, step) * step if duration else 0


@dataclass
class LockUp(Lots):
    """For a time, and until a date."""

    words: ClassVar = "Of the sender's units too many are locked up."
    duration: int = 0
    until: int = 0

    def end(self, class_: int, now: int) -> int:
        """The later of both."""
        return max(after(self.duration, now), self.until)


@dataclass
class HoldPeriod(Lots):
    """For a time that depends on the class."""

    words: ClassVar = "Of the sender's units too many are in their hold period."
    durations: tuple[int, ...] = (0, 0, 0, 0)

    def end(self, class_: int, now: int) -> int:
        """By class."""
        return after(self.durations[class_], now)


@dataclass
class Velocity:
    """Units sent in a rolling period, by the end of the eighth in which they were, in nine places."""

    asked: ClassVar = TRANSFERS
    words: ClassVar = "The sender has sent too much in this period."
    most: int = 2**112 - 1
    period: int = 8
    sent: defaultdict[int, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict(lambda: [(0, 0)] * (PARTS + 1))
    )  # (end, units)

    def counted(self, identity: int, now: int) -> int:
        """What counts now."""
        return sum(units for end, units in self.sent[identity] if now < end + self.period)

    def allows(self, movement: Movement, now: int) -> bool:
        """Of identities; a stranger's past is not known."""
        identity = movement.giver.identity
        if movement.within or (identity == 0 and movement.units == 0):
            return True
        return identity != 0 and self.counted(identity, now) + movement.units <= self.most

    def tell(self, movement: Movement, now: int) -> None:
        """What is sent freely, to another identity."""
        if movement.kind != Kind.TRANSFER or movement.within or movement.giver.identity == 0:
            return
        sent = self.sent[movement.giver.identity]
        eighth = max(ceil_div(self.period, PARTS), 1)
        end = (now // eighth + 1) * eighth
        counting = [place for place, (ends, _) in enumerate(sent) if now < ends + self.period]
        free = [place for place in range(PARTS + 1) if place not in counting]
        if same := [place for place in counting if sent[place][0] == end]:
            sent[same[0]] = end, sent[same[0]][1] + movement.units
        elif free:
            sent[free[0]] = end, movement.units
        else:  # both count as long as the later
            last = max(counting, key=lambda place: sent[place][0])
            sent[last] = max(end, sent[last][0]), sent[last][1] + movement.units


@dataclass
class TransferFee:
    """A fee in cash; the model keeps what senders have and let be taken."""

    asked: ClassVar = TRANSFERS
    words: ClassVar = "The sender lets too little cash be taken for the fee."
    rate: int = 0
    collector: str = ""
    cash: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    allowed: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def fee(self, movement: Movement) -> int:
        """Up."""
        free = movement.kind != Kind.TRANSFER or movement.within or movement.giver.wallet == self.collector
        return 0 if free else ceil_div(movement.units * self.rate, WAD)

    def allows(self, movement: Movement, now: int) -> bool:
        """While the fee can be taken."""
        fee, payer = self.fee(movement), movement.giver.wallet
        return fee == 0 or (self.cash[payer] >= fee and self.allowed[payer] >= fee)

    def tell(self, movement: Movement, now: int) -> None:
        """It is taken."""
        if fee := self.fee(movement):
            self.cash[movement.giver.wallet] -= fee
            self.allowed[movement.giver.wallet] -= fee
            self.cash[self.collector] += fee


@dataclass
class Sanctions:
    """Wallets, and identities of wallets, that were shown to be on a list or that an oracle calls sanctioned."""

    asked: ClassVar = ACQUIRED
    words: ClassVar = "One side is on the sanctions list."
    wallets: set[str] = field(default_factory=set)
    identities: set[int] = field(default_factory=set)

    def allows(self, movement: Movement, now: int) -> bool:
        """Neither side."""
        sides = (movement.giver, movement.taker)
        return not any(side.wallet in self.wallets or side.identity in self.identities for side in sides)

    def tell(self, movement: Movement, now: int) -> None:
        """Nothing to remember."""


@dataclass
class Approved:
    """Transfers that an agent approved, for one time: until when, by sender, receiver and units."""

    asked: ClassVar = TRANSFERS
    words: ClassVar = "No agent approved this transfer."
    until: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def allows(self, movement: Movement, now: int) -> bool:
        """Before the end."""
        return movement.within or now < self.until.get(_key(movement), 0)

    def tell(self, movement: Movement, now: int) -> None:
        """It is used."""
        if movement.kind == Kind.TRANSFER and not movement.within:
            self.until.pop(_key(movement), None)


@dataclass
class TravelRule:
    """Transfers for which a record was filed."""

    asked: ClassVar = TRANSFERS
    words: ClassVar = "No travel-rule record was filed for this transfer."
    threshold: int = 0
    filed: set[tuple[str, str, int]] = field(default_factory=set)

    def allows(self, movement: Movement, now: int) -> bool:
        """Below the threshold, or with a record."""
        return movement.within or movement.units < self.threshold or _key(movement) in self.filed

    def tell(self, movement: Movement, now: int) -> None:
        """It is used."""
        if movement.kind == Kind.TRANSFER and not movement.within and movement.units >= self.threshold:
            self.filed.discard(_key(movement))


def _key(movement: Movement) -> tuple[str, str, int]:
    return movement.giver.wallet, movement.taker.wallet, movement.units
