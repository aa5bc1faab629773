"""The closing statement as the reference model reckons it: the same story played in exact integers, without a chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from salvor.deal.allotment import orders
from salvor.deal.schedule import Collected
from salvor.deal.schema import Deal
from salvor.deploy.terms import SERVICER, DealTerms
from salvor.desk.on_model import OnModel as LifeOnModel
from salvor.desk.worked import Story, Telling
from salvor.desk.worked_on_model import OnModel
from salvor.model import deal as model
from salvor.model.liquidation import cash as apart
from salvor.model.liquidation.state import Standing
from salvor.model.pool import Report
from salvor.model.run import RunOutcome
from salvor.model.tranche import Tranche
from salvor.report.statement import (
    CreditLine,
    HolderLine,
    Reconciliation,
    SaleLine,
    Statement,
    TrancheLine,
    TriggerLine,
)
from salvor.report.visits_of_model import Visits


@dataclass(frozen=True)
class Course:
    """What of a deal is known before it is played: collections, indices, after which periods holders claim."""

    deal: Deal
    terms: DealTerms
    collections: Sequence[Collected]
    claims_after: Sequence[int]
    indices: Sequence[int] = ()

    @property
    def ends(self) -> Sequence[int]:
        """Of the periods that are played, seconds."""
        return self.terms.period_ends[: len(self.collections)]


@dataclass
class Play:
    """The model of a deal and what is noted down beside it."""

    deal: Deal
    terms: DealTerms
    model: model.Deal
    holders: tuple[str, ...]  # by name, in the order of the statement
    paid: list[list[tuple[date, int]]]  # by tranche
    runs_on: list[int]  # by trigger
    credits_paid: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    refunds: int = 0

    @property
    def tranches(self) -> range:
        """Places by seniority."""
        return range(len(self.terms.rules.tranches))


def in_order(ends: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Which deal of several ends which period, by time: places, and periods from 1. Of one second the first deal."""
    periods = [(end, place, period) for place, own in enumerate(ends) for period, end in enumerate(own, start=1)]
    return [(place, period) for _, place, period in sorted(periods)]


def forecast(course: Course, *, story: Story | None = None, groups: Sequence[Course] = ()) -> Statement:
    """Play a deal from subscription to the last claim. Trades of a period come before its claims.

    The story is of loans that are worked alone beside it, `groups` are further tranches behind the same cases.
    """
    courses, plays = [course, *groups], list[Play]()
    for each in courses:
        own = model.Deal(each.terms.rules)
        if plays:
            own.asset, own.name = plays[0].model.asset, f"group {len(plays)} "
        plays.append(_begin(each.deal, each.terms, own, _investors(each.deal)))
        _sell(plays[-1])
        _pay_credits(plays[-1])
    visits = [Visits.of(play.deal, play.model, play.holders) for play in plays]
    sold = OnModel(story, plays[0].model, tuple(play.model for play in plays[1:])) if story else None
    worked = Telling(sold.story, sold) if sold else None
    for place, period in in_order([each.ends for each in courses]):
        if worked:
            worked.until(courses[place].terms.period_ends[period - 1])
        _end_period(courses[place], plays[place], visits[place], period)
    for asked in visits:
        if asked:
            asked.take_earned()
    statement, *behind = (
        _statement(play, len(each.collections), at_gates=asked.cash_held if asked else 0)
        for each, play, asked in zip(courses, plays, visits, strict=True)
    )
    statement = replace(statement, groups=tuple(behind))
    if not sold:
        return statement
    return replace(statement, sales=_sales(sold), sales_held=sum(apart.held(play.model) for play in plays))


def _end_period(course: Course, play: Play, visits: Visits | None, period: int) -> None:
    """What happens at the end of a period, and what was asked at its begin: none of it looks at the clock between."""
    deal, rules, end = course.deal, course.terms.rules, course.terms.period_ends[period - 1]
    if visits:
        visits.ask(period, rules.begin(period))
    if course.indices:
        play.model.tell_index(period, course.indices[period - 1], rules.begin(period))
    _report(play, period, course.collections[period - 1])
    _note(play, play.model.run(period))
    if visits:
        play.refunds += visits.settle(end)
    for trade in deal.trades:
        if trade.after_period == period:
            place, units = deal.place_of(trade.tranche), deal.units(trade.amount)
            play.model.transfer(trade.seller, trade.buyer, place, units, end)
    if period in course.claims_after:
        for place in play.tranches:
            for name in play.holders:
                play.model.claim(name, place)
        _pay_credits(play)


def statement_of(played: LifeOnModel) -> Statement:
    """The closing statement of a life that the model has played."""
    script = played.script
    play = _begin(script.deal, script.terms, played.deal, script.holders)
    play.credits_paid, play.refunds = played.credits_paid, played.refunds
    for outcome in played.outcomes:
        _note(play, outcome)
    return _statement(play, len(played.outcomes))


def _begin(deal: Deal, terms: DealTerms, own: model.Deal, holders: Sequence[str]) -> Play:
    return Play(deal, terms, own, tuple(holders), [[] for _ in terms.rules.tranches], [0] * len(deal.triggers))


def _investors(deal: Deal) -> list[str]:
    return list(dict.fromkeys(investor.name for investor in deal.investors))


def _sell(play: Play) -> None:
    """Everybody in the book is admitted until after the last period and orders; then the deal closes."""
    rules, own = play.terms.rules, play.model
    own.open(now=0)
    for (name, tranche), units in orders(play.deal).items():
        own.admit(name, rules.period_ends[-1] + 1, now=0)
        own.asset.mint(name, units)
        own.order(name, play.deal.place_of(tranche), units, now=0)
    own.close(rules.closing)
    for name, tranche in orders(play.deal):
        _, cash = own.hand_over(name, play.deal.place_of(tranche), rules.closing)
        play.refunds += cash


def _report(play: Play, period: int, collected: Collected) -> None:
    paying = sum(1 for units in collected.cash.values() if units)
    report = Report(
        period,
        collected.gross,
        collected.costs,
        collected.written_off,
        closed_value=collected.closed_value,
        closed_plan=collected.closed_plan,
        root=bytes([paying > 0]) * 32,  # the model asks only whether there is one
        loans=paying,
    )
    play.model.asset.mint(SERVICER, report.net)
    play.model.report(report, play.terms.period_ends[period - 1])


def _note(play: Play, outcome: RunOutcome) -> None:
    for place, parts in enumerate(outcome.tranches):
        if sum(parts):
            play.paid[place].append((_day(play.terms.period_ends[outcome.period - 1]), sum(parts)))
    for place, on in enumerate(outcome.triggers_on):
        play.runs_on[place] += on


def _pay_credits(play: Play) -> None:
    for name in play.deal.payees:
        play.credits_paid[name] += play.model.claim_credit(name)


def _statement(play: Play, periods: int, *, at_gates: int = 0) -> Statement:
    deal, terms, pool = play.deal, play.terms, play.model.pool
    totals = pool.totals[periods]
    return Statement(
        deal=deal.name,
        assumptions=deal.assumptions,
        symbol=deal.settlement.symbol,
        decimals=deal.settlement.decimals,
        loans=pool.loan_count,
        tape_root="0x" + terms.tape.root.hex(),
        planned=totals.planned,
        collected=totals.net,
        collection_ratio=totals.collection_ratio,
        written_off=totals.written_off,
        moved=pool.moved,
        carrying_ratio=terms.rules.carrying_ratio,
        periods=periods,
        triggers=tuple(TriggerLine(name, on) for name, on in zip(deal.triggers, play.runs_on, strict=True)),
        tranches=tuple(_tranche(play, place) for place in play.tranches),
        holders=tuple(_holders(play)),
        credits=tuple(CreditLine(n, play.credits_paid[n], play.model.credits[n]) for n in deal.payees),
        reconciliation=Reconciliation(
            subscriptions=play.model.paid_in - totals.net,
            collections=totals.net,
            refunds=play.refunds,
            claims=play.model.paid_out - play.refunds - sum(play.credits_paid.values()),
            credits=sum(play.credits_paid.values()),
            cash_held=play.model.cash_held + at_gates,
        ),
    )


def _sales(sold: OnModel) -> tuple[SaleLine, ...]:
    accounts, lost = sold.state.accounts, sold.state.lost
    return tuple(
        SaleLine(case, sold.story.claim(case), own.brought, lost[case], own.standing is Standing.CLOSED)
        for case, own in accounts.items()
    )


def _tranche(play: Play, place: int) -> TrancheLine:
    # A deal that was cancelled has no books, and nothing in them.
    state = play.model.books.tranches[place] if play.model.books else Tranche(0, 0)
    return TrancheLine(
        name=play.deal.tranches[place].name,
        invested=state.at_closing,
        interest=state.interest_paid,
        principal=state.principal_paid,
        loss=state.written_down + state.loss,
        interest_unpaid=state.interest_due,
        paid=tuple(play.paid[place]),
        closing=_day(play.terms.closing),
        evergreen=play.terms.rules.evergreen is not None,
    )


def _holders(play: Play) -> list[HolderLine]:
    lines = []
    for tranche, note in zip(play.deal.tranches, play.model.notes, strict=True):
        for name in play.holders:
            holder, claimable = note.holders[name], sum(note.claimable(name))
            if holder.units or any(holder.paid) or claimable:
                lines.append(HolderLine(name, tranche.name, holder.units, sum(holder.paid), claimable))
    return lines


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
