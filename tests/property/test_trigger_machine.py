"""Triggers beside their model: values that come, go stale and flap, checkpoints by anybody, cures and sales."""

from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from salvor.lab.mirror import Mirror
from salvor.model.liquidation import book
from salvor.model.liquidation.state import Case, Plan, Stage, Strategy
from salvor.model.liquidation.watch import Looks, Reference, Triggers, clauses
from salvor.model.refusal import Refused
from tests.property.liquidation_stage import HOUR, SUBJECTS, loan_id
from tests.property.trigger_stage import KEYS, TRIGGERS, PlayedHub, key_bytes, set_triggers
from tests.utils.leaves import SCHEMA
from tests.utils.world import DAY, TAPE, WAD

cases = st.integers(1, 2)
triggers = st.integers(0, len(TRIGGERS) - 1)
FALL = next(  # the one condition that remembers what a value fell from
    (trigger, place)
    for trigger, terms in enumerate(TRIGGERS)
    for place, one in enumerate(terms.conditions)
    if one.looks == Looks.VALUE_FELL
)
MONEY = (10_000, 15_999, 16_000, 17_599, 17_600, 24_000, 30_000)
NOBODY = "0x" + 40 * "0"


@dataclass
class Twin:
    """The model's figures in the order of the places below."""

    state: object
    triggers: Triggers

    def figures(self):
        found = []
        for case in (1, 2):
            found += [self.state.cases[case].stage, self.triggers.fired_by.get(case, -1) + 1]
            for trigger in range(len(TRIGGERS)):
                own = self.triggers.watches.get((case, trigger))
                found.append(word_of(own) if own else 0)
            kept = self.triggers.references.get((case, *FALL), Reference())
            found += [kept.value, kept.at, kept.last]
        return [*found, self.state.exposed[0]]


def word_of(own):
    """As `contracts/liquidation/Watching.sol` keeps a watch."""
    since = sum(second << (32 * place) for place, second in enumerate(own.since))
    return since | own.last << 96 | own.claim << 128 | 1 << 224 | own.fired << 225 | own.loans << 226


class TriggerMachine(RuleBasedStateMachine):
    """Two cases of 20,000 and 10,000; their things, and a score."""

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.watched = set_triggers(lab)
        cls.lab, cls.sales, cls.book = lab, cls.watched.sales, cls.watched.book
        own, loans, named = lab.slots(cls.book), lab.slots(cls.sales.live.book), {}
        for case in (1, 2):
            named[f"case {case}"], named[f"{case} fired by"] = loans._cases[case].stage, own.firedBy[case]
            for trigger in range(len(TRIGGERS)):
                named[f"watch {case} {trigger}"] = own._watches[case << 64 | trigger]
            kept = own._references[case][FALL[0] << 4 | FALL[1] + 1]
            named |= {f"reference {case} {name}": getattr(kept, name) for name in ("value", "at", "last")}
        cls.places = named | {"exposed": lab.slots(cls.sales.live.house)._exposed}
        cls.reached = {}

    @initialize(debt=st.sampled_from((20_000, 30_000)))
    def begin(self, debt) -> None:
        """Two cases are there and watched, and their things are worth something."""
        self.lab.restore(self.watched.beginning)
        self.state, self.hub = self.sales.model(), PlayedHub()
        self.triggers = Triggers(TRIGGERS, self.hub, 100)
        self.log, self.fired = {}, set()
        live, by = self.sales.live, self.sales.servicer
        for loan, owed in ((1, debt), (4, 10_000)):
            book.open_case(self.state, loan_id(loan), TAPE.values[loan][1], owed, 0, Case(True, SUBJECTS[0], SCHEMA))
            live.book.open(self.sales.proof(loan), (owed, 0, True, NOBODY, SUBJECTS[0]), sender=by)
            number = len(self.state.cases)
            book.confirm(self.state, number, self.state.cases[number].joining.content)
            live.book.confirm(number, live.book.joiningOf(number).content, sender=self.sales.overseer)
        self.mirror = Mirror(
            self.lab, Twin(self.state, self.triggers), self.places, refusals="TG-01", agreement="TG-02"
        )
        self.state.values[SUBJECTS[0]] = 20_000, True
        live.values.write(SUBJECTS[0], 20_000, True, sender=self.sales.stage.outsider)
        for key in KEYS:
            self.teach(key, 0, 200, 0)
        for trigger in range(len(TRIGGERS)):
            self.watch(1, trigger)

    @property
    def now(self):
        return self.lab.now

    @rule(
        key=st.sampled_from(KEYS),
        reason=st.sampled_from((0, 0, 0, 0, 13)),
        value=st.one_of(st.sampled_from([money // 100 for money in MONEY] + [800, 700, 1_000]), st.integers(1, 1_000)),
        age=st.sampled_from((0, 0, 0, 6 * HOUR, 6 * HOUR + 1)),
    )
    def teach(self, key, reason, value, age) -> None:
        """Whole units of money, or a score; told to the hub, which keeps it where it is good."""
        self.hub.said[key] = reason, value * WAD, self.now - age
        self.watched.teach(key, reason, value * WAD, self.now - age)
        self.poke(key)

    @rule(key=st.sampled_from(KEYS))
    def poke(self, key) -> None:
        self.hub.poke(key, self.now)
        self.watched.poke(key)

    @rule(key=st.sampled_from(KEYS))
    def forget(self, key) -> None:
        """A value turned out to be wrong: nothing fell from it."""
        self.hub.forget(key, self.now)
        self.watched.hub.forget(key_bytes(key), sender=self.sales.stage.live.parties.admin)

    @rule(number=st.integers(0, 1))
    def join(self, number) -> None:
        """A further loan, confirmed at once."""
        loan, live = (0, 2)[number], self.sales.live
        claim = TAPE.values[loan][1]
        given = (1, loan_id(loan), claim, claim, 0)
        joins = partial(book.join, self.state, *given)
        by = self.sales.servicer
        done = self.do(partial(self.state.attempt, joins), live.book.join, 1, self.sales.proof(loan), claim, 0, by=by)
        if not isinstance(done, Refused):
            confirms = partial(book.confirm, self.state, 1, self.state.cases[1].joining.content)
            content = live.book.joiningOf(1).content
            self.do(partial(self.state.attempt, confirms), live.book.confirm, 1, content, by=self.sales.overseer)

    @rule(case=st.integers(1, 3), trigger=st.integers(0, 3))
    def watch(self, case, trigger) -> None:
        self.do(partial(self.triggers.watch, self.state, case, trigger), self.book.watch, case, trigger)

    @rule(case=cases, trigger=triggers)
    def check(self, case, trigger) -> None:
        holding = self.do(
            partial(self.triggers.check, self.state, case, trigger, self.now), self.book.check, case, trigger
        )
        if isinstance(holding, set):
            self.log.setdefault((case, trigger), []).append((self.now, holding))

    @rule(case=cases, trigger=triggers)
    def fire(self, case, trigger) -> None:
        terms, by = TRIGGERS[trigger], self.sales.stage.outsider
        found = self.book.conditionsNow(case, trigger)
        done = self.do(
            partial(self.triggers.fire, self.state, case, trigger, by.address, self.now), self.book.fire, case, trigger
        )
        if isinstance(done, Refused):
            return
        self.reached["fired"] = self.reached.get("fired", 0) + 1
        holds = {place for place in range(len(terms.conditions)) if found.holds >> place & 1}
        assert clauses(terms, holds), "TG-03"
        assert (case, trigger) not in self.fired, "TG-04"
        self.fired.add((case, trigger))
        log = [*self.log.get((case, trigger), []), (self.now, clauses(terms, holds))]
        assert any(self.held(log, clause, terms) for clause in clauses(terms, holds)), "TG-05"
        self.log[case, trigger] = log

    def held(self, log, clause, terms):
        """From the checkpoints alone."""
        later = self.now
        for second, holding in reversed(log):
            if clause not in holding or later - second > terms.gap:
                return False
            if self.now - second >= terms.hold:
                return True
            later = second
        return False

    @rule(case=cases, trigger=triggers)
    def calm(self, case, trigger) -> None:
        cured = self.state.cases[case].stage == Stage.CURE
        done = self.do(partial(self.triggers.calm, self.state, case, trigger, self.now), self.book.calm, case, trigger)
        if not isinstance(done, Refused):
            self.fired.discard((case, trigger))
            self.log.pop((case, trigger), None)
            healed = cured and self.state.cases[case].stage == Stage.HELD
            self.reached["cured" if healed else "calmed"] = self.reached.get("cured" if healed else "calmed", 0) + 1

    @rule(case=cases, cash=st.sampled_from((1, 2_000, 5_000)))
    def pay(self, case, cash) -> None:
        by = self.sales.debtor
        pay = partial(book.pay, self.state, case, by.address, cash, self.now)
        self.do(partial(self.state.attempt, pay), self.sales.live.book.pay, case, cash, by=by)

    @rule(case=cases, court=st.booleans(), after=st.sampled_from((1, DAY)))
    def switch(self, case, court, after) -> None:
        """A plan that will be broken, or a court date that will pass."""
        kind = Strategy.FORECLOSURE if court else Strategy.PAYMENT_PLAN
        plan = Plan(0, self.now + after, 0) if court else Plan(100, self.now + after, DAY)
        begin = partial(book.switch_to, self.state, case, kind, plan, self.now)
        struct = (plan.amount, plan.due, plan.interval)
        by = self.sales.overseer
        self.do(partial(self.state.attempt, begin), self.sales.live.book.switchTo, case, kind, struct, by=by)

    @rule(case=cases)
    def start_sale(self, case) -> None:
        start = partial(book.start_sale, self.state, case, self.now)
        self.do(partial(self.state.attempt, start), self.sales.live.book.startSale, case)

    @rule(seconds=st.sampled_from((1, HOUR, 6 * HOUR, DAY, DAY, 2 * DAY, 11 * DAY)))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    def do(self, expected, method, *given, by=None):
        return self.mirror.both(expected, method, *given, sender=by or self.sales.stage.outsider)

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()


@pytest.mark.engines("revm", "anvil")
def test_triggers_are_their_model(lab, prove):
    TriggerMachine.set_stage(lab)
    prove(TriggerMachine, steps=6_000)
    print(TriggerMachine.reached)
