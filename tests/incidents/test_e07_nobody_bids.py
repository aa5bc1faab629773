"""Incident E07: nobody bids, the price reaches zero, and the lot is stuck or sold for nothing.

Source: gnosis/dx-react #126; AcalaNetwork/Acala #1823. The price never passes the floor, a round that is over sells
nothing, and anyone can go on: another round with a haircut, then back to the servicer.
"""

import pytest

from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.state import Stage, StrategyTerms
from tests.utils.selling import stand
from tests.utils.world import DAY, PERCENT, WAD

HOUR = 3_600


@pytest.fixture
def sales(lab):
    """From 1,000 to 600 in ten hours, then ten more; two rounds with a haircut of 10 %."""
    falls = Dutch(step=HOUR, fall=10 * HOUR, linger=10 * HOUR)
    way = StrategyTerms(0, start_share=WAD, floor_share=60 * PERCENT, rounds=2, haircut=10 * PERCENT)
    return stand(lab, auction=falls, way=way).sell_loan(1_000)


def test_the_price_is_never_below_the_floor(sales, lab):
    end = sales.now + 20 * HOUR
    assert [sales.dutch.priceAt(1, second) for second in (end - 1, end, end + 30 * DAY)] == [600] * 3
    lab.now = end + 30 * DAY
    with lab.refused("RoundOver", end + 30 * DAY, end):
        sales.take(1, sales.first)


def test_anyone_begins_another_round_with_a_haircut(sales, lab):
    lab.wait(20 * HOUR + 30 * DAY)
    sales.relist()
    round_ = sales.dutch.roundOf(1)
    assert (round_.start, round_.floor) == (900, 540)
    lab.wait(20 * HOUR)
    sales.relist()
    assert (sales.stage(), sales.open_period()) == (Stage.HELD, (0, 0, 0, 0))
