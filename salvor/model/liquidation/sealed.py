"""Prices that nobody sees before all are told (rules 27 to 30)."""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.deal import NOBODY
from salvor.model.liquidation import house
from salvor.model.liquidation.state import Ended, State, share_up
from salvor.model.refusal import Refused

SMALLEST = 2  # a seal as a number: those below stand for states


@dataclass
class Commitment:
    """One bidder in one round."""

    seal: bytes
    place: int
    revealed: bool = False
    over: bool = False  # the deposit was had, paid, or forfeited
    lost: bool = False  # forfeited


@dataclass
class SealedRound:
    """A round; it stays when it is over, for those who reclaim."""

    start: int
    floor: int
    deposit: int
    begun: int
    revealed: int = 0
    bidder: str = NOBODY
    best: int = 0
    second: int = 0
    place: int = 0
    cancelled: bool = False
    commitments: dict[str, Commitment] = field(default_factory=dict)

    @property
    def unrevealed(self) -> int:
        """Deposits of those who did not tell their price."""
        return (len(self.commitments) - self.revealed) * self.deposit

    def frees(self, bidder: str) -> bool:
        """Whether a deposit can be had back: it was beaten, or all are because the round was cancelled."""
        return self.cancelled or (self.commitments[bidder].revealed and bidder != self.bidder)

    @property
    def staked(self) -> int:
        """Deposits that the house still holds for bidders."""
        return sum(self.deposit for each in self.commitments.values() if not each.over)


@dataclass(frozen=True)
class Sealed:
    """The terms, and their rules."""

    second_price: bool
    commit_time: int
    reveal_time: int
    pay_time: int
    deposit_share: int

    @property
    def longest(self) -> int:
        """Seconds of a round."""
        return self.commit_time + self.reveal_time + self.pay_time

    def commit(self, state: State, case: int, number: int, bidder: str, seal: bytes, now: int) -> None:
        """Rule 27."""
        round_ = running(state, case)
        runs = next(place for place, each in state.sealed.items() if each is round_)
        if number != runs:
            raise Refused("OtherRound", number, runs)
        _within(now, round_.begun, round_.begun + self.commit_time)
        if bidder in round_.commitments:
            raise Refused("AlreadyCommitted", bidder)
        if int.from_bytes(seal, "big") < SMALLEST:
            raise Refused("NotCommitted", bidder, seal)
        round_.commitments[bidder] = Commitment(seal, len(round_.commitments) + 1)
        house.pull(state, case, bidder, round_.deposit, now)

    def reveal(self, state: State, case: int, bidder: str, price: int, seal: bytes, now: int) -> None:
        """Rule 28; `seal` is that of the price and salt that are told."""
        round_ = running(state, case)
        begins = round_.begun + self.commit_time
        _within(now, begins, begins + self.reveal_time)
        own = round_.commitments.get(bidder)
        if own is None or own.revealed or own.seal != seal:
            raise Refused("NotCommitted", bidder, seal)
        stands = price >= round_.floor
        if stands and not state.admits(bidder, now):
            raise Refused("NotEligible", bidder)
        own.revealed = True
        round_.revealed += 1
        if not stands:
            return
        if (price, -own.place) > (round_.best, -round_.place if round_.bidder != NOBODY else 0):
            price, beaten = round_.best, price
            round_.bidder, round_.best, round_.place = bidder, beaten, own.place
        round_.second = max(round_.second, price)

    def price(self, round_: SealedRound) -> int:
        """Rule 29: what the winner pays in all."""
        return max(round_.second, round_.floor) if self.second_price else round_.best

    def pay(self, state: State, case: int, bidder: str, now: int) -> int:
        """Rule 29: by the winner."""
        round_ = running(state, case)
        begins = round_.begun + self.commit_time + self.reveal_time
        _within(now, begins, begins + self.pay_time)
        if bidder != round_.bidder:
            raise Refused("NotTheWinner", bidder, round_.bidder)
        price = self.price(round_)
        self._forfeit(round_)
        round_.commitments[bidder].over = True
        del state.rounds[case]
        held = min(round_.deposit, price) + round_.unrevealed
        state.owe(bidder, max(0, round_.deposit - price))
        more = max(0, price - round_.deposit)
        house.pass_title(state, case, bidder, 1, now, held=held, more=more, last=True)
        return price

    def reclaim(self, state: State, number: int, bidder: str) -> None:
        """Rule 30."""
        round_: SealedRound | None = state.sealed.get(number)
        own = round_.commitments.get(bidder) if round_ else None
        if round_ is None or own is None or own.over or not round_.frees(bidder):
            raise Refused("NothingToReclaim", number, bidder)
        own.over = True
        state.owe(bidder, round_.deposit)

    def begin(self, state: State, case: int, start: int, floor: int, left: int | None, now: int) -> None:
        """A round; the lot is always whole."""
        if not floor:
            raise Refused("NoFloor")
        round_ = SealedRound(start, floor, share_up(floor, self.deposit_share), now)
        state.sealed[len(state.sealed) + 1] = round_
        state.rounds[case] = round_

    def cancel(self, state: State, case: int, left: int, now: int) -> None:
        """Rule 9: as long as no price is told."""
        round_ = running(state, case)
        if now >= (ends := round_.begun + self.commit_time):
            raise Refused("WrongTime", now, round_.begun, ends)
        round_.cancelled = True
        del state.rounds[case]

    def finish(self, state: State, case: int, now: int) -> Ended:
        """A round that is over, and nobody has paid."""
        round_ = running(state, case)
        end = round_.begun + self.commit_time + self.reveal_time
        end += self.pay_time if round_.bidder != NOBODY else 0
        if now < end:
            raise Refused("NotOver", now, end)
        forfeited = round_.unrevealed
        self._forfeit(round_)
        if round_.bidder != NOBODY:
            own = round_.commitments[round_.bidder]
            own.over = own.lost = True
            forfeited += round_.deposit
        del state.rounds[case]
        return Ended(round_.start, round_.floor, 1, 1, round_.floor, forfeited)

    def _forfeit(self, round_: SealedRound) -> None:
        for each in round_.commitments.values():
            if not each.revealed:
                each.over = each.lost = True


def running(state: State, case: int) -> SealedRound:
    """The round of a case."""
    found = state.rounds.get(case)
    if not isinstance(found, SealedRound):
        raise Refused("NoRound", case)
    return found


def _within(now: int, begins: int, ends: int) -> None:
    if not begins <= now < ends:
        raise Refused("WrongTime", now, begins, ends)
