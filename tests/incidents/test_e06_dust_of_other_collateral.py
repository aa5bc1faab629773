"""Incident E06: one unit of other collateral, posted before the settlement, keeps the loss from being booked.

Source: aave/aave-v4 #617. Here the loss follows from the account of the case, in the transaction that ends the sale:
what is paid before lowers it by so much and delays nothing, what is sent unasked counts for nothing, and nobody posts
collateral.
"""

import pytest

from tests.utils.selling import stand
from tests.utils.world import DAY


@pytest.fixture
def sales(lab):
    """A claim of 1,000, to be sold at 601 at least with costs of 97."""
    sales = stand(lab)
    sales.worth(984)
    sales.open(1, 1_000)
    sales.switch("FORECLOSURE")
    return sales


@pytest.mark.parametrize("paid", [0, 1])
def test_the_shortfall_is_written_off_with_the_sale(sales, lab, paid):
    if paid:
        sales.pay(paid)
    sales.sell()
    sales.bid(601, sales.first)
    sales.token.transfer(sales.house, 1, sender=sales.debtor)  # in no book
    lab.wait(2 * DAY)
    sales.settle()
    net, loss = 601 - 97 + paid, 1_000 - (601 - 97) - paid
    assert sales.open_period() == (net, 601 + paid, loss, 0)
    sales.report(1)
    sales.run(1)
    equity = sales.deal.waterfall.tranche(2)
    assert equity.loss + equity.deficiency == loss


def test_a_payment_between_bid_and_settlement_is_in_full_or_refused(sales, lab):
    sales.sell()
    sales.bid(601, sales.first)
    with lab.refused("NotInFull", 1, 1_097):
        sales.pay(1)
