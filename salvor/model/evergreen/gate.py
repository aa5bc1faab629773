"""The gate of one tranche: requests that wait and what is claimable, by controller (docs/evergreen.md, 2 and 5).

The fund says which epoch is open and what a settled one met; in the note the gate is a holder.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.holders import PARTS, Note
from salvor.model.refusal import Refused


@dataclass(frozen=True)
class Record:
    """What an epoch met of what was asked, its price (cash : units) and the note's index then, in parts."""

    asked_cash: int
    entered: int
    asked_units: int
    ended: int
    value: int
    units: int
    index: tuple[int, int]


@dataclass
class Account:
    """All that a controller has at a gate; `seen` are the note's indices up to which `earned` (parts) is counted.

    Interest and principal apart, as everywhere: each is paid in whole units of its own.
    """

    entry: int = 0
    entry_epoch: int = 0
    claim_cash: int = 0
    claim_units: int = 0
    exit: int = 0
    exit_epoch: int = 0
    leave_units: int = 0
    leave_cash: int = 0
    back_cash: int = 0
    back_units: int = 0
    seen: tuple[int, int] = (0, 0)
    earned: tuple[int, int] = (0, 0)

    @property
    def units_here(self) -> int:
        """Units that earn for the controller."""
        return self.exit + self.claim_units + self.back_units

    @property
    def waits(self) -> bool:
        """Whether anything but what was earned is here."""
        cash = self.entry or self.leave_cash or self.back_cash
        return bool(cash or self.units_here or self.leave_units)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is here."""
        return not (self.waits or any(self.earned))


@dataclass
class Gate:
    """`asked` is what waits in all, cash of entry and units of exit by epoch."""

    name: str
    note: Note
    accounts: defaultdict[str, Account] = field(default_factory=lambda: defaultdict(Account))
    records: dict[int, Record] = field(default_factory=dict)
    asked: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    settled: int = 0

    @property
    def index(self) -> tuple[int, int]:
        """Interest and principal a unit to date, in parts."""
        interest, principal = self.note.streams
        return interest.index, principal.index

    def caught_up(self, controller: str) -> Account:
        """The account after all epochs settled by now (rules 25 and 29)."""
        own = self.accounts[controller]
        while epoch := self._next(own):
            record = self.records[epoch]
            _earn(own, record.index)
            if own.entry and own.entry_epoch == epoch:
                met = own.entry * record.entered // record.asked_cash
                own.claim_cash += met
                own.claim_units += met * record.units // record.value if met else 0
                own.entry = own.entry * (record.asked_cash - record.entered) // record.asked_cash
                own.entry_epoch += 1
            if own.exit and own.exit_epoch == epoch:
                met = own.exit * record.ended // record.asked_units
                own.leave_units += met
                own.leave_cash += met * record.value // record.units
                own.exit = own.exit * (record.asked_units - record.ended) // record.asked_units
                own.exit_epoch += 1
        return own

    def earn(self, controller: str) -> Account:
        """The account with all that its units here earned by now."""
        own = self.caught_up(controller)
        _earn(own, self.index)
        return own

    def ask_entry(self, controller: str, cash: int, epoch: int) -> None:
        """Rule 6: cash waits; what may not be was refused before."""
        own = self.caught_up(controller)
        own.entry += cash
        own.entry_epoch = epoch
        self.asked[epoch][0] += cash

    def ask_exit(self, controller: str, units: int, epoch: int) -> None:
        """Rule 6: units wait, and are the gate's in the note already."""
        own = self.earn(controller)
        own.exit += units
        own.exit_epoch = epoch
        self.asked[epoch][1] += units

    def cancel_entry(self, controller: str) -> int:
        """Rule 8: the cash waits for its controller."""
        own = self.caught_up(controller)
        cash, own.entry = own.entry, 0
        self.asked[own.entry_epoch][0] -= cash
        own.back_cash += cash
        return cash

    def cancel_exit(self, controller: str) -> int:
        """Rule 8: the units wait for their controller, and go on earning."""
        own = self.caught_up(controller)
        units, own.exit = own.exit, 0
        self.asked[own.exit_epoch][1] -= units
        own.back_units += units
        return units

    def turn_back(self, controller: str, units: int, epoch: int) -> None:
        """Rule 30: claimable units become a request of exit; the cash they stand for falls as in a claim."""
        own = self.earn(controller)
        self.claim_by_units(controller, units)
        own.exit += units
        own.exit_epoch = epoch
        self.asked[epoch][1] += units

    def claim_by_cash(self, controller: str, cash: int) -> int:
        """Rule 28: a piece of claimable units, by the cash that bought them."""
        own = self.earn(controller)
        if cash > own.claim_cash:
            raise Refused("AboveClaimable", cash, own.claim_cash)
        if not cash:
            return 0
        units = own.claim_units if cash == own.claim_cash else cash * own.claim_units // own.claim_cash
        own.claim_cash, own.claim_units = own.claim_cash - cash, own.claim_units - units
        return units

    def claim_by_units(self, controller: str, units: int) -> int:
        """Rule 28: the same by units; the cash of the piece."""
        own = self.earn(controller)
        if units > own.claim_units:
            raise Refused("AboveClaimable", units, own.claim_units)
        if not units:
            return 0
        cash = -(-units * own.claim_cash // own.claim_units)
        own.claim_cash, own.claim_units = own.claim_cash - cash, own.claim_units - units
        return cash

    def leave_by_units(self, controller: str, units: int) -> int:
        """Rule 28: a piece of claimable cash, by the units that ended for it."""
        own = self.caught_up(controller)
        if units > own.leave_units:
            raise Refused("AboveClaimable", units, own.leave_units)
        if not units:
            return 0
        cash = own.leave_cash if units == own.leave_units else units * own.leave_cash // own.leave_units
        own.leave_units, own.leave_cash = own.leave_units - units, own.leave_cash - cash
        return cash

    def leave_by_cash(self, controller: str, cash: int) -> int:
        """Rule 28: the same by cash; the units of the piece."""
        own = self.caught_up(controller)
        if cash > own.leave_cash:
            raise Refused("AboveClaimable", cash, own.leave_cash)
        if not cash:
            return 0
        units = -(-cash * own.leave_units // own.leave_cash)
        own.leave_units, own.leave_cash = own.leave_units - units, own.leave_cash - cash
        return units

    def earned_by(self, controller: str) -> int:
        """Rule 29: whole units that `take_earned` would give."""
        own = self.caught_up(controller)
        grown = (now - seen for now, seen in zip(self.index, own.seen, strict=True))
        return sum((had + own.units_here * more) // PARTS for had, more in zip(own.earned, grown, strict=True))

    def take_earned(self, controller: str) -> int:
        """Rule 29: whole units earned by units that wait here; the rest stays."""
        own = self.earn(controller)
        interest, principal = own.earned
        own.earned = interest % PARTS, principal % PARTS
        return interest // PARTS + principal // PARTS

    def settle(self, epoch: int, record: Record) -> None:
        """The epoch's record; what was not met waits in the next."""
        self.records[epoch] = record
        self.settled = epoch
        rest = self.asked[epoch + 1]
        rest[0] += record.asked_cash - record.entered
        rest[1] += record.asked_units - record.ended
        self.asked.pop(epoch, None)

    def grant(self, controller: str, units: int) -> None:
        """Rule 26: units at par for the owner of dust."""
        own = self.earn(controller)
        own.claim_cash += units
        own.claim_units += units

    def move(self, lost: str, new: str) -> bool:
        """Rule 31: all to a wallet for which nothing waits, what both earned added up; whether there was anything."""
        if self.caught_up(lost).is_empty:
            return False
        there = self.caught_up(new)
        if lost == new or there.waits:
            raise Refused("HasPosition", new)
        own = self.accounts.pop(lost)
        own.earned = own.earned[0] + there.earned[0], own.earned[1] + there.earned[1]
        self.accounts[new] = own
        return True

    def _next(self, own: Account) -> int:
        """The earliest epoch settled that this account has not seen; 0 for none."""
        waits = [own.entry_epoch] * bool(own.entry) + [own.exit_epoch] * bool(own.exit)
        return min((epoch for epoch in waits if epoch <= self.settled), default=0)


def _earn(own: Account, index: tuple[int, int]) -> None:
    grown = (own.units_here * (now - seen) for now, seen in zip(index, own.seen, strict=True))
    interest, principal = (had + more for had, more in zip(own.earned, grown, strict=True))
    own.earned, own.seen = (interest, principal), index
