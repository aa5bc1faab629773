"""The project's small deal and six actions on it, the same ones that `benchmarks/peers/forge/test/Handler.sol` does.

An action is one call of the deal: done, or refused. The sale is open, everybody is admitted, has money and has
approved, nothing is ordered.
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
from salvor.lab.mirror import Mirror
from salvor.model.deal import Deal
from salvor.model.holders import Note
from salvor.model.pool import Report
from salvor.model.refusal import Refused
from tests.property.stage import ODD_SIZES, Stage, set_stage
from tests.property.test_waterfall_machine import WaterfallMachine
from tests.property.waterfall_events import Events
from tests.property.waterfall_figures import Earned, Twin
from tests.property.waterfall_mirror import WaterfallMirror

DAY = 86_400
FUNDS = 10**12  # settlement units of everybody who pays
ADMISSION = 2_000 * DAY
ROOT, NO_ROOT = b"\1" * 32, bytes(32)
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)

actors = st.integers(0, 3)
tranches = st.integers(0, 2)
amounts = st.integers(0, 20_000)
collections = st.integers(0, 130_000)
quarters = st.integers(0, 3)


def ready(lab: Lab) -> Stage:
    """Deploy the deal, equip everybody and open the sale; each sequence starts from there."""
    stage = set_stage(lab)
    equip(stage)
    return replace(stage, beginning=lab.snapshot())


def equip(stage: Stage) -> None:
    """Money for all who pay, admission for all who buy; they have approved already."""
    live, until = stage.live, stage.terms.closing + ADMISSION
    for investor in stage.investors:
        live.settlement.mint(investor, FUNDS, sender=investor)
        live.allow_list.admit(investor, until, sender=live.parties.transfer_agent)
    live.settlement.mint(live.parties.servicer, FUNDS, sender=stage.outsider)
    live.offering.open(live.waterfall, sender=live.parties.arranger)


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
        self.closed, self.reported, self.ran, self.ordered = False, 0, 0, [0, 0, 0]
        self.waiting: set[tuple[int, int]] = set()  # orders whose notes are not handed over

    def act(self, expected: Callable[[Deal], object], method: Any, *args: Any, sender: Any) -> bool:
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
    def order(self, actor: int, tranche: int, units: int, part: int) -> None:
        """Three times of four all that is left."""
        who, now = self.stage.investors[actor], self.stage.lab.now
        wanted = units if part == 3 else max(0, ODD_SIZES[tranche] - self.ordered[tranche])
        order = self.stage.live.offering.order
        if self.act(lambda model: model.order(who.address, tranche, wanted, now), order, tranche, wanted, sender=who):
            self.ordered[tranche] += wanted
            self.waiting.add((actor, tranche))

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
        """Whatever is next: closing (too early until all is ordered), a report (one of four too early), its run."""
        if not self.closed:
            self._close()
        elif self.reported == self.ran:
            self._report(cash, early == 3)
        else:
            self._run()

    @rule(actor=actors, tranche=tranches)
    def claim(self, actor: int, tranche: int) -> None:
        """Where an order waits after closing, its notes; else cash, which is never refused."""
        who, live, now = self.stage.investors[actor], self.stage.live, self.stage.lab.now
        if not self.closed or (actor, tranche) not in self.waiting:
            self.act(lambda model: model.claim(who.address, tranche), live.notes[tranche].claim, sender=who)
            return
        settle, hand_over = live.offering.settle, lambda model: model.hand_over(who.address, tranche, now)
        if self.act(hand_over, settle, tranche, who, sender=self.stage.outsider):
            self.waiting.remove((actor, tranche))

    @rule()
    def claim_fees(self) -> None:
        """Never refused."""
        live, servicer = self.stage.live, self.stage.live.parties.servicer
        pay, outsider = live.distributor.payCredit, self.stage.outsider
        self.act(lambda model: model.claim_credit(servicer.address), pay, servicer, sender=outsider)

    def _close(self) -> None:
        lab, terms = self.stage.lab, self.stage.terms
        if all(units >= size for units, size in zip(self.ordered, ODD_SIZES, strict=True)):
            lab.now = max(lab.now, terms.closing)
        now, close = lab.now, self.stage.live.offering.close
        self.closed = self.act(lambda model: model.close(now), close, sender=self.stage.outsider)

    def _report(self, cash: int, early: bool) -> None:
        lab, live, ends, period = self.stage.lab, self.stage.live, self.stage.terms.period_ends, self.reported + 1
        if period <= len(ends) and lab.now < ends[period - 1] - early:
            lab.now = ends[period - 1] - early
        now, root, paying = lab.now, ROOT if cash else NO_ROOT, 1 if cash else 0
        struct = (cash, 0, 0, 0, 0, 0, root, paying, False)
        self.reported += self.act(
            lambda model: model.report(Report(period, cash, root=root, loans=paying), now),
            live.pool.report,
            period,
            struct,
            NO_CORRECTION,
            sender=live.parties.servicer,
        )

    def _run(self) -> None:
        period, run = self.ran + 1, self.stage.live.waterfall.run
        self.ran += self.act(lambda model: model.run(period), run, period, sender=self.stage.outsider)


class DealMirror(WaterfallMirror):
    """The waterfall's mirror on a deal that stands: its places are looked up once for all sequences."""

    def __init__(self, stage: Stage, figures: dict[str, Any]) -> None:
        drawn = stage.drawn
        self.twin = Twin(drawn)
        Mirror.__init__(self, stage.lab, self.twin, figures, refusals="WF-06", agreement="WF-02")
        self.drawn, self.live, self.deal = drawn, stage.live, self.twin.deal
        self._events = Events(drawn, self.deal)
        self._earned = Earned(drawn, self._names)
        self._indices = [(0, 0)] * len(self.deal.notes)


class Mirrored(Unchecked):
    """Each action is asked of the model first; after each, every figure is read from storage and compared."""

    figures: ClassVar[dict[str, Any]]

    def __init__(self) -> None:
        super().__init__()
        self.mirror = DealMirror(self.stage, self.figures)
        model, until = self.mirror.deal, self.stage.terms.closing + ADMISSION
        for investor in self.stage.investors:
            model.asset.mint(investor.address, FUNDS)
            model.admissions.until[investor.address] = until
        model.asset.mint(self.stage.live.parties.servicer.address, FUNDS)
        model.open(self.stage.lab.now)

    def act(self, expected: Callable[[Deal], object], method: Any, *args: Any, sender: Any) -> bool:
        """The model's answer must be the chain's."""
        self.tally.calls += 1
        answer = self.mirror.both(lambda: expected(self.mirror.deal), method, *args, sender=sender)
        if isinstance(answer, Refused):
            self.tally.refused += 1
            return False
        return True

    @invariant()
    def check(self) -> None:
        """Everything that the waterfall's mirror checks after every step."""
        self.mirror.check()


class Viewed(Mirrored):
    """The same by view calls, as the suite was before it read storage."""

    @invariant()
    def check(self) -> None:
        """One view call a figure that a user sees, each compared with the model."""
        live, model, settlement = self.stage.live, self.mirror.deal, self.stage.live.settlement
        people = (*self.stage.investors, live.parties.seller, live.parties.servicer)
        balances, held = model.asset.balances, live.cash_held()
        assert sum(held.values()) == model.cash_held, "WF-01"
        for name, contract in live.cash_contracts().items():
            assert settlement.balanceOf(contract) == held[name], "WF-01"
        for person in people:
            assert settlement.balanceOf(person) == balances[person.address], "WF-02"
        assert live.offering.sale() == model.sale, "WF-02"
        last_run = model.books.last_run if model.books else 0
        assert (live.pool.lastReported(), live.waterfall.lastRun()) == (model.pool.reported, last_run), "WF-02"
        conserved("WF-01", paid_in=model.paid_in, paid_out=model.paid_out, held=model.cash_held)
        for place, note in enumerate(live.notes):
            self._check_note(note, model.notes[place])
            assert live.offering.ordered(place) == model.order_books[place].total, "WF-02"
            state = live.waterfall.tranche(place)
            if model.books:
                tranche = model.books.tranches[place]
                paid = (tranche.interest_paid, tranche.principal_paid)
                assert (state.principal, state.interestDue) == (tranche.principal, tranche.interest_due), "WF-02"
                assert (state.interestPaid, state.principalPaid) == paid, "WF-02"
                assert state.loss == tranche.written_down + tranche.loss, "WF-02"
            assert state.atClosing == state.principal + state.principalPaid + state.loss, "WF-04"

    def _check_note(self, note: Any, model: Note) -> None:
        interest, principal = model.streams
        index = self.stage.live.distributor.indexOf(note)
        found = (index.total, index.principal, index.interestRemainder, index.principalRemainder)
        expected = (interest.index + principal.index, principal.index, interest.remainder, principal.remainder)
        assert (*found, note.totalSupply()) == (*expected, model.supply), "WF-02"
        for investor in self.stage.investors:
            assert note.balanceOf(investor) == model.holders[investor.address].units, "WF-02"
            assert tuple(note.claimableApart(investor)) == model.claimable(investor.address), "NT-05"


class Whole(WaterfallMachine):
    """The suite's own machine, which draws a deal for every sequence; its steps counted."""

    tally: ClassVar[Tally]
    stage: ClassVar[Stage]  # a deal on the same chain: whose functions are timed

    @invariant()
    def count(self) -> None:
        """After every step."""
        self.tally.calls += 1
