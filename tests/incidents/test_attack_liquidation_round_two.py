"""What a second attacker found once the first one's findings were mended (docs/liquidation.md).

Attack: a servicer alone makes a broken plan good, takes a court date away or names one that never comes; a case that
moves, or a loan that joins, takes more off its new group than came in; a fall is measured from what was struck, or
from what was seen before a cure.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.incidents.test_attack_liquidation_groups import (
    FIRST_OF_QUICK,
    LONG,
    QUICK,
    CheapTape,
    two_groups,
)
from tests.incidents.test_attack_liquidation_triggers import FELL, SCORE, Watched
from tests.property import liquidation_stage
from tests.property.liquidation_stage import STRATEGIES, set_sales
from tests.property.trigger_stage import key_bytes
from tests.utils.selling import Selling, stand
from tests.utils.world import DAY, NO_CORRECTION, report_of

HOUR = 3_600


def held(lab, **named):
    """A claim of 30,000."""
    sales = stand(lab, **named)
    sales.worth(50_000)
    sales.open(1, 30_000)
    return sales


def balance_of(sales, group):
    """The pool balance of a group after its first report, which says nothing."""
    stage = sales.sales.stages[group]
    sales.lab.now = max(sales.now, stage.terms.period_ends[0])
    stage.live.pool.report(1, report_of(0), NO_CORRECTION, sender=sales.servicer)
    return stage.live.pool.poolBalance(1)


# Broken plans


def test_a_servicer_erases_no_broken_plan_before_anybody_expires_it(lab):
    """Rule 8: what the servicer begins alone makes nothing good."""
    sales = held(lab)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    assert sales.book.planBroken(1)
    sales.propose("HOLD")
    assert sales.book.planBroken(1)


def test_nor_by_another_plan(lab):
    """The same with a plan in its place."""
    sales = held(lab)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + 300 * DAY, DAY))
    assert sales.book.planBroken(1)


def test_a_sale_in_vain_makes_no_broken_plan_good(lab):
    """In cure nobody can expire it, and the sale that follows puts its own strategy in the place of the plan."""
    sales = held(lab)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    sales.fire(after="LOAN_SALE")
    assert sales.book.planBroken(1)
    sales.book.startSale(1, sender=sales.outsider)
    for _ in range(2):
        lab.wait(15 * HOUR)
        sales.relist()
    assert sales.stage() == Stage.HELD
    assert sales.book.planBroken(1)


# Groups


def test_a_loan_that_joins_from_another_group_brings_its_written_off_along_as_elsewhere(lab):
    """Rule 40: 2,000 came in with it; what it recovers of the 10,000 is cash of the long group and nothing else."""
    sales = two_groups(lab)
    sales.open(1, 20_000)
    sales.join(FIRST_OF_QUICK, 2_000, 10_000)
    assert sales.balances() == [132_000, 18_000]
    sales.pay(32_000)
    assert balance_of(sales, LONG) == 110_000


def test_what_is_recovered_by_the_group_that_wrote_it_off_is_recovered(lab):
    """Rule 40: there and back. That loss is in the books of the long group, and so is what comes on it."""
    sales = two_groups(lab)
    sales.open(1, 20_000, 10_000)
    sales.switch("LOAN_SALE")
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    assert sales.account().group == LONG
    sales.pay(30_000)
    assert sales.open_period() == (30_000, 30_000, 0, 10_000)


def test_a_loss_that_a_group_booked_itself_is_recovered_there_after_moving_away_and_back(lab):
    """The quick group wrote off what a sold part lost; the case goes to the long one and comes back."""
    sales = two_groups(lab)
    sales.worth(13_000)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.sell()
    lab.wait(10 * HOUR)
    sales.take(600, sales.first)
    for _ in range(2):
        lab.wait(15 * HOUR)
        sales.relist()
    quick = sales.pools()[QUICK]
    before = quick.record(1)
    assert before.writtenOff > 0
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    sales.switch("LOAN_SALE")
    assert sales.account().group == QUICK
    sales.pay(30_000)
    assert quick.record(1).recovered == before.writtenOff


def cheap(lab, monkeypatch):
    monkeypatch.setattr(liquidation_stage, "OTHER", CheapTape((("21", 12_000, 0), ("22", 8_000, 0))))
    sales = two_groups(lab)
    sales.open(FIRST_OF_QUICK, 12_000)
    sales.switch("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    assert sales.balances() == [134_000, 0]
    return sales


def test_what_a_case_brings_takes_as_much_off_as_came_in(lab, monkeypatch):
    """Rule 40: 4,000 came in with the case; of the 12,000 that it brings the rest takes nothing off the balance."""
    sales = cheap(lab, monkeypatch)
    sales.pay(12_000)
    assert balance_of(sales, LONG) == 130_000


def test_what_a_case_loses_takes_as_much_off_as_came_in(lab, monkeypatch):
    """The same of a loss."""
    sales = cheap(lab, monkeypatch)
    sales.switch("DISCOUNTED_PAY_OFF", (1, 0, 0))
    sales.pay(1)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, LONG) == 130_000


def test_costs_take_nothing_off_the_balance_that_did_not_come_in(lab):
    """Rule 40: 30,000 came in with the case; the 11 of costs that the debtor pays beside them take nothing off."""
    sales = two_groups(lab)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.pay(30_011)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, QUICK) == 20_000


# Court dates


FORECLOSED_IN_PARTS = replace(STRATEGIES[4], auction=0, credit_bid=False, rounds=2)


def test_no_lot_is_sold_in_the_way_of_a_foreclosure_before_the_court_date(lab):
    """Rules 7 and 18: what is left of a foreclosure is foreclosed, though the trigger's way is a loan sale."""
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], FORECLOSED_IN_PARTS)))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.foreclose()
    lab.wait(10 * HOUR)
    sales.take(600, sales.first)
    for _ in range(2):
        lab.wait(15 * HOUR)
        sales.relist()
    assert sales.account().left == 400
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.approve("FORECLOSURE", (0, court, 0))
    sales.fire(after="LOAN_SALE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def test_a_servicer_alone_keeps_no_fired_case_from_its_sale_by_a_court_date(lab):
    """A foreclosure that needs no approval, ten days long, with a date in the year 36812."""
    way = replace(STRATEGIES[4], approval=False, duration=10 * DAY)
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], way)))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.propose("FORECLOSURE", (0, 2**40 - 1, 0))
    sales.fire(cure=DAY, after="FORECLOSURE")
    lab.wait(11 * DAY)
    sales.book.startSale(1, sender=sales.outsider)
    assert sales.stage() == Stage.FOR_SALE


# References

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


def test_a_second_strike_makes_the_first_no_truth(lab):
    """A score of 2,000 was struck, then a report of another day; the score was 1,000 all the time."""
    fall = replace(PLAN_OR_FALL, conditions=(FELL,), clauses=(frozenset({0}),))
    here = Watched(lab, (fall,))
    access, admin, hub = here.deal.access, here.deal.parties.admin, here.watched.hub
    access.setTargetFunctionRole(hub, [hub.forgetBetween.selector], access.ORACLE_KEEPER(), sender=admin)
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


# What is left of a lot


def part_sold(lab, value=13_000, outstanding=30_000, written_off=0, units=600, **named):
    sales = stand(lab, **named)
    sales.worth(value)
    sales.open(1, outstanding, written_off)
    sales.propose("LOAN_SALE")
    sales.sell()
    lab.wait(10 * HOUR)
    sales.take(units, sales.first)
    for _ in range(2):
        lab.wait(15 * HOUR)
        sales.relist()
    return sales


def test_a_servicer_alone_takes_no_court_date_away(lab):
    """Rule 7: the overseer approved the date; holding needs nobody's approval, and the trigger then sells before it."""
    sales = held(lab)
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.approve("FORECLOSURE", (0, court, 0))
    sales.propose("HOLD")
    sales.fire(after="FORECLOSURE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def test_what_is_left_of_a_lot_is_paid_in_full_while_no_unit_of_its_round_is_taken(lab):
    """Rule 9: nobody has a right to any of what is offered now; in cure the same payment frees the debtor."""
    sales = part_sold(lab)
    sales.propose("LOAN_SALE")
    sales.sell()
    sales.pay(30_000)
    assert sales.stage() == Stage.CLOSED


def test_trigger_frozen_reference_survives_a_strike_after_the_cure(lab):
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
