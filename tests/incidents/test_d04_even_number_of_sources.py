"""interlay/interbtc #846: with an even number of sources the "middle" one depended on their order.

Of an even number the two in the middle are averaged, down (rule 5); whatever the order. Answers are bounded by 128 bits
(more is too large), so their sum can't overflow.
"""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.model.oracle import Answer, Policy, Reason, Source, judge
from salvor.model.oracle_sources import Feed, Round
from tests.utils.oracle import KEY, WAD, set_stage

MOST = 2**128 - 1
NOW = 1_900_000_000


@pytest.mark.parametrize(
    ("values", "median"),
    [((104, 100, 200, 102), 103), ((100, 103), 101), ((MOST, MOST - 2), MOST - 1), ((0, 1), 0), ((7,), 7)],
)
def test_the_median_is_the_same_in_every_order(lab, values, median):
    stage = set_stage(lab)
    adapters = [stage.play() for _ in values]
    sources = tuple(stage.played_source(each) for each in adapters)
    stage.set_policy(Policy(sources, 1, max_deviation=10 * WAD, lowest=0))
    for order in permutations(values):
        for adapter, value in zip(adapters, order, strict=True):
            adapter.answer(0, value, 0, lab.now)
        assert stage.hub.read(KEY).value == median, "OR-03"


@settings(max_examples=200)
@given(st.lists(st.integers(0, MOST), min_size=1, max_size=15), st.randoms(use_true_random=False))
def test_any_answers_in_any_order_of_the_model(values, dice):
    """The contract's equality with it is the machine's."""
    answers = [Answer(value=value, at=NOW - number) for number, value in enumerate(values)]
    shuffled = dice.sample(answers, len(answers))
    policy = Policy(tuple(Source("", bytes([n]), 100) for n in range(len(values))), 1, lowest=0)
    assert judge(policy, answers, NOW)[1] == judge(policy, shuffled, NOW)[1], "OR-03"


def test_answers_near_the_end_of_256_bits_are_too_large(lab):
    stage = set_stage(lab)
    feed = Feed(18)
    for value in (2**191 - 2, 2**128):
        played = stage.feed(feed, Round(1, value, lab.now, lab.now, 1))
        stage.set_policy(Policy((stage.feed_source(played, feed),), 1))
        assert stage.hub.answers(KEY)[0].reason == Reason.TOO_LARGE
