"""Day counts, rates and fees against numbers worked out by hand (rules 13 to 16)."""

from datetime import UTC, datetime

import pytest

from salvor.model.accrual import elapsed, fee_for_a_period, for_a_period, rate_of
from salvor.model.terms import CEILING, LARGEST, ONE, DayCount, FeeKind, FeeLine, Rate, RateKind
from tests.utils.modelled import DAY, PERCENT


def at(*date):
    return int(datetime(*date, tzinfo=UTC).timestamp())


class TestElapsed:
    @pytest.mark.parametrize(
        ("begin", "end", "days"),
        [
            ((2026, 1, 31), (2026, 2, 28), 28),  # d1 = 30
            ((2026, 2, 28), (2026, 3, 31), 33),  # d1 = 28, so d2 stays 31
            ((2026, 1, 30), (2026, 3, 31), 60),  # both are 30
            ((2026, 1, 31), (2026, 3, 31), 60),
            ((2026, 1, 29), (2026, 1, 31), 2),
            ((2026, 6, 30), (2026, 7, 31), 30),
            ((2024, 2, 29), (2025, 2, 28), 359),
            ((2026, 12, 31), (2027, 1, 1), 1),
            ((2026, 3, 15), (2029, 3, 15), 1080),
            ((2026, 5, 30), (2026, 5, 31), 0),
            ((2026, 5, 10, 23, 59, 59), (2026, 5, 11, 0, 0, 1), 1),  # days are days of the calendar
        ],
    )
    def test_thirty_360(self, begin, end, days):
        assert elapsed(DayCount.THIRTY_360, at(*begin), at(*end)) == days

    def test_actual_counts_seconds(self):
        begin, end = at(2026, 1, 31, 12), at(2026, 3, 1)
        assert (
            elapsed(DayCount.ACTUAL_365, begin, end) == elapsed(DayCount.ACTUAL_360, begin, end) == 28 * DAY + DAY // 2
        )


class TestForAPeriod:
    def test_a_year_of_each_count(self):
        begin, end = at(2027, 1, 1), at(2028, 1, 1)  # 365 days
        by_count = [for_a_period(36_000, 10 * PERCENT, count, begin, end) for count in DayCount]
        assert by_count == [3_600, 3_650, 3_600]

    def test_rounds_down_once(self):
        # 1,000,000.000000 at 6 %, 30 days: 4,931.5068493...
        assert for_a_period(10**12, 6 * PERCENT, DayCount.ACTUAL_365, 0, 30 * DAY) == 4_931_506_849

    def test_a_rate_of_one_part_in_10_to_the_18_counts(self):
        assert for_a_period(10**18, 1, DayCount.ACTUAL_365, 0, 365 * DAY) == 1

    def test_stops_at_the_ceiling(self):
        assert for_a_period(LARGEST, 10 * ONE, DayCount.ACTUAL_365, 0, 365 * DAY * 7_000) == CEILING


class TestRateOf:
    def test_step_up_takes_the_last_pair_that_has_come(self):
        rate = Rate(RateKind.STEP_UP, steps=((1, 5), (3, 7), (4, 9)))
        assert [rate_of(rate, period, 0) for period in range(1, 6)] == [5, 5, 7, 9, 9]

    @pytest.mark.parametrize(("index", "expected"), [(-400, 100), (-150, 150), (0, 300), (150, 450), (900, 500)])
    def test_floating_between_floor_and_cap(self, index, expected):
        rate = Rate(RateKind.FLOATING, margin=300, floor=100, cap=500)
        assert rate_of(rate, 1, index) == expected

    def test_fixed_looks_at_no_index(self):
        assert rate_of(Rate(rate=7, margin=3), 1, 900) == 7


class TestFees:
    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ({"kind": FeeKind.FIXED, "amount": 77}, 77),
            ({"kind": FeeKind.OF_COLLECTIONS, "rate": 6 * PERCENT}, 59),  # 999 x 6 % = 59.94
            ({"kind": FeeKind.OF_POOL, "rate": 10 * PERCENT}, 1_643),  # 200,000 x 10 % x 30 / 365 = 1,643.8
            ({"kind": FeeKind.OF_POOL, "rate": 10 * PERCENT, "count": DayCount.ACTUAL_360}, 1_666),
            ({"kind": FeeKind.OF_TRANCHE, "rate": 1 * PERCENT}, 41),  # 50,000 x 1 % x 30 / 365 = 41.1
            ({"kind": FeeKind.OF_TRANCHE, "rate": 1 * PERCENT, "floor": 60}, 60),
            ({"kind": FeeKind.OF_POOL, "rate": 10 * PERCENT, "cap": 1_000}, 1_000),
            ({"kind": FeeKind.OF_POOL, "rate": 0, "floor": 5, "cap": 5}, 5),
        ],
    )
    def test_what_accrues(self, line, expected):
        line = FeeLine("payee", **line)
        assert fee_for_a_period(line, 0, 30 * DAY, net=999, pool=200_000, principal=50_000) == expected
