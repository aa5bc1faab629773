"""max* functions lie (sherlock 2024-08-sentiment-v2-judging 110; Fujicracy/fuji-v2 451).

They were above 0 while paused. Here each says what its claim would take at that block: pause and freeze included.
"""

import pytest

from tests.utils.gates import SENIOR, refused


@pytest.fixture
def met(played):
    played.enter(played.newcomer, SENIOR, 700)
    played.leave(played.senior, SENIOR, 40)
    played.end_epoch()
    return played


def limits(met, who):
    gate = met.live.gates[SENIOR]
    return gate.maxDeposit(who), gate.maxMint(who), gate.maxRedeem(who), gate.maxWithdraw(who)


def test_say_what_can_be_claimed(met):
    assert (limits(met, met.newcomer), limits(met, met.senior)) == ((700, 700, 0, 0), (0, 0, 40, 40))
    assert refused(met.claim("withdraw", met.senior, SENIOR, 41)) == ("AboveClaimable", (41, 40))
    assert met.claim("withdraw", met.senior, SENIOR, 40) == 40


def test_are_nothing_of_units_while_paused(met):
    met.pause()
    assert (limits(met, met.newcomer), limits(met, met.senior)) == ((0, 0, 0, 0), (0, 0, 40, 40))


def test_are_nothing_to_who_is_frozen(met):
    for who in (met.newcomer, met.senior):
        met.freeze(who, SENIOR)
        assert limits(met, who) == (0, 0, 0, 0)
