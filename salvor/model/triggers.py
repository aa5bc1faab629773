"""Triggers: what each looks at, when it is on and how it is cured (rules 24 to 27).

All are read on the same figures, those after accrual and losses and before the first step; none reads another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salvor.model.pool import Totals
from salvor.model.terms import ONE, TriggerKind, TriggerTerms
from salvor.model.tranche import Tranche

HIGHEST_FIGURE = 2**104 - 1  # that is shown (rule 27)


@dataclass(frozen=True)
class Figures:
    """What the triggers of a run look at; `missed` is what of interest can't be deferred and is unpaid."""

    period: int
    cash: int
    tranches: Sequence[Tranche]
    senior_fees: int
    totals: Totals
    gross_balance: int
    reserve: int
    reserve_target: int
    late: bool
    accelerated: bool
    missed: Sequence[int]
    beside: int = 0  # the revolving account of an evergreen deal covers principal too

    @property
    def pool(self) -> int:
        """The pool balance."""
        return self.totals.balance(self.gross_balance)


@dataclass
class Trigger:
    """Whether a trigger is on, since when, what it saw last, and runs in a row without its condition."""

    terms: TriggerTerms
    on: bool = False
    since: int = 0
    figure: int = 0
    clean_runs: int = 0

    def read(self, figures: Figures) -> None:
        """Rule 25, in a run."""
        self.figure = min(figure(self.terms, figures), HIGHEST_FIGURE)
        if condition(self.terms, figures):
            self.clean_runs = 0
            self._turn(True, figures.period)
        elif self.on:
            self.clean_runs += 1
            if self.clean_runs == self.terms.cured_after:
                self._turn(False, figures.period)

    def _turn(self, on: bool, period: int) -> None:
        if self.on != on:
            self.on, self.since = on, period


def condition(terms: TriggerTerms, figures: Figures) -> bool:
    """Whether a trigger's condition holds (rule 24)."""
    upper = figures.tranches[: terms.tranche + 1]
    match terms.kind:
        case TriggerKind.OVER_COLLATERALISATION:
            principal = sum(tranche.principal for tranche in upper)
            return (figures.pool + figures.beside) * ONE < terms.level * principal
        case TriggerKind.INTEREST_COVERAGE:
            due = sum(tranche.interest_due for tranche in upper) + figures.senior_fees
            return figures.cash * ONE < terms.level * due
        case TriggerKind.COLLECTION_RATIO:
            return figures.totals.collection_ratio < terms.level
        case TriggerKind.PROFITABILITY_RATIO:
            return figures.totals.profitability_ratio < terms.level
        case TriggerKind.CUMULATIVE_LOSS:
            lost = max(0, figures.totals.written_off - figures.totals.recovered)
            return lost * ONE > terms.level * figures.gross_balance
        case TriggerKind.RESERVE_BELOW_TARGET:
            return figures.reserve < figures.reserve_target
        case TriggerKind.SERVICER_LATE:
            return figures.late
        case TriggerKind.INTEREST_MISSED:
            return figures.missed[terms.tranche] > 0
        case TriggerKind.CLEAN_UP:
            return figures.pool * ONE < terms.level * figures.gross_balance
        case TriggerKind.FINAL_MATURITY:
            return figures.period >= terms.level
        case TriggerKind.EVENT_OF_DEFAULT:
            return figures.accelerated


def figure(terms: TriggerTerms, figures: Figures) -> int:
    """What a trigger shows of its run (rule 27): WAD, units, a period, or 1 for yes."""
    upper = figures.tranches[: terms.tranche + 1]
    match terms.kind:
        case TriggerKind.OVER_COLLATERALISATION:
            return _part(figures.pool + figures.beside, sum(tranche.principal for tranche in upper))
        case TriggerKind.INTEREST_COVERAGE:
            return _part(figures.cash, sum(tranche.interest_due for tranche in upper) + figures.senior_fees)
        case TriggerKind.COLLECTION_RATIO:
            return figures.totals.collection_ratio
        case TriggerKind.PROFITABILITY_RATIO:
            return figures.totals.profitability_ratio
        case TriggerKind.CUMULATIVE_LOSS:
            return _part(max(0, figures.totals.written_off - figures.totals.recovered), figures.gross_balance)
        case TriggerKind.RESERVE_BELOW_TARGET:
            return max(0, figures.reserve_target - figures.reserve)
        case TriggerKind.SERVICER_LATE:
            return int(figures.late)
        case TriggerKind.INTEREST_MISSED:
            return figures.missed[terms.tranche]
        case TriggerKind.CLEAN_UP:
            return _part(figures.pool, figures.gross_balance)
        case TriggerKind.FINAL_MATURITY:
            return figures.period
        case TriggerKind.EVENT_OF_DEFAULT:
            return int(figures.accelerated)


def _part(amount: int, of: int) -> int:
    return amount * ONE // of if of else 0
