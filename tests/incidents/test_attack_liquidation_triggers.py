"""Triggers (section 5 of docs/liquidation.md).

Attack: a fall is measured from a value that was struck, from another condition's value, or from nothing, so that a
trigger fires without a cause or misses one; a hold that was counted with a debt that was paid counts after a loan
joined; whoever opens cases keeps a trigger from firing.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property.trigger_stage import TRIGGERS, key_bytes
from tests.utils.watched import Watched
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


PLAN_OR_FALL = TriggerTerms(
    (FELL, Condition(Looks.PLAN_BROKEN)),
    (frozenset({0}), frozenset({1})),
    Strategy.LOAN_SALE,
    gap=DAY,
    age=DAY,
    cure=30 * DAY,
)


def test_nothing_falls_after_a_cure_from_what_was_seen_before_it(lab):
    """Rule 32: the value of the last checkpoint, from then. It was 950 an hour ago, 1,000 eleven days ago."""
    here = Watched(lab, (PLAN_OR_FALL,))
    here.propose("PAYMENT_PLAN", (1_000, here.now + DAY, 60 * DAY))
    lab.wait(7 * DAY)
    here.tell(SCORE, 1_000)
    here.look()
    here.show()
    here.pay(1_000)
    for _ in range(11):
        lab.wait(DAY)
        here.tell(SCORE, 950)
        here.look()
    here.triggers.calm(1, 0, sender=here.debtor)
    assert here.stage() == Stage.HELD
    lab.wait(HOUR)
    here.tell(SCORE, 900)
    with lab.refused("NotHeld", 1, 0, 0, 0):
        here.show()


def test_nor_from_what_was_struck_while_it_was_in_cure(lab):
    """What was seen in the struck time is the last checkpoint before the cure; one in cure makes it look newer."""
    here = Watched(lab, (PLAN_OR_FALL,))
    admin, hub = here.deal.parties.admin, here.watched.hub
    here.propose("PAYMENT_PLAN", (1_000, here.now + DAY, 60 * DAY))
    lab.wait(7 * DAY)
    here.tell(SCORE, 2_000)  # wrong
    here.look()
    here.show()
    hub.forget(key_bytes(SCORE), sender=admin)
    here.pay(1_000)
    for _ in range(11):
        lab.wait(DAY)
        here.tell(SCORE, 1_000)
        here.look()
    here.triggers.calm(1, 0, sender=here.debtor)
    lab.wait(HOUR)
    here.tell(SCORE, 1_000)
    with lab.refused("NotHeld", 1, 0, 0, 0):
        here.show()


def test_what_another_trigger_began_freezes_nothing(lab):
    """Rule 32: it stands while the case is in cure *by this trigger*; here another has fired since."""
    plan = replace(PLAN_OR_FALL, conditions=(Condition(Looks.PLAN_BROKEN),), clauses=(frozenset({0}),))
    fall = replace(PLAN_OR_FALL, conditions=(FELL,), clauses=(frozenset({0}),))
    here = Watched(lab, (fall, plan))
    here.tell(SCORE, 1_000)
    here.look(0)
    lab.wait(HOUR)
    here.tell(SCORE, 800)
    here.show(0)
    here.switch("PAYMENT_PLAN", (1_000, here.now + DAY, DAY))
    lab.wait(7 * DAY)
    here.tell(SCORE, 800)
    here.show(1)
    for _ in range(5):
        lab.wait(DAY)
        here.tell(SCORE, 800)
        here.look(0)
    here.triggers.calm(1, 0, sender=here.debtor)


FALL = TriggerTerms((FELL,), (frozenset({0}),), Strategy.LOAN_SALE, gap=DAY, age=DAY, cure=30 * DAY)


def hub_of(here):
    """The hub, and who strikes values there."""
    access, admin, hub = here.deal.access, here.deal.parties.admin, here.watched.hub
    access.setTargetFunctionRole(hub, [hub.forgetBetween.selector], access.ORACLE_KEEPER(), sender=admin)
    return hub, admin


def test_a_second_strike_makes_the_first_no_truth(lab):
    """A score of 2,000 was struck, then a report of another day; the score was 1,000 all the time."""
    here = Watched(lab, (FALL,))
    hub, admin = hub_of(here)
    landed = here.now
    here.tell(SCORE, 2_000)
    here.look()
    lab.wait(HOUR)
    hub.forgetBetween(key_bytes(SCORE), landed, here.now, sender=admin)
    lab.wait(DAY)
    hub.forgetBetween(key_bytes(SCORE), here.now - HOUR, here.now, sender=admin)
    here.tell(SCORE, 1_000)
    with lab.refused("NotHeld", 1, 0, 0, 0):
        here.show()


def test_a_strike_long_ago_makes_what_was_seen_since_no_lie(lab):
    """Rule 32: a report was struck on day 0, another that landed after the fall; the 1,000 in between was true."""
    here = Watched(lab, (FALL,))
    hub, admin = hub_of(here)
    here.tell(SCORE, 2_000)
    landed = here.now
    lab.wait(HOUR)
    hub.forgetBetween(key_bytes(SCORE), landed, here.now, sender=admin)
    for _ in range(5):
        lab.wait(DAY)
        here.tell(SCORE, 1_000)
        here.look()
    lab.wait(HOUR)
    landed = here.now  # a false report lands, hours after all that was seen
    lab.wait(HOUR)
    hub.forgetBetween(key_bytes(SCORE), landed, here.now, sender=admin)
    here.tell(SCORE, 800)
    here.show()
    assert here.stage() == Stage.CURE


def test_a_forgotten_key_long_ago_makes_what_was_seen_since_no_lie(lab):
    """The same after `forget`, as a new policy does: since 0, so any later strike voids all there is."""
    here = Watched(lab, (FALL,))
    hub, admin = hub_of(here)
    hub.forget(key_bytes(SCORE), sender=admin)
    for _ in range(5):
        lab.wait(DAY)
        here.tell(SCORE, 1_000)
        here.look()
    lab.wait(HOUR)
    landed = here.now
    lab.wait(HOUR)
    hub.forgetBetween(key_bytes(SCORE), landed, here.now, sender=admin)
    here.tell(SCORE, 800)
    here.show()
    assert here.stage() == Stage.CURE
