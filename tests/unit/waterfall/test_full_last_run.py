"""The last run of a deal that revolves still, on the contracts beside the model: every figure, event and preview.

The machine seldom gets there, as a last report needs an empty pool or a clean-up call.
"""

import pytest

from salvor.model.terms import Revolving, Step, StepKind
from tests.utils.beside import closed_beside
from tests.utils.modelled import tranche

STEPS = (Step(StepKind.PRINCIPAL, 0), Step(StepKind.RESIDUAL, 1))


@pytest.fixture
def played(lab):
    revolving, tranches = Revolving(3), (tranche(60_000), tranche(40_000))
    return closed_beside(lab, tranches=tranches, price=100_000, steps=STEPS, revolving=revolving, gross_balance=20_000)


def test_does_not_revolve(played):
    """Nobody could ever spend what it put aside."""
    assert played.run(20_000).revolved
    outcome = played.run(180_000, last=True)
    assert (outcome.revolved, outcome.tranches) == (False, ((0, 60_000), (100_000, 40_000)))
