"""Lodestar-Finance/lodestar-protocol #27, sherlock 2023-12-flatmoney #164: sequencer back up, grace time not waited.

Only "answer = 0" was read and `startedAt` ignored, so prices from before the outage counted at once. The grace time
counts up to and with its last second, as in Chainlink's own example (rule 15). What must stay possible in it (sherlock
2024-08-sentiment-v2 #324: repaying) may read a held value; what can't be undone asks `readFresh`.
"""

import pytest

from salvor.model.oracle import OnFailure, Policy, Reason, Status
from salvor.model.oracle_sources import Feed, Round
from tests.utils.oracle import DAY, KEY, WAD, set_stage

GRACE = 3_600
FEED = Feed(8, has_uptime=True, grace=GRACE)
OUTAGE = 2 * DAY  # the tests begin so long after


@pytest.fixture
def rollup(lab):
    """Feed, uptime feed, and a value that was good before the outage."""
    stage = set_stage(lab)
    now = lab.now
    uptime = stage.feed(Feed(0), Round(1, 0, now - DAY, now, 1))
    feed = stage.feed(FEED, Round(1, 100 * 10**8, now, now, 1))
    source = stage.feed_source(feed, FEED, max_age=30 * DAY, uptime=uptime)
    held = {"on_failure": OnFailure.HOLD_LOWER, "haircut": WAD // 10, "hold_at_most": 30 * DAY}
    stage.set_policy(Policy((source,), 1, **held))
    stage.hub.poke(KEY, sender=stage.outsider)
    lab.wait(OUTAGE)
    return stage, uptime


def back_since(stage, uptime, seconds, down=0):
    moment = stage.lab.now - seconds
    uptime.say(Round(2, down, moment, moment, 2))


@pytest.mark.parametrize(("since", "good"), [(1, False), (GRACE - 1, False), (GRACE, False), (GRACE + 1, True)])
def test_a_price_counts_after_the_grace_time(rollup, since, good):
    stage, uptime = rollup
    back_since(stage, uptime, since)
    assert stage.hub.answers(KEY)[0].reason == (Reason.NONE if good else Reason.SEQUENCER_DOWN)
    if good:
        assert stage.hub.readFresh(KEY).value == 100 * WAD
    else:
        with stage.lab.refused("NotGoodEnough", key=KEY, status=Status.HELD):
            stage.hub.readFresh(KEY)  # no liquidation opens
        assert stage.hub.read(KEY).value == 90 * WAD  # what must go on goes on, with a haircut


@pytest.mark.parametrize(
    ("down", "started"), [(1, DAY), (0, None), (0, -1)], ids=["down", "no start", "a start to come"]
)
def test_down_is_down_however_it_is_said(rollup, down, started):
    stage, uptime = rollup
    if started is None:
        uptime.say(Round(2, 0, 0, stage.lab.now, 2))
    else:
        back_since(stage, uptime, started, down)
    assert stage.hub.answers(KEY)[0].reason == Reason.SEQUENCER_DOWN
