"""One epoch, as a pure function of figures (rules 19 to 25): who comes in, who leaves, with which cash.

Entries first, from the most junior upwards, then exits; room follows from the limits, which count what went before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from salvor.model.evergreen.cover import Cover, Means
from salvor.model.evergreen.sides import Asked, Taken
from salvor.model.terms import LARGEST, ONE


@dataclass
class Epoch:
    """One settlement on its way; `values` count what was taken so far, `limits` are by tranche, 0 for the last."""

    asked: Sequence[Asked]
    limits: Sequence[int]
    means: Means
    values: list[int] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = [one.value for one in self.asked]
        self.taken = [Taken() for _ in self.asked]
        self.cover = Cover(self.means, self.asked, self.taken)

    def match(self) -> None:
        """Rule 20: who comes pays who leaves, within a tranche; nobody else is touched."""
        for one, took in zip(self.asked, self.taken, strict=True):
            if one.closed or not one.units:
                continue
            value, units = one.price
            ended = one.exit if one.worth <= one.entering else one.entering * units // value
            if made := (ended * value // units) * units // value:  # else who comes would get nothing for it
                took.ended, took.made = ended, made
                took.paid = took.entered = ended * value // units

    def enter(self) -> None:
        """Rule 21."""
        for place in range(len(self.asked) - 1, -1, -1):
            one, took = self.asked[place], self.taken[place]
            if one.closed:
                continue
            value, units = one.price
            more = min(one.entering - took.entered, self._room_to_enter(place))
            made = (took.entered + more) * units // value
            if not made or one.units + made > LARGEST:
                more, made = 0, took.entered * units // value
            took.entered, took.made = took.entered + more, made
            self.values[place] += more

    def leave(self, cash: int, *, senior_first: bool) -> None:
        """Rule 23."""
        wanted = [one.worth - took.paid for one, took in zip(self.asked, self.taken, strict=True)]
        whole, every = cash, sum(wanted)
        for place, (one, took) in enumerate(zip(self.asked, self.taken, strict=True)):
            if one.closed or not one.units:
                continue
            share = cash if senior_first else whole * wanted[place] // every if every else 0
            before = took.paid
            more = min(wanted[place], share, self._room_to_leave(place))
            if (most := self.cover.room_to_leave(place)) is not None:
                more = min(more, max(0, most - before))
            self._end(one, took, before + more)
            cash -= took.paid - before
            self.values[place] -= took.paid - before

    def _end(self, one: Asked, took: Taken, budget: int) -> None:
        value, units = one.price
        ended = one.exit if budget >= one.worth else max(took.ended, budget * units // value)
        if paid := ended * value // units:
            took.ended, took.paid = ended, paid
        else:
            took.ended = 0

    def _room_to_enter(self, place: int) -> int:
        whole = sum(self.values)
        room = max(0, LARGEST - whole)
        for other in range(place, len(self.asked) - 1):
            if limit := self.limits[other]:
                room = min(room, max(0, sum(self.values[other + 1 :]) * ONE // limit - whole))
        most = self.cover.room_to_enter(place)
        return room if most is None else min(room, most)

    def _room_to_leave(self, place: int) -> int:
        whole, room = sum(self.values), LARGEST
        for other in range(place):
            below, limit = sum(self.values[other + 1 :]), self.limits[other]
            room = min(room, max(0, below * ONE - limit * whole) // (ONE - limit))
        return room


def settle(asked: Sequence[Asked], limits: Sequence[int], means: Means, *, senior_first: bool) -> list[Taken]:
    """Rules 20 to 23."""
    epoch = Epoch(asked, limits, means)
    epoch.match()
    epoch.enter()
    epoch.leave(max(0, epoch.cover.account - epoch.cover.lacking()), senior_first=senior_first)
    return epoch.taken
