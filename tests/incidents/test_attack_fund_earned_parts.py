"""Attack: a wallet that once earned at a gate could never be the new wallet of a recovery.

Parts below one unit stay at the gate when what was earned is paid, to anybody's call, and counted as a position that
a recovery would overwrite. Now nothing may wait there, and what both wallets earned is added up.
"""

import pytest

from tests.utils.gates import SENIOR, refused


@pytest.fixture
def left(played):
    """The newcomer's 700 units earned at the gate and were claimed; parts are left. The senior asks to sell."""
    played.enter(played.newcomer, SENIOR, 700)
    played.end_epoch()
    played.end_period()
    played.claim("mint", played.newcomer, SENIOR, 700)
    played.claim_earned(played.newcomer, SENIOR)
    assert any(played.position(played.newcomer, SENIOR).earned)
    played.leave(played.senior, SENIOR, 1_000)
    return played


def test_its_parts_are_added_up(left):
    had = left.position(left.newcomer, SENIOR).earned
    brought = left.position(left.senior, SENIOR).earned
    left.recover(left.senior, left.newcomer, SENIOR)
    moved = left.position(left.newcomer, SENIOR)
    assert moved.exit == 1_000
    assert moved.earned == tuple(one + other for one, other in zip(had, brought, strict=True))


def test_a_position_moved_alone_takes_them_too(left):
    gate, parts = left.live.gates[SENIOR], left.position(left.newcomer, SENIOR).earned
    gate.movePosition(left.senior, left.newcomer, sender=left.agent)
    moved = gate.position(left.newcomer)
    assert (moved.exit, moved.earnedInterest, moved.earnedPrincipal) == (1_000, *parts)


def test_nothing_is_moved_to_where_it_is(left):
    """Else what was earned would be added to itself."""
    gate = left.live.gates[SENIOR]
    with left.lab.refused("HasPosition", left.newcomer):
        gate.movePosition(left.newcomer, left.newcomer, sender=left.agent)


def test_what_waits_is_still_refused(left):
    left.enter(left.newcomer, SENIOR, 5)
    answer = left.recover(left.senior, left.newcomer, SENIOR)
    assert refused(answer) == ("HasPosition", (left.newcomer.address,))
