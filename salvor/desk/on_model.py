"""The acts of a life on the reference model: what must happen, or with which error it must be refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from salvor.deal.life import Do
from salvor.deploy.terms import SERVICER
from salvor.desk.acts import DAY, Call, Close, Open, RunPeriod, Script
from salvor.model.deal import Deal, State
from salvor.model.run import RunOutcome

_ADMITTED = 3_650 * DAY  # after the last period


@dataclass
class OnModel:
    """The model of a deal, and what is noted beside it; settlement units."""

    script: Script
    deal: Deal = field(init=False)
    outcomes: list[RunOutcome] = field(default_factory=list)
    credits_paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    refunds: int = 0

    def __post_init__(self) -> None:
        self.deal = Deal(self.script.terms.rules)

    @property
    def is_cancelled(self) -> bool:
        """Whether the closing found too little; no period follows then."""
        return self.deal.state is State.CANCELLED

    def fund(self, does: Open | Close | RunPeriod | Call) -> None:
        """Who orders has the cash: a test asset gives it to whoever asks."""
        if isinstance(does, Call) and does.do is Do.ORDER:
            self.deal.asset.mint(does.who, max(0, does.units - self.deal.asset.balances[does.who]))

    def perform(self, does: Open | Close | RunPeriod | Call, now: int) -> None:
        """Do it; raises `Refused` and changes nothing when it must be refused."""
        if isinstance(does, Open):
            self.deal.open(now)
        elif isinstance(does, Close):
            self.deal.close(now)
        elif isinstance(does, RunPeriod):
            self._run(does, now)
        else:
            _CALLS[does.do](self, does, now)

    def _run(self, does: RunPeriod, now: int) -> None:
        period = does.report.period
        if does.index is not None:
            self.deal.tell_index(period, does.index, self.script.terms.rules.begin(period))
        if does.missing:
            self.deal.report_missing(period, now)
        else:
            self.deal.asset.mint(SERVICER, does.report.net)
            self.deal.report(does.report, now)
        self.outcomes.append(self.deal.run(period))

    def admit(self, call: Call, now: int) -> None:
        """Until long after the last period."""
        self.deal.admit(call.who, admitted_until(self.script), now)

    def order(self, call: Call, now: int) -> None:
        """With cash that `fund` gave."""
        self.deal.order(call.who, call.tranche, call.units, now)

    def take_back(self, call: Call, now: int) -> None:
        """What comes back is a refund."""
        self.deal.take_back(call.who, call.tranche, call.units, now)
        self.refunds += call.units

    def hand_over(self, call: Call, now: int) -> None:
        """Notes, and cash that bought none."""
        _, cash = self.deal.hand_over(call.who, call.tranche, now)
        self.refunds += cash

    def refund(self, call: Call, now: int) -> None:
        """Cash that bought no notes, without the notes."""
        self.refunds += self.deal.refund(call.who, call.tranche)

    def buy_loans(self, call: Call, now: int) -> None:
        """At a price out of the revolving account."""
        tape = self.script.further[call.tape]
        self.deal.buy_loans(call.units, tape.root, tape.loan_count, tape.gross_balance)

    def pay_credits(self, call: Call, now: int) -> None:
        """All that is credited to one account."""
        self.credits_paid[call.who] += self.deal.claim_credit(call.who)


def admitted_until(script: Script) -> int:
    """Seconds since 1970: until when a life's investors are admitted."""
    return script.terms.period_ends[-1] + _ADMITTED


_CALLS: dict[Do, Callable[[OnModel, Call, int], Any]] = {
    Do.ADMIT: OnModel.admit,
    Do.REMOVE: lambda own, call, now: own.deal.remove(call.who),
    Do.ORDER: OnModel.order,
    Do.TAKE_BACK: OnModel.take_back,
    Do.HAND_OVER: OnModel.hand_over,
    Do.REFUND: OnModel.refund,
    Do.RECOVER_ORDER: lambda own, call, now: own.deal.recover_order(call.who, call.to, call.tranche, now),
    Do.TRANSFER: lambda own, call, now: own.deal.transfer(call.who, call.to, call.tranche, call.units, now),
    Do.FREEZE: lambda own, call, now: own.deal.freeze(call.who, call.tranche, True),
    Do.UNFREEZE: lambda own, call, now: own.deal.freeze(call.who, call.tranche, False),
    Do.FORCE_TRANSFER: lambda own, call, now: own.deal.force_transfer(call.who, call.to, call.tranche, call.units, now),
    Do.RECOVER: lambda own, call, now: own.deal.recover(call.who, call.to, call.tranche, now),
    Do.CLAIM: lambda own, call, now: own.deal.claim(call.who, call.tranche),
    Do.CLAIM_BATCH: lambda own, call, now: own.deal.claim_batch(call.holders, call.tranche),
    Do.CALL_VOTE: lambda own, call, now: own.deal.call_vote(call.who, now),
    Do.VOTE: lambda own, call, now: own.deal.vote(call.who, now),
    Do.BUY_LOANS: OnModel.buy_loans,
    Do.PAY_CREDITS: OnModel.pay_credits,
}
