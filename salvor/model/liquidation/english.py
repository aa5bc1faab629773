"""Bids that climb until nobody goes on (rules 24 to 26)."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.model.deal import NOBODY
from salvor.model.liquidation import house
from salvor.model.liquidation.state import Ended, State, share_up
from salvor.model.refusal import Refused


@dataclass
class EnglishRound:
    """A round that runs."""

    start: int
    floor: int
    end: int
    latest: int
    bidder: str = NOBODY
    best: int = 0


@dataclass(frozen=True)
class English:
    """The terms, and their rules."""

    duration: int
    window: int
    extension: int
    increment: int
    increment_share: int = 0

    @property
    def longest(self) -> int:
        """Seconds of a round."""
        return self.duration + self.extension

    def least(self, round_: EnglishRound) -> int:
        """Rule 24: what is bid next."""
        if not round_.best:
            return round_.floor
        return round_.best + max(self.increment, share_up(round_.best, self.increment_share))

    def bid(self, state: State, case: int, bidder: str, amount: int, now: int) -> None:
        """Rules 24 and 25."""
        round_ = running(state, case)
        if now >= round_.end:
            raise Refused("RoundOver", now, round_.end)
        if amount < (least := self.least(round_)):
            raise Refused("BidTooLow", amount, least)
        beaten, best = round_.bidder, round_.best
        round_.bidder, round_.best = bidder, amount
        if now + self.window > round_.end:
            round_.end = max(round_.end, min(now + self.window, round_.latest))
        house.pull(state, case, bidder, amount, now, beaten=beaten, best=best)

    def settle(self, state: State, case: int, now: int) -> None:
        """Rule 26."""
        round_ = running(state, case)
        if now < round_.end:
            raise Refused("NotOver", now, round_.end)
        if not round_.best:
            raise Refused("NoBid", case)
        del state.rounds[case]
        house.pass_title(state, case, round_.bidder, 1, now, held=round_.best, last=True)

    def begin(self, state: State, case: int, start: int, floor: int, left: int | None, now: int) -> None:
        """A round; the lot is always whole."""
        if not floor:
            raise Refused("NoFloor")
        end = now + self.duration
        state.rounds[case] = EnglishRound(start, floor, end, end + self.extension)

    def cancel(self, state: State, case: int, left: int, now: int) -> None:
        """Rule 9: as long as nobody has the right to the lot."""
        round_ = running(state, case)
        if now >= round_.end and round_.best:
            raise Refused("RoundOver", now, round_.end)
        del state.rounds[case]
        state.owe(round_.bidder, round_.best)

    def finish(self, state: State, case: int, now: int) -> Ended:
        """A round that is over and has no buyer; a bidder whom compliance no longer admits forfeits a step."""
        round_ = running(state, case)
        if now < round_.end:
            raise Refused("NotOver", now, round_.end)
        if round_.best and state.admits(round_.bidder, now):
            raise Refused("HasBuyer", round_.bidder)
        del state.rounds[case]
        forfeited = min(round_.best, self.least(round_) - round_.best) if round_.best else 0
        state.owe(round_.bidder, round_.best - forfeited)
        state.steps[round_.bidder] += forfeited
        return Ended(round_.start, round_.floor, 1, 1, round_.floor, forfeited)


def running(state: State, case: int) -> EnglishRound:
    """The round of a case."""
    found = state.rounds.get(case)
    if not isinstance(found, EnglishRound):
        raise Refused("NoRound", case)
    return found
