"""Claiming in small bites takes shares of the next investor (code4rena 2023-09-centrifuge M-05).

Two controllers have 10 of claimable cash for 3 units each; every partial claim was rounded in the claimer's favour
out of what belonged to both. Here each controller has books of its own, and a piece is rounded against who takes it.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR


@pytest.fixture
def bitten(lab):
    """Two that brought 10 each for a junior of 3,000 units that are worth 10,000: 3 units each."""
    played = case(lab, (1, 1, 3_000), plan=10_002)
    for who in (played.newcomer, played.mezz):
        played.enter(who, JUNIOR, 10)
    done = played.end_epoch(0)
    assert (done.values[JUNIOR], done.units[JUNIOR], done.taken[JUNIOR].made) == (10_000, 3_000, 6)
    return played


@pytest.mark.parametrize("verb", ["deposit", "mint"])
def test_ten_bites_give_no_more_than_one_claim(bitten, verb):
    played = bitten
    gate, units = played.live.gates[JUNIOR], 0
    whole = gate.maxMint(played.newcomer)
    assert whole == gate.maxMint(played.mezz) == 3
    if verb == "deposit":
        for _ in range(10):
            units += played.claim("deposit", played.newcomer, JUNIOR, 1)
    else:
        for _ in range(whole):
            played.claim("mint", played.newcomer, JUNIOR, 1)
            units += 1
    assert units == whole
    assert played.claim("deposit", played.mezz, JUNIOR, 10) == whole
    held = played.live.notes[JUNIOR].balanceOf(gate)
    assert held >= sum(gate.maxMint(each) for each in played.mirror.people)
