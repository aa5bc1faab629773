"""What auditors draw has its edges, stays in its bounds, and can be cut from blocks."""

import random

from salvor.lab import strategies
from salvor.lab.choices import Block, plan
from salvor.lab.strategies import DAY, WAD, Seen


def many(strategy, count=20_000):
    value_of, width = plan(strategy, "x")
    dice = random.Random(6)  # the same each time: what is drawn does not depend on which tests ran before
    return [value_of(Block(dice.randbytes(width))) for _ in range(count)]


class TestAmounts:
    def test_edges_are_drawn_and_nothing_else_is_above_the_limit(self):
        values = set(many(strategies.amounts(70_000, around=(59_999,))))
        assert {0, 1, 2, 255, 256, 65_535, 65_536, 10, 10_000, 59_998, 59_999, 60_000, 69_999, 70_000, 70_001} <= values
        assert max(values) == 70_001

    def test_the_end_of_a_type_and_one_beyond_are_drawn(self):
        values = set(many(strategies.amounts(2**112 - 1)))
        assert {2**112 - 2, 2**112 - 1, 2**112, 2**64 - 1, 2**64} <= values
        assert max(values) == 2**112

    def test_values_seen_in_the_run_and_their_neighbours_are_drawn(self):
        seen = Seen()
        seen.note(123_457)
        values = many(strategies.amounts(10**9, seen=seen))
        assert {123_456, 123_457, 123_458} <= set(values)
        seen.forget()
        assert 123_457 not in many(strategies.amounts(10**9, seen=seen), 2_000)

    def test_the_newest_seen_comes_first_and_a_run_of_the_same_is_kept_once(self):
        seen = Seen()
        seen.note(5, 6, 6, 5, 7)
        assert [seen.pick(place) for place in range(4)] == [7, 6, 5, 7]
        assert Seen().pick(3) == 0


def test_rates_stay_within_their_limit():
    values = set(many(strategies.rates(WAD // 2)))
    assert {0, 1, WAD // 100, WAD // 2} <= values
    assert max(values) == WAD // 2


def test_dates_are_beside_the_moments_that_matter():
    assert set(many(strategies.dates(10**6))) == {10**6 + beside for beside in (0, -1, 1, DAY, -DAY)}


def test_waits_and_day_counts_have_their_edges():
    assert {0, 1, DAY, 365 * DAY} <= set(many(strategies.waits()))
    assert {0, 1, 28, 29, 30, 31, 365, 366} <= set(many(strategies.day_counts()))


def test_actors_are_places():
    assert set(many(strategies.actors(4))) == {0, 1, 2, 3}
