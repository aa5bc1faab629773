"""ChainlinkSource: what it makes of a feed, and of a rollup's uptime feed; compared with the model in every case."""

import pytest

from salvor.model.oracle import Answer, Policy, Reason
from salvor.model.oracle_sources import Feed, Round, chainlink, in_wad
from tests.utils.oracle import HOUR, KEY, NO_ADDRESS, WAD, Manner, plain, selector

GOOD = Round(5, 100 * 10**8, 0, 0, 5)
EIGHT = Feed(8)


def at(said, now, **changes):
    """The round, at this second."""
    values = {"number": said.number, "answer": said.answer, "started_at": now, "updated_at": now}
    return Round(**values | {"answered_in": said.answered_in} | changes)


def asked(stage, feed, said, uptime=None):
    """What the adapter says; the model says the same."""
    played = stage.feed(feed, said)
    beside = stage.feed(Feed(0), uptime) if feed.has_uptime else None
    config = stage.feed_source(played, feed, uptime=beside).config
    given = plain(stage.chainlink.answer(KEY, config))
    assert given == chainlink(feed, said, uptime, stage.lab.now).words
    return Answer(Reason(given[0]), *given[1:])


class TestAnswer:
    def test_is_the_last_round_in_wad(self, stage):
        now = stage.lab.now
        assert asked(stage, EIGHT, at(GOOD, now)) == Answer(Reason.NONE, 100 * WAD, 0, now)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"answer": -1}, Reason.NEGATIVE),
            ({"answer": 0}, Reason.NONE),
            ({"answer": 2**128}, Reason.TOO_LARGE),
            ({"answer": 2**191 - 2}, Reason.TOO_LARGE),
            ({"answer": 2**255 - 1}, Reason.AT_LIMIT),
            ({"answer": -(2**255)}, Reason.NEGATIVE),
            ({"updated_at": 0}, Reason.INCOMPLETE),
            ({"answered_in": 4}, Reason.INCOMPLETE),
            ({"answered_in": 6}, Reason.NONE),
            ({"number": 0}, Reason.INCOMPLETE),
        ],
    )
    def test_of_a_round_with_one_thing_wrong(self, stage, changes, reason):
        assert asked(stage, EIGHT, at(GOOD, stage.lab.now, **changes)).reason is reason

    @pytest.mark.parametrize(("answer", "reason"), [(10, 5), (11, 0), (999, 0), (1_000, 5), (1_001, 5), (9, 5)])
    def test_at_the_aggregator_s_limits(self, stage, answer, reason):
        feed = Feed(8, lowest=10, highest=1_000)
        assert asked(stage, feed, at(GOOD, stage.lab.now, answer=answer)).reason == reason

    def test_dates_beyond_what_fits_stay_later_than_now(self, stage):
        for moment in (2**40 - 1, 2**40, 2**256 - 1):
            assert asked(stage, EIGHT, at(GOOD, stage.lab.now, updated_at=moment)).at == 2**40 - 1

    @pytest.mark.parametrize("manner", [Manner.REFUSE, Manner.LONG_REFUSAL])
    def test_of_a_feed_that_reverts(self, stage, manner):
        played = stage.feed(EIGHT, at(GOOD, stage.lab.now))
        played.behave(manner)
        config = stage.feed_source(played, EIGHT).config
        assert plain(stage.chainlink.answer(KEY, config)) == chainlink(EIGHT, None, None, 0).words


class TestDecimals:
    def test_from_0_to_36_give_the_same_value(self, stage):
        """OR-07."""
        for decimals in range(37):
            said = at(GOOD, stage.lab.now, answer=7 * 10**decimals)
            assert asked(stage, Feed(decimals), said).value == 7 * WAD, "OR-07"

    @pytest.mark.parametrize("decimals", [17, 18, 19, 36])
    def test_more_than_18_are_cut(self, stage, decimals):
        said = at(GOOD, stage.lab.now, answer=10**decimals - 1)
        given = asked(stage, Feed(decimals), said)
        assert given.value == (WAD - 10 if decimals == 17 else WAD - 1)

    def test_the_model_s_own_table(self):
        assert in_wad(1, 0).value == WAD
        assert in_wad(10**36 - 1, 36).value == WAD - 1
        assert in_wad(2**128, 18).reason is Reason.TOO_LARGE
        assert in_wad(2**128 - 1, 18).value == 2**128 - 1


class TestUptime:
    FEED = Feed(8, has_uptime=True, grace=HOUR)

    @pytest.mark.parametrize(
        ("down", "since", "reason"),
        [
            (0, HOUR + 1, Reason.NONE),
            (0, HOUR, Reason.SEQUENCER_DOWN),
            (0, 1, Reason.SEQUENCER_DOWN),
            (0, -1, Reason.SEQUENCER_DOWN),
            (1, 2 * HOUR, Reason.SEQUENCER_DOWN),
        ],
    )
    def test_waits_until_the_grace_time_is_over(self, stage, down, since, reason):
        now = stage.lab.now
        uptime = Round(1, down, now - since, now - since, 1)
        assert asked(stage, self.FEED, at(GOOD, now), uptime).reason is reason

    def test_without_a_start_means_down(self, stage):
        uptime = Round(1, 0, 0, stage.lab.now, 1)
        assert asked(stage, self.FEED, at(GOOD, stage.lab.now), uptime).reason is Reason.SEQUENCER_DOWN

    def test_that_reverts_means_down(self, stage):
        played = stage.feed(self.FEED, at(GOOD, stage.lab.now))
        uptime = stage.feed(Feed(0), Round(1, 0, 1, 1, 1))
        config = stage.feed_source(played, self.FEED, uptime=uptime).config
        stage.chainlink.check(KEY, config)
        uptime.behave(Manner.REFUSE)
        assert stage.chainlink.answer(KEY, config).reason == Reason.SEQUENCER_DOWN


class TestCheck:
    def test_refuses_other_decimals_than_the_feed_s(self, stage):
        source = stage.feed_source(stage.feed(EIGHT, GOOD), Feed(9))
        with stage.lab.refused("ConfigUnusable", source.config):
            stage.set_policy(Policy((source,), 1))

    @pytest.mark.parametrize("feed", [Feed(37), Feed(8, lowest=5, highest=5)])
    def test_refuses_what_cannot_be(self, stage, feed):
        with stage.lab.refused("ConfigUnusable"):
            stage.chainlink.check(KEY, stage.feed_source(stage.feed(feed, GOOD), feed).config)

    def test_takes_what_fits(self, stage):
        stage.chainlink.check(KEY, stage.feed_source(stage.feed(EIGHT, GOOD), EIGHT).config)


class TestConfigOf:
    def test_finds_decimals_and_the_limits_behind_a_proxy(self, stage):
        proxy, inner = stage.feed(EIGHT, GOOD), stage.play()
        proxy.teach(selector("aggregator()"), bytes(12) + bytes.fromhex(inner.address[2:]))
        inner.teach(selector("minAnswer()"), (10).to_bytes(32))
        inner.teach(selector("maxAnswer()"), (1_000).to_bytes(32))
        config = stage.chainlink.configOf(proxy.address, NO_ADDRESS, 0)
        assert config == stage.feed_source(proxy, Feed(8, 10, 1_000)).config

    def test_of_a_feed_without_a_proxy_and_without_limits(self, stage):
        feed = stage.feed(EIGHT, GOOD)
        feed.behave(Manner.KNOW)
        assert stage.chainlink.configOf(feed.address, NO_ADDRESS, 0) == stage.feed_source(feed, EIGHT).config

    def test_of_an_aggregator_from_before_off_chain_reporting(self, stage):
        feed = stage.feed(EIGHT, GOOD)
        feed.behave(Manner.KNOW)
        feed.teach(selector("minSubmissionValue()"), (7).to_bytes(32))
        feed.teach(selector("maxSubmissionValue()"), (2**255 - 1).to_bytes(32))
        config = stage.feed_source(feed, Feed(8, 7, 2**191 - 1)).config
        assert stage.chainlink.configOf(feed.address, NO_ADDRESS, 0) == config
