"""Recovery after the last junior left becomes a windfall of the senior, or of who comes late (percolator-stake 161).

Here the recovery of a tranche without units is nobody's: no tranche above rises beyond its claim, and whoever enters
gets units at par beside units of the owner of dust for what was there.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR


@pytest.fixture
def played(lab):
    """Senior 700, junior 300, of which 200 are lost; the sole junior leaves at the bottom with what is left, 100."""
    played = case(lab, (700, 1, 300), plan=1_001)
    played.end_epoch(0, written_off=200)
    played.leave(played.junior, JUNIOR, 300)
    played.enter(played.newcomer, MEZZANINE, 100)
    done = played.end_epoch(0)
    assert (done.taken[JUNIOR].paid, played.live.notes[JUNIOR].totalSupply()) == (100, 0)
    return played


def test_the_senior_rises_to_its_claim_and_no_further(played):
    done = played.end_epoch(200, recovered=200)
    assert done.values[SENIOR] == 700
    assert done.values[JUNIOR] == 200  # stands, and is nobody's


def test_who_comes_late_catches_nothing(played):
    played.end_epoch(200, recovered=200)
    played.enter(played.newcomer, JUNIOR, 50)
    done = played.end_epoch(0)
    assert (done.taken[JUNIOR].made, done.ownerless) == (50, 200)
    value, units = played.mirror._values()[JUNIOR], played.live.notes[JUNIOR].totalSupply()
    assert (value, units) == (250, 250)
    seller = played.live.parties.seller
    assert played.live.gates[JUNIOR].claimableDepositRequest(0, seller) == 200


def test_nobody_leaves(lab):
    played = case(lab, (700, 1, 300), plan=1_001)
    assert played.end_epoch(0, written_off=400).values == (601, 0, 0)
    done = played.end_epoch(250, recovered=250)
    assert done.values[SENIOR] == 700
    assert done.values[MEZZANINE] == 1
    assert done.values[JUNIOR] == 150
