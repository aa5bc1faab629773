"""A renewal in its grace time gave free protection (sherlock 2023-02-carapace-judging 308).

Elsewhere a protection that was renewed late began anew on that day, and the days before were never paid. Here a premium
is a fee line that runs from one end of a period to the next, whenever it is reported and run: protection on 1,000,000
at 1 % each 30 days, all twelve reports 6 days late, costs twelve premiums of 10,000 and not 24,000 less.
"""

import pytest

from salvor.model.terms import ONE, DayCount, FeeKind, FeeLine, Step, StepKind
from tests.utils.beside import closed_beside
from tests.utils.modelled import CLOSING, DAY, PERCENT, tranche

PREMIUM = FeeLine("guarantor", FeeKind.OF_TRANCHE, rate=12 * PERCENT, count=DayCount.ACTUAL_360)


def play(lab, cash, days_late):
    deal = closed_beside(
        lab,
        tranches=(tranche(1_000_000), tranche(1)),
        price=1_000_001,
        fees=(PREMIUM,),
        steps=(Step(StepKind.FEE, level=ONE), Step(StepKind.RESIDUAL, 1)),
        period_ends=tuple(CLOSING + 30 * DAY * number for number in range(1, 13)),
        plan=(0,) * 12,
    )
    for units in cash:
        deal.run(units, days_late=days_late)
    return deal


@pytest.mark.parametrize("days_late", [0, 6])
@pytest.mark.parametrize("cash", [(10_000,) * 12, (0,) * 11 + (120_000,)], ids=["paid each period", "paid at the end"])
def test_every_day_is_paid_for_once(lab, days_late, cash):
    deal = play(lab, cash, days_late)
    assert deal.books.fees[0].had == 12 * 10_000
    assert deal.claim_credit("guarantor") == 120_000
    assert deal.tranches[1].principal_paid + deal.tranches[1].interest_paid == 0
