"""Division by zero instead of a named error (OpenZeppelin/openzeppelin-community-contracts 228).

The price was computed as claimable shares over claimable assets before the limit was looked at.
"""

import pytest

from tests.utils.gates import SENIOR, refused

VERBS = ("deposit", "mint", "redeem", "withdraw")


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_of_nothing_that_is_there_is_refused_by_name(played, verb):
    assert refused(played.claim(verb, played.newcomer, SENIOR, 5)) == ("AboveClaimable", (5, 0))


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_of_zero_does_nothing(played, verb):
    assert played.claim(verb, played.newcomer, SENIOR, 0) == 0


def test_an_epoch_that_was_closed_to_a_worthless_tranche_is_gone_through(played):
    """Its price is 0 : units; who waited in it waits on, and nothing is divided by it."""
    played.leave(played.junior, 2, 5)
    played.end_epoch(0, written_off=200_000)
    assert played.position(played.junior, 2).exit == 5
    played.enter(played.newcomer, 2, 10)
    assert played.live.gates[2].convertToShares(10) == 10
