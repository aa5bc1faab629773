"""A tranche on its way through a settlement: what is asked of it, what is taken, and how its books follow.

Rules 2, 17, 19 and 26 of docs/evergreen.md.
"""

from __future__ import annotations

from dataclasses import dataclass

DEAREST = 1_000  # settlement units that a unit may be worth for its tranche to be entered (rule 17)


@dataclass(frozen=True)
class Asked:
    """A tranche before settlement: its value, units, cash of entry and units of exit that are asked, principal."""

    value: int
    units: int
    entry: int
    exit: int
    principal: int
    closed: bool = False

    @property
    def price(self) -> tuple[int, int]:
        """Cash a unit as a fraction (rule 19)."""
        return (self.value, self.units) if self.units else (1, 1)

    @property
    def worth(self) -> int:
        """What all units of exit are worth."""
        return self.exit * self.value // self.units if self.units and not self.closed else 0

    @property
    def entering(self) -> int:
        """Cash of entry that may be taken: none where a unit is dear (rule 17)."""
        return 0 if self.value > DEAREST * self.units > 0 else self.entry

    def principal_after(self, ended: int, made: int) -> int:
        """Rules 2 and 26: what is nobody's becomes principal where somebody comes."""
        if self.units:
            return rebooked(self.principal, self.units, ended, made)
        return made + self.value if made else 0


@dataclass
class Taken:
    """What a tranche's epoch does: cash entered, units made, units ended, their cash."""

    entered: int = 0
    made: int = 0
    ended: int = 0
    paid: int = 0


def rebooked(amount: int, units: int, ended: int, made: int) -> int:
    """Rule 2: a figure of a tranche after its units changed."""
    if not units:
        return 0
    return amount - -(-amount * ended // units) + amount * made // units
