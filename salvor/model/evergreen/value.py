"""What the loans are worth, from the plan, corrected by what happened since the last mark; and the tranches of it.

Rules 10 to 17. Every division rounds down in the order in which the rules write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salvor.model.pool import Totals
from salvor.model.terms import LARGEST, ONE

YEAR = 31_536_000


@dataclass(frozen=True)
class Plan:
    """The plan's value at the end of each period, and the plan to date; both from period 0."""

    present: tuple[int, ...]
    to_date: tuple[int, ...]


@dataclass(frozen=True)
class Mark:
    """A value of the loans at the end of a period, with the totals to date then (rule 11).

    `came` is net collections less what was recovered.
    """

    value: int
    period: int
    came: int
    written_off: int
    balance: int


def plan_of(ends: Sequence[int], plan: Sequence[int], rate: int, fees: int) -> Plan:
    """Rule 10; `ends` from closing on, one more than `plan`."""
    present, to_date = [0], [0]
    for place in range(len(plan) - 1, -1, -1):
        seconds = ends[place + 1] - ends[place]
        kept = plan[place] * (ONE - fees) // ONE
        present.append((present[-1] + kept) * YEAR * ONE // (YEAR * ONE + rate * seconds))
    for planned in plan:
        to_date.append(to_date[-1] + planned)
    return Plan(tuple(reversed(present)), tuple(to_date))


def loans_value(plan: Plan, mark: Mark, period: int, totals: Totals) -> int:
    """Rule 11, at the end of a period that is reported."""
    if period == mark.period:
        return mark.value
    base = plan.present[mark.period]
    if not base or not mark.balance:
        return 0
    known, now, whole = plan.to_date[mark.period], plan.to_date[period], plan.to_date[-1]
    rest, all_ = (part * mark.value // base for part in (whole - now, whole - known))
    came = totals.net - totals.recovered - mark.came
    behind = min(ONE, (came + rest) * ONE // all_) if all_ else ONE
    ahead = min(ONE, max(0, all_ - came) * ONE // rest) if rest else ONE
    gone = max(0, totals.written_off - mark.written_off)
    left = max(0, mark.balance - gone)
    value = mark.value * plan.present[period] // base
    return min(LARGEST, value * min(behind, ahead) // ONE * left // mark.balance)


def tranche_values(nav: int, claims: Sequence[int]) -> list[int]:
    """Rule 15: by seniority; the most junior one has all that is left."""
    values = []
    for claim in claims[:-1]:
        values.append(min(nav, claim))
        nav -= values[-1]
    return [*values, nav]


def marked_down(values: Sequence[int], announced: int) -> tuple[list[int], list[bool]]:
    """Rule 16: values without the announced loss, and which tranches it reaches."""
    left, found, reached = announced, list(values), [False] * len(values)
    for place in range(len(values) - 1, -1, -1):
        reached[place] = left > 0
        borne = min(left, found[place])
        found[place] -= borne
        left -= borne
    return found, reached
