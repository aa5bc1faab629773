"""The second-lowest tranche escapes while the auction runs (sherlock 2023-12-arcadia-judging 65, 87).

Only the lowest tranche was locked though the loss could reach the next one. Here nobody has to announce anything: from
the trigger that fires to the report of what the sale lost every tranche that this may reach is closed, and what was
asked waits.
"""

import pytest

from tests.utils.evergreen_sales import GatesAndSales
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR

CURE = 86_400


@pytest.fixture
def played(lab):
    """Senior 1,000, mezzanine 300 in two hands, junior 200; a loan of 403, for which nobody gives more than 3."""
    played = GatesAndSales(lab)
    played.deal.transfer(played.mezz.address, played.newcomer.address, MEZZANINE, 150, played.lab.now)
    played.live.notes[MEZZANINE].transfer(played.newcomer, 150, sender=played.mezz)
    played.enter(played.senior, SENIOR, 400)  # cash for everybody
    played.open(0, 403)
    return played


def test_it_waits_and_leaves_at_the_price_after_the_loss(played):
    played.leave(played.mezz, MEZZANINE, 150)
    played.end_period(0)
    played.sell()
    assert played.settle().taken[MEZZANINE].ended == 0, "AU-14"  # while the auction runs
    played.take()
    second = played.end_epoch(0)  # with the loss of 400
    assert second.values == (1_400, 100, 0)
    assert played.claim("redeem", played.mezz, MEZZANINE, 150) == 50
    assert played.mirror._values()[MEZZANINE] == 50  # the other's half


def test_nor_between_the_sale_and_the_report_of_what_it_lost(played):
    played.leave(played.mezz, MEZZANINE, 150)
    played.end_period(0)
    played.sell()
    played.take()
    assert played.live.pool.record(2).writtenOff == played.open_loss() == 400  # no run has it
    assert played.settle().taken[MEZZANINE].ended == 0, "AU-14"
    assert played.end_epoch(0).values == (1_400, 100, 0)
    assert played.open_loss() == 0


def test_nor_in_the_cure_before_it(played):
    played.leave(played.mezz, MEZZANINE, 150)
    played.end_period(0)
    played.fire(CURE)
    assert played.open_loss() == 403
    assert played.settle().taken[MEZZANINE].ended == 0, "AU-14"


def test_nobody_enters_what_may_be_lost(played):
    played.enter(played.newcomer, JUNIOR, 100)
    played.end_period(0)
    played.sell()
    assert played.settle().taken[JUNIOR].entered == 0


def test_what_it_can_not_reach_stays_open(played):
    played.leave(played.senior, SENIOR, 100)
    played.end_period(0)
    played.sell()
    assert played.settle().taken[SENIOR].ended == 100


@pytest.mark.parametrize("back", ["cured", "nobody bids"])
def test_all_may_leave_when_nothing_is_exposed_any_more(played, back):
    for who, place in ((played.mezz, MEZZANINE), (played.junior, JUNIOR)):
        played.leave(who, place, 100)
    played.end_period(0)
    if back == "cured":
        played.fire(CURE)
        played.cured()
    else:
        played.sell()
        played.nobody_bids()
    assert played.open_loss() == 0
    assert [took.ended for took in played.settle().taken] == [0, 100, 100]


def test_a_loss_announced_counts_beside_it(played):
    """300 announced of other loans alone reach the mezzanine, 201 of a case alone do too; both reach the senior."""
    played.open(1, 201)
    played.leave(played.senior, SENIOR, 100)
    played.end_period(0)
    played.fire(CURE, number=2)
    assert played.open_loss() == 201
    played.announce(300)
    assert played.open_loss() == 501
    assert played.settle().taken[SENIOR].ended == 0, "AU-14"


def test_a_small_one_closes_the_junior_alone(played):
    played.open(1, 200)
    for who, place in ((played.mezz, MEZZANINE), (played.junior, JUNIOR)):
        played.leave(who, place, 100)
    played.end_period(0)
    played.fire(CURE, number=2)
    assert [took.ended for took in played.settle().taken] == [0, 100, 0]
