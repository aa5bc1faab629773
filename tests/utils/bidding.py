"""Sealed prices that were committed one after the other, and what comes of revealing some of them in some order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from salvor.model.deal import NOBODY
from salvor.model.liquidation.sealed import Commitment, Sealed, SealedRound

FLOOR, DEPOSIT, REVEALING = 100, 40, 10


@dataclass
class _Admitted:
    """As much of a state as revealing needs: everybody is admitted."""

    rounds: dict[int, SealedRound] = field(default_factory=dict)

    def admits(self, account: str, now: int) -> bool:
        return True


@dataclass(frozen=True)
class Bids:
    """Prices in the order of their commitments, each by an account of its own."""

    prices: list[int]
    second_price: bool
    floor: int = FLOOR
    deposit: int = DEPOSIT

    def outcome(self, order: Iterable[int]) -> tuple[int | None, int]:
        """The place of who wins, none for nobody, and what the lot costs."""
        kind = Sealed(self.second_price, REVEALING, REVEALING, REVEALING, 0)
        round_ = SealedRound(self.floor, self.floor, self.deposit, 0)
        state = _Admitted({1: round_})
        for place in range(len(self.prices)):
            round_.commitments[str(place)] = Commitment(bytes([place, 9]), place + 1)
        for place in order:
            kind.reveal(state, 1, str(place), self.prices[place], bytes([place, 9]), REVEALING)
        if round_.bidder == NOBODY:
            return None, 0
        return int(round_.bidder), kind.price(round_)
