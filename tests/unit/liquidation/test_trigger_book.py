"""TriggerBook: checkpoints, what may fire and when, cures, and a value that flaps."""

from dataclasses import replace

import pytest

from salvor.deploy.liquidation import _condition, _trigger
from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property.liquidation_stage import HOUR
from tests.property.trigger_stage import COVERED, TRIGGERS, key_bytes, set_triggers
from tests.utils.leaves import SCHEMA
from tests.utils.selling import Selling
from tests.utils.world import DAY, PERCENT, WAD

HOUSE, SCORE = "COLLATERAL/1", "SCORE/1"
LOW, CLOSE, HIGH = 159, 170, 176  # whole units: below 80 % of the claim of 200; within the margin; beyond it


class Triggers(Selling):
    """Case 1, a claim of 20,000 units of which 100 are one; watched by all triggers."""

    def __init__(self, watched) -> None:
        super().__init__(watched.sales)
        self.watched, self.triggers = watched, watched.book

    def say(self, value, *, key=HOUSE, age=0, reason=0):
        self.watched.teach(key, reason, value * WAD, self.now - age)
        self.watched.poke(key)

    def check(self, trigger=0):
        return self.triggers.check(1, trigger, sender=self.outsider).return_value

    def show(self, trigger=0, by=None):
        return self.triggers.fire(1, trigger, sender=by or self.outsider)

    def calm(self, trigger=0):
        return self.triggers.calm(1, trigger, sender=self.outsider)

    def hold(self, value, days=2):
        """It stands so for so many days, and somebody looks each day."""
        for _ in range(days):
            self.say(value)
            self.check()
            self.lab.wait(DAY)
        self.say(value)


@pytest.fixture(scope="module")
def stage(shared_lab):
    return set_triggers(shared_lab)


@pytest.fixture
def here(stage, lab):
    here = Triggers(stage)
    here.worth(20_000)
    here.open(1, 20_000)
    here.say(300)
    here.say(500, key=SCORE)
    for trigger in range(len(TRIGGERS)):
        here.triggers.watch(1, trigger, sender=here.outsider)
    return here


class TestCheck:
    def test_counts_from_the_first_checkpoint_at_which_it_holds(self, here, lab):
        here.say(LOW)
        assert here.check() == 1
        began = here.now
        lab.wait(HOUR)
        here.check()
        watch = here.triggers.watchOf(1, 0)
        assert (watch.since, watch.last) == (began, here.now)

    def test_forgets_when_it_does_not_hold(self, here, lab):
        here.hold(LOW, 1)
        here.say(160)
        assert here.check() == 0
        here.say(LOW)
        here.check()
        assert here.triggers.watchOf(1, 0).since == here.now

    def test_does_not_count_what_nobody_looked_at(self, here, lab):
        """The gap is a day: whoever looks once and again after ten days has shown one second of it."""
        here.say(LOW)
        here.check()
        lab.wait(10 * DAY)
        here.say(LOW)
        with lab.refused("NotHeld", 1, 0, 0, 2 * DAY):
            here.show()

    @pytest.mark.parametrize("age", [DAY, DAY + 1])
    def test_takes_a_value_of_a_day_and_no_older(self, here, lab, age):
        here.say(LOW)
        lab.wait(age)
        assert here.check() == (1 if age == DAY else 0)

    @pytest.mark.parametrize("trigger", [3, 1 << 64, 3 << 64, 1 << 192])
    def test_refuses_a_trigger_that_is_not_there(self, here, lab, trigger):
        """A number so large that it would reach into another case's watch."""
        for call in (here.triggers.check, here.triggers.fire, here.triggers.calm):
            with lab.refused("NotWatched", 1, trigger):
                call(1, trigger, sender=here.outsider)
        with lab.refused("NoSuchTrigger", trigger, 3):
            here.triggers.watch(1, trigger, sender=here.outsider)

    def test_refuses_what_nobody_watches(self, here, lab):
        with lab.refused("NotWatched", 2, 0):
            here.triggers.check(2, 0, sender=here.outsider)
        with lab.refused("NotWatched", 1, 9):
            here.triggers.check(1, 9, sender=here.outsider)


class TestFire:
    def test_after_the_hold_puts_the_case_in_cure_and_names_the_keeper(self, here, lab):
        here.hold(LOW)
        here.show(by=here.third)
        assert (here.stage(), here.account().keeper, here.account().keeperDue) == (Stage.CURE, here.third.address, 50)
        assert here.house.exposedOf(0) == 20_000
        lab.wait(3 * DAY)
        here.book.startSale(1, sender=here.outsider)
        assert here.stage() == Stage.FOR_SALE

    def test_refuses_a_second_before_the_hold(self, here, lab):
        here.hold(LOW, 1)
        here.check()
        lab.wait(DAY - 1)
        here.say(LOW)
        here.check()
        with lab.refused("NotHeld", 1, 0, 2 * DAY - 1, 2 * DAY):
            here.show()
        lab.wait(1)
        here.say(LOW)
        here.show()

    @pytest.mark.parametrize("how", ["stale", "disputed"])
    def test_refuses_a_value_that_is_not_good_at_that_second(self, here, lab, how):
        """The checkpoints were fine; the last good value still stands in the hub."""
        here.hold(LOW)
        here.check()
        if how == "stale":
            lab.wait(6 * HOUR + 1)
        else:
            here.say(LOW, reason=13)
        with lab.refused("NotHeld"):
            here.show()

    def test_takes_the_claim_as_it_is(self, here, lab):
        """Paid down to 19,800, 159 cover 80 %: what was noted earlier does not fire it."""
        here.hold(LOW)
        here.pay(200)
        assert here.check() == 1
        with lab.refused("NotHeld"):
            here.show()

    def test_fires_once_for_a_cause(self, here, lab):
        here.hold(LOW)
        here.show()
        with lab.refused("AlreadyFired", 1, 0):
            here.show()

    def test_of_two_at_once_the_second_is_refused_and_fires_later(self, here, lab):
        here.hold(LOW)
        here.switch("PAYMENT_PLAN", (100, here.now + 1, DAY))
        here.show()
        lab.wait(6 * DAY)
        with lab.refused("WrongStage", 1, Stage.CURE, Stage.HELD):
            here.show(1)
        here.say(HIGH)
        here.calm()
        here.show(1)
        assert here.triggers.firedBy(1) == 2

    def test_refuses_while_paused(self, here, lab):
        here.hold(LOW)
        here.book.pause(True, sender=here.overseer)
        with lab.refused("IsPaused"):
            here.show()


class TestCalm:
    def test_cures_the_case(self, here):
        here.hold(LOW)
        here.show()
        here.say(HIGH)
        here.calm()
        assert (here.stage(), here.house.exposedOf(0)) == (Stage.HELD, 0)

    @pytest.mark.parametrize("value", [160, CLOSE, 175])
    def test_needs_more_than_the_level_by_the_margin(self, here, lab, value):
        """A value that flaps around its level fires once."""
        here.hold(LOW)
        here.show()
        here.say(value)
        with lab.refused("StillHolds", 1, 0):
            here.calm()
        with lab.refused("AlreadyFired", 1, 0):
            here.show()

    def test_needs_a_good_value(self, here, lab):
        here.hold(LOW)
        here.show()
        here.say(HIGH, reason=13)
        with lab.refused("StillHolds", 1, 0):
            here.calm()

    def test_of_a_broken_plan_needs_the_instalment(self, here, lab):
        """That the case is in cure does not itself end the cause."""
        here.switch("PAYMENT_PLAN", (100, here.now + DAY, 30 * DAY))
        lab.wait(6 * DAY + 1)
        here.say(300)
        here.show(1)
        with lab.refused("StillHolds", 1, 1):
            here.calm(1)
        here.pay(100)
        here.calm(1)
        assert here.stage() == Stage.HELD

    def test_refuses_what_did_not_fire(self, here, lab):
        with lab.refused("NotFired", 1, 0):
            here.calm()


class TestConditions:
    def test_a_score_that_fell_within_its_window(self, here, lab):
        here.say(230)
        here.say(500, key=SCORE)
        assert here.check(1) == 0
        lab.wait(9 * DAY)
        here.say(401, key=SCORE)
        here.say(230)
        assert here.check(1) == 0
        here.say(400, key=SCORE)
        assert here.check(1) == 1

    def test_a_score_that_fell_too_slowly(self, here, lab):
        here.say(230)
        here.check(1)
        lab.wait(10 * DAY + 1)
        here.say(400, key=SCORE)
        here.say(230)
        assert here.check(1) == 0

    def test_a_missed_report_and_a_loan_to_value(self, here, lab):
        end = here.sales.stage.terms.period_ends[0]
        lab.now = end + 20 * DAY
        here.say(181)
        assert here.check(2) == 0
        lab.wait(1)
        assert here.check(2) == 1
        here.say(182)
        assert here.check(2) == 0

    def test_a_court_date_that_passed(self, here, lab):
        here.switch("FORECLOSURE", (0, here.now + DAY, 0))
        lab.wait(6 * DAY)
        assert here.check(2) == 0
        lab.wait(1)
        assert here.check(2) == 2

    def test_a_key_is_prefix_and_number(self, here):
        """Eight digits are made at a time: around each power of ten, with zeros in the middle, and the largest."""
        powers = [10**digits + more for digits in range(1, 20) for more in (-1, 0, 1)]
        for case in (1, 7, *powers, 12_345_678, 90_000_000_100_000_002, 2**64 - 1):
            assert here.triggers.keyOf(b"COLLATERAL/", case) == f"COLLATERAL/{case}".encode().ljust(32, b"\0")
            assert here.triggers.keyOf(b"SCORE/".ljust(11, b"\0"), case) == key_bytes(f"SCORE/{case}")


class TestCheckAll:
    def test_makes_a_checkpoint_of_each(self, here, lab):
        here.open(2, 10_000)
        here.triggers.watch(2, 0, sender=here.outsider)
        here.say(LOW)
        here.say(LOW, key="COLLATERAL/2")
        here.triggers.checkAll([1, 2], 0, sender=here.outsider)
        assert [here.triggers.watchOf(case, 0).last for case in (1, 2)] == [here.now, here.now]
        assert [here.triggers.watchOf(case, 0).since for case in (1, 2)] == [here.now, 0]  # 159 covers 100

    def test_is_refused_whole_where_one_is_not_watched(self, here, lab):
        here.say(LOW)
        with lab.refused("NotWatched", 2, 0):
            here.triggers.checkAll([1, 2], 0, sender=here.outsider)
        assert here.triggers.watchOf(1, 0).last == 0


class TestClasses:
    """Loans of one class may be lent up to another share of their value than those of another."""

    @pytest.mark.parametrize(("schema", "said"), [(SCHEMA, None), (b"\7" * 32, "OtherClass")])
    def test_a_trigger_watches_only_cases_of_its_class(self, here, lab, schema, said):
        lent = Condition(Looks.LOAN_TO_VALUE_ABOVE, "COLLATERAL/", 60 * PERCENT)
        terms = TriggerTerms((lent,), (frozenset({0}),), gap=DAY, age=DAY, schema=schema)
        admin, given = here.deal.parties.admin, ([_trigger(terms)], [[_condition(lent)]], [schema])
        own = lab.deploy("TriggerBook", here.watched.hub, here.book, 2, *given, sender=admin)
        assert own.classOf(0) == schema
        if said:
            with lab.refused(said, 1, SCHEMA, schema):
                own.watch(1, 0, sender=here.outsider)
            return
        own.watch(1, 0, sender=here.outsider)
        here.say(334)
        assert own.check(1, 0, sender=here.outsider).return_value == 0
        here.say(333)
        assert own.check(1, 0, sender=here.outsider).return_value == 1

    def test_a_case_is_of_the_class_of_its_first_loan(self, here):
        assert here.book.caseOf(1).schema == SCHEMA


class TestConstructor:
    @pytest.mark.parametrize(
        "terms",
        [
            TriggerTerms((COVERED,), (frozenset({1}),)),
            TriggerTerms((COVERED,), ()),
            TriggerTerms((COVERED,) * 9, (frozenset({0}),)),
            TriggerTerms((COVERED,), (frozenset({0}),), Strategy.HOLD),
            TriggerTerms((replace(COVERED, margin=10**9 + 1),), (frozenset({0}),)),
        ],
    )
    def test_refuses_a_trigger_that_says_nothing(self, here, lab, terms):
        given = ([_trigger(terms)], [[_condition(one) for one in terms.conditions]], [terms.schema])
        with lab.refused("WrongTrigger", 0):
            lab.deploy("TriggerBook", here.watched.hub, here.book, 2, *given, sender=here.outsider)

    def test_keeps_what_it_was_given(self, here):
        terms, conditions = here.triggers.termsOf(1)
        assert (terms.count, terms.clauses, conditions[2].looks) == (3, 0b100_00000011, Looks.PLAN_BROKEN)
        assert (here.triggers.count(), here.triggers.book()) == (3, here.book.address)


def test_a_condition_without_a_prefix_has_the_number_alone(here):
    assert Condition(Looks.PLAN_BROKEN).prefix == ""
    assert here.triggers.keyOf(bytes(11), 7) == b"7".ljust(32, b"\0")
