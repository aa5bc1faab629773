"""A price that falls until somebody takes (rules 21 to 23)."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.model.liquidation import house
from salvor.model.liquidation.state import Ended, State, part_up, share_down
from salvor.model.refusal import Refused
from salvor.model.terms import ONE

DEEPEST = 1_000


@dataclass
class DutchRound:
    """A round that runs."""

    start: int
    floor: int
    begun: int
    left: int


@dataclass(frozen=True)
class Dutch:
    """The terms, and their rules."""

    step: int
    fall: int
    linger: int
    cut: int = 0  # of an exponential curve; 0 is a curve of equal steps
    cusp: int = 0
    units: int = 1
    dust: int = 1

    @property
    def longest(self) -> int:
        """Seconds of a round."""
        return self.fall + self.linger

    def curve(self, start: int, floor: int, passed: int) -> int:
        """Rule 21, before floor and cusp."""
        steps = min(passed, self.fall) // self.step
        if self.cut:
            return share_down(start, power(self.cut, steps))
        return start - (start - floor) * steps // (self.fall // self.step)

    def price(self, round_: DutchRound, now: int) -> tuple[int, bool]:
        """Price of the whole lot, and whether the round is over."""
        passed = max(0, now - round_.begun)
        price = self.curve(round_.start, round_.floor, passed)
        over = passed >= self.longest or price < share_down(round_.start, self.cusp)
        return (round_.floor if over else max(price, round_.floor)), over

    def take(
        self, state: State, case: int, buyer: str, now: int, *, wanted: int, at_least: int, highest: int
    ) -> tuple[int, int]:
        """Rule 22: units and cash."""
        round_ = running(state, case)
        price, over = self.price(round_, now)
        if over:
            raise Refused("RoundOver", now, round_.begun + self.longest)
        if not wanted:
            raise Refused("ZeroUnits")
        units = min(wanted, round_.left)
        if units < at_least:
            raise Refused("NotEnoughLeft", round_.left, at_least)
        if price > highest:
            raise Refused("PriceTooHigh", price, highest)
        left = round_.left - units
        if left and min(left, units) < self.dust:
            raise Refused("LeavesDust", units, left, self.dust)
        cash = part_up(price, units, self.units)
        round_.left = left
        if not left:
            del state.rounds[case]
        house.pass_title(state, case, buyer, units, now, more=cash, last=not left)
        return units, cash

    def begin(self, state: State, case: int, start: int, floor: int, left: int | None, now: int) -> None:
        """A round, of all units where none are named."""
        if not 0 < floor <= start <= floor * DEEPEST:
            raise Refused("WrongPrices", start, floor)
        state.rounds[case] = DutchRound(start, floor, now, left or self.units)

    def cancel(self, state: State, case: int, left: int, now: int) -> None:
        """Rule 9: this sale offered what was `left`, or all."""
        round_ = running(state, case)
        if round_.left != (offered := left or self.units):
            raise Refused("PartTaken", round_.left, offered)
        del state.rounds[case]

    def finish(self, state: State, case: int, now: int) -> Ended:
        """What is left of a round that is over; nothing is forfeited."""
        round_ = running(state, case)
        if not self.price(round_, now)[1]:
            raise Refused("NotOver", now, round_.begun + self.longest)
        del state.rounds[case]
        rest = part_up(round_.floor, round_.left, self.units)
        return Ended(round_.start, round_.floor, round_.left, self.units, rest)

    def units_for(self, state: State, case: int, cash: int, now: int) -> tuple[int, int]:
        """Most units that so much cash buys, and their cost."""
        round_ = running(state, case)
        price, _ = self.price(round_, now)
        units = min(cash * self.units // price, round_.left)
        return units, part_up(price, units, self.units)


def running(state: State, case: int) -> DutchRound:
    """The round of a case."""
    found = state.rounds.get(case)
    if not isinstance(found, DutchRound):
        raise Refused("NoRound", case)
    return found


def power(base: int, exponent: int) -> int:
    """WAD to a whole power by squaring, each product down."""
    result = ONE
    while exponent:
        if exponent & 1:
            result = result * base // ONE
        base = base * base // ONE
        exponent >>= 1
    return result
