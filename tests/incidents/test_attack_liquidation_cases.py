"""Cases, payments and sales (sections 1 to 4 of docs/liquidation.md).

Attack: a debtor is kept from paying by a unit, a plan, or a loan that nobody confirmed; a servicer makes a broken plan
good alone; a sealed bidder takes a price back for nothing.
"""

import pytest

from salvor.model.liquidation.state import Stage, Strategy, StrategyTerms
from tests.property.liquidation_stage import SALE, SEALED_STRATEGIES, STEPS
from tests.utils.selling import stand
from tests.utils.world import DAY

SALT = b"\x08" * 32
APPROVED = StrategyTerms(0, approval=True, rounds=2, cost=11, **SALE)


def test_a_loan_that_nobody_confirmed_stops_no_payment(lab):
    """What is confirmed already may be paid: the overseer can't send back what joined, and nothing ends the waiting."""
    sales = stand(lab).hold_loan(50_000)
    sales.book.join(1, sales.sales.proof(4), 1, 0, sender=sales.servicer)
    sales.pay(20_000)
    assert sales.account().brought == 20_000


def test_a_unit_ahead_keeps_no_debtor_from_paying_all(lab):
    """Section E: whoever wants the thing pays 1 before the debtor's last payment, and starts the sale behind it."""
    sales = stand(lab).hold_loan(50_000)
    sales.fire(after="LOAN_SALE")
    sales.book.pay(1, 1, sender=sales.first)
    sales.pay(30_000)
    assert sales.stage() == Stage.CLOSED


def test_nor_does_the_start_of_the_sale(lab):
    """It adds its costs to what is left, and the same payment is not all any more."""
    sales = stand(lab).hold_loan(50_000)
    sales.fire(after="LOAN_SALE")
    rest = sales.house.leftToPay(1)
    sales.book.startSale(1, sender=sales.first)
    sales.pay(rest + 1_000)  # 11 are costs; the rest should stay the debtor's
    assert (sales.stage(), sales.token.balanceOf(sales.debtor)) == (Stage.CLOSED, 10**9 - 30_011)


def test_no_payment_plan_refuses_instalments(lab):
    """It needs no approval here; its due date is so late that an interval more does not fit the slot."""
    sales = stand(lab).hold_loan(50_000)
    sales.propose("PAYMENT_PLAN", (1, 2**40 - 1, 1))
    sales.pay(20_000)
    assert sales.account().brought == 20_000


def test_who_lapses_before_revealing_takes_no_price_back_for_nothing(lab):
    """Rules 28 and 30: of a ladder of prices all but the lowest that wins come back, deposits and all."""
    sales = stand(lab, strategies=SEALED_STRATEGIES, way=SEALED_STRATEGIES[3]).sell_loan(50_000)
    sealed, high, low = sales.sales.live.auctions[2], sales.first, sales.second
    for who, price in ((high, 60_000), (low, 31_000)):
        sealed.commit(1, 1, sealed.sealOf(1, who, price, SALT), sender=who)
    lab.wait(2 * DAY)
    sealed.reveal(1, 31_000, SALT, sender=low)
    sales.remove(high)
    with lab.refused("NotEligible", high):
        sealed.reveal(1, 60_000, SALT, sender=high)
    lab.wait(DAY)
    sealed.pay(1, sender=low)
    with lab.refused("NothingToReclaim", 1, high):
        sealed.reclaim(1, high, sender=high)


@pytest.fixture
def parted(lab):
    """The overseer approved one loan sale; 600 of 1,000 units are sold, and the rest is back."""
    sales = stand(lab, way=APPROVED)
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.propose("LOAN_SALE")
    sales.approve("LOAN_SALE")
    sales.sell()
    sales.sell_part(600)
    assert sales.stage() == Stage.HELD
    return sales


def test_what_came_back_in_part_is_not_sold_without_a_strategy_that_sells(parted, lab):
    """Rule 16: the servicer sells where the strategy does. Of what is left of a lot it does so while it is hold."""
    with lab.refused("NothingToSell", Strategy.HOLD):
        parted.sell()


def test_nor_while_a_pay_off_is_agreed_that_the_overseer_approved(parted, lab):
    """The debtor has twenty days; the servicer ends that alone, and no approval of a sale was asked."""
    parted.switch("DISCOUNTED_PAY_OFF", (5_000, 0, 0))
    with lab.refused("NothingToSell", Strategy.DISCOUNTED_PAY_OFF):
        parted.sell()


def test_a_servicer_erases_no_broken_plan_by_holding(lab):
    """Rule 8: the case remembers it. A trigger that must hold for days never fires: hold needs nobody's approval."""
    sales = stand(lab).hold_loan(50_000)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    sales.book.expire(1, sender=sales.outsider)
    assert sales.book.planBroken(1)
    sales.propose("HOLD")
    assert sales.book.planBroken(1)


def test_costs_that_wait_keep_no_sale_from_starting(lab):
    """They add up in 88 bits, 309 million at 18 decimals: not much in some currencies."""
    sales = stand(lab, way=StrategyTerms(0, rounds=1, cost=2**87, **SALE)).sell_loan(50_000)
    lab.wait(STEPS.longest)
    sales.relist()
    sales.propose("LOAN_SALE")
    sales.sell()
    assert sales.stage() == Stage.FOR_SALE


def test_a_servicer_erases_no_broken_plan_before_anybody_expires_it(lab):
    """Rule 8: what the servicer begins alone makes nothing good."""
    sales = stand(lab).hold_loan(50_000)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    assert sales.book.planBroken(1)
    sales.propose("HOLD")
    assert sales.book.planBroken(1)


def test_nor_by_another_plan(lab):
    """The same with a plan in its place."""
    sales = stand(lab).hold_loan(50_000)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + 300 * DAY, DAY))
    assert sales.book.planBroken(1)


def test_a_sale_in_vain_makes_no_broken_plan_good(lab):
    """In cure nobody can expire it, and the sale that follows puts its own strategy in the place of the plan."""
    sales = stand(lab).hold_loan(50_000)
    sales.propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
    lab.wait(7 * DAY)
    sales.fire(after="LOAN_SALE")
    assert sales.book.planBroken(1)
    sales.book.startSale(1, sender=sales.outsider)
    sales.relist_in_vain()
    assert sales.stage() == Stage.HELD
    assert sales.book.planBroken(1)


def test_what_is_left_of_a_lot_is_paid_in_full_while_no_unit_of_its_round_is_taken(lab):
    """Rule 9: nobody has a right to any of what is offered now; in cure the same payment frees the debtor."""
    sales = stand(lab).sell_loan(13_000)
    sales.sell_part(600)
    sales.propose("LOAN_SALE")
    sales.sell()
    sales.pay(30_000)
    assert sales.stage() == Stage.CLOSED
