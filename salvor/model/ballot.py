"""A vote of the senior class on acceleration, with the units held when it was called and ever since (rule 28)."""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.refusal import Refused
from salvor.model.terms import ONE


@dataclass
class Ballot:
    """One vote, counted from 1: of which tranche, until when, with whose units, and how many are for it."""

    number: int
    tranche: int
    called: int
    until: int
    units: dict[str, int]
    supply: int
    share: int
    voted: set[str] = field(default_factory=set)
    votes: int = 0

    @property
    def passed(self) -> bool:
        """Whether it is carried."""
        return self.votes * ONE > self.share * self.supply

    def is_open(self, now: int) -> bool:
        """Whether votes still count: in time, and not carried yet."""
        return now < self.until and not self.passed

    def cast(self, holder: str, held: int, now: int) -> bool:
        """Vote for it, once, with what the holder `held` then and has `now`; returns whether it is carried."""
        units = min(self.units.get(holder, 0), held)
        if now == self.called:
            raise Refused("JustCalled", self.number, self.called)
        if holder in self.voted:
            raise Refused("AlreadyVoted", self.number, holder)
        if not units:
            raise Refused("NoUnits", holder)
        self.voted.add(holder)
        self.votes += units
        return self.passed
