"""A deal whose dates stand at the end of what 40 bits of seconds hold.

The end of a last period plus grace, or the next cut-off, is beyond them: whatever is compared is compared wider, so a
fresh report is still fresh and nothing stops with an overflow.
"""

import pytest

from salvor.lab.lab import open_lab
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import DAY, evergreen, set_stage, small_deal
from tests.utils.gates import SENIOR, Gates, refused

LAST = 2**40 - 2**20  # the admissions of the stage end at 2^40 - 1


@pytest.fixture
def played(request):
    """The last of eight periods of a day ends at 2^40 - 2^20 seconds."""
    lab = open_lab("revm", root=request.config.rootpath, genesis=LAST - 40 * DAY)
    closing = LAST - 8 * DAY
    ends = tuple(closing + DAY * number for number in range(1, 9))
    terms = small_deal(closing, evergreen(cut_off=3_600), period_ends=ends, grace=2**39)
    yield Gates(EvergreenMirror(set_stage(lab, terms)))
    lab.close()


def test_epochs_are_settled_to_the_end(played):
    for period in range(1, 6):
        played.enter(played.newcomer, SENIOR, 100)
        assert played.end_epoch().period == period
    played.end_period()
    assert refused(played.settle()) == ("NotRevolving", ())
    assert played.position(played.newcomer, SENIOR).claim_cash == 500


def test_a_value_that_is_told_in_time_is_fresh(played):
    played.change((0, 0), source=True)
    played.end_epoch()
    played.end_period()
    played.observe(90_000, 2, 2**40 - 1)
    assert refused(played.settle())[0] == "ValueNotUsable"
    played.observe(90_000, 2, played.lab.now)
    assert played.settle().loans == 90_000
