"""What people do at a gate, each method one call, refused or done (docs/evergreen.md, sections 2 and 5).

`by` is who sends; the model of the deal says what compliance, asset and note allow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from salvor.model.deal import NOBODY, Deal, note_account
from salvor.model.evergreen.fund import Fund
from salvor.model.evergreen.gate import Account, Gate
from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST


@dataclass
class Calls:
    """All gates of a fund; operators are by gate, as (controller, operator)."""

    fund: Fund
    operators: set[tuple[int, str, str]] = field(default_factory=set)

    def set_operator(self, by: str, place: int, operator: str, approved: bool) -> None:
        """ERC-7540: who may act for the caller at this gate."""
        pair = place, by, operator
        (self.operators.add if approved else self.operators.discard)(pair)

    def request_deposit(self, by: str, place: int, cash: int, controller: str, owner: str, now: int) -> None:
        """Rules 6, 7 and 9: cash of `owner` waits for units of `controller`."""
        gate = self._gate(place)
        epoch = self._may_request(by, place, cash, controller, owner, now)
        own = gate.caught_up(controller)
        _refuse_waiting(own.entry, own.entry_epoch, epoch)
        room = LARGEST - gate.asked[epoch][0]
        if cash > room:
            raise Refused("AboveLimit", cash, room)
        units = self._units_for(gate, own.entry + cash) + own.units_here
        self._deal.admissions.refuse(NOBODY, controller, units, now)
        self._deal.asset.bring(owner, gate.name, cash)
        self._deal.paid_in += cash
        gate.ask_entry(controller, cash, epoch)

    def request_redeem(self, by: str, place: int, units: int, controller: str, owner: str, now: int) -> None:
        """The same with units of `owner`."""
        gate = self._gate(place)
        epoch = self._may_request(by, place, units, controller, owner, now)
        if owner != controller:
            self._deal.admissions.refuse(owner, controller, units, now)
        self._refuse_exit(gate, controller, units, epoch)
        gate.note.refuse_frozen(owner)
        gate.note.transfer(owner, gate.name, units)
        gate.ask_exit(controller, units, epoch)

    def cancel_deposit(self, by: str, place: int, controller: str, now: int) -> int:
        """Rule 8."""
        gate, own = self._own(by, place, controller)
        self._may_cancel(controller, own.entry, own.entry_epoch, now)
        return gate.cancel_entry(controller)

    def cancel_redeem(self, by: str, place: int, controller: str, now: int) -> int:
        """Rule 8."""
        gate, own = self._own(by, place, controller)
        self._may_cancel(controller, own.exit, own.exit_epoch, now)
        return gate.cancel_exit(controller)

    def take_cash_back(self, by: str, place: int, receiver: str, controller: str) -> int:
        """Rule 8: all cash of cancelled requests."""
        gate, own = self._own(by, place, controller)
        gate.note.refuse_frozen(controller)
        self._pay(gate, receiver, own.back_cash)
        cash, own.back_cash = own.back_cash, 0
        return cash

    def take_units_back(self, by: str, place: int, receiver: str, controller: str, now: int) -> int:
        """Rule 8: all units of cancelled requests, where the controller's units may go."""
        gate, own = self._own(by, place, controller)
        gate.note.refuse_frozen(controller)
        units = own.back_units
        if units:
            self._may_send(gate, controller, receiver, units, now)
        gate.earn(controller).back_units = 0
        if units:
            gate.note.transfer(gate.name, receiver, units)
        return units

    def deposit(self, by: str, place: int, cash: int, receiver: str, controller: str, now: int) -> int:
        """Rule 28: claim units by their cash."""
        gate, own = self._own(by, place, controller)
        self._may_claim_units(gate, controller)
        if cash > own.claim_cash:
            raise Refused("AboveClaimable", cash, own.claim_cash)
        units = cash and (own.claim_units if cash == own.claim_cash else cash * own.claim_units // own.claim_cash)
        if units:
            self._may_send(gate, controller, receiver, units, now)
        gate.claim_by_cash(controller, cash)
        if units:
            gate.note.transfer(gate.name, receiver, units)
        return units

    def mint(self, by: str, place: int, units: int, receiver: str, controller: str, now: int) -> int:
        """Rule 28: claim units; the cash they stand for."""
        gate, own = self._own(by, place, controller)
        self._may_claim_units(gate, controller)
        if units > own.claim_units:
            raise Refused("AboveClaimable", units, own.claim_units)
        if units:
            self._may_send(gate, controller, receiver, units, now)
        cash = gate.claim_by_units(controller, units)
        if units:
            gate.note.transfer(gate.name, receiver, units)
        return cash

    def redeem(self, by: str, place: int, units: int, receiver: str, controller: str) -> int:
        """Rule 28: claim cash by the units that ended."""
        return self._leave(by, place, units, receiver, controller, lambda gate: gate.leave_by_units, cash_in=False)

    def withdraw(self, by: str, place: int, cash: int, receiver: str, controller: str) -> int:
        """Rule 28: claim cash; the units that ended for it."""
        return self._leave(by, place, cash, receiver, controller, lambda gate: gate.leave_by_cash, cash_in=True)

    def turn_back(self, by: str, place: int, units: int, controller: str, now: int) -> None:
        """Rule 30."""
        epoch = self._may_request(by, place, units, controller, controller, now)
        gate, own = self._own(by, place, controller)
        if units > own.claim_units:
            raise Refused("AboveClaimable", units, own.claim_units)
        self._refuse_exit(gate, controller, units, epoch)
        gate.turn_back(controller, units, epoch)

    def claim_earned(self, place: int, controller: str) -> int:
        """Rule 29, by anyone."""
        gate = self._gate(place)
        gate.note.refuse_frozen(controller)
        self._fetch(place)
        own = gate.earn(controller)
        parts = own.earned
        cash = gate.take_earned(controller)
        try:
            self._pay(gate, controller, cash)
        except Refused:
            own.earned = parts
            raise
        return cash

    def max_mint(self, place: int, controller: str, now: int) -> int:
        """Rule 30: claimable units that the controller could take itself now."""
        gate = self._gate(place)
        if self.fund.paused or gate.note.holders[controller].frozen:
            return 0
        return self._allowed(gate, controller, gate.caught_up(controller).claim_units, now)

    def max_deposit(self, place: int, controller: str, now: int) -> int:
        """Rule 30: the same as the most cash that gives no unit more."""
        own, units = self._gate(place).caught_up(controller), self.max_mint(place, controller, now)
        if units in (0, own.claim_units):
            return own.claim_cash if units else 0
        return ((units + 1) * own.claim_cash - 1) // own.claim_units

    def recover(self, lost: str, new: str, place: int, now: int) -> None:
        """Rule 31: as in the cash rules, with all that waits at the gate."""
        gate, note = self._gate(place), self._gate(place).note
        if lost == new:
            raise Refused("SameWallet", lost)
        self._deal.admissions.refuse(lost, new, note.holders[lost].units, now)
        if not gate.caught_up(lost).is_empty and gate.caught_up(new).waits:
            raise Refused("HasPosition", new)
        held = note.holders[lost].units or any(note.parts_of(lost))
        if not held and gate.caught_up(lost).is_empty:
            raise Refused("NothingToRecover", lost)
        if held:
            note.recover(lost, new)
        else:
            note.holders[new].frozen = note.holders[new].frozen or note.holders[lost].frozen
        gate.move(lost, new)

    @property
    def _deal(self) -> Deal:
        return self.fund.deal

    def _gate(self, place: int) -> Gate:
        return self.fund.gates[place]

    def _own(self, by: str, place: int, controller: str) -> tuple[Gate, Account]:
        self._refuse_stranger(by, place, controller)
        gate = self._gate(place)
        return gate, gate.caught_up(controller)

    def _refuse_stranger(self, by: str, place: int, whose: str) -> None:
        if by != whose and (place, whose, by) not in self.operators:
            raise Refused("NotOperator", whose, by)

    def _refuse_exit(self, gate: Gate, controller: str, units: int, epoch: int) -> None:
        own = gate.caught_up(controller)
        _refuse_waiting(own.exit, own.exit_epoch, epoch)
        room = LARGEST - gate.asked[epoch][1]
        if units > room:
            raise Refused("AboveLimit", units, room)

    def _may_request(self, by: str, place: int, amount: int, controller: str, owner: str, now: int) -> int:
        if not amount:
            raise Refused("ZeroRequest")
        self._refuse_stranger(by, place, owner)
        self._refuse_stranger(by, place, controller)
        return self.fund.open_epoch(now)

    def _may_cancel(self, controller: str, waits: int, epoch: int, now: int) -> None:
        if not waits:
            raise Refused("NothingPending", controller)
        if not self.fund.may_cancel(epoch, now):
            raise Refused("TooLateToCancel", epoch)

    def _may_claim_units(self, gate: Gate, controller: str) -> None:
        gate.note.refuse_frozen(controller)
        if self.fund.paused:
            raise Refused("RequestsPaused")

    def _units_for(self, gate: Gate, cash: int) -> int:
        last = gate.records.get(gate.settled)
        return cash * last.units // last.value if last and last.value else cash

    def _allowed(self, gate: Gate, controller: str, units: int, now: int) -> int:
        """As many as compliance lets the gate give: all or nothing, where who may hold may hold any number."""
        return units if self._deal.admissions.admitted(controller, now) else 0

    def _leave(
        self,
        by: str,
        place: int,
        amount: int,
        receiver: str,
        controller: str,
        claim: Callable[[Gate], Callable[[str, int], int]],
        *,
        cash_in: bool,
    ) -> int:
        gate, own = self._own(by, place, controller)
        gate.note.refuse_frozen(controller)
        before = own.leave_units, own.leave_cash
        other = claim(gate)(controller, amount)
        try:
            self._pay(gate, receiver, amount if cash_in else other)
        except Refused:
            own.leave_units, own.leave_cash = before
            raise
        return other

    def _pay(self, gate: Gate, receiver: str, cash: int) -> None:
        self._deal.asset.move(gate.name, receiver, cash)
        self._deal.paid_out += cash

    def _fetch(self, place: int) -> None:
        """All whole units that the gate's own units earned come to the gate."""
        gate = self._gate(place)
        self._deal.asset.move(note_account(place), gate.name, sum(gate.note.claimable(gate.name)))
        gate.note.settle(gate.name)

    def _may_send(self, gate: Gate, controller: str, receiver: str, units: int, now: int) -> None:
        if receiver != controller:
            self._deal.admissions.refuse(controller, receiver, units, now)
        self._deal.admissions.refuse(gate.name, receiver, units, now)


def _refuse_waiting(waits: int, since: int, epoch: int) -> None:
    """Rule 6: who still waits in an epoch that is closed makes no other request."""
    if waits and since != epoch:
        raise Refused("EpochNotSettled", since)
