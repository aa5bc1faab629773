"""Day counts on chain beside Python's calendar: actual days by seconds, 30/360 by dates."""

from datetime import UTC, datetime

import pytest

from tests.utils.full_deal import ACTUAL_360, DAY, PERCENT, THIRTY_360, WAD, Terms, Tranche, build, step

PRINCIPAL = 10**12


def thirty_360(begin, end):
    one, two = (datetime.fromtimestamp(at, UTC) for at in (begin, end))
    first = min(one.day, 30)
    second = 30 if two.day == 31 and first == 30 else two.day
    return 360 * (two.year - one.year) + 30 * (two.month - one.month) + second - first


def due(lab, count, wait, length):
    lab.wait(wait * DAY)
    steps = (step("interest", 0), step("residual", 0))
    deal = build(lab, Terms((Tranche(PRINCIPAL, 7 * PERCENT, count=count),), steps, length=length * DAY)).sell()
    return deal.closing, deal.end(1), deal.run(0).due[0]


# Closing is ten days after 2030-01-01 and the wait; 2032 has a leap day, 2100 has none.
@pytest.mark.parametrize(
    ("wait", "length"),
    [(20, 28), (20, 29), (20, 59), (19, 31), (48, 1), (48, 31), (0, 1), (778, 1), (779, 1), (779, 366), (25_615, 30)],
)
def test_counts_thirty_360_by_the_calendar(lab, wait, length):
    begin, end, interest = due(lab, THIRTY_360, wait, length)
    assert interest == PRINCIPAL * 7 * PERCENT * thirty_360(begin, end) // (360 * WAD)


def test_counts_actual_days_over_360(lab):
    begin, end, interest = due(lab, ACTUAL_360, 0, 365)
    assert interest == PRINCIPAL * 7 * PERCENT * (end - begin) // (360 * DAY * WAD)
