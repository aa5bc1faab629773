"""A whole deal, any call in any order with any amounts, contract beside model after every step."""

import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from salvor.chain.send import refusal_of, send
from tests.property.mirror import Mirror, prepare
from tests.utils.world import DAY, EQUITY, MEZZANINE, SENIOR, World

ODD_SIZES = (59_999, 25_013, 14_983)  # primes: nothing divides evenly, every distribution leaves a remainder

tranches = st.sampled_from([SENIOR, MEZZANINE, EQUITY])
actors = st.integers(0, 3)  # a holder by tranche, or the outsider
amounts = st.one_of(
    st.sampled_from([0, 1, 2, 7, 14_982, 14_983, 59_998, 59_999, 60_000, 2**112 - 1, 2**112]), st.integers(0, 70_000)
)
cash_amounts = st.one_of(
    st.sampled_from([0, 1, 2, 3, 36_000, 40_000, 10**9, 2**112 - 1, 2**112]), st.integers(0, 130_000)
)
waits = st.sampled_from([1, DAY, 10 * DAY - 1, 10 * DAY, 30 * DAY - 1, 30 * DAY, 365 * DAY])
periods = st.integers(-1, 1)  # beside the one whose turn it is
parts = st.sampled_from([(1, 1), (1, 2), (1, 3), (0, 1), (2, 1)])


class DealMachine(RuleBasedStateMachine):
    """Rules are what people do; each asks the model first and expects exactly its answer."""

    world = batch = None
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = self.world.provider.snapshot()
        self.mirror = Mirror(self.world, self.batch)

    def teardown(self) -> None:
        self.world.provider.restore(self.snapshot)

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
        held = self.mirror.model.notes[tranche].held
        found = [actor for actor, investor in enumerate(self.mirror.investors) if held[investor.address]]
        return found[number % len(found)] if found else number

    # Selling the notes

    @rule(actor=actors, days=st.sampled_from([0, 1, 45, 2_000]))
    def admit(self, actor, days) -> None:
        until = self.mirror.now + days * DAY
        investor = self.mirror.investors[actor]
        agent = self.mirror.live.parties.transfer_agent
        self.mirror.both(
            lambda: self.mirror.model.admit(investor.address, until, self.mirror.now),
            self.mirror.live.allow_list.admit,
            investor,
            until,
            sender=agent,
        )

    @rule(actor=actors)
    def remove(self, actor) -> None:
        investor = self.mirror.investors[actor]
        agent = self.mirror.live.parties.transfer_agent
        self.mirror.both(
            lambda: self.mirror.model.remove(investor.address),
            self.mirror.live.allow_list.remove,
            investor,
            sender=agent,
        )

    @rule(actor=actors, tranche=tranches, units=amounts, funded=st.booleans())
    def subscribe(self, actor, tranche, units, funded) -> None:
        m, investor = self.mirror, self.mirror.investors[actor]
        if funded:
            m.fund(investor, units)
        m.both(
            lambda: m.model.subscribe(investor.address, tranche, units, m.now),
            m.live.offering.subscribe,
            tranche,
            units,
            sender=investor,
        )

    @rule(actor=actors, tranche=tranches)
    def subscribe_rest(self, actor, tranche) -> None:
        self.subscribe(
            actor, tranche, self.world.terms.sizes[tranche] - self.mirror.model.notes[tranche].supply, funded=True
        )

    @rule(actor=actors, tranche=tranches, units=amounts)
    def unsubscribe(self, actor, tranche, units) -> None:
        m, investor = self.mirror, self.mirror.investors[actor]
        m.both(
            lambda: m.model.unsubscribe(investor.address, tranche, units, m.now),
            m.live.offering.unsubscribe,
            tranche,
            units,
            sender=investor,
        )

    @rule()
    def close(self) -> None:
        m = self.mirror
        m.both(lambda: m.model.close(m.now), m.live.offering.close, sender=self.world.outsider)

    @precondition(lambda self: not self.mirror.model.closed)
    @rule()
    def close_on_the_day(self) -> None:
        self.mirror.now = max(self.mirror.now, self.world.terms.closing)
        self.close()

    @rule(giver=actors, taker=actors, tranche=tranches, units=amounts)
    def transfer(self, giver, taker, tranche, units) -> None:
        m, source, target = self.mirror, self.mirror.investors[giver], self.mirror.investors[taker]
        refused = m.both(
            lambda: m.model.transfer(source.address, target.address, tranche, units, m.now),
            m.live.notes[tranche].transfer,
            target,
            units,
            sender=source,
        )
        assert refused or m.live.allow_list.admittedUntil(target) > m.now, "CO-01"

    @rule(giver=actors, taker=actors, tranche=tranches, part=parts)
    def transfer_part(self, giver, taker, tranche, part) -> None:
        """A share of what a holder has, sometimes more than all of it."""
        giver = self.holder(tranche, giver)
        held = self.mirror.model.notes[tranche].held[self.mirror.investors[giver].address]
        self.transfer(giver, taker, tranche, held * part[0] // part[1])

    @rule(number=actors, taker=actors, tranche=tranches, beside=st.sampled_from([-1, 0]))
    def transfer_at_the_end_of_an_admission(self, number, taker, tranche, beside) -> None:
        """The last second of an admission and the first without it."""
        m = self.mirror
        end = m.model.admissions.until[m.investors[taker].address] + beside
        if end >= m.now:
            m.now = end
            self.transfer_part(number, taker, tranche, (1, 2))

    # Collections, waterfall, claims

    @rule(beside=periods, cash=cash_amounts, paying=st.sampled_from([0, 1, 5, 6]), rooted=st.booleans())
    def report(self, beside, cash, paying, rooted) -> None:
        m = self.mirror
        period = max(0, len(m.model.collected) + 1 + beside)
        root = bytes([rooted]) * 32
        if cash < 2**112:
            m.fund(m.live.parties.servicer, cash)
        before = m.live.pool.lastReported()
        refused = m.both(
            lambda: m.model.report(period, cash, paying, m.now, root),
            m.live.pool.report,
            period,
            cash,
            root,
            paying,
            sender=m.live.parties.servicer,
        )
        on_time = period == before + 1 and m.live.pool.record(before + 1).end <= m.now if period <= 4 else False
        assert refused or on_time, "PL-01"

    @precondition(lambda self: self.mirror.model.closed and len(self.mirror.model.collected) < 4)
    @rule(cash=cash_amounts, beside=st.sampled_from([0, 0, 0, -1]))
    def report_next(self, cash, beside=0) -> None:
        """The report whose turn it is, on its day, sometimes a second too early."""
        m = self.mirror
        m.now = max(m.now, self.world.terms.period_ends[len(m.model.collected)] + beside)
        self.report(0, cash, min(cash, 1), cash > 0)

    @rule(beside=periods)
    def run(self, beside) -> None:
        m = self.mirror
        period = max(0, m.model.last_run + 1 + beside)
        tranches = m.model.waterfall.tranches
        owed = [tranche.principal for tranche in tranches]
        outcome = m.both(lambda: m.model.run(period), m.live.waterfall.run, period, sender=self.world.outsider)
        if not hasattr(outcome, "tranches"):
            return
        paid = [principal for _, principal in outcome.tranches]
        for senior in range(len(owed)):
            assert paid[senior] == owed[senior] or not any(paid[senior + 1 :]), "WF-03"
        if outcome.behind_plan and paid[SENIOR] < owed[SENIOR]:
            assert outcome.tranches[MEZZANINE][0] == 0, "WF-05"

    @precondition(lambda self: len(self.mirror.model.collected) > self.mirror.model.last_run)
    @rule()
    def run_next(self) -> None:
        """The period whose turn it is."""
        self.run(0)

    @rule(actor=actors, tranche=tranches)
    def claim(self, actor, tranche) -> None:
        m, holder = self.mirror, self.mirror.investors[actor]
        m.both(lambda: m.model.claim(holder.address, tranche), m.live.notes[tranche].claim, sender=holder)

    @rule(number=actors, tranche=tranches)
    def claim_as_holder(self, number, tranche) -> None:
        self.claim(self.holder(tranche, number), tranche)

    @rule()
    def claim_fees(self) -> None:
        m = self.mirror
        m.both(m.model.claim_fees, m.live.waterfall.claimFees, sender=self.world.outsider)

    # Time, and people who may not

    @rule(seconds=waits)
    def wait(self, seconds) -> None:
        self.mirror.now += seconds

    @rule()
    def outsider_reaches_for_privileges(self) -> None:
        live, outsider = self.mirror.live, self.world.outsider
        attempts = [
            (live.allow_list.admit, outsider, 2**39),
            (live.allow_list.remove, self.world.holders[0]),
            (live.pool.report, 1, 0, bytes(32), 0),
            (live.pool.release, 1),
            (live.pool.purchase,),
            *((note.mint, outsider, 1) for note in live.notes),
            *((note.burn, self.world.holders[0], 1) for note in live.notes),
            *((note.distribute, 1) for note in live.notes),
        ]
        for method, *args in attempts:
            refusal = refusal_of(lambda method=method, args=args: send(method, *args, sender=outsider))
            assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,)), "AC-01"

    @invariant()
    def chain_equals_model(self) -> None:
        type(self).steps += 1
        self.mirror.check()


@pytest.fixture
def odd_world(project, chain, accounts):
    return World.closed_end(project, chain.provider, accounts, sizes=ODD_SIZES, purchase_price=sum(ODD_SIZES))


def test_any_order_of_calls_keeps_every_property(odd_world, record_property):
    DealMachine.world, DealMachine.batch, DealMachine.steps = odd_world, prepare(odd_world), 0
    began = time.monotonic()
    profile = settings(
        max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    run_state_machine_as_test(DealMachine, settings=profile)
    rate = DealMachine.steps / (time.monotonic() - began)
    record_property("steps_per_second", f"{rate:.1f}")
    print(f"{DealMachine.steps} steps, {rate:.1f} a second through Ape on anvil")
