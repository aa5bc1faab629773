"""Attack: what a credit bid writes off is nobody's claim afterwards.

The loss left the outstanding amount and was added to nothing: a vehicle that sold for more than the last floor could
bring no more than that floor, and in a foreclosure the debtor had the rest. Now it is part of what is written off of
the case, and what is brought above the floor is recovered (rules 12 and 18).
"""

import pytest

from salvor.model.liquidation.state import Stage
from tests.utils.selling import stand
from tests.utils.world import DAY

FLOOR = 24_705  # 30,500 less 10 % less 10 %
LOST = 30_000 - FLOOR


@pytest.fixture
def credited(lab):
    """A claim of 30,000 whose thing is the vehicle's; costs of 97."""
    sales = stand(lab)
    sales.worth(50_000)
    sales.open(1, 30_000, debtor=sales.debtor)
    sales.foreclose()
    for _ in range(3):
        lab.wait(2 * DAY)
        sales.relist()
    return sales


def test_the_loss_is_written_off_of_the_case(credited):
    account = credited.account()
    assert (account.outstanding, account.writtenOff) == (FLOOR, LOST)
    assert (credited.house.leftToPay(1), credited.open_period()) == (30_000 + 97, (0, 0, LOST, 0))


def test_what_the_vehicle_brings_above_the_floor_is_recovered(credited):
    credited.pay(FLOOR + 97 + 1_000)
    assert (credited.stage(), credited.open_period()) == (Stage.HELD, (FLOOR + 1_000, FLOOR + 1_097, LOST, 1_000))
    credited.pay(LOST - 1_000)
    assert (credited.stage(), credited.open_period()) == (Stage.CLOSED, (30_000, 30_097, LOST, LOST))
    assert credited.house.owed(credited.debtor) == 0
