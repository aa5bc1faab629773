"""One group's distributor that can't pay holds up the credits of all (rule 10 of docs/liquidation.md).

Credits were paid from the groups behind the first first, so whatever kept one of them from paying undid the whole call,
though the first group had all cash of the bidder. Now a credit is paid from where it stands.
"""

from tests.property.liquidation_stage import CASH, GROUP_STRATEGIES, set_sales
from tests.unit.liquidation.test_cash_apart import Grouped
from tests.utils.world import DAY


def grouped(lab, **named):
    made = Grouped(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2, **named))
    made.worth(50_000)
    made.worth(50_000, subject=1)
    made.open(1, 30_000)
    made.open(2, 20_000, subject=1)
    return made


def test_a_group_that_the_asset_refuses_holds_up_no_bidder_of_another(lab):
    token = lab.deploy("RefusingToken", sender=lab.actor("admin"))
    sales = grouped(lab, settlement=token)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.foreclose(2)
    sales.take(10, sales.third)  # 11 of it are costs: they stand with the quick group
    sales.bid(30_500, sales.first, 2)
    sales.bid(40_000, sales.second, 2)
    assert sales.apart() == [70_500, 11]
    token.refuse(sales.sales.second.live.distributor, True, sender=sales.outsider)
    sales.house.payOut(sales.first, sender=sales.outsider)
    assert token.balanceOf(sales.first) == CASH


def test_whom_both_groups_owe_is_paid_by_the_one_that_can(lab):
    token = lab.deploy("RefusingToken", sender=lab.actor("admin"))
    sales = grouped(lab, settlement=token)
    sales.switch("LOAN_SALE")
    sales.sell()
    sales.take(10, sales.third)
    sales.foreclose(2)
    sales.bid(30_500, sales.first, 2)
    lab.wait(2 * DAY)
    sales.settle(2)
    token.refuse(sales.sales.second.live.distributor, True, sender=sales.outsider)
    with lab.refused("Refused", sales.sales.second.live.distributor):
        sales.house.payOut(sales.servicer, sender=sales.outsider)
    assert sales.house.payOutOf(sales.servicer, 0, sender=sales.outsider).return_value == 97
    assert sales.house.owed(sales.servicer) == 11
