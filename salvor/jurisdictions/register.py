"""Who is known and who holds what: the state over which the rules are read, without a chain.

Limits count people, not wallets: one investor may have many wallets, and here only the investor holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from salvor.jurisdictions.rules import InvestorClass


@dataclass(frozen=True)
class Investor:
    """What is claimed of one person, and until when; times in seconds since 1970."""

    name: str
    country: str
    klass: InvestorClass
    until: int | None  # the first second at which the claims hold no more; None: nothing was ever claimed
    lists: tuple[str, ...] = ()  # of sanctions, on which the name stands


@dataclass(frozen=True)
class Lot:
    """Units that came together."""

    units: int
    at: int


@dataclass(frozen=True)
class Move:
    """Units from a giver to a taker; nobody gives what is issued, nobody takes what is handed back."""

    giver: str | None
    taker: str | None
    units: int
    at: int
    recorded: bool = True  # a travel-rule record of both sides was left before
    approved: bool = True  # the transfer agent approved this very move before


@dataclass(frozen=True)
class Register:
    """One tranche: who is known, who holds which lots, and what was given away when."""

    supply: int  # at issue; shares are of it
    investors: Mapping[str, Investor] = field(default_factory=dict)
    lots: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    given: Mapping[str, tuple[Lot, ...]] = field(default_factory=dict)
    originator: str | None = None
    history: tuple[Move, ...] = ()  # every move that led here

    def held(self, name: str | None) -> int:
        """Units of one person."""
        return sum(lot.units for lot in self.lots.get(name or "", ()))

    def free(self, name: str, now: int, period: int) -> int:
        """Of these, units whose lots have been kept for a period."""
        return sum(lot.units for lot in self.lots.get(name, ()) if now >= freed(lot.at, period))

    def given_lately(self, name: str, now: int, period: int) -> int:
        """Units that a person gave away within a period, each from the end of its eighth on."""
        eighth = max(-(-period // 8), 1)
        return sum(lot.units for lot in self.given.get(name, ()) if now < (lot.at // eighth + 1) * eighth + period)

    @property
    def holders(self) -> tuple[Investor, ...]:
        """Everybody who holds something."""
        return tuple(self.investors[name] for name in sorted(self.lots) if self.held(name))


def freed(at: int, period: int) -> int:
    """When a lot of that time may go: a period later, up to the next whole sixteenth of it since 1970."""
    step = max(period // 16, 1)
    return -(-(at + period) // step) * step


def knows(register: Register, investor: Investor) -> Register:
    """The register with one more person, or with new claims of one."""
    return replace(register, investors={**register.investors, investor.name: investor})


def moved(register: Register, move: Move) -> Register:
    """After a move: the giver's oldest lots go first, the taker has a new one."""
    lots, given = dict(register.lots), dict(register.given)
    history = (*register.history, move)
    if move.giver == move.taker:
        return replace(register, history=history)
    if move.giver is not None:
        lots[move.giver] = _without(lots.get(move.giver, ()), move.units)
        given[move.giver] = (*given.get(move.giver, ()), Lot(move.units, move.at))
    if move.taker is not None:
        lots[move.taker] = (*lots.get(move.taker, ()), Lot(move.units, move.at))
    return replace(register, lots=lots, given=given, history=history)


def _without(lots: tuple[Lot, ...], units: int) -> tuple[Lot, ...]:
    left = []
    for lot in lots:
        taken = min(lot.units, units)
        units -= taken
        if lot.units > taken:
            left.append(Lot(lot.units - taken, lot.at))
    return tuple(left)
