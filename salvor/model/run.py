"""One period's run through the books, in the order of rule 11.

It reads the report of its own period only, and no clock, so a late run gives what one on time gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from salvor.model import losses
from salvor.model.accrual import fee_for_a_period, for_a_period, rate_of
from salvor.model.books import Books
from salvor.model.pool import Pool
from salvor.model.steps import Run, StepOutcome, pay_all
from salvor.model.terms import CEILING, FeeKind, Unpaid
from salvor.model.triggers import Figures


@dataclass(frozen=True)
class RunOutcome:
    """What a run did: cash it began with, its steps, and what to pay to whom; `tranches` are (interest, principal)."""

    period: int
    cash: int
    steps: tuple[StepOutcome, ...]
    tranches: tuple[tuple[int, int], ...]
    credits: dict[str, int]
    triggers_on: tuple[bool, ...]
    wound_up: bool
    revolved: bool  # its principal waits in the revolving account


def run_period(books: Books, pool: Pool) -> RunOutcome:
    """Run the next period, which is reported, and leave the books as they are after it."""
    period = books.last_run + 1
    report = pool.reports[period - 1]
    is_last = report.last or period == books.terms.periods
    books.revolving = revolved = books.revolving and not is_last
    cash = pool.net(period) + books.waiting
    if not books.revolving:
        cash, books.account = cash + books.account, 0
    books.waiting = 0
    run = Run(books, period, cash, tuple(tranche.principal for tranche in books.tranches), is_last=is_last)
    accrue(run, pool.net(period))
    book_losses(books, pool.loss(period), pool.recovered(period))
    books.pool_balance = pool.totals[period].balance(pool.gross_balance)
    for trigger in books.triggers:
        trigger.read(figures(run, pool))
    outcomes = tuple(pay_all(run))
    end(run, is_last)
    paid = tuple((run.interest[place], run.principal[place]) for place in range(len(books.tranches)))
    on = tuple(trigger.on for trigger in books.triggers)
    return RunOutcome(period, cash, outcomes, paid, dict(run.credits), on, is_last, revolved)


def accrue(run: Run, net: int) -> None:
    """Interest, fees and hurdles of the period (rule 11.2), on the principal before losses and payments."""
    books, terms = run.books, run.books.terms
    begin, end_ = terms.begin(run.period), terms.end(run.period)
    for place, tranche in enumerate(books.tranches):
        own = terms.tranches[place]
        rate = rate_of(own.rate, run.period, books.index(run.period))
        if own.unpaid == Unpaid.DEFERRED_WITH_INTEREST:
            more = for_a_period(tranche.deferred, rate, own.count, begin, end_)
            tranche.deferred = min(CEILING, tranche.deferred + more)
        tranche.current = run.accrued[place] = for_a_period(tranche.principal, rate, own.count, begin, end_)
    for fee in books.fees:
        principal = run.base[fee.terms.tranche] if fee.terms.kind == FeeKind.OF_TRANCHE else 0
        accrued = fee_for_a_period(fee.terms, begin, end_, net=net, pool=books.pool_balance, principal=principal)
        fee.total = min(CEILING, fee.total + accrued)
    for hurdle in books.hurdles:
        growth = for_a_period(hurdle.left, hurdle.terms.rate, hurdle.terms.count, begin, end_)
        hurdle.left = min(CEILING, hurdle.left + growth)


def book_losses(books: Books, loss: int, recovered: int) -> None:
    """The loss first, then what came back, unallocated before all tranches (rules 11.3, 20 and 21)."""
    how = books.terms.losses
    books.unallocated += losses.book(books.tranches, max(0, loss), how)
    back = recovered + max(0, -loss)
    share = min(back, books.unallocated)
    books.unallocated -= share
    losses.give_back(books.tranches, back - share, how)


def figures(run: Run, pool: Pool) -> Figures:
    """What triggers look at in this run (rule 11.4)."""
    books = run.books
    return Figures(
        run.period,
        run.cash,
        books.tranches,
        sum(fee.due for fee in books.fees if fee.terms.senior),
        pool.totals[run.period],
        pool.gross_balance,
        books.reserve,
        books.reserve_target,
        pool.late[run.period - 1],
        books.accelerated,
        [
            tranche.deferred if terms.unpaid == Unpaid.MISSED else 0
            for tranche, terms in zip(books.tranches, books.terms.tranches, strict=True)
        ],
        books.account if books.terms.evergreen else 0,
    )


def end(run: Run, is_last: bool) -> None:
    """What is carried to the next run, or after the last one lost or credited to the owner of dust (rules 5, 11.6)."""
    books = run.books
    for tranche in books.tranches:
        tranche.carry()
    for fee in books.fees:
        fee.carry()
    books.last_run = run.period
    books.waiting = run.cash
    revolving = books.terms.revolving
    if books.is_on(revolving.triggers):
        books.stopped = True
    if run.period >= revolving.until or books.stopped:
        books.revolving = False
    if is_last:
        run.credits[books.terms.dust_owner] += books.waiting + books.reserve
        books.waiting = books.reserve = 0
        books.wound_up = True
        for tranche in books.tranches:
            tranche.book_loss()
