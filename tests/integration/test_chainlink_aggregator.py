"""The Chainlink adapter over Chainlink's own aggregator and proxy, as published in npm, on anvil.

Skipped with the reason where the package can't be had.
"""

import pytest

from benchmarks.peers import PeerMissing
from benchmarks.peers.chainlink import real_feed
from salvor.lab import open_lab
from salvor.model.oracle import Policy, Reason, Source
from tests.utils.oracle import HOUR, KEY, NO_ADDRESS, WAD, set_stage


@pytest.fixture(scope="module")
def deployed():
    lab = open_lab("anvil")
    stage = set_stage(lab)
    try:
        feeds = [real_feed(lab, stage.keeper, decimals=d, lowest=10, highest=10**30) for d in (8, 18, 2)]
    except PeerMissing as missing:
        lab.close()
        pytest.skip(str(missing))
    yield stage, feeds, lab.snapshot()
    lab.close()


@pytest.fixture
def real(deployed):
    stage, feeds, start = deployed
    yield stage, feeds
    stage.lab.restore(start)
    for feed in feeds:
        feed.round = 0


def sources(stage, feeds):
    return tuple(
        Source(stage.chainlink.address, stage.chainlink.configOf(feed.proxy, NO_ADDRESS, 0), HOUR) for feed in feeds
    )


def test_rounds_of_other_decimals_are_the_same_value(real):
    stage, feeds = real
    for feed, decimals in zip(feeds, (8, 18, 2), strict=True):
        feed.submit(123 * 10**decimals)
    stage.set_policy(Policy(sources(stage, feeds), 3))
    reading = stage.hub.readFresh(KEY)
    assert (reading.value, reading.confidence, reading.counted) == (123 * WAD, 0, 3)


def test_a_feed_before_its_first_round_is_unreachable(real):
    """Chainlink's aggregator reverts then: "No data present"."""
    stage, feeds = real
    stage.set_policy(Policy(sources(stage, feeds[:1]), 1))
    assert stage.hub.answers(KEY)[0].reason == Reason.UNREACHABLE


def test_a_feed_that_stops_is_stale_after_its_hour(real):
    stage, feeds = real
    feeds[0].submit(123 * 10**8)
    stage.set_policy(Policy(sources(stage, feeds[:1]), 1))
    stage.lab.wait(HOUR)
    assert stage.hub.answers(KEY)[0].reason == Reason.NONE
    stage.lab.wait(1)
    assert stage.hub.answers(KEY)[0].reason == Reason.STALE


@pytest.mark.parametrize(("answer", "reason"), [(10, Reason.AT_LIMIT), (11, Reason.NONE)])
def test_an_answer_at_the_aggregator_s_own_limit_is_no_price(real, answer, reason):
    stage, feeds = real
    feeds[0].submit(answer)
    stage.set_policy(Policy(sources(stage, feeds[:1]), 1))
    assert stage.hub.answers(KEY)[0].reason == reason


def test_a_reader_that_chainlink_does_not_admit_is_unreachable(real):
    """Of the aggregator itself, which answers its proxies only."""
    stage, feeds = real
    feeds[0].submit(123 * 10**8)
    config = stage.chainlink.configOf(feeds[0].proxy, NO_ADDRESS, 0)
    direct = config.replace(bytes.fromhex(feeds[0].proxy.address[2:]), bytes.fromhex(feeds[0].aggregator.address[2:]))
    assert stage.chainlink.answer(KEY, direct).reason == Reason.UNREACHABLE
