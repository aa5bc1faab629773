"""Attack: cash at par into an empty junior while the tranche above it is under water.

A tranche without units was entered at par whatever was above it. With a senior of 700 on a value of 600, 100 of cash
for the junior filled what the senior lacked and were worth nothing at once. Now it is closed until the senior is whole.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR

LOSS = 100


@pytest.fixture
def short(lab):
    """A senior of 1,000 that paid out all below it: what is lost next is lost by it."""
    played = case(lab, (700, 100, 200))
    played.enter(played.senior, SENIOR, 300)  # cash for those below
    played.leave(played.mezz, MEZZANINE, 100)
    played.leave(played.junior, JUNIOR, 200)
    played.end_epoch(0)
    assert [note.totalSupply() for note in played.live.notes] == [1_000, 0, 0]
    return played


@pytest.mark.parametrize("place", [MEZZANINE, JUNIOR])
def test_cash_waits_while_the_senior_is_short(short, place):
    short.enter(short.newcomer, place, 100)
    done = short.end_epoch(0, written_off=LOSS)
    assert done.values == (900, 0, 0)
    assert done.taken[place].entered == 0
    assert short.live.fund.trancheValues()[1][place]
    assert short.position(short.newcomer, place).entry == 100


def test_cash_enters_at_par_where_it_is_whole(short):
    short.enter(short.newcomer, JUNIOR, 100)
    done = short.end_epoch(0)
    assert (done.taken[JUNIOR].entered, done.taken[JUNIOR].made) == (100, 100)
    assert short.mirror._values()[JUNIOR] == 100
