"""Orders for a tranche until closing, and what each is allotted and gets back (rules 2 and 3).

An order bears the one unit that rounding may cut, so nobody has to sum the allotments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field

from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, TrancheTerms


@dataclass
class OrderBook:
    """Orders of one tranche in settlement units, which are also its cash; `total` stays when they are handed over.

    Of the orders that are not ended, `with_notes` have had their notes and `with_cash` their cash.
    """

    terms: TrancheTerms
    orders: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    total: int = 0
    with_notes: set[str] = field(default_factory=set)
    with_cash: set[str] = field(default_factory=set)

    @property
    def sold(self) -> int:
        """Units that the tranche sells when the deal closes."""
        return min(self.terms.cap, self.total)

    @property
    def is_short(self) -> bool:
        """Whether the minimum is missed."""
        return self.total < self.terms.minimum

    def refuse_raise(self, units: int) -> None:
        """Raises when a raise is nothing or lifts the orders above the limit."""
        if not units:
            raise Refused("ZeroUnits")
        if self.total + units > LARGEST:
            raise Refused("AboveLimit", units, LARGEST - self.total)

    def refuse_lower(self, investor: str, units: int) -> None:
        """Raises when nothing or more than the order is taken back."""
        if not units:
            raise Refused("ZeroUnits")
        if units > self.orders[investor]:
            raise Refused("AboveLimit", units, self.orders[investor])

    def refuse_holder(self, admitted: bool, investor: str, tranche: int, units: int) -> None:
        """Raises when there would be an order of so many units of whoever may not hold them; ended, it is nobody's."""
        if units and not admitted:
            raise Refused("NotEligible", investor, tranche, units)

    def change(self, investor: str, units: int) -> None:
        """Raise an order, or lower it by a negative amount."""
        self.orders[investor] += units
        self.total += units

    def refuse_done(self, investor: str, tranche: int, done: Container[str] = ()) -> None:
        """Raises when nothing is left of an order, or it is among those that had this part of it."""
        if not self.orders[investor] or investor in done:
            raise Refused("NoOrder", investor, tranche)

    def refuse_move(self, lost: str, new: str, tranche: int, *, admitted: bool) -> None:
        """Raises when nothing is left of an order to move, or the new wallet has one of its own or is not admitted."""
        self.refuse_done(lost, tranche)
        if self.orders[new]:
            raise Refused("HasOrder", new, tranche)
        self.refuse_holder(admitted, new, tranche, self.orders[lost])

    def had(self, investor: str, done: set[str], *, ends: bool) -> None:
        """Note that an order had its notes or its cash; with both it ends."""
        done.add(investor)
        if ends:
            self.end(investor)

    def end(self, investor: str) -> None:
        """Nothing of an order is left."""
        del self.orders[investor]
        self.with_notes.discard(investor)
        self.with_cash.discard(investor)

    def move(self, lost: str, new: str) -> None:
        """All that is left of an order becomes another wallet's, which has none."""
        self.orders[new] = self.orders[lost]
        for done in (self.with_notes, self.with_cash):
            if lost in done:
                done.add(new)
        self.end(lost)

    def outcome(self, investor: str, *, cancelled: bool) -> tuple[int, int]:
        """Units allotted to an order and cash back, both down; all cash where the deal was cancelled."""
        order = self.orders[investor]
        if cancelled:
            return 0, order
        return order * self.sold // self.total, order * (self.total - self.sold) // self.total

    def left(self, investor: str, *, cancelled: bool) -> tuple[int, int]:
        """Of the outcome what the order has not had."""
        units, cash = self.outcome(investor, cancelled=cancelled)
        return 0 if investor in self.with_notes else units, 0 if investor in self.with_cash else cash
