"""The pool: what the servicer reports of each period, totals to date, ratios and the pool balance (rules 6 to 10).

A report is checked as a whole before anything of it counts. Whether its cash arrives is the deal's matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, ONE, Terms

NO_ROOT = bytes(32)
MOST_AWAITED = 2**16 - 1


@dataclass(frozen=True)
class Correction:
    """What a later report says of an earlier period (rule 7); `loans` under the new root; differences have a sign."""

    period: int
    root: bytes = NO_ROOT
    loans: int = 0
    written_off: int = 0
    closed_value: int = 0
    closed_plan: int = 0


@dataclass(frozen=True)
class Report:
    """One period as the servicer tells it, settlement units; `loans` is how many paid."""

    period: int
    gross: int = 0
    costs: int = 0
    written_off: int = 0
    recovered: int = 0
    closed_value: int = 0
    closed_plan: int = 0
    root: bytes = NO_ROOT
    loans: int = 0
    last: bool = False
    correction: Correction | None = None

    @property
    def net(self) -> int:
        """The cash that arrives."""
        return self.gross - self.costs


@dataclass(frozen=True)
class Proceeds:
    """What one disposal brings beside the reports (rule 10a), settlement units.

    `elsewhere` is no part of the gross of these loans (rule 40 of docs/liquidation.md).
    """

    gross: int
    costs: int = 0
    written_off: int = 0
    recovered: int = 0
    elsewhere: int = 0

    @property
    def net(self) -> int:
        """The cash that arrives."""
        return self.gross - self.costs


@dataclass(frozen=True)
class Totals:
    """Sums to date (rule 8)."""

    gross: int = 0
    net: int = 0
    planned: int = 0
    written_off: int = 0
    recovered: int = 0
    closed_value: int = 0
    closed_plan: int = 0

    def plus(self, report: Report, planned: int) -> Totals:
        """The sums with one more period, before its correction."""
        return Totals(
            self.gross + report.gross,
            self.net + report.net,
            self.planned + planned,
            self.written_off + report.written_off,
            self.recovered + report.recovered,
            self.closed_value + report.closed_value,
            self.closed_plan + report.closed_plan,
        )

    def with_proceeds(self, more: Proceeds) -> Totals:
        """The sums with what a disposal brought."""
        return replace(
            self,
            gross=self.gross + more.gross - more.elsewhere,
            net=self.net + more.net,
            written_off=self.written_off + more.written_off,
            recovered=self.recovered + more.recovered,
        )

    def corrected(self, correction: Correction) -> Totals:
        """The sums with the differences that a report tells."""
        return replace(
            self,
            written_off=self.written_off + correction.written_off,
            closed_value=self.closed_value + correction.closed_value,
            closed_plan=self.closed_plan + correction.closed_plan,
        )

    @property
    def collection_ratio(self) -> int:
        """Net collections over what was planned, WAD."""
        return ratio(self.net, self.planned)

    @property
    def profitability_ratio(self) -> int:
        """Present value of closed positions over its plan, WAD."""
        return ratio(self.closed_value, self.closed_plan)

    def loss(self, carrying_ratio: int) -> int:
        """What the claims written off to date are carried at, down (rule 20)."""
        return self.written_off * carrying_ratio // ONE

    def balance(self, gross_balance: int) -> int:
        """The pool balance (rule 9): what came on loans that nobody wrote off was collected."""
        recovered = min(self.recovered, self.written_off)
        return max(0, gross_balance - (self.gross - recovered) - self.written_off)


def ratio(part: int, planned: int) -> int:
    """WAD, down; all is well where nothing was planned (rule 8)."""
    return part * ONE // planned if planned else ONE


@dataclass
class Pool:
    """All reports of a deal. `gross_balance` and `loan_count` grow with purchases.

    `open` is what proceeds brought in the period that is open, `awaited` how many disposals the last report waits for.
    """

    terms: Terms
    gross_balance: int
    loan_count: int
    reports: list[Report] = field(default_factory=list)
    totals: list[Totals] = field(default_factory=lambda: [Totals()])
    roots: list[bytes] = field(default_factory=list)
    loans: list[int] = field(default_factory=list)
    late: list[bool] = field(default_factory=list)
    was_missing: list[bool] = field(default_factory=list)
    open: Proceeds = field(default_factory=lambda: Proceeds(0))
    awaited: int = 0
    moved: int = 0  # claims that came from other groups, less those that went to them; in the gross balance

    @property
    def reported(self) -> int:
        """How many periods are reported."""
        return len(self.reports)

    @property
    def is_complete(self) -> bool:
        """Whether the last report is in."""
        return self.reported == self.terms.periods or bool(self.reports and self.reports[-1].last)

    def overdue(self, now: int) -> bool:
        """Whether the next report is missing past its grace."""
        return not self.is_complete and now > self.terms.end(self.reported + 1) + self.terms.grace

    def net(self, period: int) -> int:
        """Cash of a reported period, proceeds with it."""
        return self.totals[period].net - self.totals[period - 1].net

    def recovered(self, period: int) -> int:
        """What came in a reported period on claims written off before."""
        return self.totals[period].recovered - self.totals[period - 1].recovered

    def wait_for_proceeds(self) -> None:
        """Rule 10a: a disposal begins."""
        if self.is_complete:
            raise Refused("LastReportIsIn", self.reported)
        if self.awaited == MOST_AWAITED:
            raise Refused("TooManyAwaited", self.awaited)
        self.awaited += 1

    def take_proceeds(self, given: Proceeds, *, done: bool) -> None:
        """Rule 10a: into the period that is open; of what is written off counts what the books have room for."""
        if self.is_complete:
            raise Refused("LastReportIsIn", self.reported)
        if given.costs > given.gross or given.recovered > given.net or given.elsewhere > given.gross:
            raise Refused("ProceedsDoNotAddUp", given)
        own = self.open.gross - self.open.elsewhere
        if (gross := own + given.gross) > (most := LARGEST // self.terms.periods):
            raise Refused("AboveLimit", gross, most)
        room = LARGEST - self.totals[-1].written_off - self.open.written_off
        self.awaited -= done
        self.open = Proceeds(
            self.open.gross + given.gross,
            self.open.costs + given.costs,
            self.open.written_off + min(given.written_off, room),
            self.open.recovered + given.recovered,
            self.open.elsewhere + given.elsewhere,
        )

    def move_claim(self, claim: int, *, over: bool) -> None:
        """Rule 40 of docs/liquidation.md: a loan comes from another group of tranches, or goes to one (below 0).

        From a pool whose last run is `over` what is left may still go.
        """
        if self.is_complete and not (claim < 0 and over):
            raise Refused("LastReportIsIn", self.reported)
        self.moved += claim
        self.gross_balance += claim

    def loss(self, period: int) -> int:
        """The loss of a reported period; below 0 it is given back (rule 20)."""
        before, now = (self.totals[each].loss(self.terms.carrying_ratio) for each in (period - 1, period))
        return now - before

    def missing(self, period: int, now: int) -> Report:
        """Rule 10: the report that anyone may make of a period whose servicer is silent; or refused."""
        self._refuse_wrong_period(period)
        earliest = self.terms.end(period) + 2 * self.terms.grace + 1
        if now < earliest:
            raise Refused("TooEarly", now, earliest)
        return Report(period)

    def totals_with(self, report: Report, now: int, *, last_run: int, clean_up: bool) -> Totals:
        """Rules 6 and 7: totals with the next period's report, which is not before the period's end; or refused."""
        self._refuse_wrong_period(report.period)
        if now < (end := self.terms.end(report.period)):
            raise Refused("TooEarly", now, end)
        self._refuse_sums(report)
        totals = self.totals[-1].plus(report, self.terms.plan[report.period - 1]).with_proceeds(self.open)
        _refuse_totals(totals, report.period)
        if report.correction:
            self._refuse_correction(report.correction)
            totals = totals.corrected(report.correction)
            _refuse_totals(totals, report.period)
        balance = self.totals[last_run].balance(self.gross_balance)
        if report.last and not clean_up and balance:
            raise Refused("PoolNotEmpty", balance)
        if (report.last or report.period == self.terms.periods) and self.awaited:
            raise Refused("ProceedsAwaited", self.awaited)
        return totals

    def add(self, report: Report, totals: Totals, now: int, *, missing: bool = False) -> None:
        """Take a report that was not refused; a correction replaces the root of its period."""
        self.was_missing.append(missing)
        self.reports.append(report)
        self.totals.append(totals)
        self.open = Proceeds(0)
        self.roots.append(report.root)
        self.late.append(now > self.terms.end(report.period) + self.terms.grace)
        self.loans.append(report.loans)
        if report.correction:
            self.roots[report.correction.period - 1] = report.correction.root
            self.loans[report.correction.period - 1] = report.correction.loans

    def _refuse_wrong_period(self, period: int) -> None:
        if period > self.terms.periods:
            raise Refused("NoSuchPeriod", period, self.terms.periods)
        if period != self.reported + 1:
            raise Refused("WrongPeriod", period, self.reported + 1)
        if self.is_complete:
            raise Refused("LastReportIsIn", self.reported)

    def _refuse_sums(self, report: Report) -> None:
        within = report.costs <= report.gross and report.recovered <= report.net
        if not within or not self._is_listed(report.root, report.loans, report.gross):
            raise Refused("ReportDoesNotAddUp", report, self.loan_count)
        own = self.open.gross - self.open.elsewhere
        if (gross := own + report.gross) > (most := LARGEST // self.terms.periods):
            raise Refused("AboveLimit", gross, most)

    def _refuse_correction(self, correction: Correction) -> None:
        known = 0 < correction.period <= self.reported
        place = correction.period
        gross = self.totals[place].gross - self.totals[place - 1].gross if known else 0
        if not known or not self._is_listed(correction.root, correction.loans, gross):
            raise Refused("CorrectionDoesNotAddUp", correction, self.reported)

    def _is_listed(self, root: bytes, loans: int, gross: int) -> bool:
        """Rule 6: a root needs loans and loans a root, gross needs both, and no more loans can pay than there are."""
        return any(root) == bool(loans) and bool(loans or not gross) and loans <= self.loan_count


def _refuse_totals(totals: Totals, period: int) -> None:
    for amount in (totals.written_off, totals.closed_value, totals.closed_plan):  # gross bounds the others (rule 6)
        if amount < 0:
            raise Refused("TotalBelowZero", period)
        if amount > LARGEST:
            raise Refused("AboveLimit", amount, LARGEST)
