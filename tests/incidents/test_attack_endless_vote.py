"""Attack: a vote window near 2^40 seconds, with which the end of a vote is beyond what the chain keeps.

Such a deal looked like one with a vote, and every call of it panicked: its holders could never accelerate. Now a
window above 2^32 - 1 seconds is refused when the deal is made (rule 35), and with the longest one a vote is called.
"""

from dataclasses import replace

import pytest

from tests.utils.full_deal import PERCENT, Terms, Tranche, build, step

STEPS = (step("residual", 0),)
LONGEST = 2**32 - 1
TERMS = Terms((Tranche(1_000),), STEPS, accelerated=STEPS, window=LONGEST)


@pytest.mark.parametrize("window", [LONGEST + 1, 2**40 - 1, 0, 1])
def test_a_window_that_is_too_long_is_refused(lab, window):
    with lab.refused("CantPass", 50 * PERCENT, window):
        build(lab, replace(TERMS, window=window))


def test_with_the_longest_a_vote_is_called_and_passes(lab):
    deal = build(lab, TERMS).sell()
    deal.vote.call(sender=deal.holders[0])
    assert deal.vote.ballot(1).until == lab.now + LONGEST
    lab.wait(1)
    deal.vote.vote(sender=deal.holders[0])
    assert deal.waterfall.phase() == 3
