"""Attack: a debtor ends a sale by paying the small part of the claim that is not written off.

What frees a case was counted as outstanding and fees, though most of a claim may be written off and is owed all the
same: its recovery was lost to the pool. Now what is left to pay counts both (rule 9), and less frees a case only by an
approved pay-off.
"""

import pytest

from salvor.model.liquidation.state import Stage
from tests.utils.selling import stand


@pytest.fixture
def sales(lab):
    """Of a claim of 30,000 there are 3,000 outstanding, and 27,000 were written off; costs of 11."""
    sales = stand(lab)
    sales.worth(50_000)
    sales.open(1, 3_000, 27_000)
    return sales


@pytest.fixture
def on_sale(sales):
    sales.propose("LOAN_SALE")
    sales.sell()
    return sales


def test_what_is_outstanding_ends_no_sale(on_sale, lab):
    assert on_sale.house.leftToPay(1) == 30_011
    with lab.refused("NotInFull", 3_011, 30_011):
        on_sale.pay(3_011)
    assert on_sale.stage() == Stage.FOR_SALE


def test_the_whole_claim_ends_it_and_is_recovered(on_sale):
    on_sale.pay(30_011)
    assert (on_sale.stage(), on_sale.open_period()) == (Stage.CLOSED, (30_000, 30_011, 0, 27_000))


def test_what_is_outstanding_closes_no_case_that_is_held(sales):
    sales.pay(3_000)
    assert (sales.stage(), sales.house.leftToPay(1)) == (Stage.HELD, 27_000)


def test_an_approved_pay_off_closes_it_for_less(sales):
    sales.switch("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
    sales.pay(9_000)
    assert (sales.stage(), sales.open_period()) == (Stage.CLOSED, (9_000, 9_000, 0, 6_000))
