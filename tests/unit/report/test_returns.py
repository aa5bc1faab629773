"""Rates of return and multiples against values worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.report.returns import irr, multiple

START = date(2025, 1, 1)


def yearly(*units):
    """Flows exactly 365 days apart, from the start on."""
    return [(START + timedelta(days=365 * year), each) for year, each in enumerate(units)]


class TestIrr:
    @pytest.mark.parametrize(
        ("flows", "rate"),
        [
            (yearly(-100, 110), "0.1"),
            (yearly(-100, 0, 121), "0.1"),
            (yearly(-100, 10, 110), "0.1"),
            (yearly(-100, 100), "0"),
            (yearly(-100, 50), "-0.5"),
            (yearly(-100, 0, 25), "-0.5"),
            (yearly(-100, 50, 50), "0"),
            (yearly(-100, 300), "2"),
            (yearly(-1_000, 0, 0, 729), "-0.1"),
            (yearly(-500, 120, 180, 200, 120, 60), "0.122867"),  # a purchased impaired portfolio: 12.286719 %
        ],
    )
    def test_is_the_rate_at_which_the_flows_are_worth_nothing(self, flows, rate):
        assert irr(flows) == Decimal(rate)

    @pytest.mark.parametrize(
        ("days", "rate"),
        [
            (365, "0.1"),
            (730, "0.048809"),  # the square root of 1.1
            (73, "0.61051"),  # 1.1 to the fifth power: a fifth of a year
            (366, "0.099714"),  # 1.1 ** (365 / 366): a leap year's day counts
        ],
    )
    def test_counts_days_over_365(self, days, rate):
        assert irr([(START, -100), (START + timedelta(days=days), 110)]) == Decimal(rate)

    def test_of_the_year_of_a_leap_day_is_not_that_of_another(self):
        leap = irr([(date(2027, 12, 31), -100), (date(2028, 12, 31), 110)])
        assert (leap, irr([(date(2026, 12, 31), -100), (date(2027, 12, 31), 110)])) == (
            Decimal("0.099714"),
            Decimal("0.1"),
        )

    def test_does_not_depend_on_the_size_of_the_flows(self):
        small = yearly(-500, 120, 180, 200, 120, 60)
        assert irr([(day, units * 10**30) for day, units in small]) == irr(small)

    def test_takes_flows_of_one_day_together(self):
        assert irr([*yearly(-100, 55), (START + timedelta(days=365), 55)]) == Decimal("0.1")

    @pytest.mark.parametrize(
        "flows",
        [
            yearly(-100),
            yearly(-100, 0, 0),  # nothing came back
            yearly(100, 110),  # nothing was paid
            [(START, -100), (START + timedelta(days=1), 200)],  # above 100,000 % a year
            yearly(-(10**9), 1),  # below -99.9999 %
        ],
    )
    def test_is_none_where_there_is_no_such_rate(self, flows):
        assert irr(flows) is None

    @given(st.integers(-99, 900), st.integers(1, 5))
    def test_gives_back_the_rate_that_made_the_flows(self, percent, years):
        flows = yearly(-(100**years), *[0] * (years - 1), (100 + percent) ** years)
        assert irr(flows) == Decimal(percent) / 100


class TestMultiple:
    @pytest.mark.parametrize(
        ("invested", "received", "result"),
        [
            (500, 680, "1.36"),
            (100, 100, "1"),
            (100, 0, "0"),
            (3, 1, "0.333333"),
            (3, 2, "0.666667"),
            (1, 10**12, "1000000000000"),
        ],
    )
    def test_is_cash_received_for_each_unit_invested(self, invested, received, result):
        assert multiple(invested, received) == Decimal(result)
