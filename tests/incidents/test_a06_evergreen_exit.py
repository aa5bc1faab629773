"""The second-lowest tranche escapes while the auction runs (sherlock 2023-12-arcadia-judging 65, 87).

Only the lowest tranche was locked though the loss could reach the next one. Here a write-off that is announced closes
every tranche that it may reach, until it is booked; what was asked waits and is priced after the mark.
"""

import pytest

from tests.utils.evergreen_cases import case
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR

LOSS = 400


@pytest.fixture
def played(lab):
    """Senior 1,000, mezzanine 300 in two hands, junior 200; an auction is expected to lose 400."""
    played = case(lab, (1_000, 300, 200))
    played.deal.transfer(played.mezz.address, played.newcomer.address, MEZZANINE, 150, played.lab.now)
    played.live.notes[MEZZANINE].transfer(played.newcomer, 150, sender=played.mezz)
    played.announce(LOSS)
    played.enter(played.senior, SENIOR, 400)  # cash for everybody
    return played


def test_it_waits_and_leaves_at_the_price_after_the_loss(played):
    played.leave(played.mezz, MEZZANINE, 150)
    first = played.end_epoch(0)
    assert first.taken[MEZZANINE].ended == 0
    second = played.end_epoch(0, written_off=LOSS)
    assert second.values == (1_400, 100, 0)
    assert played.claim("redeem", played.mezz, MEZZANINE, 150) == 50
    assert played.mirror._values()[MEZZANINE] == 50  # the other's half


def test_nobody_enters_what_is_about_to_be_written_off(played):
    played.enter(played.newcomer, JUNIOR, 100)
    assert played.end_epoch(0).taken[JUNIOR].entered == 0


def test_what_it_can_not_reach_stays_open(played):
    played.leave(played.senior, SENIOR, 100)
    assert played.end_epoch(0).taken[SENIOR].ended == 100
