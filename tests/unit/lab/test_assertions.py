"""Assertions on money: they pass on the exact figure only, and show both sides when they fail."""

import pytest

from salvor.errors import NotAsExpected
from salvor.lab.assertions import (
    conserved,
    equal,
    monotone,
    never_falls,
    never_rises,
    rounded_down,
    rounded_up,
    side_by_side,
)


class TestConserved:
    def test_holds_to_the_unit(self):
        conserved("WF-01", paid_in=10, paid_out=7, held=3)

    @pytest.mark.parametrize(("held", "missing"), [(2, "1"), (4, "-1")])
    def test_fails_by_one_unit_either_way(self, held, missing):
        with pytest.raises(NotAsExpected, match=rf"WF-01: in 10 = out 7 \+ held {held} leaves {missing}"):
            conserved("WF-01", paid_in=10, paid_out=7, held=held)


class TestRounding:
    @pytest.mark.parametrize(("numerator", "down", "up"), [(0, 0, 0), (1, 0, 1), (6, 2, 2), (7, 2, 3), (8, 2, 3)])
    def test_each_direction_has_one_right_answer(self, numerator, down, up):
        for result in range(5):
            for check, right in ((rounded_down, down), (rounded_up, up)):
                if result == right:
                    check("X", result, numerator, 3)
                else:
                    with pytest.raises(NotAsExpected, match=f"X: {result} is not {numerator} / 3 rounded"):
                        check("X", result, numerator, 3)

    def test_beyond_what_a_float_can_tell(self):
        rounded_down("X", 10**40, 3 * 10**40 + 2, 3)
        with pytest.raises(NotAsExpected):
            rounded_down("X", 10**40 + 1, 3 * 10**40 + 2, 3)


class TestDirections:
    def test_a_figure_that_stands_still_is_fine(self):
        never_falls("X", "index", 5, 5)
        never_rises("X", "debt", 5, 5)

    def test_the_wrong_way_by_one_is_told_with_both_figures(self):
        with pytest.raises(NotAsExpected, match="NT-03: index fell from 5 to 4"):
            never_falls("NT-03", "index", 5, 4)
        with pytest.raises(NotAsExpected, match="X: debt rose from 5 to 6"):
            never_rises("X", "debt", 5, 6)

    def test_a_function_may_not_dip_anywhere(self):
        monotone("X", "f", [(3, 7), (1, 2), (2, 7)])
        with pytest.raises(NotAsExpected, match=r"X: f\(3\) = 6 is below f\(2\) = 7"):
            monotone("X", "f", [(3, 6), (1, 2), (2, 7), (4, 8)])


class TestSideBySide:
    def test_only_what_differs_is_told(self):
        assert side_by_side(["a", "b", "c"], [1, 2_000, 3], [1, 2_001, 3]) == "b: chain 2,000, model 2,001"

    def test_figures_that_are_missing_are_counted(self):
        assert "the chain has 1, the model 2" in side_by_side(["a", "b"], [1], [1, 2])

    def test_equal_names_what_is_on_one_side_only(self):
        equal("X", {"a": 1}, {"a": 1})
        with pytest.raises(NotAsExpected, match="X: only on one side: b"):
            equal("X", {"a": 1}, {"a": 1, "b": 2})
        with pytest.raises(NotAsExpected, match="X: a: chain 1, model 2"):
            equal("X", {"a": 1}, {"a": 2})
