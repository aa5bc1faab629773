"""What both kinds of vault share (docs/vaults.md, sections 1 and 2): books, conversion, who may, and the harvest.

Stands beside `contracts/notes/vaults/NoteVault.sol`; `vaults_paying` and `vaults_reinvesting` say what becomes of cash.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from salvor.amounts import MAX_AMOUNT, mul_div_down, mul_div_up
from salvor.model.allowances import Allowances
from salvor.model.holders import PARTS
from salvor.model.refusal import Refused
from salvor.model.vaults_asset import Rule, Token
from salvor.model.whole import whole


@dataclass
class NoteVault(ABC):
    """A vault at `address` over a note. `cash_here` is what of the settlement asset stands there, whoever sent it."""

    note: Token
    address: str
    rule: Rule
    virtual: int = 1
    shares: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    allowances: Allowances = field(default_factory=Allowances)
    supply: int = 0
    cash_here: int = 0
    held: int = 0
    taken: int = 0
    rest: list[int] = field(default_factory=lambda: [0, 0])
    harvested: list[int] = field(default_factory=list)  # given to the note at the last harvest, interest and principal
    seen: list[int] = field(default_factory=list)  # the note's indices then
    paused: bool = False
    locked: int = 0  # of the vault's notes, by a partial freeze
    shut: bool = False  # the settlement asset refuses the vault

    def __post_init__(self) -> None:
        """What was given before the vault was made is not its."""
        self.harvested = [stream.distributed for stream in self.note.streams]
        self.seen = [stream.index for stream in self.note.streams]

    # what each kind says

    @property
    @abstractmethod
    def booked(self) -> int:
        """Units by the books."""

    @abstractmethod
    def book(self, units: int) -> None:
        """Write units that came, or below 0 that left, into the books."""

    @abstractmethod
    def credit(self, cash: int) -> None:
        """Harvested cash is the shares' from now on."""

    @abstractmethod
    def open(self) -> int:
        """Before somebody comes in: the units by the books. Refuses where nobody may."""

    @abstractmethod
    def open_out(self) -> int:
        """Before somebody leaves: the units that count."""

    @abstractmethod
    def admits(self) -> bool:
        """Whether `open` would refuse nobody, all booked units being here."""

    @abstractmethod
    def redeeming(self, owner: str, shares: int) -> None:
        """Shares are about to be redeemed."""

    @abstractmethod
    def take(self, holder: str) -> int:
        """Take what a holder can claim off the books."""

    @abstractmethod
    def carry(self, source: str, target: str, share: int, total: int) -> int:
        """Move `share / total` of a holder's unclaimed cash, down; the parts moved."""

    @abstractmethod
    def carry_all(self, source: str, target: str) -> int:
        """Move all of a holder's unclaimed cash; the parts moved."""

    @abstractmethod
    def touch(self, *holders: str, coming_in: bool = False) -> None:
        """Before shares of these change."""

    # conversion

    @property
    def here(self) -> int:
        """Notes that are here."""
        units: int = self.note.holders[self.address].units
        return units

    @property
    def total_assets(self) -> int:
        """Rule 3."""
        return min(self.booked, self.here)

    def to_shares(self, assets: int, mul_div: Callable[[int, int, int], int] = mul_div_down) -> int:
        """Rule 4."""
        return mul_div(assets, self.supply + self.virtual, self.total_assets + 1)

    def to_assets(self, shares: int, mul_div: Callable[[int, int, int], int] = mul_div_down) -> int:
        """Rule 4."""
        return mul_div(shares, self.total_assets + 1, self.supply + self.virtual)

    # in and out

    @whole
    def deposit(self, caller: str, assets: int, receiver: str) -> int:
        """Bring notes; the shares."""
        if assets > MAX_AMOUNT:
            raise Refused("ERC4626ExceededMaxDeposit", receiver, assets, MAX_AMOUNT)
        kept = self.open()
        shares = mul_div_down(assets, self.supply + self.virtual, kept + 1)
        if assets and not shares:
            raise Refused("NoShares", assets)
        self._enter(caller, receiver, assets, shares)
        return shares

    @whole
    def mint(self, caller: str, shares: int, receiver: str) -> int:
        """Get shares; the notes for them."""
        if shares > (most := MAX_AMOUNT * self.virtual):
            raise Refused("ERC4626ExceededMaxMint", receiver, shares, most)
        kept = self.open()
        assets = mul_div_up(shares, kept + 1, self.supply + self.virtual)
        self._enter(caller, receiver, assets, shares)
        return assets

    @whole
    def withdraw(self, caller: str, assets: int, receiver: str, owner: str) -> int:
        """Take notes; the shares for them."""
        kept, supply = self.open_out(), self.supply + self.virtual
        if assets > (most := mul_div_down(self.shares[owner], kept + 1, supply)):
            raise Refused("ERC4626ExceededMaxWithdraw", owner, assets, most)
        shares = mul_div_up(assets, supply, kept + 1)
        self._leave(caller, receiver, owner, assets, shares)
        return shares

    @whole
    def redeem(self, caller: str, shares: int, receiver: str, owner: str) -> int:
        """Give shares; the notes for them."""
        if shares > (most := self.shares[owner]):
            raise Refused("ERC4626ExceededMaxRedeem", owner, shares, most)
        kept = self.open_out()
        assets = mul_div_down(shares, kept + 1, self.supply + self.virtual)
        self._leave(caller, receiver, owner, assets, shares)
        return assets

    # shares

    @whole
    def transfer(self, source: str, target: str, shares: int, spender: str | None = None) -> None:
        """By the holder, or by a spender within the allowance."""
        self.note.refuse_frozen(source)
        if self.paused:
            raise Refused("NotePaused")
        self._refuse_ineligible(source, target, shares)
        if spender is not None:
            self.allowances.refuse(source, spender, shares)
            self.allowances.spend(source, spender, shares)
        self._move(source, target, shares)

    @whole
    def force_transfer(self, source: str, target: str, shares: int) -> int:
        """Rule 8; the parts of cash that went along."""
        if not shares:
            raise Refused("ZeroShares")
        self._refuse_ineligible(source, target, shares)
        held = self.shares[source]
        self._move(source, target, shares)
        return self.carry(source, target, shares, held)

    @whole
    def recover(self, lost: str, found: str) -> int:
        """Rule 8; the parts of cash that went along."""
        if lost == found:
            raise Refused("SameWallet", lost)
        shares = self.shares[lost]
        self._refuse_ineligible(lost, found, shares)
        self._move(lost, found, shares)
        parts = self.carry_all(lost, found)
        if not shares + parts:
            raise Refused("NothingToRecover", lost)
        return parts

    # cash

    @whole
    def claim(self, holder: str) -> int:
        """Pay a holder; settlement units."""
        self.note.refuse_frozen(holder)
        cash = self.take(holder)
        self.held -= cash
        if self.shut and cash:
            raise Refused("Refused", self.address)
        self.cash_here -= cash
        return cash

    def claim_at_note(self) -> bool:
        """Have the note pay the vault, which anyone may do; False where it can't."""
        due = sum(self.note.claimable(self.address))
        if self.note.holders[self.address].frozen or (self.shut and due):
            return False
        try:
            self.note.settle(self.address)
        except Refused:  # a basket whose own notes don't pay
            return False
        self.cash_here += due
        return True

    def harvest(self) -> int:
        """By anyone; the cash credited. The books are written down where they must be."""
        held = self.held
        self.open_out()
        return self.held - held

    def bring_up_to_date(self) -> tuple[bool, int]:
        """Rule 11; whether the vault can claim, and the cash credited."""
        given = [stream.distributed for stream in self.note.streams]
        if given == self.harvested:
            return True, 0
        if not self.claim_at_note():
            return False, 0
        cash, self.rest = self._count(0)
        self.taken += cash
        self.harvested, self.seen = given, [stream.index for stream in self.note.streams]
        self.held += cash
        if cash:
            self.credit(cash)
        return True, cash

    def to_come(self) -> int:
        """What a harvest would credit."""
        if self.note.holders[self.address].frozen:
            return 0
        return self._count(sum(self.note.claimable(self.address)))[0]

    # limits

    def max_deposit(self, caller: str, receiver: str) -> int:
        """Rule 9."""
        frozen = self.note.holders[self.address].frozen or self.note.holders[caller].frozen
        if self.paused or frozen or self.here < self.booked or not self.admits():
            return 0
        outside = self.note.supply - self.here
        return self._most(caller, receiver, outside)

    def max_mint(self, caller: str, receiver: str) -> int:
        """Rule 9."""
        return self.to_shares(self.max_deposit(caller, receiver))

    def max_withdraw(self, owner: str) -> int:
        """Rule 9."""
        vault = self.note.holders[self.address]
        if self.paused or vault.frozen or self.note.holders[owner].frozen:
            return 0
        free = max(0, vault.units - self.locked)
        return self._most(self.address, owner, min(self.to_assets(self.shares[owner]), free))

    def max_redeem(self, owner: str) -> int:
        """Rule 9: the most shares that convert to no more than may leave."""
        if not (assets := self.max_withdraw(owner)):
            return 0
        if assets == self.to_assets(shares := self.shares[owner]):
            return shares
        return self.to_shares(assets + 1, mul_div_up) - 1

    def _most(self, source: str, target: str, limit: int) -> int:
        def passes(units: int) -> bool:
            within = source == self.address or self.rule.can(source, self.address, units)
            return within and self.rule.can(self.address, target, units)

        if limit == 0 or passes(limit):
            return limit
        allowed = 0
        while limit - allowed > 1:
            middle = (allowed + limit) // 2
            allowed, limit = (middle, limit) if passes(middle) else (allowed, middle)
        return allowed

    # within

    def _count(self, coming: int) -> tuple[int, list[int]]:
        paid = sum(self.note.holders[self.address].paid) + coming
        grown = [stream.index - seen for stream, seen in zip(self.note.streams, self.seen, strict=True)]
        earned = [rest + self.booked * growth for rest, growth in zip(self.rest, grown, strict=True)]
        rest = [parts % PARTS for parts in earned]
        if not self.supply:
            return 0, rest
        unowed = max(0, self.cash_here + coming - self.held)
        return min(paid - self.taken, sum(parts // PARTS for parts in earned), unowed), rest

    def _enter(self, caller: str, receiver: str, assets: int, shares: int) -> None:
        self.bring(caller, assets, self.booked)
        if not self.rule.can(self.address, receiver, assets):
            raise Refused("NotEligible", self.address, receiver, assets)
        self.book(assets)
        self.touch(receiver, coming_in=True)
        self.supply += shares
        self.shares[receiver] += shares

    def _leave(self, caller: str, receiver: str, owner: str, assets: int, shares: int) -> None:
        self.note.refuse_frozen(owner)
        if caller != owner:
            self.allowances.refuse(owner, caller, shares)
            self.allowances.spend(owner, caller, shares)
        self.redeeming(owner, shares)
        self.book(-assets)
        self.touch(owner)
        self.supply -= shares
        self.shares[owner] -= shares
        self._note_moves(self.address, receiver, assets)
        if receiver == self.address and assets:
            raise Refused("BooksMoved", self.here, self.here - assets)

    def bring(self, caller: str, units: int, booked: int) -> None:
        """Notes come from the caller; then all that will be booked must be here."""
        self._note_moves(caller, self.address, units)
        if self.here < booked + units:
            raise Refused("BooksMoved", self.here, booked + units)

    def _note_moves(self, source: str, target: str, units: int) -> None:
        self.note.refuse_frozen(source)
        if not self.rule.can(source, target, units):
            raise Refused("NotEligible", source, target, units)
        self.note.transfer(source, target, units)

    def _refuse_ineligible(self, source: str, target: str, shares: int) -> None:
        if shares > (held := self.shares[source]):
            raise Refused("ERC20InsufficientBalance", source, held, shares)
        units = self.to_assets(shares)
        if not self.rule.can(self.address, target, units):
            raise Refused("NotEligible", self.address, target, units)

    def _move(self, source: str, target: str, shares: int) -> None:
        self.touch(source, target)
        self.shares[source] -= shares
        self.shares[target] += shares
