"""A small deal in the model, built in one call and played by verbs; no chain.

Three tranches of 60,000, 25,000 and 15,000 units at 7 %, 11 % and 0 %, four periods of 30 days, a tape of 200,000.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from salvor.model.deal import Deal
from salvor.model.pool import Report
from salvor.model.terms import Rate, Step, StepKind, Terms, TrancheTerms

DAY = 86_400
PERCENT = 10**16
CLOSING = 1_900_000_000
FOREVER = 2**40
SENIOR, MEZZANINE, EQUITY = 0, 1, 2
SEQUENTIAL = (
    Step(StepKind.INTEREST, SENIOR),
    Step(StepKind.INTEREST, MEZZANINE),
    Step(StepKind.PRINCIPAL, SENIOR),
    Step(StepKind.PRINCIPAL, MEZZANINE),
    Step(StepKind.RESIDUAL, EQUITY),
)


def tranche(cap: int, percent: int = 0, **changes) -> TrancheTerms:
    """A tranche that sells in full or not at all, at a fixed rate."""
    return TrancheTerms(cap, cap, Rate(rate=percent * PERCENT), **changes)


def small_terms(**changes) -> Terms:
    """The small deal's terms; `changes` replace fields."""
    terms = Terms(
        seller="seller",
        dust_owner="dust owner",
        servicer="servicer",
        price=100_000,
        closing=CLOSING,
        period_ends=tuple(CLOSING + 30 * DAY * number for number in range(1, 5)),
        plan=(40_000, 40_000, 30_000, 20_000),
        gross_balance=200_000,
        loan_count=10,
        tranches=(tranche(60_000, 7), tranche(25_000, 11), tranche(15_000)),
        steps=SEQUENTIAL,
    )
    return replace(terms, **changes)


def due(principal: int, percent: int, days: int = 30) -> int:
    """Interest Actual/365, by hand."""
    return principal * percent * days // 36_500


@dataclass
class Played:
    """A deal that is sold and closed, each tranche to one holder."""

    deal: Deal

    @property
    def books(self):
        return self.deal.books

    @property
    def tranches(self):
        return self.deal.books.tranches

    @property
    def principals(self):
        return [tranche.principal for tranche in self.tranches]

    def report(self, gross: int = 0, *, days_late: int = 0, **fields) -> None:
        """The next period's report, on its end or later, with the cash that the servicer needs for it."""
        period = self.deal.pool.reported + 1
        root, loans = (b"\1" * 32, 1) if gross else (bytes(32), 0)
        report = Report(period, gross, **{"root": root, "loans": loans, **fields})
        self.deal.asset.mint("servicer", report.net)
        self.deal.report(report, self.deal.terms.end(period) + days_late * DAY)

    def run(self, gross: int = 0, **fields):
        """Report the next period and run it."""
        self.report(gross, **fields)
        return self.deal.run(self.books.last_run + 1)

    def trigger(self, place: int = 0):
        return self.books.triggers[place]


def sell(deal: Deal, *orders: tuple[str, int, int]) -> None:
    """Open, and take orders (investor, tranche, units) of admitted investors with their cash."""
    deal.open(now=0)
    for investor, place, units in orders:
        deal.admit(investor, FOREVER, now=0)
        deal.asset.mint(investor, units)
        deal.order(investor, place, units, now=0)


def closed(**changes) -> Played:
    """The small deal, changed, sold at the caps and closed."""
    deal = Deal(small_terms(**changes))
    orders = [(f"holder {place}", place, own.cap) for place, own in enumerate(deal.terms.tranches)]
    sell(deal, *orders)
    deal.close(deal.terms.closing)
    for investor, place, _ in orders:
        deal.hand_over(investor, place, deal.terms.closing)
    return Played(deal)


def one_run(*steps: Step, gross: int = 0, report: dict | None = None, **changes):
    """The small deal with these steps, after its first run: the deal and the run's outcome."""
    played = closed(steps=steps, **changes)
    return played, played.run(gross, **(report or {}))


def paid(outcome) -> list[int]:
    """What each step paid that was not passed over."""
    return [step.paid for step in outcome.steps]
