"""What the waterfall's tests and its reserve leave room for while an epoch is settled (rules 22 and 24).

A test is an over-collateralisation trigger: pool balance and account beside the principal of the upper tranches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salvor.model.books import reserve_target
from salvor.model.evergreen.sides import Asked, Taken
from salvor.model.terms import ONE, ReserveTerms


@dataclass(frozen=True)
class Means:
    """Before the settlement: account, pool balance at the last run, the reserve, and tests as (tranche, level)."""

    account: int
    balance: int
    reserve: int
    reserve_terms: ReserveTerms
    tests: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Cover:
    """The means beside what was taken so far; `taken` is looked at anew at each question."""

    means: Means
    asked: Sequence[Asked]
    taken: Sequence[Taken]

    @property
    def account(self) -> int:
        """With what came and left so far."""
        return self.means.account + sum(took.entered - took.paid for took in self.taken)

    def lacking(self, place: int | None = None) -> int:
        """What the reserve lacks with the principal after entries; a `place` that it counts is about to be entered."""
        terms = self.means.reserve_terms
        principals = [one.principal_after(0, took.made) for one, took in zip(self.asked, self.taken, strict=True)]
        if place is None or place not in terms.tranches:
            return max(0, reserve_target(terms, principals) - self.means.reserve)
        principals[place] = self._entered(place, 0)
        target = max(reserve_target(terms, principals), min(terms.floor, terms.cap))
        return max(0, target - self.means.reserve) + 1

    def room_to_enter(self, place: int) -> int | None:
        """Rule 24: cash by which a tranche may be entered; nothing for no end."""
        principals = self._principals()
        principals[place] = self._entered(place, self.taken[place].ended)
        one, counts = self.asked[place], place in self.means.reserve_terms.tranches
        share = self.means.reserve_terms.share * counts
        covered = self.means.balance + self.account - self.lacking(place)
        base, value = self._price(place)
        anew = not one.units and (counts or one.value > 0)
        rooms = []
        for tranche, level in self.means.tests:
            slack = max(0, covered) * ONE - level * sum(principals[: tranche + 1])
            divisor = base * (level * (place <= tranche) + share) - value * ONE
            if anew and slack < 0:
                rooms.append(0)
            elif divisor > 0:
                rooms.append(max(0, slack) * value // divisor)
        return min(rooms, default=None)

    def room_to_leave(self, place: int) -> int | None:
        """Rule 24: cash that all leavers of a tranche may have; nothing for no end."""
        principals = self._principals()
        principals[place] = self.asked[place].principal_after(0, self.taken[place].made)
        covered = self.means.balance + self.account + self.taken[place].paid - self.lacking()
        base, value = self._price(place)
        rooms = []
        for tranche, level in self.means.tests:
            divisor = value * ONE - base * level * (place <= tranche)
            if divisor > 0:
                slack = max(0, covered * ONE - level * sum(principals[: tranche + 1]))
                rooms.append(slack * value // divisor)
        return min(rooms, default=None)

    def _principals(self) -> list[int]:
        return [one.principal_after(took.ended, took.made) for one, took in zip(self.asked, self.taken, strict=True)]

    def _entered(self, place: int, ended: int) -> int:
        """Principal with the next unit that enters: in an empty tranche with what is nobody's (rule 26)."""
        one = self.asked[place]
        return one.principal_after(ended, self.taken[place].made) if one.units else one.value

    def _price(self, place: int) -> tuple[int, int]:
        one = self.asked[place]
        return (one.principal, one.value) if one.units else (1, 1)
