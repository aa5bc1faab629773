"""Incident E10: a taker pays for what rounding took away, down to something for nothing.

Source: bitshares/bitshares-core #342, #132. A taker names units and pays what they cost, up; `unitsFor` says what
cash buys.
"""

import pytest

from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.state import StrategyTerms
from tests.property.liquidation_stage import CASH
from tests.utils.selling import stand
from tests.utils.world import WAD


@pytest.fixture
def sales(lab):
    """Three hundred notes, 100 for three."""
    flat = Dutch(step=1, fall=1, linger=1_000, units=300)
    return stand(lab, auction=flat, way=StrategyTerms(0, start_share=WAD, floor_share=WAD)).sell_loan(10_000)


@pytest.mark.parametrize(("cash", "units", "cost"), [(101, 3, 100), (133, 3, 100), (134, 4, 134), (33, 0, 0)])
def test_cash_buys_whole_notes_and_the_rest_stays(sales, cash, units, cost):
    found = sales.dutch.unitsFor(1, cash)
    assert (found.units, found.cost) == (units, cost)
    if units:
        sales.take(units, sales.first)
        assert sales.token.balanceOf(sales.first) == CASH - cost


def test_nothing_is_never_sold(sales, lab):
    with lab.refused("ZeroUnits"):
        sales.take(0, sales.first)
