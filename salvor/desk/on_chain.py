"""The acts of a life on a chain: each account signs its own calls, and what anybody may do an outsider does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from salvor.amounts import Units
from salvor.deal.life import Do
from salvor.deploy.live import LiveDeal
from salvor.desk import actions
from salvor.desk.acts import Call, Close, Open, RunPeriod, Script
from salvor.desk.on_model import admitted_until


@dataclass
class OnChain:
    """A live deal and everybody around it; `clock` sets the second of the next block, `board` is the test's oracle."""

    script: Script
    live: LiveDeal
    accounts: Mapping[str, Any]  # by the names of the life
    outsider: Any
    clock: Callable[[int], None]
    board: Any = None
    preview: Any = None  # of the last run, as the chain gave it just before
    _now: int = 0

    def fund(self, does: Open | Close | RunPeriod | Call, now: int) -> None:
        """Who orders has the cash, whether the order is taken or not: a test asset gives it to whoever asks."""
        if isinstance(does, Call) and does.do is Do.ORDER:
            self._wait(now)
            if (missing := does.units - self.balance(does.who)) > 0:
                self._fund(self.account(does.who), missing)

    def perform(self, does: Open | Close | RunPeriod | Call, now: int) -> None:
        """Do it on its day; raises `CallRefused` when the contract refuses it."""
        if isinstance(does, RunPeriod):
            self._run(does, now)
            return
        self._wait(now)
        if isinstance(does, Open):
            actions.open_sale(self.live)
        elif isinstance(does, Close):
            actions.close(self.live, by=self.outsider)
        else:
            _CALLS[does.do](self, does)

    def balance(self, name: str) -> int:
        """Settlement units in the hands of an account."""
        return int(self.live.settlement.balanceOf(self.account(name)))

    def account(self, name: str) -> Any:
        """Who is behind a name of the life, or of a payee of the deal."""
        return self.accounts[name] if name in self.accounts else self.live.parties.account(name)

    def _wait(self, now: int) -> None:
        """Only where a new day begins: the calls of one day follow each other by seconds."""
        if now > self._now:
            self.clock(now)
            self._now = now

    def _run(self, does: RunPeriod, now: int) -> None:
        report = does.report
        if self.board is not None and does.index is not None:
            begin = self.script.terms.rules.begin(report.period)
            self.board.write(begin, does.index, sender=self.outsider)
            actions.tell_index(self.live, report.period, by=self.outsider)
        if does.missing:
            self._wait(now)
            actions.report_missing(self.live, report.period, by=self.outsider)
        else:
            # All that comes before it is done before its second: without a grace a report is late by one.
            if report.net:
                self._fund(self.live.parties.servicer, report.net)
            actions.allow_cash(self.live, report)
            self._wait(now)
            actions.report(self.live, report)
        self.preview = self.live.waterfall.previewRun(report.period)
        actions.run_waterfall(self.live, report.period, by=self.outsider)

    def order(self, call: Call) -> None:
        """With cash that `fund` gave."""
        actions.order(self.live, self.account(call.who), tranche=call.tranche, units=call.units)

    def _fund(self, account: Any, units: int) -> None:
        self.live.settlement.mint(account, Units(units), sender=self.outsider)

    def transfer(self, call: Call) -> None:
        """By the holder."""
        seller, buyer = self.account(call.who), self.account(call.to)
        actions.transfer(self.live, seller=seller, buyer=buyer, tranche=call.tranche, units=call.units)

    def force_transfer(self, call: Call) -> None:
        """By the transfer agent."""
        source, target = self.account(call.who), self.account(call.to)
        actions.force_transfer(self.live, source=source, target=target, tranche=call.tranche, units=call.units)

    def recover(self, call: Call) -> None:
        """By the transfer agent."""
        lost, new = self.account(call.who), self.account(call.to)
        actions.recover(self.live, lost=lost, new=new, tranche=call.tranche)

    def claim_batch(self, call: Call) -> None:
        """By a custodian, who is nobody to the contracts."""
        holders = [self.account(name) for name in call.holders]
        actions.claim_many(self.live, holders, tranche=call.tranche, by=self.outsider)


def _take_back(own: OnChain, call: Call) -> None:
    actions.take_back(own.live, own.account(call.who), tranche=call.tranche, units=call.units)


def _hand_over(own: OnChain, call: Call) -> None:
    actions.settle(own.live, own.account(call.who), tranche=call.tranche, by=own.outsider)


def _refund(own: OnChain, call: Call) -> None:
    actions.refund(own.live, own.account(call.who), tranche=call.tranche, by=own.outsider)


def _recover_order(own: OnChain, call: Call) -> None:
    lost, new = own.account(call.who), own.account(call.to)
    actions.recover_order(own.live, lost=lost, new=new, tranche=call.tranche)


def _freeze(own: OnChain, call: Call) -> None:
    actions.freeze(own.live, own.account(call.who), tranche=call.tranche, frozen=call.do is Do.FREEZE)


_CALLS: dict[Do, Callable[[OnChain, Call], Any]] = {
    Do.ADMIT: lambda own, call: actions.admit(own.live, own.account(call.who), until=admitted_until(own.script)),
    Do.REMOVE: lambda own, call: actions.remove(own.live, own.account(call.who)),
    Do.ORDER: OnChain.order,
    Do.TAKE_BACK: _take_back,
    Do.HAND_OVER: _hand_over,
    Do.REFUND: _refund,
    Do.RECOVER_ORDER: _recover_order,
    Do.TRANSFER: OnChain.transfer,
    Do.FREEZE: _freeze,
    Do.UNFREEZE: _freeze,
    Do.FORCE_TRANSFER: OnChain.force_transfer,
    Do.RECOVER: OnChain.recover,
    Do.CLAIM: lambda own, call: actions.claim_for(
        own.live, own.account(call.who), tranche=call.tranche, by=own.outsider
    ),
    Do.CLAIM_BATCH: OnChain.claim_batch,
    Do.CALL_VOTE: lambda own, call: actions.call_vote(own.live, own.account(call.who)),
    Do.VOTE: lambda own, call: actions.vote(own.live, own.account(call.who)),
    Do.BUY_LOANS: lambda own, call: actions.buy_loans(own.live, own.script.further[call.tape], price=call.units),
    Do.PAY_CREDITS: lambda own, call: actions.pay_credit(own.live, own.account(call.who), by=own.outsider),
}
