"""The project's small deal and six actions on it, the same ones that `benchmarks/peers/forge/test/Handler.sol` does.

An action is one call of the deal: done, or refused. The chain stands at the closing date, everybody is admitted, has
money and has approved, nothing is sold.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.chain.refusal import CallRefused
from salvor.lab import Lab
from salvor.lab.assertions import conserved
from salvor.model.note import Note
from salvor.model.refusal import Refused
from salvor.model.system import System
from tests.property.mirror import DealMirror
from tests.property.stage import ODD_SIZES, Stage, set_stage
from tests.property.test_deal_machine import DealMachine

DAY = 86_400
FUNDS = 10**12  # settlement units of everybody who pays
ADMISSION = 2_000 * DAY
ROOT, NO_ROOT = b"\1" * 32, bytes(32)

actors = st.integers(0, 3)
tranches = st.integers(0, 2)
amounts = st.integers(0, 20_000)
collections = st.integers(0, 130_000)
quarters = st.integers(0, 3)


def ready(lab: Lab) -> Stage:
    """Deploy the deal and equip everybody; each sequence starts from there."""
    stage = set_stage(lab)
    equip(stage)
    lab.now = stage.terms.closing
    return replace(stage, beginning=lab.snapshot())


def equip(stage: Stage) -> None:
    """Money for all who pay, admission for all who buy; they have approved already."""
    live, until = stage.live, stage.terms.closing + ADMISSION
    for investor in stage.investors:
        live.settlement.mint(investor, FUNDS, sender=investor)
        live.allow_list.admit(investor, until, sender=live.parties.transfer_agent)
    live.settlement.mint(live.parties.servicer, FUNDS, sender=stage.outsider)


@dataclass
class Tally:
    """Actions since it was made."""

    calls: int = 0
    refused: int = 0


class Over(KeyboardInterrupt):
    """The time is over; of this kind, hypothesis does not take it for a failure of the machine."""


class Unchecked(RuleBasedStateMachine):
    """The actions, sent as they are; that a call is refused is no failure."""

    stage: ClassVar[Stage]
    tally: ClassVar[Tally]
    refusal: ClassVar[type[Exception]] = CallRefused
    ends: ClassVar[float] = math.inf  # moment of `time.monotonic` after which no sequence begins

    def __init__(self) -> None:
        super().__init__()
        if time.monotonic() > self.ends:
            raise Over
        self.stage.lab.restore(self.stage.beginning)
        self.closed, self.reported, self.ran, self.sold = False, 0, 0, [0, 0, 0]

    def act(self, expected: Callable[[System], object], method: Any, *args: Any, sender: Any) -> bool:
        """One action; whether it was done. What the model expects is not asked here."""
        self.tally.calls += 1
        try:
            method(*args, sender=sender)
        except self.refusal:
            self.tally.refused += 1
            return False
        return True

    @rule(actor=actors, days=st.sampled_from([0, 1, 45, 2_000]))
    def admit(self, actor: int, days: int) -> None:
        """By the transfer agent; for no days it is refused."""
        live, who, now = self.stage.live, self.stage.investors[actor], self.stage.lab.now
        until = now + days * DAY
        agent = live.parties.transfer_agent
        self.act(lambda model: model.admit(who.address, until, now), live.allow_list.admit, who, until, sender=agent)

    @rule(actor=actors, tranche=tranches, units=amounts, part=quarters)
    def subscribe(self, actor: int, tranche: int, units: int, part: int) -> None:
        """Three times of four all that is left."""
        who, now = self.stage.investors[actor], self.stage.lab.now
        wanted = units if part == 3 else ODD_SIZES[tranche] - self.sold[tranche]
        offering = self.stage.live.offering
        if self.act(
            lambda model: model.subscribe(who.address, tranche, wanted, now),
            offering.subscribe,
            tranche,
            wanted,
            sender=who,
        ):
            self.sold[tranche] += wanted

    @rule(giver=actors, taker=actors, tranche=tranches, units=amounts)
    def transfer(self, giver: int, taker: int, tranche: int, units: int) -> None:
        """From whoever has enough to whoever is admitted, refused otherwise."""
        source, target, now = self.stage.investors[giver], self.stage.investors[taker], self.stage.lab.now
        note = self.stage.live.notes[tranche]
        self.act(
            lambda model: model.transfer(source.address, target.address, tranche, units, now),
            note.transfer,
            target,
            units,
            sender=source,
        )

    @rule(cash=collections, early=quarters)
    def advance(self, cash: int, early: int) -> None:
        """Whatever is next: closing, the report of a period (one time of four a second early), its run."""
        if not self.closed:
            self._close()
        elif self.reported == self.ran:
            self._report(cash, early == 3)
        else:
            self._run()

    @rule(actor=actors, tranche=tranches)
    def claim(self, actor: int, tranche: int) -> None:
        """Never refused."""
        who = self.stage.investors[actor]
        self.act(lambda model: model.claim(who.address, tranche), self.stage.live.notes[tranche].claim, sender=who)

    @rule()
    def claim_fees(self) -> None:
        """Never refused."""
        self.act(lambda model: model.claim_fees(), self.stage.live.waterfall.claimFees, sender=self.stage.outsider)

    def _close(self) -> None:
        now = self.stage.lab.now
        close = self.stage.live.offering.close
        self.closed = self.act(lambda model: model.close(now), close, sender=self.stage.outsider)

    def _report(self, cash: int, early: bool) -> None:
        lab, live, ends, period = self.stage.lab, self.stage.live, self.stage.terms.period_ends, self.reported + 1
        if period <= len(ends) and lab.now < ends[period - 1] - early:
            lab.now = ends[period - 1] - early
        now, root, paying = lab.now, ROOT if cash else NO_ROOT, 1 if cash else 0
        self.reported += self.act(
            lambda model: model.report(period, cash, paying, now, root),
            live.pool.report,
            period,
            cash,
            root,
            paying,
            sender=live.parties.servicer,
        )

    def _run(self) -> None:
        period, run = self.ran + 1, self.stage.live.waterfall.run
        self.ran += self.act(lambda model: model.run(period), run, period, sender=self.stage.outsider)


class Mirrored(Unchecked):
    """Each action is asked of the model first; after each, every figure is read from storage and compared."""

    figures: ClassVar[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.mirror = DealMirror(self.stage, self.figures)
        model, until = self.mirror.system, self.stage.terms.closing + ADMISSION
        for investor in self.stage.investors:
            model.cash.mint(investor.address, FUNDS)
            model.admissions.until[investor.address] = until
        model.cash.mint(self.stage.live.parties.servicer.address, FUNDS)

    def act(self, expected: Callable[[System], object], method: Any, *args: Any, sender: Any) -> bool:
        """The model's answer must be the chain's."""
        self.tally.calls += 1
        answer = self.mirror.both(lambda: expected(self.mirror.system), method, *args, sender=sender)
        if isinstance(answer, Refused):
            self.tally.refused += 1
            return False
        return True

    @invariant()
    def check(self) -> None:
        """Everything that the deal's own machine checks after every step."""
        self.mirror.check()


class Viewed(Mirrored):
    """The same by view calls, as the suite was before it read storage."""

    @invariant()
    def check(self) -> None:
        """66 view calls, each compared with the model."""
        live, model, settlement = self.stage.live, self.mirror.system, self.stage.live.settlement
        people = (*self.stage.investors, live.parties.seller, live.parties.fee_account, live.parties.servicer)
        balances, supplies = model.cash.balances, [note.supply for note in model.notes]
        for name, contract in live.cash_contracts().items():
            assert settlement.balanceOf(contract) == contract.cashHeld() == balances[name], "WF-01"
        for person in people:
            assert settlement.balanceOf(person) == balances[person.address], "WF-02"
        assert (live.offering.raised(), live.offering.closed()) == (sum(supplies), model.closed), "WF-02"
        assert (live.pool.lastReported(), live.waterfall.lastRun()) == (len(model.collected), model.last_run), "WF-02"
        assert live.waterfall.feesEarned() == model.fees_earned, "WF-02"
        conserved("WF-01", paid_in=model.paid_in, paid_out=model.paid_out, held=model.cash_held)
        for place, note in enumerate(live.notes):
            self._check_note(note, model.notes[place])
            assert live.offering.subscribed(place) == supplies[place], "OF-01"
            state, tranche = live.waterfall.tranche(place), model.waterfall.tranches[place]
            assert state[2:] == (
                tranche.principal,
                tranche.interest_due,
                tranche.interest_paid,
                tranche.principal_paid,
                tranche.loss,
            ), "WF-02"
            assert ODD_SIZES[place] == tranche.principal + tranche.principal_paid + tranche.loss, "WF-04"

    def _check_note(self, note: Any, model: Note) -> None:
        found = (note.index(), note.remainder(), note.totalSupply(), note.distributed())
        assert found == (model.index, model.remainder, model.supply, model.distributed), "WF-02"
        claimable = 0
        for investor in self.stage.investors:
            assert note.balanceOf(investor) == model.held[investor.address], "WF-02"
            claimable += (units := note.claimable(investor))
            assert units == model.claimable(investor.address), "NT-01"
        assert claimable <= model.cash_held, "NT-02"


class Whole(DealMachine):
    """The deal's own machine as the suite runs it, its steps counted."""

    tally: ClassVar[Tally]

    @invariant()
    def count(self) -> None:
        """After every step."""
        self.tally.calls += 1
