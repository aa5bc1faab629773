"""Cash of sales stands apart with the distributors of the groups: where it comes to, from where a credit is paid."""

import pytest

from tests.property.liquidation_stage import CASH, GROUP_STRATEGIES, set_sales
from tests.utils.selling import Selling
from tests.utils.world import DAY

QUICK = 1


class Grouped(Selling):
    """A loan sale is the quick group's; case 1 is for sale there, case 2 stays in the long group."""

    def apart(self):
        """Of each group."""
        return [stage.live.distributor.spare() for stage in self.sales.stages]


@pytest.fixture(scope="module")
def deployed(shared_lab):
    return set_sales(shared_lab, strategies=GROUP_STRATEGIES, groups=2)


@pytest.fixture
def sales(deployed):
    """Case 1 falls in the quick group, case 2 climbs in the long one."""
    made = Grouped(deployed)
    made.worth(50_000)
    made.worth(50_000, subject=1)
    made.open(1, 30_000)
    made.open(2, 20_000, subject=1)
    made.switch("LOAN_SALE")
    made.sell()
    made.foreclose(2)
    return made


def test_a_bid_stands_with_the_first_and_a_price_with_the_group(sales):
    sales.bid(30_500, sales.first, 2)
    sales.take(10, sales.second)  # 600, of which 11 are costs
    assert sales.apart() == [30_500, 11]
    assert sales.token.balanceOf(sales.house) == 0


def test_a_credit_is_paid_from_where_it_stands(sales):
    sales.bid(30_500, sales.first, 2)
    sales.bid(40_000, sales.second, 2)
    sales.take(10, sales.third)
    before = sales.token.balanceOf(sales.servicer)
    assert sales.house.payOut(sales.first, sender=sales.outsider).return_value == 30_500
    assert (sales.apart(), sales.token.balanceOf(sales.first)) == ([40_000, 11], CASH)
    (log,) = sales.house.payOut(sales.servicer, sender=sales.outsider).events_of(sales.house, "PaidOut")
    assert tuple(log.values.values()) == (sales.servicer.address, QUICK, 11)
    assert (sales.apart(), sales.token.balanceOf(sales.servicer)) == ([40_000, 0], before + 11)


def test_a_bid_that_wins_becomes_the_pools_where_it_stands(sales):
    sales.bid(40_000, sales.second, 2)
    sales.take(10, sales.third)
    sales.lab.wait(2 * DAY)
    sales.settle(2)
    assert (sales.apart(), sales.house.owed(sales.servicer)) == ([97, 11], 97 + 11)
    assert sales.deal.pool.cashToRun() == 40_000 - 97
    assert sales.house.payOutOf(sales.servicer, QUICK, sender=sales.outsider).return_value == 11
    assert (sales.apart(), sales.house.owed(sales.servicer)) == ([97, 0], 97)
    assert sales.house.payOut(sales.servicer, sender=sales.outsider).return_value == 97
    assert sales.house.payOut(sales.servicer, sender=sales.outsider).return_value == 0


def test_a_bid_that_wins_a_case_of_another_group_goes_there(sales, lab):
    """The foreclosure leaves a case where it is: case 1 comes back from its sale as the quick group's."""
    sales.relist_in_vain()
    sales.foreclose()
    sales.bid(30_500, sales.first)
    assert sales.apart() == [30_500, 0]
    lab.wait(2 * DAY)
    quick = sales.sales.second.live
    before = sales.token.balanceOf(quick.distributor)
    sales.settle()
    assert sales.token.balanceOf(quick.distributor) - before == quick.pool.cashToRun() == 30_500 - 11 - 97
    assert sales.apart() == [11 + 97, 0]


def test_what_was_sent_unasked_stays_and_hurts_nobody(sales):
    for stage in sales.sales.stages:
        sales.token.transfer(stage.live.distributor, 500, sender=sales.third)
    sales.bid(30_500, sales.first, 2)
    sales.bid(40_000, sales.second, 2)
    sales.house.payOut(sales.first, sender=sales.outsider)
    assert (sales.apart(), sales.token.balanceOf(sales.first)) == ([40_500, 500], CASH)


def test_what_would_arrive_short_in_another_group_is_refused(lab):
    """The asset begins to take a fee when the bid, which came whole, is here."""
    token = lab.deploy("LateFeeToken", sender=lab.actor("admin"))
    sales = Grouped(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2, settlement=token))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.switch("LOAN_SALE")
    sales.foreclose()
    sales.bid(30_500, sales.first)
    lab.wait(2 * DAY)
    token.charge(1, sender=sales.outsider)
    with lab.refused("CashArrivedShort", 30_500 - 97 - 1, 30_500 - 97):
        sales.settle()
    token.charge(0, sender=sales.outsider)
    sales.settle()
    assert sales.apart() == [97, 0]
