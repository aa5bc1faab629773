"""A vote of the senior class on acceleration, with the units held when it was called (rule 28)."""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.refusal import Refused
from salvor.model.terms import ONE


@dataclass
class Ballot:
    """One vote: of which tranche, until when, with whose units, and how many are for it."""

    tranche: int
    until: int
    units: dict[str, int]
    supply: int
    share: int
    voted: set[str] = field(default_factory=set)
    votes: int = 0

    def is_open(self, senior_class: int | None, now: int) -> bool:
        """Whether it still counts: in time, and its tranche still the senior class."""
        return now < self.until and self.tranche == senior_class

    def cast(self, holder: str) -> bool:
        """Vote for it, once; returns whether it is carried."""
        units = self.units.get(holder, 0)
        if not units:
            raise Refused("NoVote", holder)
        if holder in self.voted:
            raise Refused("VotedAlready", holder)
        self.voted.add(holder)
        self.votes += units
        return self.votes * ONE > self.share * self.supply
