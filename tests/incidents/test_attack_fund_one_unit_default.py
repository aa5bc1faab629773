"""One unit decides for all: an attacker's finding on an evergreen deal with a vote on default.

The senior class had left. Whoever entered it with one unit called a vote, was the whole class, and declared a default
for ever: no epoch and no exit after that. Votes of those who had left meanwhile counted on, too. So it is refused.
"""

from dataclasses import replace

from salvor.model.terms import Vote
from tests.property.evergreen_stage import DAY, STEPS, evergreen, set_stage, small_deal

EVERGREEN = 28  # TermsFault.Evergreen


def test_an_evergreen_deal_with_a_vote_is_refused(lab):
    rules = small_deal(lab.now + 10 * DAY, evergreen())
    voting = replace(rules, accelerated_steps=STEPS, vote=Vote(5 * 10**17, 20 * DAY))
    with lab.refused("TermsInvalid", EVERGREEN, 0):
        set_stage(lab, voting)
    assert set_stage(lab, rules).live.waterfall.vote() == "0x" + "0" * 40
