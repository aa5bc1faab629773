"""Attack: a waterfall whose index record or vote belongs to another deal.

The record of another pool is told by that pool's dates and until that pool's runs, so its indices can be chosen once
this deal's outcome is known; the vote of another pool can never be called. Both looked like a deal with all its parts.
"""

import pytest

from tests.utils.full_deal import MOST, NOBODY, PERCENT, Terms, Tranche, build, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))
OTHER_POOL = 27
RECORD, VOTE = 0, 1


@pytest.fixture
def made(lab):
    """A waterfall for a deal, with a record and a vote that may be another deal's."""

    def make(deal, record, vote):
        (tranche,), steps = TERMS.tranches, list(TERMS.steps)
        lists = [tranche.terms(deal.notes[0])], [tranche.path()], [], [], [], (0, MOST, 0, 0), steps
        agreed = [] if vote == NOBODY else steps
        rules = *lists, agreed, False, 0, 0, lab.actor("dust owner"), vote, record, PERCENT, NOBODY
        return lab.deploy("Waterfall", deal.offering, rules, sender=lab.actor("admin"))

    return make


@pytest.mark.parametrize("place", [RECORD, VOTE])
def test_of_another_deal_is_refused(lab, made, place):
    deal, other = build(lab, TERMS), build(lab, TERMS)
    assert made(deal, deal.record, deal.vote).vote() == deal.vote.address
    assert made(deal, NOBODY, NOBODY).vote() == NOBODY
    record, vote = (other.record, deal.vote) if place == RECORD else (deal.record, other.vote)
    with lab.refused("TermsInvalid", OTHER_POOL, place):
        made(deal, record, vote)
