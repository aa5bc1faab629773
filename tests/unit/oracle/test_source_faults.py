"""One source of five down, lying, frozen, reverting, answering garbage, bombing or eating all gas: nothing changes.

Each fault is played twice: by the outside system behind an adapter, and by the adapter itself.
"""

import pytest
from eth_abi import encode

from salvor.model.oracle import Policy, Reason, Status
from salvor.model.oracle_sources import Feed, Round
from tests.utils.oracle import ANSWER, DAY, HOUR, KEY, LAST_ROUND, WAD, Manner

EIGHT = Feed(8)
HONEST = (98, 99, 101, 102)  # of the four others
MANNERS = {
    "reverts": Manner.REFUSE,
    "answers without end": Manner.BOMB,
    "reverts without end": Manner.LONG_REFUSAL,
    "eats all gas": Manner.DEVOUR,
}


def round_of(value, moment, **changes):
    values = {"number": 5, "answer": value * 10**8, "started_at": moment, "updated_at": moment, "answered_in": 5}
    return Round(**values | changes)


@pytest.fixture
def feeds(stage):
    """Five Chainlink feeds; the first is the one that goes wrong."""
    played = [stage.feed(EIGHT, round_of(value, stage.lab.now)) for value in (100, *HONEST)]
    sources = tuple(stage.feed_source(each, EIGHT) for each in played)
    stage.set_policy(Policy(sources, 3, max_deviation=WAD // 10))
    return played


@pytest.fixture
def adapters(stage):
    """Five adapters; the first is the one that goes wrong."""
    played = [stage.play() for _ in range(5)]
    for each, value in zip(played, (100, *HONEST), strict=True):
        each.answer(0, value * WAD, 0, stage.lab.now)
    stage.set_policy(Policy(tuple(stage.played_source(each) for each in played), 3, max_deviation=WAD // 10))
    return played


def stays_good(stage, reason, value=100 * WAD):
    """The value is that of the four others, and the hub says what is wrong with the first."""
    receipt = stage.hub.poke(KEY, sender=stage.outsider)
    rejected = [event for event in receipt.events if event.name == "SourceRejected"]
    assert [(event.source, event.answer.reason) for event in rejected] == [(0, reason)], "OR-04"
    assert (receipt.return_value.value, receipt.return_value.status) == (value, Status.GOOD), "OR-04"
    return receipt


class TestFeeds:
    @pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
    def test_that_misbehave_change_nothing(self, stage, feeds, manner):
        feeds[0].behave(manner)
        # An answer without end begins with the zeros of a round that never was.
        stays_good(stage, Reason.INCOMPLETE if manner is Manner.BOMB else Reason.UNREACHABLE)

    @pytest.mark.parametrize(
        "reply",
        [b"", b"\1", bytes(31), bytes(159), b"\xff" * 160, b"<html>"],
        ids=["nothing", "a byte", "half a word", "a byte short", "all ones", "a web page"],
    )
    def test_that_answer_garbage_change_nothing(self, stage, feeds, reply):
        feeds[0].teach(LAST_ROUND, reply)
        stays_good(stage, Reason.UNREACHABLE)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"answer": 0}, Reason.OUT_OF_BOUNDS),
            ({"answer": -5}, Reason.NEGATIVE),
            ({"answer": 2**190}, Reason.TOO_LARGE),
            ({"answer": 10**9}, Reason.DEVIATES),
            ({"answer": 10**20}, Reason.DEVIATES),
            ({"updated_at": 0}, Reason.INCOMPLETE),
            ({"answered_in": 4}, Reason.INCOMPLETE),
            ({"updated_at": 2**256 - 1}, Reason.FROM_FUTURE),
        ],
    )
    def test_that_lie_change_nothing_but_the_median_among_the_honest(self, stage, feeds, changes, reason):
        feeds[0].say(round_of(100, stage.lab.now, **changes))
        # A lie that is a number like others moves the median to a neighbour, never beyond the honest.
        high, low = changes.get("answer", 0) == 10**20, changes.get("answer", 0) == 10**9
        stays_good(stage, reason, 101 * WAD if high else 99 * WAD if low else 100 * WAD)

    def test_that_are_frozen_change_nothing(self, stage, feeds):
        stage.lab.wait(HOUR + 1)
        for feed, value in zip(feeds[1:], HONEST, strict=True):
            feed.say(round_of(value, stage.lab.now))
        stays_good(stage, Reason.STALE)

    def test_all_of_them_for_a_month_are_refused(self, stage, feeds):
        stage.lab.wait(30 * DAY)
        assert stage.hub.peek(KEY).status == Status.REFUSED


class TestAdapters:
    @pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
    def test_that_misbehave_change_nothing(self, stage, adapters, manner):
        adapters[0].behave(manner)
        stays_good(stage, Reason.UNREACHABLE)

    @pytest.mark.parametrize(
        "words",
        [
            (),
            (0,),
            (0, WAD, 0),
            (0, WAD, 0, 1, 0),
            (16, WAD, 0, 1),
            (0, 2**128, 0, 1),
            (0, WAD, 2**128, 1),
            (0, WAD, 0, 2**40),
            (2**256 - 1,) * 4,
        ],
    )
    def test_that_answer_what_is_no_answer_change_nothing(self, stage, adapters, words):
        adapters[0].teach(ANSWER, encode(("uint256",) * len(words), words))
        stays_good(stage, Reason.UNREACHABLE)

    def test_two_at_once_that_eat_and_bomb_leave_the_quorum(self, stage, adapters):
        adapters[0].behave(Manner.DEVOUR)
        adapters[1].behave(Manner.BOMB)
        assert stage.hub.read(KEY).value == 101 * WAD, "OR-04"

    def test_a_third_one_breaks_the_quorum_and_the_value_is_refused(self, stage, adapters):
        for adapter in adapters[:3]:
            adapter.behave(Manner.DEVOUR)
        assert stage.hub.peek(KEY).status == Status.REFUSED
