"""Attack: a settlement asset that begins to take a fee between order and closing.

Orders and reports were measured on arrival, the closing's cash was not: the books of the distributor said more than
what came, so the last to be paid found nothing. Now a closing whose cash does not arrive whole is refused; it can
be made once the asset moves whole again, and no order is touched. And the pool's cash and its distributor's must be
of one asset, or everybody's cash would stand where another asset is paid out.
"""

import pytest

from tests.utils.full_deal import DAY, ROOT, Terms, Tranche, build, keccak, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))


@pytest.fixture
def token(lab):
    return lab.deploy("LateFeeToken", sender=lab.actor("admin"))


def test_a_closing_that_loses_cash_on_the_way_is_refused(lab, token):
    deal = build(lab, TERMS, token=token)
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    holder, outsider = lab.actor("holder 0"), lab.actor("outsider")
    deal.order(0, 1_000, holder)
    lab.now = deal.closing
    token.charge(1, sender=outsider)
    with lab.refused("CashArrivedShort", 999, 1_000):
        deal.offering.close(sender=outsider)
    assert (deal.offering.sale(), deal.offering.orderOf(0, holder).units) == (1, 1_000)
    token.charge(0, sender=outsider)
    deal.offering.close(sender=outsider)
    deal.check_books()


def test_a_pool_of_another_asset_than_its_distributor_is_refused(lab, token):
    admin = lab.actor("admin")
    deal = build(lab, TERMS)
    tape = (ROOT, 1, 1, [("accounts", keccak(b"schema"), 1, 1)])
    terms = (token, lab.actor("seller"), 1, tape, lab.now, 0, [lab.now + DAY], [1], 10**18)
    with lab.refused("OtherSettlement", token, deal.token):
        lab.deploy("LoanPool", deal.access, deal.distributor, terms, sender=admin)
