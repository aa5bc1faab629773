"""An asset that asks who pays before it moves (as ERC-777 does): a buyer makes the first group's holders short.

The house books proceeds with the pool of a group before the cash has come, so `spare` of that group's distributor is
too low while the buyer is asked. A credit that stands there was then paid out of what bidders had staked with the first
group, and its pool counted more cash than there was. Now it is refused for that moment, and nothing else happens.
"""

from tests.property.liquidation_stage import GROUP_STRATEGIES, set_sales
from tests.unit.liquidation.test_cash_apart import Grouped
from tests.utils.world import DAY


def test_no_group_is_short_after_a_buyer_was_asked(lab):
    token = lab.deploy("AskingFirstToken", sender=lab.actor("admin"))
    sales = Grouped(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2, settlement=token))
    sales.worth(50_000)
    sales.worth(50_000, subject=1)
    sales.open(1, 30_000)
    sales.open(2, 20_000, subject=1)
    sales.fire(fee=5_000)
    sales.book.startSale(1, sender=sales.outsider)
    sales.take(200, sales.third)  # 12,000, of which 5,011 are fees: they stand with the quick group
    sales.foreclose(2)
    sales.bid(40_000, sales.first, 2)
    assert sales.apart() == [40_000, 5_011]
    token.arm(sales.house, sales.house.payOut.encode(sales.outsider), sender=sales.third)
    sales.take(200, sales.third)
    assert (token.called(), token.obeyed()) == (True, False)  # refused: NotSpare
    lab.wait(2 * DAY)
    sales.settle(2)
    for account in (sales.outsider, sales.servicer, sales.first):
        sales.house.payOut(account, sender=sales.outsider)
        assert sales.house.owed(account) == 0
    own = sales.deal.distributor
    books = own.heldForHolders() + own.heldForCredits() + own.heldForDeal() + sales.deal.pool.cashToRun()
    assert (token.balanceOf(own) - books, sales.apart()) == (0, [0, 0])
