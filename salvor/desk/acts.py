"""A life, act by act: every call in its order, with the day on which it is made and its place in the file.

What a file leaves out means all: of whom and of which tranche is known only once all before it has happened, so the
model is asked then, and both sides do the same calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from salvor.amounts import Units
from salvor.deal.allotment import orders
from salvor.deal.life import Do, Event, Life, ReportTerms
from salvor.deal.names import Place
from salvor.deal.schema import Deal
from salvor.deploy.terms import DealTerms
from salvor.model.deal import Deal as Model
from salvor.model.pool import Report
from salvor.tape.committed import CommittedTape

DAY = 86_400
SUBSCRIPTION, AT_CLOSING = "subscription", "closing"
_NOTHING = Units(0)
_BEFORE_CLOSING, _HOUR = 20 * DAY, 3_600


@dataclass(frozen=True)
class Call:
    """One thing done by one account in one tranche, settlement units."""

    do: Do
    who: str = ""
    to: str = ""
    tranche: int = 0
    units: Units = _NOTHING
    holders: tuple[str, ...] = ()
    tape: str = ""


@dataclass(frozen=True)
class Open:
    """The arranger opens the subscription."""


@dataclass(frozen=True)
class Close:
    """Anybody closes it."""


@dataclass(frozen=True)
class RunPeriod:
    """The index of the period is told where rates float, then the servicer reports and anybody runs it.

    Where the report is `missing` anybody says so instead.
    """

    report: Report
    index: int | None = None
    missing: bool = False


@dataclass(frozen=True)
class Act:
    """One call, or an event that becomes calls once it is known of whom; `now` is seconds since 1970."""

    when: str
    now: int
    does: Open | Close | RunPeriod | Call | Event
    place: Place = ()  # in the life, or in the deal file
    refused: str | None = None
    of_deal: bool = False  # it stands in the deal file


@dataclass(frozen=True)
class Script:
    """All that is played: a deal, its terms, what else it may buy, and the acts in order."""

    deal: Deal
    terms: DealTerms
    acts: tuple[Act, ...]
    further: Mapping[str, CommittedTape] = field(default_factory=dict)
    wallets: tuple[str, ...] = ()
    deal_file: Path = Path("deal.yaml")  # for what is wrong in it

    @property
    def holders(self) -> tuple[str, ...]:
        """Everybody who may hold notes."""
        return tuple(dict.fromkeys([*(each.name for each in self.deal.investors), *self.wallets]))


def acts_of(
    deal: Deal, life: Life, terms: DealTerms, reports: Sequence[Report], indices: Sequence[int]
) -> tuple[Act, ...]:
    """The book's orders, the life's events section by section, and a run for each report."""
    return tuple(_acts(deal, life, terms, reports, indices))


def _acts(deal: Deal, life: Life, terms: DealTerms, reports: Sequence[Report], indices: Sequence[int]) -> Iterator[Act]:
    early, closing = terms.closing - _BEFORE_CLOSING, terms.closing
    yield Act(SUBSCRIPTION, early, Open())
    book = orders(deal)
    for name in dict.fromkeys(name for name, _ in book):
        yield Act(SUBSCRIPTION, early, Call(Do.ADMIT, name))
    for (name, tranche), units in book.items():
        yield Act(SUBSCRIPTION, early, Call(Do.ORDER, name, tranche=deal.place_of(tranche), units=units))
    yield from _events(SUBSCRIPTION, early, ("subscription",), life.subscription)
    yield Act(AT_CLOSING, closing, Close())
    yield from _events(AT_CLOSING, closing, ("at_closing",), life.at_closing)
    now = closing
    for report in reports:
        period, index = report.period, indices[report.period - 1] if indices else None
        how, end = life.reports.get(period, ReportTerms()), terms.period_ends[period - 1]
        # A report that is missing is said so only when the next period may be over.
        now = max(now, end + (2 * terms.rules.grace + 1 if how.missing else how.days_late * DAY))
        when = f"period {period}"
        yield Act(when, now, RunPeriod(report, index, how.missing))
        for number, trade in enumerate(deal.trades):
            if trade.after_period == period:
                place, units = deal.place_of(trade.tranche), deal.units(trade.amount)
                sold = Call(Do.TRANSFER, trade.seller, trade.buyer, place, units)
                yield Act(when, now, sold, ("trades", number), of_deal=True)
        yield from _events(when, now, ("after_period", str(period)), life.after_period.get(period, ()))


def _events(when: str, now: int, place: Place, events: Sequence[Event]) -> Iterator[Act]:
    for i, event in enumerate(events):
        # Votes count from the second after the call, so they have an hour of their own on its day.
        at = now + _HOUR if event.do is Do.VOTE else now
        yield Act(when, at, event, (*place, i), event.refused)


def calls_of(event: Event, script: Script, model: Model) -> list[Call]:
    """The calls that an event stands for, as the model stands now; what is named is called even if it is refused."""
    deal = script.deal
    tranches = range(len(deal.tranches)) if event.tranche is None else [deal.place_of(event.tranche)]
    units = Units(0) if event.amount is None else deal.units(event.amount)
    whos = script.holders if event.who is None else (event.who,)
    if event.do is Do.PAY_CREDITS:
        whos = (event.who,) if event.who else tuple(who for who in deal.payees if model.credits[who])
        return [Call(event.do, who) for who in whos]
    if event.do in _OF_A_TRANCHE:
        pairs = [(who, place) for who in whos for place in tranches]
        if event.who is None or (event.tranche is None and event.refused is None):
            pairs = [(who, place) for who, place in pairs if _has(event.do, model, who, place)]
        return [Call(event.do, who, event.to or "", place) for who, place in pairs]
    if event.do is Do.CLAIM_BATCH:
        return [Call(event.do, tranche=place, holders=tuple(event.holders or ())) for place in tranches]
    place = tranches[0]
    return [Call(event.do, event.who or "", event.to or "", place, units, tape=event.tape or "")]


_OF_A_TRANCHE = (Do.HAND_OVER, Do.REFUND, Do.RECOVER_ORDER, Do.CLAIM, Do.RECOVER, Do.FREEZE, Do.UNFREEZE)


def _has(do: Do, model: Model, who: str, tranche: int) -> bool:
    """Whether there is anything to do for this account in this tranche."""
    holder, claimable = model.notes[tranche].holders[who], model.claimable(who, tranche)
    if do in (Do.HAND_OVER, Do.REFUND, Do.RECOVER_ORDER):
        book = model.order_books[tranche]
        return bool(book.orders[who]) and not (do is Do.REFUND and who in book.with_cash)
    if do is Do.CLAIM:
        return bool(claimable) and not holder.frozen
    return bool(holder.units or claimable)
