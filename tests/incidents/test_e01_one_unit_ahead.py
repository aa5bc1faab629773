"""Incident E01: somebody takes one unit ahead, and the big bid, which asks for all, is refused.

Source: sherlock 2023-12-arcadia-judging #161; ajna-finance/ajna-core #507. A take of more than is left gets what is
left, unless the buyer says that fewer are of no use.
"""

import pytest

from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.state import StrategyTerms
from tests.utils.selling import stand
from tests.utils.world import WAD

LOT, PRICE = 1_000_000_000, 800_000_000


@pytest.fixture
def sales(lab):
    """A billion units at 0.8."""
    flat = Dutch(step=1, fall=1, linger=1_000, units=LOT)
    return stand(lab, auction=flat, way=StrategyTerms(0, start_share=WAD, floor_share=WAD)).sell_loan(PRICE)


def test_the_big_bid_gets_all_but_the_one_unit(sales):
    assert sales.take(1, sales.first).return_value.cash == 1
    taken = sales.take(LOT, sales.second, highest=PRICE).return_value
    assert (taken.units, taken.cash) == (999_999_999, 800_000_000)


def test_who_needs_all_is_told_what_is_left(sales, lab):
    sales.take(1, sales.first)
    with lab.refused("NotEnoughLeft", 999_999_999, LOT):
        sales.take(LOT, sales.second, at_least=LOT)
