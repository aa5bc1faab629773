"""Triggers (section 5 of docs/liquidation.md).

Attack: a fall is measured from a value that was struck, from another condition's value, or from nothing, so that a
trigger fires without a cause or misses one; a hold that was counted with a debt that was paid counts after a loan
joined; whoever opens cases keeps a trigger from firing.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property.trigger_stage import TRIGGERS, key_bytes, set_triggers
from tests.utils.selling import Selling
from tests.utils.world import DAY, WAD

HOUR = 3_600
COLLATERAL, SCORE = "COLLATERAL/1", "SCORE/1"
HOLD = 2 * DAY
FELL = Condition(Looks.VALUE_FELL, "SCORE/", 100 * WAD, 2 * 10**8, 10 * DAY)
LONG_CURE = replace(TRIGGERS[1], conditions=(FELL,), clauses=(frozenset({0}),), cure=30 * DAY)
TWO_FALLS = TriggerTerms(
    (FELL, replace(FELL, prefix="COLLATERAL/")),
    (frozenset({0}), frozenset({1})),
    Strategy.LOAN_SALE,
    gap=DAY,
    age=DAY,
)


class Watched(Selling):
    """Case 1, a claim of 200 whole units."""

    def __init__(self, lab, terms=TRIGGERS) -> None:
        watched = set_triggers(lab, terms)
        super().__init__(watched.sales)
        self.watched, self.triggers = watched, watched.book
        self.worth(20_000)
        self.open(1, 20_000)
        for trigger in range(len(terms)):
            self.note(trigger)

    def note(self, trigger=0):
        self.triggers.watch(1, trigger, sender=self.outsider)

    def tell(self, key, value):
        self.watched.teach(key, 0, value * WAD, self.now)
        self.watched.hub.poke(key_bytes(key), sender=self.outsider)

    def look(self, trigger=0):
        return self.triggers.check(1, trigger, sender=self.outsider).return_value

    def show(self, trigger=0):
        return self.triggers.fire(1, trigger, sender=self.outsider)


def test_nothing_fell_from_a_value_that_was_struck(lab):
    """A quorum said 2,000, a dispute was upheld and the hub forgot it; the score was 1,000 all the time."""
    here = Watched(lab, (LONG_CURE,))
    here.tell(SCORE, 2_000)
    here.look()
    here.watched.hub.forget(key_bytes(SCORE), sender=here.deal.parties.admin)
    here.tell(SCORE, 1_000)
    with lab.refused("NotHeld", 1, 0, 0, 0):
        here.show()


def test_a_fall_is_not_missed_because_the_reference_is_old(lab):
    """Looked at every day at 1,000; within two hours of the tenth day it falls by 200: at once it is the reference."""
    here = Watched(lab, (LONG_CURE,))
    for _ in range(10):
        here.tell(SCORE, 1_000)
        here.look()
        lab.wait(DAY)
    here.tell(SCORE, 1_000)
    here.look()
    lab.wait(2 * HOUR)
    here.tell(SCORE, 800)
    here.show()
    assert here.stage() == Stage.CURE


def test_each_condition_falls_from_its_own_value(lab):
    """A score of 600 beside a collateral of 900: neither ever fell."""
    here = Watched(lab, (TWO_FALLS,))
    here.tell(SCORE, 600)
    here.tell(COLLATERAL, 900)
    here.look()
    with lab.refused("NotHeld", 1, 0, 0, 0):
        here.show()


def test_time_alone_cures_no_fall(lab):
    """Rule 35 lets a window that is shorter than the cure end it: the score never came back."""
    here = Watched(lab, (LONG_CURE,))
    here.tell(SCORE, 1_000)
    here.look()
    lab.wait(DAY)
    here.tell(SCORE, 800)
    here.show()
    lab.wait(10 * DAY)
    here.tell(SCORE, 800)
    here.look()
    with lab.refused("StillHolds", 1, 0):
        here.triggers.calm(1, 0, sender=here.debtor)


def test_a_loan_that_joins_revives_no_hold_that_was_never_there(lab):
    """Rule 33: half was paid, 150 cover it by far; that a loan of as much joins makes the stale claim true again."""
    here = Watched(lab)
    here.tell(COLLATERAL, 150)
    here.look()
    here.pay(10_000)
    for _ in range(2):
        here.tell(COLLATERAL, 150)
        assert here.look() == 1
        lab.wait(DAY)
    here.join(2, 10_000)
    here.tell(COLLATERAL, 150)
    with lab.refused("NotHeld", 1, 0, 0, HOLD):
        here.show()


def test_a_loan_that_nobody_confirmed_stops_no_trigger(lab):
    """The servicer joins a loan in the block in which somebody fires; the overseer can only confirm it, or not."""
    here = Watched(lab)
    for _ in range(2):
        here.tell(COLLATERAL, 150)
        here.look()
        lab.wait(DAY)
    here.tell(COLLATERAL, 150)
    here.book.join(1, here.sales.proof(4), 1, 0, sender=here.servicer)
    here.show()
    assert here.stage() == Stage.CURE


def test_nothing_is_missed_once_the_last_report_is_in(lab):
    """Rule 32: of a pool that ended before its time no period is reported next."""
    here = Watched(lab)
    here.report(1, 130_000)
    here.run(1)
    here.report(2, last=True)
    assert not here.deal.pool.isRunning()
    lab.now = here.sales.stage.terms.period_ends[2] + 20 * DAY + 1
    assert not here.triggers.conditionsNow(1, 2).holds & 1
