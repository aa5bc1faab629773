"""A recovery after the last junior left became a windfall of the senior.

Elsewhere the junior bore a loss and left at the bottom, then the recovery flowed to a senior that had lost nothing
(dcccrypto/percolator-stake 161, 159). Here the junior's units stay, and nobody rises above what it lost.
"""

import pytest

from salvor.model.terms import Losses, Step, StepKind
from tests.utils.beside import closed_beside
from tests.utils.modelled import tranche

HOLD = (Step(StepKind.TOP_UP),)  # without a reserve: no cash is paid, so principal shows what losses do


@pytest.fixture
def play(lab):
    """The deal on the contracts beside the model."""
    tranches, nav = (tranche(700), tranche(300)), Losses.BY_NET_ASSET_VALUE
    return lambda steps=HOLD: closed_beside(lab, tranches=tranches, price=1_000, steps=steps, losses=nav)


def test_the_junior_that_was_paid_out_gets_its_recovery(play):
    played = play(steps=(Step(StepKind.PRINCIPAL, 1), Step(StepKind.TOP_UP)))
    played.run(100, written_off=200)
    assert (played.principals, played.tranches[1].principal_paid) == ([700, 0], 100)
    played.run(200, recovered=200)
    assert played.principals == [700, 0]
    assert played.tranches[1].principal_paid == 300


def test_a_recovery_beyond_all_losses_raises_nobody(play):
    played = play()
    played.run(written_off=200)
    played.run(500, recovered=500)
    assert played.principals == [700, 300]


def test_nobody_leaves(play):
    played = play()
    played.run(written_off=400)
    assert played.principals == [600, 0]
    played.run(250, recovered=250)
    assert played.principals == [700, 150]
