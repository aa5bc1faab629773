"""What time brings: parts of a year, rates, interest, fees and hurdles (rules 13 to 16 and 23).

Every amount is one division, rounded down, and stops at `CEILING`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from salvor.model.terms import CEILING, ONE, DayCount, FeeKind, FeeLine, Rate, RateKind

DAY = 86_400
YEARS = {DayCount.ACTUAL_365: 365 * DAY, DayCount.ACTUAL_360: 360 * DAY, DayCount.THIRTY_360: 360}


def elapsed(count: DayCount, begin: int, end: int) -> int:
    """Seconds between two times, or days of a year of twelve times thirty; `YEARS` says how many make a year."""
    if count != DayCount.THIRTY_360:
        return end - begin
    first, last = (datetime.fromtimestamp(time, UTC) for time in (begin, end))
    from_day = min(first.day, 30)
    to_day = min(last.day, 30) if from_day == 30 else last.day
    return 360 * (last.year - first.year) + 30 * (last.month - first.month) + to_day - from_day


def for_a_period(amount: int, rate: int, count: DayCount, begin: int, end: int) -> int:
    """What an amount earns at a rate a year from begin to end (rule 13), down."""
    return min(CEILING, amount * rate * elapsed(count, begin, end) // (YEARS[count] * ONE))


def rate_of(rate: Rate, period: int, index: int) -> int:
    """The rate of a period (rule 14); only a floating one looks at the index."""
    match rate.kind:
        case RateKind.FIXED:
            return rate.rate
        case RateKind.STEP_UP:
            return [value for begin, value in rate.steps if begin <= period][-1]
        case RateKind.FLOATING:
            return min(max(index + rate.margin, rate.floor), rate.cap)


def fee_for_a_period(line: FeeLine, begin: int, end: int, *, net: int, pool: int, principal: int) -> int:
    """What accrues on a fee line (rule 16), of the net collections, the pool at its start or a tranche's principal."""
    match line.kind:
        case FeeKind.FIXED:
            fee = line.amount
        case FeeKind.OF_COLLECTIONS:
            fee = net * line.rate // ONE
        case FeeKind.OF_POOL:
            fee = for_a_period(pool, line.rate, line.count, begin, end)
        case FeeKind.OF_TRANCHE:
            fee = for_a_period(principal, line.rate, line.count, begin, end)
    return min(max(fee, line.floor), line.cap)
