"""Incident F05: a sealed bid is copied, to block its bidder or to ride on the reveal.

Source: ensdomains/ens #43; aicis/fresco #432. The hash covers the bidder: both may lodge it, and only its maker can
reveal.
"""

import pytest

from tests.property.liquidation_stage import SEALED_STRATEGIES
from tests.utils.selling import stand
from tests.utils.world import DAY

SALT = b"\x05" * 32
DEPOSIT = 3_050


@pytest.mark.parametrize("copy_first", [True, False])
def test_a_copy_gains_nothing_and_costs_the_deposit(lab, copy_first):
    sales = stand(lab, strategies=SEALED_STRATEGIES).sell_loan(50_000)
    sealed = sales.sales.live.auctions[2]
    maker, copier = sales.first, sales.second
    seal = sealed.sealOf(1, maker, 40_000, SALT)
    for who in (copier, maker) if copy_first else (maker, copier):
        sealed.commit(1, 1, seal, sender=who)
    lab.wait(2 * DAY)
    sealed.reveal(1, 40_000, SALT, sender=maker)
    with lab.refused("NotCommitted", copier, sealed.sealOf(1, copier, 40_000, SALT)):
        sealed.reveal(1, 40_000, SALT, sender=copier)
    lab.wait(DAY)
    sealed.pay(1, sender=maker)
    assert sales.open_period() == (40_000 + DEPOSIT - 11, 40_000 + DEPOSIT, 0, 0)
    with lab.refused("NothingToReclaim", 1, copier):
        sealed.reclaim(1, copier, sender=copier)
