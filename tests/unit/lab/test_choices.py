"""Values follow from choices as hypothesis would draw them: in bounds, all reachable, simple ones from low numbers."""

import random

import pytest
from hypothesis import strategies as st

from salvor.errors import StrategyNotCut
from salvor.lab.choices import Block, Drawn, Recorded, Recorder, plan, width_of

DICE = random.Random(4)


def cut_many(strategy, count=3_000):
    value_of, width = plan(strategy, "Machine.rule(x)")
    dice, values = random.Random(4), []  # its own: what is drawn does not depend on which tests ran before
    for _ in range(count):
        block = Block(dice.randbytes(width))
        values.append(value_of(block))
        assert block.at <= width
    return values


def simplest(strategy):
    return plan(strategy, "Machine.rule(x)")[0](Recorded([]))


class TestIntegers:
    @pytest.mark.parametrize(
        ("low", "high"), [(0, 0), (0, 1), (-1, 1), (3, 9), (0, 255), (0, 256), (-300, 300), (5, 70_000), (-9, -3)]
    )
    def test_are_in_bounds_and_reach_both(self, low, high):
        values = cut_many(st.integers(low, high), 20_000)
        assert min(values) == low or high - low > 255
        assert low <= min(values) <= max(values) <= high
        assert len(set(values)) == min(high - low + 1, len(set(values)))

    @pytest.mark.parametrize(("low", "high"), [(0, 2), (-1, 1), (3, 9), (-9, -3)])
    def test_reach_every_value_of_a_small_range(self, low, high):
        assert set(cut_many(st.integers(low, high))) == set(range(low, high + 1))

    @pytest.mark.parametrize(
        ("low", "high", "nearest"), [(0, 9, 0), (-5, 5, 0), (3, 2**112, 3), (-(2**64), -7, -7), (-(2**200), 2**200, 0)]
    )
    def test_are_simplest_where_they_are_nearest_to_zero(self, low, high, nearest):
        assert simplest(st.integers(low, high)) == nearest

    @pytest.mark.parametrize(("low", "high"), [(-9, 600), (-600, 9), (-300, 300)])
    def test_of_both_signs_reach_every_value_once(self, low, high):
        value_of, _ = plan(st.integers(low, high), "x")
        values = [value_of(Recorded([number])) for number in range(high - low + 1)]
        assert sorted(values) == list(range(low, high + 1))
        assert [abs(value) for value in values] == sorted(abs(value) for value in values)

    def test_of_a_wide_range_are_often_small_and_often_large(self):
        values = cut_many(st.integers(0, 2**112 - 1))
        assert sum(value < 2**20 for value in values) > 200
        assert sum(value > 2**110 for value in values) > 500

    def test_of_a_wide_range_are_as_often_negative_as_positive(self):
        values = cut_many(st.integers(-(2**100), 2**100))
        assert 0.4 < sum(value < 0 for value in values) / sum(value > 0 for value in values) < 2.5

    def test_without_a_bound_are_refused_by_name(self):
        with pytest.raises(
            StrategyNotCut,
            match=r"Machine.rule\(x\): integers\(min_value=0\) can't be drawn in blocks; use .*both bounds",
        ):
            plan(st.integers(min_value=0), "Machine.rule(x)")


class TestOthers:
    def test_sampled_values_are_all_reached_and_the_first_is_simplest(self):
        strategy = st.sampled_from(["a", "b", "c"])
        assert set(cut_many(strategy)) == {"a", "b", "c"}
        assert simplest(strategy) == "a"

    def test_more_than_a_byte_of_sampled_values_are_reached(self):
        assert len(set(cut_many(st.sampled_from(range(1_000)), 20_000))) == 1_000

    def test_a_single_value_takes_no_bytes(self):
        assert plan(st.just(7), "x")[1] == 0
        assert simplest(st.just(7)) == 7

    def test_mapped_values_are_mapped(self):
        assert set(cut_many(st.sampled_from([1, 2]).map(str))) == {"1", "2"}
        assert set(cut_many(st.integers(1, 2).map(lambda value: value * 10))) == {10, 20}

    def test_each_branch_of_a_choice_is_reached(self):
        assert set(cut_many(st.one_of(st.just("edge"), st.integers(3, 4), st.booleans()))) == {
            "edge",
            3,
            4,
            False,
            True,
        }

    def test_tuples_and_lists_are_cut_in_order(self):
        pairs = cut_many(st.tuples(st.integers(0, 1), st.just("x"), st.booleans()))
        assert set(pairs) == {(a, "x", b) for a in (0, 1) for b in (False, True)}
        lists = cut_many(st.lists(st.integers(5, 6), min_size=1, max_size=3))
        assert {len(each) for each in lists} == {1, 2, 3}
        assert {value for each in lists for value in each} == {5, 6}

    @pytest.mark.parametrize(
        "strategy",
        [
            st.integers(0, 9).filter(bool),
            st.sampled_from([1, 2]).filter(bool),
            st.integers(0, 9).flatmap(st.just),
            st.binary(min_size=4, max_size=4),
            st.lists(st.booleans()),
            st.lists(st.integers(0, 9), unique=True, max_size=3),
            st.text(),
            st.floats(),
        ],
        ids=repr,
    )
    def test_what_has_no_fixed_size_is_refused_by_name(self, strategy):
        with pytest.raises(StrategyNotCut, match=r"Machine.rule\(x\)"):
            plan(strategy, "Machine.rule(x)")


class TestSources:
    @pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 65_536, 65_537, 2**112, 2**256])
    def test_every_source_stays_below_the_count(self, count):
        for _ in range(200):
            block = Block(DICE.randbytes(width_of(count)))
            assert 0 <= block.pick(count) < count
            assert block.at == width_of(count)
            assert Recorded([DICE.randrange(2**300)]).pick(count) < count

    def test_what_was_recorded_gives_the_same_values(self):
        strategy = st.tuples(st.integers(-5, 2**90), st.lists(st.sampled_from("abc"), max_size=4), st.booleans())
        value_of, width = plan(strategy, "x")
        for _ in range(200):
            recorder = Recorder(Block(DICE.randbytes(width)))
            assert value_of(recorder) == value_of(Recorded(recorder.numbers))

    def test_a_record_that_is_too_short_goes_on_with_the_simplest(self):
        assert plan(st.tuples(st.integers(3, 9), st.booleans()), "x")[0](Recorded([4])) == (7, False)

    def test_hypothesis_makes_choices_number_by_number(self):
        asked = []

        def draw(strategy):
            asked.append(repr(strategy))
            return 1

        value = plan(st.tuples(st.integers(0, 99), st.sampled_from("ab")), "x")[0](Drawn(draw))
        assert value == (1, "b")
        assert asked == ["integers(min_value=0, max_value=99)", "integers(min_value=0, max_value=1)"]
