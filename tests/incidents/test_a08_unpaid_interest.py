"""A period with nothing in it lost its interest (centrifuge/tinlake 490, 580, 583): contracts and model.

Senior 1,000,000.000000 at 6 % simple, Actual/365: two periods of 30 days, the first without cash, pay what one of 60
days pays, 9,863.013698. A deal that pays interest on deferred interest pays that of 30 days more, and says so.
"""

import pytest

from salvor.model.terms import Step, StepKind, Unpaid
from tests.utils.beside import closed_beside
from tests.utils.modelled import CLOSING, DAY, tranche

PERIOD = 4_931_506_849


@pytest.mark.parametrize(
    ("unpaid", "days", "pays"),
    [
        (Unpaid.DEFERRED, (30, 60), 2 * PERIOD),
        (Unpaid.DEFERRED, (60,), 2 * PERIOD),
        (Unpaid.MISSED, (30, 60), 2 * PERIOD),
        (Unpaid.DEFERRED_WITH_INTEREST, (30, 60), 2 * PERIOD + PERIOD * 6 * 30 // 36_500),
    ],
)
def test_nothing_is_lost(lab, unpaid, days, pays):
    played = closed_beside(
        lab,
        tranches=(tranche(10**12, 6, unpaid=unpaid),),
        price=10**12,
        steps=(Step(StepKind.INTEREST, 0),),
        period_ends=tuple(CLOSING + day * DAY for day in days),
        plan=(1,) * len(days),
    )
    for _ in days[1:]:
        assert played.run().tranches == ((0, 0),)
    assert played.run(2 * 10**12).tranches == ((pays, 0),)
