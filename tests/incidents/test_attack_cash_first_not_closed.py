"""Cash of sales before the first group is closed, or where it never is (rules 10 and 38 of docs/liquidation.md).

Bids and deposits of all groups stand with the first group's distributor, also those for cases of a group that has been
closed before it. While that has no waterfall it either paid out nothing, and never where its own offering was
cancelled, so that beaten bids were lost and the other group's last report waited for ever; or, once it obeyed its house
all the same, whoever appointed it a waterfall could book the bids as that one's. Now no case is opened before the first
group is closed, so nothing comes in that such a distributor would have to keep.
"""

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


def beside(lab, *, ordered):
    """The second group is closed; so can the first be, where its notes are ordered, else it is cancelled."""
    stage = set_stage(lab)
    live, token, outsider = stage.live, stage.live.settlement, stage.outsider
    second = second_deal(stage)
    sell_notes(second)
    if ordered:
        sell_notes(stage)
    else:
        live.offering.open(live.waterfall, sender=live.parties.arranger)
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
    for who in bidders:
        token.mint(who, CASH, sender=outsider)
        token.approve(sold.house, UNLIMITED, sender=who)
        live.allow_list.admit(who, until, sender=live.parties.transfer_agent)
    made = Selling(Sales(stage, sold, terms, bidders, debtor, vehicle, overseer, lab.snapshot(), second))
    made.worth(50_000)
    return made


def test_nothing_is_opened_before_the_first_group_is_closed(lab):
    sales = beside(lab, ordered=True)
    with lab.refused("FirstNotClosed"):
        sales.open(FIRST_OF_QUICK, 12_000)
    sales.deal.offering.close(sender=sales.outsider)
    sales.open(FIRST_OF_QUICK, 12_000)
    sales.foreclose()
    sales.bid(30_500, sales.first)
    sales.bid(40_000, sales.second)
    sales.house.payOut(sales.first, sender=sales.outsider)
    assert sales.token.balanceOf(sales.first) == CASH
    lab.wait(2 * DAY)
    sales.settle()
    assert sales.sales.second.live.pool.cashToRun() == 40_000 - 97


def test_nothing_is_opened_where_it_never_is(lab):
    sales = beside(lab, ordered=False)
    sales.deal.offering.close(sender=sales.outsider)
    assert not sales.deal.pool.purchased()
    with lab.refused("FirstNotClosed"):
        sales.open(FIRST_OF_QUICK, 12_000)
