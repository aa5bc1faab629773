"""The pool: what the servicer reports of each period, totals to date, ratios and the pool balance (rules 6 to 10).

A report is checked as a whole before anything of it counts. Whether its cash arrives is the deal's matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, ONE, Terms

NO_ROOT = bytes(32)


@dataclass(frozen=True)
class Correction:
    """What a later report says of an earlier period (rule 7); differences have a sign."""

    period: int
    root: bytes
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

    @property
    def signed_loss(self) -> int:
        """Written off in this period with the difference that it tells; below 0 it is given back (rule 7)."""
        return self.written_off + (self.correction.written_off if self.correction else 0)


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
        """The sums with one more period."""
        correction = report.correction or Correction(0, NO_ROOT)
        return Totals(
            self.gross + report.gross,
            self.net + report.net,
            self.planned + planned,
            self.written_off + report.signed_loss,
            self.recovered + report.recovered,
            self.closed_value + report.closed_value + correction.closed_value,
            self.closed_plan + report.closed_plan + correction.closed_plan,
        )

    @property
    def collection_ratio(self) -> int:
        """Net collections over what was planned, WAD."""
        return ratio(self.net, self.planned)

    @property
    def profitability_ratio(self) -> int:
        """Present value of closed positions over its plan, WAD."""
        return ratio(self.closed_value, self.closed_plan)

    def balance(self, gross_balance: int) -> int:
        """The pool balance (rule 9)."""
        return max(0, gross_balance - (self.gross - self.recovered) - self.written_off)


def ratio(part: int, planned: int) -> int:
    """WAD, down; all is well where nothing was planned (rule 8)."""
    return part * ONE // planned if planned else ONE


@dataclass
class Pool:
    """All reports of a deal. `gross_balance` and `loan_count` grow with purchases."""

    terms: Terms
    gross_balance: int
    loan_count: int
    reports: list[Report] = field(default_factory=list)
    totals: list[Totals] = field(default_factory=lambda: [Totals()])
    roots: list[bytes] = field(default_factory=list)
    late: list[bool] = field(default_factory=list)

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

    def totals_with(self, report: Report, now: int, may_be_last: bool) -> Totals:
        """Rules 6 and 7: totals with the next period's report, which is not before the period's end; or refused."""
        self._refuse_wrong_time(report, now)
        self._refuse_sums(report)
        totals = self.totals[-1].plus(report, self.terms.plan[report.period - 1])
        _refuse_totals(totals)
        balance = totals.balance(self.gross_balance)
        if report.last and not may_be_last and balance:
            raise Refused("NotTheLast", report.period, balance)
        return totals

    def add(self, report: Report, totals: Totals, now: int) -> None:
        """Take a report that was not refused; a correction replaces the root of its period."""
        self.reports.append(report)
        self.totals.append(totals)
        self.roots.append(report.root)
        self.late.append(now > self.terms.end(report.period) + self.terms.grace)
        if report.correction:
            self.roots[report.correction.period - 1] = report.correction.root

    def _refuse_wrong_time(self, report: Report, now: int) -> None:
        if self.is_complete:
            raise Refused("NoSuchPeriod", report.period, self.reported)
        if report.period != self.reported + 1:
            raise Refused("WrongPeriod", report.period, self.reported + 1)
        if now < (end := self.terms.end(report.period)):
            raise Refused("TooEarly", now, end)

    def _refuse_sums(self, report: Report) -> None:
        if report.costs > report.gross:
            raise Refused("CostsAboveGross", report.costs, report.gross)
        if report.recovered > report.net:
            raise Refused("RecoveredAboveNet", report.recovered, report.net)
        complete = any(report.root) == bool(report.loans) and (report.loans or not report.gross)
        if not complete or report.loans > self.loan_count:
            raise Refused("ReportDoesNotAddUp", report.gross, report.root, report.loans, self.loan_count)
        if report.correction and not 0 < report.correction.period < report.period:
            raise Refused("NotReported", report.correction.period, self.reported)


def _refuse_totals(totals: Totals) -> None:
    for amount in (totals.gross, totals.written_off, totals.closed_value, totals.closed_plan):
        if amount < 0:
            raise Refused("BelowZero", amount)
        if amount > LARGEST:
            raise Refused("AboveLimit", amount, LARGEST)
