"""Month ends, and amounts spread along a curve without losing a unit."""

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.amounts import MAX_AMOUNT
from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.schedule import collections, period_ends, plan, spread
from salvor.deal.schema import Calendar
from salvor.tape.check import check_tape
from salvor.tape.loans import Loan, read_loans

DEAL = Path("deals/charged-off-accounts")


def ends(closing, periods):
    return period_ends(Calendar(closing=closing, periods=periods, timing_curve=[]))


@st.composite
def curves(draw):
    """Basis points by period, adding up to 10,000; periods without any among them."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=60)))
    return [after - before for before, after in zip([0, *cuts], [*cuts, 10_000], strict=True)]


AMOUNTS = st.integers(0, MAX_AMOUNT)


class TestPeriodEnds:
    @pytest.mark.parametrize(
        ("closing", "expected"),
        [
            (date(2026, 12, 31), [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),  # over the year's end
            (date(2027, 12, 31), [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]),  # a leap year
            (date(2100, 1, 31), [date(2100, 2, 28), date(2100, 3, 31), date(2100, 4, 30)]),  # no leap year
            (date(2000, 1, 31), [date(2000, 2, 29), date(2000, 3, 31), date(2000, 4, 30)]),  # one again
            (date(2026, 2, 28), [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]),  # from a short month
            (date(2026, 10, 31), [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]),
            (date(2026, 11, 30), [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]),
        ],
    )
    def test_are_the_month_ends_after_closing(self, closing, expected):
        assert ends(closing, 3) == expected

    def test_of_one_period(self):
        assert ends(date(2026, 12, 31), 1) == [date(2027, 1, 31)]

    @given(st.dates(date(2000, 1, 1), date(2200, 12, 31)), st.integers(1, 600))
    def test_are_one_a_month_and_the_last_day_of_it(self, day, periods):
        closing = day.replace(day=monthrange(day.year, day.month)[1])
        found = ends(closing, periods)
        assert len(found) == periods
        for before, end in zip([closing, *found], found, strict=False):
            assert 28 <= (end - before).days <= 31
            assert (end + timedelta(days=1)).day == 1


class TestSpread:
    @pytest.mark.parametrize(
        ("total", "curve", "parts"),
        [
            (100, [10_000], [100]),
            (100, [2_500, 2_500, 5_000], [25, 25, 50]),
            (1, [3_333, 3_333, 3_334], [0, 0, 1]),
            (10, [3_333, 3_333, 3_334], [3, 3, 4]),
            (7, [5_000, 5_000], [3, 4]),
            (7, [0, 10_000, 0], [0, 7, 0]),
            (0, [5_000, 5_000], [0, 0]),
        ],
    )
    def test_rounds_the_sum_to_date_down(self, total, curve, parts):
        assert spread(total, curve) == parts

    @given(AMOUNTS, curves())
    def test_adds_up_and_is_never_negative(self, total, curve):
        parts = spread(total, curve)
        assert len(parts) == len(curve)
        assert sum(parts) == total
        assert min(parts) >= 0

    @given(AMOUNTS, curves())
    def test_is_within_a_unit_of_the_curve_and_nothing_where_the_curve_has_nothing(self, total, curve):
        for part, share in zip(spread(total, curve), curve, strict=True):
            assert abs(part * 10_000 - total * share) < 10_000
            assert part == 0 or share > 0


def calendar(curve, **other):
    return Calendar(closing=date(2026, 12, 31), periods=max(1, len(curve)), timing_curve=curve, **other)


def loan(number, expected, actual, balance=None):
    return Loan(f"{number:03}", expected, actual, expected if balance is None else balance)


class TestCollections:
    @given(st.lists(AMOUNTS, max_size=20), curves())
    def test_add_up_to_each_loan(self, recovered, curve):
        loans = [loan(number, 1, units) for number, units in enumerate(recovered)]
        periods = collections(loans, calendar(curve))
        assert len(periods) == len(curve)
        for each in loans:
            assert sum(period.cash[each.loan_id] for period in periods) == each.actual_recovery
        assert sum(period.gross for period in periods) == sum(period.net for period in periods) == sum(recovered)

    def test_add_up_to_the_deals_own_tape(self, tmp_path):
        deal, mapping = load_deal(DEAL / "deal.yaml"), load_tape_mapping(DEAL / "mapping.yaml")
        loans = read_loans(check_tape(DEAL / "tape.csv", mapping, decimals=2, out=tmp_path))
        periods = collections(loans, deal.calendar)
        assert len(periods) == 36
        assert all(len(period.cash) == 789 for period in periods)
        assert sum(period.net for period in periods) == 85_697_433
        assert all(period.written_off == period.closed_value == 0 for period in periods)

    def test_take_the_costs_off_rounded_down(self):
        (period,) = collections([loan(1, 100, 99)], calendar([10_000], costs="10 %"))
        assert (period.gross, period.costs, period.net) == (99, 9, 90)


class TestLoansThatPayAtOnce:
    LOANS = (loan(1, 100, 120, 300), loan(2, 50, 0, 60), loan(3, 40, 40, 40), loan(4, 10, 5, 10))

    def test_close_in_the_tapes_order_along_the_curve(self):
        first, none, second = collections(self.LOANS, calendar([7_500, 0, 2_500], loans_pay="at_once"))
        assert (dict(first.cash), dict(none.cash)) == ({"001": 120, "002": 0, "003": 40}, {})
        assert (first.written_off, first.closed_value, first.closed_plan) == (180 + 60, 160, 190)
        assert (second.gross, second.written_off, second.closed_plan) == (5, 5, 10)

    def test_write_nothing_off_where_more_came_than_was_owed(self):
        (period,) = collections([loan(1, 5, 20, 10)], calendar([10_000], loans_pay="at_once"))
        assert (period.gross, period.written_off) == (20, 0)

    @given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=20), curves())
    def test_are_all_closed_once(self, amounts, curve):
        loans = [loan(number, *pair) for number, pair in enumerate(amounts)]
        periods = collections(loans, calendar(curve, loans_pay="at_once"))
        assert [name for period in periods for name in period.cash] == [each.loan_id for each in loans]


class TestPlan:
    def test_is_what_the_bank_expects_along_the_curve_less_costs(self):
        loans = TestLoansThatPayAtOnce.LOANS
        assert plan(loans, calendar([5_000, 5_000])) == [100, 100]
        assert plan(loans, calendar([5_000, 5_000], costs="1 %")) == [99, 99]

    def test_is_that_of_the_loans_that_close(self):
        loans = TestLoansThatPayAtOnce.LOANS
        assert plan(loans, calendar([5_000, 5_000], loans_pay="at_once")) == [150, 50]
