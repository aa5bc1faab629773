"""Dates and planned cash of a deal: month ends, and amounts spread along the timing curve to the last unit."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, pairwise

from salvor.amounts import Units, mul_div_down
from salvor.deal.schema import Calendar
from salvor.tape.loans import Loan


def period_ends(calendar: Calendar) -> list[date]:
    """The last day of each month after closing, one a period."""
    month = calendar.closing.year * 12 + calendar.closing.month - 1
    ends = []
    for place in range(month + 1, month + 1 + calendar.periods):
        year, index = divmod(place, 12)
        ends.append(date(year, index + 1, monthrange(year, index + 1)[1]))
    return ends


def spread(total: int, curve: Sequence[int]) -> list[Units]:
    """Split units along a curve of basis points; cumulative amounts round down, so the parts add up to the total."""
    cumulative = [0, *(mul_div_down(total, share, 10_000) for share in accumulate(curve))]
    return [Units(after - before) for before, after in pairwise(cumulative)]


def collections(loans: Iterable[Loan], curve: Sequence[int]) -> list[dict[str, Units]]:
    """What each loan pays in each period: its actual recovery along the curve (the tape has no dates of its own)."""
    periods: list[dict[str, Units]] = [{} for _ in curve]
    for loan in loans:
        for period, units in zip(periods, spread(loan.actual_recovery, curve), strict=True):
            period[loan.loan_id] = units
    return periods
