"""sherlock 2024-05-midas #1, 2024-08-sentiment-v2 #290, 2023-12-flatmoney #245: one staleness limit for all feeds.

Heartbeats differ by a factor of 72, so one limit is too long for some and too short for others. Here each source of a
policy has its own; an answer of exactly that age is fresh (rule 4), and a date of 0 or to come is a reason, not an
underflow.
"""

import pytest

from salvor.model.oracle import Failure, Policy, Reason
from salvor.model.oracle_sources import Feed, Round
from tests.utils.oracle import KEY, WAD, set_stage

EIGHT = Feed(8)
LIMITS = (3_600, 86_400, 60)
AGES = (3_601, 86_000, 60)


def feeds(stage, moments, quorum):
    said = [Round(1, 100 * 10**8, moment, moment, 1) for moment in moments]
    played = [stage.feed(EIGHT, each) for each in said]
    sources = tuple(stage.feed_source(each, EIGHT, limit) for each, limit in zip(played, LIMITS, strict=True))
    stage.set_policy(Policy(sources, quorum))


def test_each_source_has_its_own_age(lab):
    stage = set_stage(lab)
    feeds(stage, [lab.now - age for age in AGES], quorum=2)
    receipt = stage.hub.poke(KEY, sender=stage.outsider)
    rejected = [event for event in receipt.events if event.name == "SourceRejected"]
    assert [(event.source, event.answer.reason) for event in rejected] == [(0, Reason.STALE)]
    reading = receipt.return_value
    assert (reading.value, reading.counted, reading.age) == (100 * WAD, 2, 86_000)


def test_a_quorum_of_three_is_not_there(lab):
    stage = set_stage(lab)
    feeds(stage, [lab.now - age for age in AGES], quorum=3)
    with lab.refused("NotGoodEnough", key=KEY, why=Failure.NO_QUORUM, counted=2):
        stage.hub.read(KEY)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [(0, Reason.INCOMPLETE), ("next second", Reason.FROM_FUTURE), (2**64, Reason.FROM_FUTURE)],
)
def test_a_date_that_is_none_is_a_reason(lab, moment, reason):
    stage = set_stage(lab)
    moment = lab.now + 1 if moment == "next second" else moment
    feeds(stage, [moment, lab.now, lab.now], quorum=2)
    assert stage.hub.answers(KEY)[0].reason == reason
    assert stage.hub.read(KEY).counted == 2


def test_a_date_of_zero_is_stale_even_where_everything_is_fresh(lab):
    stage = set_stage(lab)
    adapter = stage.play()
    adapter.answer(0, 5 * WAD, 0, 0)
    stage.set_policy(Policy((stage.played_source(adapter, max_age=2**32 - 1),), 1))
    assert stage.hub.answers(KEY)[0].reason == Reason.STALE
