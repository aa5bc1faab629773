"""Court dates (rule 7 of docs/liquidation.md).

Attack: a foreclosure comes before the date that the overseer approved, by a trigger, by what is left of a lot or by a
servicer who takes the date away; a date that never comes keeps a fired case from its sale; an overdue one is made good
by time, or by the servicer alone.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property import trigger_stage
from tests.property.liquidation_stage import STRATEGIES, set_sales
from tests.utils.selling import Selling, stand
from tests.utils.watched import Watched
from tests.utils.world import DAY

FORECLOSED_IN_PARTS = replace(STRATEGIES[4], auction=0, credit_bid=False, rounds=2)
COURT = TriggerTerms(
    (Condition(Looks.COURT_OVERDUE),), (frozenset({0}),), Strategy.LOAN_SALE, gap=DAY, age=DAY, cure=30 * DAY
)


def test_no_sale_of_a_trigger_comes_before_the_court_date(lab):
    """Rule 7: no sale of a foreclosure starts before it; the servicer's doesn't, anyone's does."""
    sales = stand(lab).hold_loan(50_000)
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.approve("FORECLOSURE", (0, court, 0))
    sales.fire(after="FORECLOSURE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def test_a_servicer_alone_takes_no_court_date_away(lab):
    """Rule 7: the overseer approved the date; holding needs nobody's approval, and the trigger then sells before it."""
    sales = stand(lab).hold_loan(50_000)
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.approve("FORECLOSURE", (0, court, 0))
    sales.propose("HOLD")
    sales.fire(after="FORECLOSURE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def test_a_servicer_alone_keeps_no_fired_case_from_its_sale_by_a_court_date(lab):
    """A foreclosure that needs no approval, ten days long, with a date in the year 36812."""
    way = replace(STRATEGIES[4], approval=False, duration=10 * DAY)
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], way))).hold_loan(50_000)
    sales.propose("FORECLOSURE", (0, 2**40 - 1, 0))
    sales.fire(cure=DAY, after="FORECLOSURE")
    lab.wait(11 * DAY)
    sales.book.startSale(1, sender=sales.outsider)
    assert sales.stage() == Stage.FOR_SALE


def test_no_lot_is_sold_in_the_way_of_a_foreclosure_before_the_court_date(lab):
    """Rules 7 and 18: what is left of a foreclosure is foreclosed, though the trigger's way is a loan sale."""
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], FORECLOSED_IN_PARTS)))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.foreclose()
    sales.sell_part(600)
    assert sales.account().left == 400
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.approve("FORECLOSURE", (0, court, 0))
    sales.fire(after="LOAN_SALE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def left_of_a_loan_sale(lab, way):
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], way))).sell_loan(13_000)
    sales.sell_part(600)
    assert sales.account().left == 400
    court = sales.now + 30 * DAY
    sales.propose("FORECLOSURE", (0, court, 0))
    sales.switch("FORECLOSURE", (0, court, 0))
    return sales, court


def test_what_is_left_of_a_loan_sale_is_not_foreclosed_before_the_court_date_after_a_cure(lab):
    """Rule 7: nobody, also after a cure and also of what is left of a lot. Before, the strategy's own date bound it."""
    sales, court = left_of_a_loan_sale(lab, STRATEGIES[4])
    sales.fire(after="FORECLOSURE")
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.book.startSale(1, sender=sales.outsider)


def test_nor_by_the_servicer_with_a_date_of_its_own(lab):
    """The same where a foreclosure needs no approval."""
    sales, court = left_of_a_loan_sale(lab, replace(STRATEGIES[4], approval=False))
    sales.propose("FORECLOSURE", (0, sales.now, 0))
    with lab.refused("TooEarlyToSell", sales.now, court):
        sales.sell()


def test_an_overdue_court_is_not_expired_away_in_cure(lab, monkeypatch):
    """The overseer approved a date; it is overdue and fired. Time alone, and anyone's call, cure it in cure."""
    strategies = (*STRATEGIES[:4], replace(STRATEGIES[4], duration=20 * DAY))
    monkeypatch.setattr(trigger_stage, "set_sales", lambda lab: set_sales(lab, strategies=strategies))
    here = Watched(lab, (COURT,))
    court = here.now + DAY
    here.propose("FORECLOSURE", (0, court, 0))
    here.approve("FORECLOSURE", (0, court, 0))
    lab.wait(7 * DAY)
    here.show()
    assert here.stage() == Stage.CURE
    lab.wait(14 * DAY)
    with lab.refused("StillHolds", 1, 0):
        here.triggers.calm(1, 0, sender=here.debtor)
    with lab.refused("WrongStage", 1, Stage.CURE, Stage.HELD):
        here.book.expire(1, sender=here.debtor)


def test_a_servicer_alone_makes_no_overdue_court_date_good(lab):
    """Rule 7: the date stands until the overseer decides again, and is overdue while the case is held."""
    here = Watched(lab, (COURT,))
    court = here.now + DAY
    here.propose("FORECLOSURE", (0, court, 0))
    here.approve("FORECLOSURE", (0, court, 0))
    lab.wait(7 * DAY)
    assert here.book.courtOverdue(1)
    here.propose("HOLD")
    assert here.book.courtOverdue(1)
