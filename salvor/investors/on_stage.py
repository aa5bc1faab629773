"""A life under jurisdictions: the model asks the books before each move, the chain registers and files what they want.

Who moves what is reckoned as `answers.py` reckons it, from the page for issuers, so the contracts are compared with the
rules at every call of a life too. An account of a life is the investor of that name in the file of investors.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from salvor.chain.refusal import CallRefused, Refusal
from salvor.chain.send import send
from salvor.deal.life import Do
from salvor.desk.acts import Call, Close, Open, RunPeriod
from salvor.desk.on_chain import OnChain
from salvor.desk.on_model import OnModel
from salvor.investors.file import Row
from salvor.investors.in_a_deal import Regulation, prepare_transfer, register_cast
from salvor.jurisdictions.answers import refusing, verdicts
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.register import Investor, Move, Register, moved
from salvor.model.refusal import Refused

_LATER = 10**12  # no admission of a life lasts so long
_OWN_WORDS = frozenset({"balance", "retention"})  # a note names these itself
_NOT_OF_AN_ORDER = frozenset({"share_of_supply"})  # asked of what comes to be, and at an order nothing does
_NOT_OF_A_HAND_OVER = frozenset({"denomination"})  # what was allotted is handed over in whatever pieces


def row_of(regulation: Regulation, name: str) -> Row | None:
    """Whose account it is, by the file of investors."""
    return next((row for row in regulation.investors.rows if row.name == name), None)


@dataclass
class RegulatedOnModel(OnModel):
    """The model of a deal whose notes ask identities and rules."""

    regulation: Regulation = field(kw_only=True)
    owners: dict[str, str] = field(default_factory=dict)  # of registered accounts; a recovery adds one
    kept: dict[tuple[int, str], int] = field(default_factory=dict)  # units that are frozen, by tranche and account
    registers: list[Register] = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        deal = self.regulation.rules.deal
        originator = deal.compliance.originator if deal.compliance else None
        self.registers = [Register(deal.units(each.size), originator=originator) for each in deal.tranches]

    def perform(self, does: Open | Close | RunPeriod | Call, now: int) -> None:
        """As any deal does it, but where the rules have a say."""
        own = _ON_MODEL.get(does.do) if isinstance(does, Call) else None
        if own is None or not isinstance(does, Call):
            super().perform(does, now)
        else:
            own(self, does, now)

    def enter(self, call: Call, now: int) -> None:
        """Registered with the claims of its row; once it is, nothing happens."""
        row = row_of(self.regulation, call.who)
        if row is None or now >= row.until:
            raise Refused("ClaimNeverValid", call.who)
        if self.owners.setdefault(call.who, call.who) != call.who:
            raise Refused("WalletTaken", call.who)

    def leave(self, call: Call, now: int) -> None:
        """Taken out of the registry, with empty hands."""
        if call.who not in self.owners:
            raise Refused("WalletUnknown", call.who)
        if any(note.holders[call.who].units for note in self.deal.notes):
            raise Refused("WalletHolds", call.who)
        del self.owners[call.who]

    def order(self, call: Call, now: int) -> None:
        """Whoever may be issued so many units orders them."""
        said = self._refusing(call.tranche, None, call.who, call.units, now) - _NOT_OF_AN_ORDER
        with self._ruled(call.who, not said):
            super().order(call, now)

    def move_order(self, call: Call, now: int) -> None:
        """The new wallet may be issued what the lost one ordered."""
        units = self.deal.order_books[call.tranche].orders[call.who]
        said = self._refusing(call.tranche, None, call.to, units, now)
        with self._ruled(call.to, not said):
            self.deal.recover_order(call.who, call.to, call.tranche, now)

    def hand_over(self, call: Call, now: int) -> None:
        """Units are asked again, now that they are known; the originator's share stays."""
        tranche, book = call.tranche, self.deal.order_books[call.tranche]
        units = book.left(call.who, cancelled=self.is_cancelled)[0] if book.orders[call.who] and self.deal.books else 0
        said = self._refusing(tranche, None, call.who, units, now) - _NOT_OF_A_HAND_OVER if units else set()
        with self._ruled(call.who, not said, "TransferRefused"):
            super().hand_over(call, now)
        if units:
            self._note(tranche, None, call.who, units, now)
            if kept := kept_by(self.regulation, tranche, call.who, units):
                self.kept[tranche, call.who] = kept

    def transfer(self, call: Call, now: int) -> None:
        """The note's own reasons first, then those of the rules."""
        holders = self.deal.notes[call.tranche].holders
        giver, held = holders[call.who], holders[call.who].units
        if held < call.units:
            raise Refused("ERC20InsufficientBalance", call.who, held, call.units)
        if giver.frozen:
            raise Refused("HolderFrozen", call.who)
        if call.units > held - self.kept.get((call.tranche, call.who), 0):
            raise Refused("UnitsFrozen", call.who)
        if holders[call.to].frozen:
            raise Refused("HolderFrozen", call.to)
        if said := self._refusing(call.tranche, call.who, call.to, call.units, now):
            raise Refused("TransferRefused", *sorted(said))
        with self._ruled(call.to, allowed=True):
            self.deal.transfer(call.who, call.to, call.tranche, call.units, now)
        self._note(call.tranche, call.who, call.to, call.units, now)

    def force(self, call: Call, now: int) -> None:
        """Against every rule, but to a wallet that is verified; frozen units come last."""
        held, place = self.deal.notes[call.tranche].holders[call.who].units, (call.tranche, call.who)
        if held < call.units:
            raise Refused("ERC20InsufficientBalance", call.who, held, call.units)
        if not (self._same(call.who, call.to) or self._verified(call.to, now)):
            raise Refused("TransferRefused", "identity")
        with self._ruled(call.to, allowed=True):
            self.deal.force_transfer(call.who, call.to, call.tranche, call.units, now)
        self.kept[place] = min(self.kept.get(place, 0), held - call.units)
        self._note(call.tranche, call.who, call.to, call.units, now)

    def recover(self, call: Call, now: int) -> None:
        """The new wallet joins the lost one's identity, which leaves the registry with empty hands."""
        lost, new, tranche = call.who, call.to, call.tranche
        if lost != new and lost not in self.owners:
            raise Refused("RecoveryNotPossible", lost, new)
        if lost != new and new in self.owners and not self._same(lost, new):
            raise Refused("WalletTaken", new)
        units = self.deal.notes[tranche].holders[lost].units
        with self._ruled(new, allowed=True):
            self.deal.recover(lost, new, tranche, now)
        self.kept[tranche, new] = self.kept.get((tranche, new), 0) + self.kept.pop((tranche, lost), 0)
        self.owners[new] = self.owners[lost]
        self._note(tranche, lost, new, units, now)
        if not any(note.holders[lost].units for note in self.deal.notes):
            del self.owners[lost]

    def _same(self, one: str, other: str) -> bool:
        return one in self.owners and self.owners[one] == self.owners.get(other)

    def _verified(self, account: str, now: int) -> bool:
        row = row_of(self.regulation, self.owners.get(account, ""))
        return row is not None and now < row.until

    def _book(self, tranche: int) -> Rulebook:
        return self.regulation.rules.books[tranche]

    def _refusing(self, tranche: int, giver: str | None, taker: str, units: int, now: int) -> set[str]:
        """Rules that refuse a move; who is registered and when claims end is looked up for it."""
        known = {name: self._investor(name) for name in {*self.owners.values()}}
        supply = self.deal.notes[tranche].supply or self.registers[tranche].supply
        register = replace(self.registers[tranche], investors=known, supply=supply)
        move = Move(giver and self._owner(giver), self._owner(taker), units, now)
        decimals = self.script.deal.settlement.decimals
        return {*refusing(verdicts(self._book(tranche), register, move, decimals))} - _OWN_WORDS

    def _note(self, tranche: int, giver: str | None, taker: str, units: int, now: int) -> None:
        move = Move(giver and self._owner(giver), self._owner(taker), units, now)
        self.registers[tranche] = moved(self.registers[tranche], move)

    def _owner(self, account: str) -> str:
        """An account that nobody registered is a stranger by its name, whatever the file says of it."""
        return self.owners.get(account, f"{account} (not registered)")

    def _investor(self, name: str) -> Investor:
        row = row_of(self.regulation, name)
        assert row is not None  # nobody else is registered
        return row.investor

    @contextmanager
    def _ruled(self, account: str, allowed: bool, error: str = "") -> Any:
        """The model's list of who is admitted says for one call what the rules say; a refusal may have another name."""
        self.deal.admissions.until[account] = _LATER if allowed else 0
        try:
            yield
        except Refused as refused:
            if refused.error == "NotEligible" and error:
                raise Refused(error, *refused.values) from None
            raise


def kept_by(regulation: Regulation, tranche: int, account: str, units: int) -> int:
    """Units of what was handed over that stay with the originator; nothing of anybody else."""
    deal = regulation.rules.deal
    if deal.compliance is None or account != deal.compliance.originator:
        return 0
    return min(units, regulation.rules.books[tranche].retained(deal.units(deal.tranches[tranche].size)))


@dataclass
class RegulatedOnChain(OnChain):
    """The same on a chain: claims are signed, records filed, the originator's share frozen by who does it in life."""

    regulation: Regulation = field(kw_only=True)
    owners: dict[str, str] = field(default_factory=dict)  # of wallets that a recovery joined to somebody's identity

    def perform(self, does: Open | Close | RunPeriod | Call, now: int) -> None:
        """As any deal does it, with what belongs to it."""
        own = _ON_CHAIN.get(does.do) if isinstance(does, Call) else None
        if own is None or not isinstance(does, Call):
            super().perform(does, now)
        else:
            self._wait(now)
            own(self, does)

    def enter(self, call: Call) -> None:
        """By the transfer agent, with claims of the issuer of rehearsals; beside what else is the investor's."""
        assert self.live.regulated is not None
        others = [self.account(each) for each, owner in self.owners.items() if owner == call.who != each]
        still = [each for each in others if self.live.regulated.registry.contains(each)]
        accounts = [(call.who, each) for each in (self.account(call.who), *still)]
        done = register_cast(self.live, self.regulation, accounts, self._now)
        for each in done.of("refused"):
            _refuse("IdentityRegistry.register", each.reason)

    def leave(self, call: Call) -> None:
        """By the transfer agent."""
        assert self.live.regulated is not None
        agent, registry = self.live.parties.transfer_agent, self.live.regulated.registry
        send(registry.deleteIdentity, self.account(call.who), sender=agent)

    def hand_over(self, call: Call) -> None:
        """By anybody; the transfer agent freezes what the originator keeps."""
        note, account = self.live.notes[call.tranche], self.account(call.who)
        before = note.balanceOf(account)
        super().perform(call, self._now)
        came = note.balanceOf(account) - before
        if kept := kept_by(self.regulation, call.tranche, call.who, came):
            send(note.freezePartialTokens, account, kept, sender=self.live.parties.transfer_agent)

    def transfer(self, call: Call) -> None:
        """By the holder, after a record was filed where one is wanted."""
        giver, taker = self.account(call.who), self.account(call.to)
        prepare_transfer(self.live, call.tranche, giver, taker, call.units)
        super().transfer(call)

    def recover(self, call: Call) -> None:
        """By the transfer agent."""
        super().recover(call)
        self.owners[call.to] = self.owners.get(call.who, call.who)


def _refuse(call: str, reason: str) -> NoReturn:
    """The contract's error; what is seen before anything is sent would be the one of a wallet that is taken."""
    error = reason.partition("(")[0]
    raise CallRefused(call, Refusal(error if error.isidentifier() else "WalletTaken", ()))


_ON_MODEL: dict[Do, Callable[[RegulatedOnModel, Call, int], None]] = {
    Do.ADMIT: RegulatedOnModel.enter,
    Do.REMOVE: RegulatedOnModel.leave,
    Do.ORDER: RegulatedOnModel.order,
    Do.RECOVER_ORDER: RegulatedOnModel.move_order,
    Do.HAND_OVER: RegulatedOnModel.hand_over,
    Do.TRANSFER: RegulatedOnModel.transfer,
    Do.FORCE_TRANSFER: RegulatedOnModel.force,
    Do.RECOVER: RegulatedOnModel.recover,
}
_ON_CHAIN: dict[Do, Callable[[RegulatedOnChain, Call], None]] = {
    Do.ADMIT: RegulatedOnChain.enter,
    Do.REMOVE: RegulatedOnChain.leave,
    Do.HAND_OVER: RegulatedOnChain.hand_over,
    Do.TRANSFER: RegulatedOnChain.transfer,
    Do.RECOVER: RegulatedOnChain.recover,
}
