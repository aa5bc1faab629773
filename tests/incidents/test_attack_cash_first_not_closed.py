"""Cash of sales before the first group is closed, or where it never is (rules 7, 10, 19 and 30 of docs/liquidation.md).

Bids and deposits of all groups stand with the first group's distributor, also those for cases of a group that has been
closed before it. That distributor released nothing before its own closing, and never where its own offering was
cancelled: then a beaten bid was lost, a winning one couldn't be brought to the group whose the case is, its sale never
ended and its last report waited for ever.

Now a distributor knows its house from the deployment on, so what stands apart can leave whatever becomes of its notes.
"""

import pytest

from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from tests.property.liquidation_stage import (
    BIDDERS,
    CASH,
    CLAIM,
    CLIMB,
    GROUP_STRATEGIES,
    SEALED,
    STEPS,
    Sales,
    second_deal,
    sell_notes,
)
from tests.property.stage import UNLIMITED, set_stage
from tests.utils.selling import Selling
from tests.utils.world import DAY

FIRST_OF_QUICK = 5


@pytest.fixture
def sales(lab):
    """Nobody orders notes of the first group: it is cancelled. All notes of the second are sold."""
    stage = set_stage(lab)
    live, token, outsider = stage.live, stage.live.settlement, stage.outsider
    second = second_deal(stage)
    live.offering.open(live.waterfall, sender=live.parties.arranger)
    sell_notes(second)
    lab.now = stage.terms.closing
    second.live.offering.close(sender=outsider)
    bidders = tuple(lab.actor(role) for role in BIDDERS)
    debtor, vehicle, overseer = (lab.actor(role) for role in ("debtor", "vehicle", "overseer"))
    board = lab.deploy("ValueBoard", sender=outsider)
    terms = LiquidationTerms(CLAIM, 5 * DAY, GROUP_STRATEGIES, (STEPS, CLIMB, SEALED))
    sold = deploy_liquidation(
        lab.contracts, live, terms, values=board, vehicle=vehicle, overseer=overseer, groups=(second.live,)
    )
    until = stage.terms.period_ends[-1] + 365 * DAY
    for who in (*bidders, debtor, vehicle, overseer, live.parties.servicer):
        token.mint(who, CASH, sender=outsider)
        token.approve(sold.house, UNLIMITED, sender=who)
    for who in (*bidders, vehicle):
        live.allow_list.admit(who, until, sender=live.parties.transfer_agent)
    made = Selling(Sales(stage, sold, terms, bidders, debtor, vehicle, overseer, lab.snapshot(), second))
    made.worth(50_000)
    made.open(FIRST_OF_QUICK, 12_000)
    made.foreclose()
    return made


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_beaten_bidder_is_paid_whether_or_not_the_first_group_is_closed(sales, cancelled):
    if cancelled:
        sales.deal.offering.close(sender=sales.outsider)
    sales.bid(30_500, sales.first)
    sales.bid(40_000, sales.second)
    assert sales.house.owed(sales.first) == 30_500
    sales.house.payOut(sales.first, sender=sales.outsider)
    assert sales.token.balanceOf(sales.first) == CASH


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_sale_of_a_group_that_runs_ends(sales, lab, cancelled):
    if cancelled:
        sales.deal.offering.close(sender=sales.outsider)
    sales.bid(30_500, sales.first)
    lab.wait(2 * DAY)
    sales.settle()
    assert sales.sales.second.live.pool.cashToRun() == 30_500 - 97
