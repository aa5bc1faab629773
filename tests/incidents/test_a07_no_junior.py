"""A deal with no junior gave all excess yield to the senior.

Elsewhere, with the lower tranches empty, the residual fell into the only funded one (centrifuge/centrifuge-chain 615: a
senior price of 2.064 after 20 days). Here a deal can't have or close with an empty tranche, so the residual always has
its own holders, and the senior note never gets more than its principal and its interest.
"""

from salvor.chain.send import send
from tests.utils.world import EQUITY, MEZZANINE, SENIOR

CANCELLED = 3


def test_a_deal_without_its_equity_does_not_close(world):
    world.open()
    for tranche in (SENIOR, MEZZANINE):
        world.admit(world.holders[tranche])
        world.order(world.holders[tranche], tranche, world.terms.sizes[tranche])
    world.at(world.terms.closing)
    send(world.live.offering.close, sender=world.outsider)
    assert world.live.offering.sale() == CANCELLED
    for tranche in (SENIOR, MEZZANINE):
        world.settle(world.holders[tranche], tranche)
        assert world.live.settlement.balanceOf(world.holders[tranche]) == world.terms.sizes[tranche]


def test_excess_goes_to_equity_and_never_to_the_senior(closed):
    closed.run(1, 10**9)
    senior, equity = (closed.live.waterfall.tranche(place) for place in (SENIOR, EQUITY))
    assert senior.principalPaid == 60_000
    assert senior.interestPaid == 60_000 * 7 * 30 // 36_500
    assert equity.interestPaid > 9 * 10**8
