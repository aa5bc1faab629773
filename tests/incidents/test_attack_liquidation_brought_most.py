"""What a case brought stops at MOST, and a case that had moved then took too much off its new group's balance.

Rule 40 of docs/liquidation.md: what is brought above all claims, and fees, are no gross of a group that a case came
into. What came off the rest was reckoned from `brought - net`: too little once `brought` has stopped (rule 11).
"""

from dataclasses import replace

from tests.property.liquidation_stage import STRATEGIES, set_sales
from tests.unit.liquidation.test_cash_apart import Grouped
from tests.utils.world import DAY

MOST = 2**96 - 1
QUICK_FORECLOSURE = (*STRATEGIES[:4], replace(STRATEGIES[4], group=1))


def test_only_the_rest_is_gross_of_the_group_that_a_case_came_into(lab):
    sales = Grouped(set_sales(lab, strategies=QUICK_FORECLOSURE, groups=2))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.pay(20_000)
    sales.foreclose()
    pool = sales.sales.second.live.pool
    before = pool.grossBalance()
    sales.token.mint(sales.first, MOST, sender=sales.outsider)
    sales.bid(MOST, sales.first)
    lab.wait(2 * DAY)
    sales.settle()
    assert sales.account().brought == MOST
    assert before == 20_000 + 10_000  # of its own tape, and the rest that came in
    assert pool.record(1).gross == 10_000
