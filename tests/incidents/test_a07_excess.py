"""A deal with no junior gave all excess yield to the senior (centrifuge/centrifuge-chain 615): contracts and model.

Senior 1,000.000000 at 3 %; a loan of 900.000000 at 15 % brings 7.397260 in 20 days; Actual/365. Here no tranche can be
empty, and the senior gets its interest whatever the excess.
"""

from salvor.model.deal import State
from salvor.model.terms import Step, StepKind
from tests.utils.beside import Beside
from tests.utils.modelled import CLOSING, DAY, PERCENT, small_terms, tranche

LOAN = 900_000_000 * 15 * PERCENT * 20 // (365 * 10**18)
STEPS = (Step(StepKind.INTEREST, 0), Step(StepKind.RESIDUAL, 1))
TERMS = small_terms(
    tranches=(tranche(1_000_000_000, 3), tranche(1)),
    price=1_000_000_000,
    steps=STEPS,
    period_ends=(CLOSING + 20 * DAY, CLOSING + 40 * DAY),
    plan=(1, 1),
)


def test_without_a_junior_the_deal_is_cancelled(lab):
    deal = Beside(lab, TERMS)
    deal.open(("senior", 0, 1_000_000_000))
    assert deal.close() == State.CANCELLED
    assert deal.hand_over("senior", 0) == (0, 1_000_000_000)


def test_the_excess_is_the_equitys(lab):
    deal = Beside(lab, TERMS)
    deal.open(("senior", 0, 1_000_000_000), ("equity", 1, 1))
    deal.close()
    assert LOAN == 7_397_260
    outcome = deal.run(LOAN)
    assert outcome.tranches[0] == (1_643_835, 0)
    assert sum(outcome.tranches[1]) == 5_753_425
