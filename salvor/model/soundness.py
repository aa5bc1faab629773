"""Which terms a deal can't be made with (rule 35), so that no later call can get stuck on them.

The first thing that is wrong is refused, with the part of the deal and the place in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from salvor.model.refusal import Refused
from salvor.model.seniority import refuse_junior_ahead
from salvor.model.terms import (
    LARGEST,
    ONE,
    REVOLVED,
    TAKES_ALL,
    FeeKind,
    Losses,
    RateKind,
    Step,
    StepKind,
    Terms,
    TriggerKind,
    When,
)

MOST_TRANCHES, MOST_STEPS, MOST_TRIGGERS, MOST_RATES, MOST_LINES, MOST_HURDLES = 8, 40, 16, 4, 16, 16
SHORTEST_VOTE = 2  # seconds: votes count from the second after the call
LONGEST_VOTE = 2**32 - 1
NAMES_TRANCHE = REVOLVED - {StepKind.PRO_RATA} | {
    StepKind.INTEREST,
    StepKind.INTEREST_UP_TO,
    StepKind.DEFICIENCY,
    StepKind.HURDLE,
    StepKind.SPLIT,
    StepKind.RESIDUAL,
}
NAMES_LINE = {StepKind.FEE, StepKind.SPLIT}
OF_A_TRANCHE = {TriggerKind.OVER_COLLATERALISATION, TriggerKind.INTEREST_COVERAGE, TriggerKind.INTEREST_MISSED}


def refuse_unsound(terms: Terms) -> None:
    """Rule 35: raises `TermsDoNotFit(part, place)` for the first part that can't work, then what seniority demands."""
    _demand(0 < len(terms.tranches) <= MOST_TRANCHES, "tranches", len(terms.tranches))
    _demand(0 < len(terms.steps) <= MOST_STEPS, "steps", len(terms.steps))
    _demand(len(terms.accelerated_steps) <= MOST_STEPS, "accelerated steps", len(terms.accelerated_steps))
    _demand(len(terms.triggers) <= MOST_TRIGGERS, "triggers", len(terms.triggers))
    dates = (terms.closing, *terms.period_ends)
    _demand(len(dates) > 1 and all(before < after for before, after in pairwise(dates)), "period ends", 0)
    _demand(len(terms.plan) == terms.periods and sum(terms.plan) <= LARGEST, "plan", len(terms.plan))
    _demand(0 <= terms.revolving.until < terms.periods, "revolving", terms.revolving.until)
    _all_there(terms.revolving.triggers, len(terms.triggers), "revolving", 0)
    _all_there(terms.reserve.tranches, len(terms.tranches), "reserve", 0)
    _demand(0 <= terms.reserve.floor <= terms.reserve.cap, "reserve", 0)
    can_pass = terms.vote.share < ONE and SHORTEST_VOTE <= terms.vote.seconds <= LONGEST_VOTE
    _demand(not terms.accelerated_steps or can_pass, "vote", 0)
    caps = sum(tranche.cap for tranche in terms.tranches)
    _demand(terms.price <= caps <= LARGEST, "price", terms.price)
    _demand(terms.gross_balance <= LARGEST, "gross balance", terms.gross_balance)
    _demand(0 < terms.carrying_ratio <= ONE, "carrying ratio", terms.carrying_ratio)
    for place, tranche in enumerate(terms.tranches):
        rate = tranche.rate
        _demand(0 < tranche.minimum <= tranche.cap, "minimum", place)
        _demand(0 <= rate.floor <= rate.cap, "rate", place)
        _demand(rate.kind != RateKind.STEP_UP or _rises(rate.steps), "rate", place)
    _refuse_loose_ends(terms)
    for name, steps in (("steps", terms.steps), ("accelerated steps", terms.accelerated_steps)):
        for place, step in enumerate(steps):
            _refuse_step(terms, step, name, place)
            _demand(step.kind not in TAKES_ALL or place == len(steps) - 1, name, place)
    refuse_junior_ahead(terms)


def _refuse_loose_ends(terms: Terms) -> None:
    _demand(len(terms.fees) <= MOST_LINES, "fees", len(terms.fees))
    _demand(len(terms.hurdles) <= MOST_HURDLES, "hurdles", len(terms.hurdles))
    for place, line in enumerate(terms.fees):
        _demand(0 <= line.floor <= line.cap, "fees", place)
        _demand(line.kind != FeeKind.OF_TRANCHE or line.tranche < len(terms.tranches), "fees", place)
    for place, hurdle in enumerate(terms.hurdles):
        _demand(hurdle.tranche < len(terms.tranches), "hurdles", place)
    for place, trigger in enumerate(terms.triggers):
        _demand(trigger.kind not in OF_A_TRANCHE or trigger.tranche < len(terms.tranches), "triggers", place)


def _refuse_step(terms: Terms, step: Step, name: str, place: int) -> None:
    _demand(step.kind not in NAMES_TRANCHE or step.tranche < len(terms.tranches), name, place)
    _demand(step.kind not in NAMES_LINE or step.line < len(terms.fees), name, place)
    _demand(step.kind != StepKind.HURDLE or _own_hurdle(terms, step), name, place)
    _demand(step.kind != StepKind.TO_TARGET or step.level > 0, name, place)
    _demand(step.kind != StepKind.DEFICIENCY or terms.losses == Losses.BY_LEDGER, name, place)
    _demand(step.kind not in {StepKind.FEE, StepKind.SPLIT} or step.level <= ONE, name, place)
    _demand(step.kind not in TAKES_ALL or step.when == When.ALWAYS, name, place)
    _all_there(step.tranches, len(terms.tranches), name, place)
    _all_there(step.lines, len(terms.fees), name, place)
    _all_there(step.triggers, len(terms.triggers), name, place)


def _own_hurdle(terms: Terms, step: Step) -> bool:
    return step.hurdle < len(terms.hurdles) and terms.hurdles[step.hurdle].tranche == step.tranche


def _rises(steps: tuple[tuple[int, int], ...]) -> bool:
    periods = [period for period, _ in steps]
    return 0 < len(steps) <= MOST_RATES and periods[0] == 1 and all(a < b for a, b in pairwise(periods))


def _all_there(places: Iterable[int], count: int, name: str, place: int) -> None:
    _demand(all(0 <= other < count for other in places), name, place)


def _demand(holds: bool, part: str, place: int) -> None:
    if not holds:
        raise Refused("TermsDoNotFit", part, place)
