"""Model of a tranche note: units held, and cash earned by an index (rules 4 and 14 to 16)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.refusal import Refused

PARTS = 2**34 * 3**10 * 5**28 * 7**4  # of a settlement unit
NOBODY = "0x0000000000000000000000000000000000000000"  # the other side of a mint


@dataclass
class Admissions:
    """The allow-list: first second at which each investor is no longer admitted."""

    until: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def may_receive(self, investor: str, now: int) -> bool:
        """Rule 4."""
        return now < self.until[investor]


@dataclass
class Note:
    """One tranche's note. `earned` is in parts of a settlement unit, up to `seen` of the index."""

    admissions: Admissions
    held: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    index: int = 0
    remainder: int = 0
    distributed: int = 0
    claimed: int = 0
    earned: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def supply(self) -> int:
        """Units in all hands."""
        return sum(self.held.values())

    @property
    def cash_held(self) -> int:
        """Distributed and not yet claimed."""
        return self.distributed - self.claimed

    def mint(self, target: str, units: int, now: int) -> None:
        """New units; the receiver must be admitted."""
        self.refuse_receiver(NOBODY, target, units, now)
        self._receive(target, units)

    def burn(self, source: str, units: int) -> None:
        """Units handed back; always allowed to who holds them."""
        self._give(source, units)

    def transfer(self, source: str, target: str, units: int, now: int) -> None:
        """Units change hands; the past stays with the giver (rule 15)."""
        self.refuse_receiver(source, target, units, now)
        self._give(source, units)
        self._receive(target, units)

    def refuse_receiver(self, source: str, target: str, units: int, now: int) -> None:
        """Rule 4: raises when the receiver is not admitted."""
        if not self.admissions.may_receive(target, now):
            raise Refused("NotEligible", source, target, units)

    def distribute(self, cash: int) -> None:
        """Spread cash over the units of this moment (rule 14)."""
        growth, self.remainder = divmod(cash * PARTS + self.remainder, self.supply)
        self.index += growth
        self.distributed += cash

    def claim(self, holder: str) -> int:
        """Whole units earned; the fraction stays (rule 16)."""
        self._earn(holder)
        cash = self.earned[holder] // PARTS
        self.earned[holder] -= cash * PARTS
        self.claimed += cash
        return cash

    def claimable(self, holder: str) -> int:
        """What `claim` would pay."""
        return (self.earned[holder] + self.held[holder] * (self.index - self.seen[holder])) // PARTS

    def _earn(self, holder: str) -> None:
        self.earned[holder] += self.held[holder] * (self.index - self.seen[holder])
        self.seen[holder] = self.index

    def _give(self, source: str, units: int) -> None:
        if self.held[source] < units:
            raise Refused("ERC20InsufficientBalance", source, self.held[source], units)
        self._earn(source)
        self.held[source] -= units

    def _receive(self, target: str, units: int) -> None:
        self._earn(target)
        self.held[target] += units
