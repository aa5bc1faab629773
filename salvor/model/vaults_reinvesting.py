"""A vault that buys notes with its cash (docs/vaults.md, section 4): cash waits for who sells notes at the bid."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.amounts import WAD, mul_div_down, mul_div_up
from salvor.model.holders import PARTS
from salvor.model.refusal import Refused
from salvor.model.vaults import NoteVault
from salvor.model.whole import whole


@dataclass(frozen=True)
class Bid:
    """Settlement units a note unit (WAD), from `lowest` to `ceiling` in `rise` seconds (rule 17)."""

    lowest: int
    ceiling: int
    rise: int

    def at(self, seconds: int) -> int:
        """So long after cash came."""
        return self.lowest + (self.ceiling - self.lowest) * min(seconds, self.rise) // self.rise


@dataclass
class ReinvestingNoteVault(NoteVault):
    """`now` is the second of the call, which the bid rises with."""

    virtual: int = 10**6
    bid: Bid = Bid(WAD, WAD, 1)
    units: int = 0
    waits: int = 0
    since: int = 0
    now: int = 0
    credits: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def booked(self) -> int:
        """Bought and brought, less what left."""
        return self.units

    @property
    def price(self) -> int:
        """The bid now."""
        return self.bid.at(self.now - self.since)

    def book(self, units: int) -> None:
        """Of a deposit, a sale, or below 0 a redemption."""
        self.units += units

    def credit(self, cash: int) -> None:
        """It waits, and the bid starts again (rules 16 and 17)."""
        self.waits += cash
        self.since = self.now

    def open(self) -> int:
        """Rule 18: nobody comes in while cash waits."""
        reached, _ = self.bring_up_to_date()
        if not reached:
            raise Refused("CashOutOfReach")
        if self.waits:
            raise Refused("CashWaits", self.waits)
        return self.units

    def open_out(self) -> int:
        """Harvest and write down."""
        self.bring_up_to_date()
        self.units = self.total_assets
        return self.units

    def admits(self) -> bool:
        """Not while cash waits, harvested or not."""
        return not self.waits + self.to_come()

    def redeeming(self, owner: str, shares: int) -> None:
        """Rule 18: a part of the cash that waits goes along."""
        if not shares:
            return
        cash = mul_div_down(self.waits, shares, self.supply)
        self.waits -= cash
        self.credits[owner] += cash

    @whole
    def sell(self, seller: str, cash: int, most: int) -> int:
        """Rule 17; the notes given."""
        self.open_out()
        if not 0 < cash <= self.waits:
            raise Refused("CashOutOfRange", cash, self.waits)
        notes = mul_div_up(cash, WAD, self.price)
        if notes > most:
            raise Refused("BidTooLow", notes, most)
        self.bring(seller, notes, self.units)
        if self.shut:
            raise Refused("Refused", self.address)
        self.waits -= cash
        self.units += notes
        self.held -= cash
        self.cash_here -= cash
        return notes

    def touch(self, *holders: str, coming_in: bool = False) -> None:
        """What is to be claimed does not depend on shares."""

    def take(self, holder: str) -> int:
        """What was left for them when they redeemed."""
        return self.credits.pop(holder, 0)

    def claimable(self, holder: str) -> int:
        """The same."""
        return self.credits[holder]

    def carry(self, source: str, target: str, share: int, total: int) -> int:
        """Cash that waits is in the shares."""
        return 0

    def carry_all(self, source: str, target: str) -> int:
        """What is to be claimed, in parts."""
        cash = self.credits.pop(source, 0)
        self.credits[target] += cash
        return cash * PARTS
