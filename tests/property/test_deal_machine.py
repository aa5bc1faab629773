"""A whole deal, any call in any order with any amounts, contract beside model after every step."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.chain.refusal import refusal_of
from salvor.lab import strategies
from tests.property.mirror import DealMirror, places
from tests.property.stage import ODD_SIZES, set_stage
from tests.utils.world import DAY, EQUITY, MEZZANINE, SENIOR

LARGEST = 2**112 - 1  # where the books end

tranches = st.sampled_from([SENIOR, MEZZANINE, EQUITY])
actors = strategies.actors(4)  # a holder by tranche, or the outsider
seen = strategies.Seen()
amounts = strategies.amounts(70_000, around=(*ODD_SIZES, LARGEST), seen=seen)
cash_amounts = strategies.amounts(130_000, around=(36_000, 40_000, 10**9, LARGEST))
waits = st.sampled_from([1, DAY, 10 * DAY - 1, 10 * DAY, 30 * DAY - 1, 30 * DAY, 365 * DAY])
periods = st.integers(-1, 1)  # beside the one whose turn it is
parts = st.sampled_from([(1, 1), (1, 2), (1, 3), (0, 1), (2, 1)])


class DealMachine(RuleBasedStateMachine):
    """Rules are what people do; each asks the model first and expects exactly its answer."""

    stage = figures = None

    def __init__(self) -> None:
        super().__init__()
        seen.forget()
        self.stage.lab.restore(self.stage.beginning)
        self.mirror = DealMirror(self.stage, self.figures)

    def teardown(self) -> None:
        self.mirror.check_views()

    @initialize(stage=st.sampled_from(["new", "sold", "closed", "paying", "paying", "paying"]), cash=cash_amounts)
    def begin(self, stage, cash) -> None:
        """Most runs start from a deal that is under way, so that the later rules are reached."""
        for actor in range(4):
            self.admit(actor, 2_000)
        if stage == "new":
            return
        for place in range(3):
            self.subscribe_rest(place, place)
        if stage in ("closed", "paying"):
            self.close_on_the_day()
        if stage == "paying":
            self.report_next(cash)
            self.run(0)

    def holder(self, tranche, number) -> int:
        """One of those who hold a tranche, so that rules about holders mostly meet one; anybody while nobody does."""
        held = self.mirror.system.notes[tranche].held
        found = [actor for actor, investor in enumerate(self.stage.investors) if held[investor.address]]
        return found[number % len(found)] if found else number

    # Selling the notes

    @rule(actor=actors, days=st.sampled_from([0, 1, 45, 2_000]))
    def admit(self, actor, days) -> None:
        until = self.mirror.now + days * DAY
        investor = self.stage.investors[actor]
        agent = self.stage.live.parties.transfer_agent
        self.mirror.both(
            lambda: self.mirror.system.admit(investor.address, until, self.mirror.now),
            self.stage.live.allow_list.admit,
            investor,
            until,
            sender=agent,
        )

    @rule(actor=actors)
    def remove(self, actor) -> None:
        investor = self.stage.investors[actor]
        agent = self.stage.live.parties.transfer_agent
        self.mirror.both(
            lambda: self.mirror.system.remove(investor.address),
            self.stage.live.allow_list.remove,
            investor,
            sender=agent,
        )

    @rule(actor=actors, tranche=tranches, units=amounts, funded=st.booleans())
    def subscribe(self, actor, tranche, units, funded) -> None:
        m, investor = self.mirror, self.stage.investors[actor]
        if funded:
            m.fund(investor, units)
        m.both(
            lambda: m.system.subscribe(investor.address, tranche, units, m.now),
            m.live.offering.subscribe,
            tranche,
            units,
            sender=investor,
        )

    @rule(actor=actors, tranche=tranches)
    def subscribe_rest(self, actor, tranche) -> None:
        self.subscribe(
            actor, tranche, self.stage.terms.sizes[tranche] - self.mirror.system.notes[tranche].supply, funded=True
        )

    @rule(actor=actors, tranche=tranches, units=amounts)
    def unsubscribe(self, actor, tranche, units) -> None:
        m, investor = self.mirror, self.stage.investors[actor]
        m.both(
            lambda: m.system.unsubscribe(investor.address, tranche, units, m.now),
            m.live.offering.unsubscribe,
            tranche,
            units,
            sender=investor,
        )

    @rule()
    def close(self) -> None:
        m = self.mirror
        m.both(lambda: m.system.close(m.now), m.live.offering.close, sender=self.stage.outsider)

    @precondition(lambda self: not self.mirror.system.closed)
    @rule()
    def close_on_the_day(self) -> None:
        self.stage.lab.now = max(self.mirror.now, self.stage.terms.closing)
        self.close()

    @rule(giver=actors, taker=actors, tranche=tranches, units=amounts)
    def transfer(self, giver, taker, tranche, units) -> None:
        m, source, target = self.mirror, self.stage.investors[giver], self.stage.investors[taker]
        refused = m.both(
            lambda: m.system.transfer(source.address, target.address, tranche, units, m.now),
            m.live.notes[tranche].transfer,
            target,
            units,
            sender=source,
        )
        assert refused or m.system.admissions.until[target.address] > m.now, "CO-01"

    @rule(giver=actors, taker=actors, tranche=tranches, part=parts)
    def transfer_part(self, giver, taker, tranche, part) -> None:
        """A share of what a holder has, sometimes more than all of it."""
        giver = self.holder(tranche, giver)
        held = self.mirror.system.notes[tranche].held[self.stage.investors[giver].address]
        seen.note(held)
        self.transfer(giver, taker, tranche, held * part[0] // part[1])

    @rule(number=actors, taker=actors, tranche=tranches, beside=st.sampled_from([-1, 0]))
    def transfer_at_the_end_of_an_admission(self, number, taker, tranche, beside) -> None:
        """The last second of an admission and the first without it."""
        m = self.mirror
        end = m.system.admissions.until[self.stage.investors[taker].address] + beside
        if end >= m.now:
            self.stage.lab.now = end
            self.transfer_part(number, taker, tranche, (1, 2))

    # Collections, waterfall, claims

    @rule(beside=periods, cash=cash_amounts, paying=st.sampled_from([0, 1, 5, 6]), rooted=st.booleans())
    def report(self, beside, cash, paying, rooted) -> None:
        m = self.mirror
        period = max(0, len(m.system.collected) + 1 + beside)
        root = bytes([rooted]) * 32
        if cash < 2**112:
            m.fund(m.live.parties.servicer, cash)
        before = len(m.system.collected)
        refused = m.both(
            lambda: m.system.report(period, cash, paying, m.now, root),
            m.live.pool.report,
            period,
            cash,
            root,
            paying,
            sender=m.live.parties.servicer,
        )
        on_time = period == before + 1 and self.stage.terms.period_ends[before] <= m.now if period <= 4 else False
        assert refused or on_time, "PL-01"

    @precondition(lambda self: self.mirror.system.closed and len(self.mirror.system.collected) < 4)
    @rule(cash=cash_amounts, beside=st.sampled_from([0, 0, 0, -1]))
    def report_next(self, cash, beside=0) -> None:
        """The report whose turn it is, on its day, sometimes a second too early."""
        m = self.mirror
        self.stage.lab.now = max(m.now, self.stage.terms.period_ends[len(m.system.collected)] + beside)
        self.report(0, cash, min(cash, 1), cash > 0)

    @rule(beside=periods)
    def run(self, beside) -> None:
        m = self.mirror
        period = max(0, m.system.last_run + 1 + beside)
        tranches = m.system.waterfall.tranches
        owed = [tranche.principal for tranche in tranches]
        outcome = m.both(lambda: m.system.run(period), m.live.waterfall.run, period, sender=self.stage.outsider)
        if not hasattr(outcome, "tranches"):
            return
        paid = [principal for _, principal in outcome.tranches]
        seen.note(*paid)
        for senior in range(len(owed)):
            assert paid[senior] == owed[senior] or not any(paid[senior + 1 :]), "WF-03"
        if outcome.behind_plan and paid[SENIOR] < owed[SENIOR]:
            assert outcome.tranches[MEZZANINE][0] == 0, "WF-05"

    @precondition(lambda self: len(self.mirror.system.collected) > self.mirror.system.last_run)
    @rule()
    def run_next(self) -> None:
        """The period whose turn it is."""
        self.run(0)

    @rule(actor=actors, tranche=tranches)
    def claim(self, actor, tranche) -> None:
        m, holder = self.mirror, self.stage.investors[actor]
        paid = m.both(lambda: m.system.claim(holder.address, tranche), m.live.notes[tranche].claim, sender=holder)
        seen.note(paid)

    @rule(number=actors, tranche=tranches)
    def claim_as_holder(self, number, tranche) -> None:
        self.claim(self.holder(tranche, number), tranche)

    @rule()
    def claim_fees(self) -> None:
        m = self.mirror
        m.both(m.system.claim_fees, m.live.waterfall.claimFees, sender=self.stage.outsider)

    # Time, and people who may not

    @rule(seconds=waits)
    def wait(self, seconds) -> None:
        self.stage.lab.wait(seconds)

    @rule(number=st.integers(0, 13))
    def outsider_reaches_for_privileges(self, number) -> None:
        live, outsider = self.stage.live, self.stage.outsider
        attempts = [
            (live.allow_list.admit, outsider, 2**39),
            (live.allow_list.remove, self.stage.investors[SENIOR]),
            (live.pool.report, 1, 0, bytes(32), 0),
            (live.pool.release, 1),
            (live.pool.purchase,),
            *((note.mint, outsider, 1) for note in live.notes),
            *((note.burn, self.stage.investors[SENIOR], 1) for note in live.notes),
            *((note.distribute, 1) for note in live.notes),
        ]
        method, *args = attempts[number]
        refusal = refusal_of(lambda: method(*args, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,)), "AC-01"

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()


@pytest.mark.engines("revm", "anvil")
def test_any_order_of_calls_keeps_every_property(lab, prove):
    DealMachine.stage = set_stage(lab)
    DealMachine.figures = places(DealMachine.stage)
    prove(DealMachine, steps=40_000)
