"""A period with nothing in it lost its interest.

Elsewhere, closing an epoch without orders skipped the accrual, so senior interest was later reckoned on an old base
(centrifuge/tinlake 490, 580, 583). Senior 1,000,000.000000 at 6 % simple, Actual/365: running on day 30 without cash
and on day 60 with plenty must pay what one run on day 60 pays: 2 x 4,931.506849.
"""

import pytest

from salvor.chain.send import send
from tests.utils.world import DAY, World, tranche

SIZES = (10**12, 10**9, 10**9)  # 6 decimals
PERIOD = 4_931_506_849


@pytest.fixture
def deal(project, chain, accounts):
    """Build the deal with period ends at the given days after closing."""

    def build(*days):
        begin = chain.provider.get_block("latest").timestamp + 10 * DAY
        changes = {
            "decimals": 6,
            "tranches": (tranche(SIZES[0], 6), tranche(SIZES[1]), tranche(SIZES[2])),
            "price": sum(SIZES),
            "closing": begin,
            "period_ends": tuple(begin + day * DAY for day in days),
            "plan": (1,) * len(days),
        }
        return World.closed_end(project, chain.provider, accounts, **changes).close()

    return build


def test_an_empty_period_loses_no_interest(deal):
    world = deal(30, 60)
    world.run(1, 0)
    assert world.live.waterfall.tranche(0).interestDue == PERIOD
    world.run(2, 2 * 10**12)
    assert world.live.waterfall.tranche(0).interestPaid == 2 * PERIOD == 9_863_013_698


def test_one_long_period_pays_the_same(deal):
    world = deal(60)
    world.run(1, 2 * 10**12)
    assert world.live.waterfall.tranche(0).interestPaid == 9_863_013_698


def test_running_both_late_pays_the_same(deal):
    world = deal(30, 60)
    world.report(1, 0)
    world.report(2, 2 * 10**12)
    world.at(world.terms.period_ends[-1] + 300 * DAY)
    for period in (1, 2):
        send(world.live.waterfall.run, period, sender=world.outsider)
    assert world.live.waterfall.tranche(0).interestPaid == 9_863_013_698
