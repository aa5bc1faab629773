"""What a third attack found in the mends of the second (docs/liquidation.md).

Attack: a strike of long ago makes true values lies; a foreclosure comes before its court date by another door, or an
overdue one is made good; a price above all claims takes a group's own loans off its balance.
"""

from dataclasses import replace

from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.incidents.test_attack_liquidation_groups import QUICK, two_groups
from tests.incidents.test_attack_liquidation_round_two import balance_of
from tests.incidents.test_attack_liquidation_triggers import FELL, SCORE, Watched
from tests.property import trigger_stage
from tests.property.liquidation_stage import STRATEGIES, set_sales
from tests.property.trigger_stage import key_bytes
from tests.utils.selling import Selling
from tests.utils.world import DAY

HOUR = 3_600

FALL = TriggerTerms((FELL,), (frozenset({0}),), Strategy.LOAN_SALE, gap=DAY, age=DAY, cure=30 * DAY)


def hub_of(here):
    access, admin, hub = here.deal.access, here.deal.parties.admin, here.watched.hub
    access.setTargetFunctionRole(hub, [hub.forgetBetween.selector], access.ORACLE_KEEPER(), sender=admin)
    return hub, admin


def test_a_price_above_the_claim_takes_no_more_off_the_new_group_than_came_in(lab):
    """Rule 40: 20,000 came in with the case; quick's own loans stay 20,000. It sells for 30,500."""
    sales = two_groups(lab)
    sales.open(1, 20_000)
    sales.switch("LOAN_SALE")
    assert sales.balances() == [110_000, 40_000]
    sales.sell()
    lab.wait(11 * HOUR)
    sales.take(1_000, sales.first)
    assert sales.stage() == Stage.CLOSED
    assert balance_of(sales, QUICK) == 20_000


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


COURT = TriggerTerms(
    (Condition(Looks.COURT_OVERDUE),), (frozenset({0}),), Strategy.LOAN_SALE, gap=DAY, age=DAY, cure=30 * DAY
)


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


def left_of_a_loan_sale(lab, way):
    sales = Selling(set_sales(lab, strategies=(*STRATEGIES[:4], way)))
    sales.worth(13_000)
    sales.open(1, 30_000)
    sales.propose("LOAN_SALE")
    sales.sell()
    lab.wait(10 * HOUR)
    sales.take(600, sales.first)
    for _ in range(2):
        lab.wait(15 * HOUR)
        sales.relist()
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
