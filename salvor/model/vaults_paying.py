"""A vault that passes cash on (docs/vaults.md, section 3): a share is a note, cash is spread by an index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.holders import PARTS
from salvor.model.refusal import Refused
from salvor.model.vaults import NoteVault


@dataclass
class Account:
    """Parts of a settlement unit earned and not paid, up to the index that was seen."""

    seen: int = 0
    parts: int = 0


@dataclass
class PayingNoteVault(NoteVault):
    """Supply and books are one."""

    index: int = 0
    remainder: int = 0
    accounts: defaultdict[str, Account] = field(default_factory=lambda: defaultdict(Account))

    @property
    def booked(self) -> int:
        """A share is a note."""
        return self.supply

    def book(self, units: int) -> None:
        """The supply says it."""

    def credit(self, cash: int) -> None:
        """Rule 12."""
        growth, self.remainder = divmod(cash * PARTS + self.remainder, self.supply)
        self.index += growth

    def open(self) -> int:
        """A share is a note."""
        return self.supply

    def open_out(self) -> int:
        """Who leaves a vault that is short gets their part of what is left (rule 15)."""
        self.bring_up_to_date()
        return self.total_assets

    def admits(self) -> bool:
        """Always."""
        return True

    def redeeming(self, owner: str, shares: int) -> None:
        """Cash is theirs already."""

    def touch(self, *holders: str, coming_in: bool = False) -> None:
        """Harvest, and credit each for the time the shares were held (rules 11 to 13)."""
        reached, _ = self.bring_up_to_date()
        if coming_in and not reached:
            raise Refused("CashOutOfReach")
        for holder in holders:
            self._settle(holder)

    def take(self, holder: str) -> int:
        """Whole units; the fraction stays."""
        self.touch(holder)
        cash, self.accounts[holder].parts = divmod(self.accounts[holder].parts, PARTS)
        return cash

    def claimable(self, holder: str) -> int:
        """What a claim would pay, were the holder not frozen."""
        index = self.index
        if coming := self.to_come():  # nothing where nobody has a share
            index += (coming * PARTS + self.remainder) // self.supply
        account = self.accounts[holder]
        return (account.parts + self.shares[holder] * (index - account.seen)) // PARTS

    def carry(self, source: str, target: str, share: int, total: int) -> int:
        """Rule 8."""
        parts = self.accounts[source].parts * share // total
        self.accounts[source].parts -= parts
        self.accounts[target].parts += parts
        return parts

    def carry_all(self, source: str, target: str) -> int:
        """Rule 8."""
        return self.carry(source, target, 1, 1)

    def _settle(self, holder: str) -> None:
        account = self.accounts[holder]
        account.parts += self.shares[holder] * (self.index - account.seen)
        account.seen = self.index
