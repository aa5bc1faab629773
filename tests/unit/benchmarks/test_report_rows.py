"""A benchmark's row holds or misses its target, and a ratio that could not be measured holds none."""

import json

from benchmarks.report import Row, all_hold, write_rows


class TestLimits:
    def test_a_ratio_at_least(self):
        assert Row("x", 2, 1, ratio_at_least=2).holds
        assert Row("x", 1, 1, ratio_at_least=2).holds is False
        assert Row("x", 1, ratio_at_least=2).holds is False

    def test_a_ratio_at_most(self):
        assert Row("x", 1, 1, ratio_at_most=1).holds
        assert Row("x", 2, 1, ratio_at_most=1).holds is False

    def test_an_absolute_limit(self):
        assert Row("x", 5, ours_at_most=5).holds
        assert Row("x", 6, ours_at_most=5).holds is False

    def test_without_a_limit_nothing_is_judged(self):
        assert Row("x", 1, 2).holds is None
        assert all_hold([Row("x", 1, 2), Row("y", 5, ours_at_most=5)])
        assert not all_hold([Row("x", 1, 2), Row("y", 6, ours_at_most=5)])


def test_rows_are_written_with_their_ratio_and_verdict(tmp_path):
    write_rows([Row("x", 3, 2, ratio_at_least=1)], tmp_path / "x.json")
    (row,) = json.loads((tmp_path / "x.json").read_text())["rows"]
    assert (row["metric"], row["ours"], row["peer"], row["ratio"], row["holds"]) == ("x", 3, 2, 1.5, True)
    assert row["target"]
