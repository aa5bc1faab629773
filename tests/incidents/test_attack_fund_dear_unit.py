"""Attack: a unit so dear that whoever comes gets nothing for it.

After all but a few units of a tranche had left and its value grew, one unit was worth thousands: the cash of several
small entries was taken together, each got no unit for it, and what they bought was nobody's. Now a tranche whose unit
is worth more than 1,000 settlement units takes no entry. Who holds it can leave, and the cash can be taken back.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR, SENIOR


@pytest.fixture
def dear(lab):
    """Two junior units, and a recovery of 2,002 for them above what the senior and the mezzanine have."""

    def grown(surplus):
        played = case(lab, (700, 100, 2), plan=802 + surplus)
        played.enter(played.newcomer, JUNIOR, 700)
        played.enter(played.senior, JUNIOR, 700)
        return played

    return grown


def test_nobody_buys_nothing(dear):
    played = dear(2_000)
    done = played.end_epoch(0)
    assert (done.values[JUNIOR], done.units[JUNIOR]) == (2_002, 2)
    assert done.taken[JUNIOR].entered == 0
    for who in (played.newcomer, played.senior):
        assert (played.position(who, JUNIOR).entry, played.position(who, JUNIOR).claim_cash) == (700, 0)


def test_what_waits_is_taken_back(dear):
    played = dear(2_000)
    played.end_epoch(0)
    before = played.cash(played.newcomer)
    played.cancel_entry(played.newcomer, JUNIOR)
    assert played.take_cash_back(played.newcomer, JUNIOR) == played.cash(played.newcomer) - before == 700


def test_who_holds_it_leaves(dear):
    """Paid by what is there, not by who would come."""
    played = dear(2_000)
    played.leave(played.junior, JUNIOR, 1)
    played.enter(played.mezz, SENIOR, 3_000)
    took = played.end_epoch(0).taken[JUNIOR]
    assert (took.entered, took.ended, took.paid) == (0, 1, 1_001)


def test_a_unit_of_a_thousand_is_sold(dear):
    """What each gets is less than its part by less than one unit."""
    done = dear(1_998).end_epoch(0)
    assert (done.values[JUNIOR], done.taken[JUNIOR].entered) == (2_000, 1_400)
