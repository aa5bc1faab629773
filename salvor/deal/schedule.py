"""Dates, planned cash and reports of a deal: month ends, and what each loan pays when, to the last unit.

The tape says what came of each loan and not when. A play of the deal spreads it along the timing curve, each loan a
little in every period or each at once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from salvor.amounts import WAD, Units, mul_div_down
from salvor.deal.schema import Calendar
from salvor.tape.loans import Loan


@dataclass(frozen=True)
class Collected:
    """What the servicer has to report of a period, settlement units; `cash` by loan is before costs."""

    cash: Mapping[str, Units]
    costs: int = 0
    written_off: int = 0
    closed_value: int = 0
    closed_plan: int = 0

    @property
    def gross(self) -> int:
        """All that loans paid."""
        return sum(self.cash.values())

    @property
    def net(self) -> int:
        """What arrives."""
        return self.gross - self.costs


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


def plan(loans: Sequence[Loan], calendar: Calendar) -> list[Units]:
    """Net collections that the plan expects in each period: the costs of the servicer are off."""
    gross: Sequence[int] = spread(sum(loan.expected_recovery for loan in loans), calendar.timing_curve)
    if calendar.loans_pay == "at_once":
        gross = [sum(loan.expected_recovery for loan in group) for group in _groups(loans, calendar.timing_curve)]
    return [Units(units - _costs(units, calendar)) for units in gross]


def collections(loans: Sequence[Loan], calendar: Calendar) -> list[Collected]:
    """What is collected in each period; a loan that pays at once is closed then, and what it lacks is written off.

    A closed position counts with what it brought and what the plan said of it, both on the day on which it is closed.
    """
    if calendar.loans_pay == "at_once":
        return [_closed(group, calendar) for group in _groups(loans, calendar.timing_curve)]
    periods: list[dict[str, Units]] = [{} for _ in calendar.timing_curve]
    for loan in loans:
        for period, units in zip(periods, spread(loan.actual_recovery, calendar.timing_curve), strict=True):
            period[loan.loan_id] = units
    return [Collected(cash, costs=_costs(sum(cash.values()), calendar)) for cash in periods]


def _closed(loans: Iterable[Loan], calendar: Calendar) -> Collected:
    group = list(loans)
    brought = sum(loan.actual_recovery for loan in group)
    return Collected(
        {loan.loan_id: loan.actual_recovery for loan in group},
        costs=_costs(brought, calendar),
        written_off=sum(max(0, loan.gross_balance - loan.actual_recovery) for loan in group),
        closed_value=brought,
        closed_plan=sum(loan.expected_recovery for loan in group),
    )


def _groups(loans: Sequence[Loan], curve: Sequence[int]) -> list[Sequence[Loan]]:
    """The loans in the tape's order, cut along the curve by their number."""
    ends = accumulate(spread(len(loans), curve), initial=0)
    return [loans[begin:end] for begin, end in pairwise(ends)]


def _costs(gross: int, calendar: Calendar) -> int:
    return mul_div_down(gross, calendar.costs, WAD)
