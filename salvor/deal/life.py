"""What happens to a deal, as a file beside it: who orders, holds, claims and votes, and how each period is reported.

The deal file says what must be, a life what came. Whoever can write one can play a whole deal without any Solidity;
docs/playing.md explains each key.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from salvor.amounts import MAX_AMOUNT
from salvor.deal.fields import Amount, Flag, Name, Part, Version, Whole
from salvor.deal.names import Finding, Place, each_is_there, is_there
from salvor.deal.refusals import refusal_findings
from salvor.deal.schema import Deal

PeriodNumber = Annotated[Whole, Field(ge=1, le=600)]


class Do(StrEnum):
    """What somebody does."""

    ADMIT = "admit"
    REMOVE = "remove"
    ORDER = "order"
    TAKE_BACK = "take_back"
    HAND_OVER = "hand_over"
    REFUND = "refund"
    RECOVER_ORDER = "recover_order"
    TRANSFER = "transfer"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    FORCE_TRANSFER = "force_transfer"
    RECOVER = "recover"
    CLAIM = "claim"
    CLAIM_BATCH = "claim_batch"
    CALL_VOTE = "call_vote"
    VOTE = "vote"
    BUY_LOANS = "buy_loans"
    PAY_CREDITS = "pay_credits"


# What each needs; `?` marks what may be left out and then means all.
_KEYS: dict[Do, str] = {
    Do.ADMIT: "who",
    Do.REMOVE: "who",
    Do.ORDER: "who tranche amount",
    Do.TAKE_BACK: "who tranche amount",
    Do.HAND_OVER: "who? tranche?",
    Do.REFUND: "who? tranche?",
    Do.RECOVER_ORDER: "who to tranche?",
    Do.TRANSFER: "who to tranche amount",
    Do.FREEZE: "who tranche?",
    Do.UNFREEZE: "who tranche?",
    Do.FORCE_TRANSFER: "who to tranche amount",
    Do.RECOVER: "who to tranche?",
    Do.CLAIM: "who? tranche?",
    Do.CLAIM_BATCH: "holders tranche?",
    Do.CALL_VOTE: "who",
    Do.VOTE: "who",
    Do.BUY_LOANS: "tape amount",
    Do.PAY_CREDITS: "who?",
}


class Event(Part):
    """One thing that somebody does; which keys it takes depends on what is done."""

    do: Do
    who: Name | None = None
    to: Name | None = None
    tranche: Name | None = None
    amount: Amount | None = None
    holders: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = None
    tape: Name | None = None
    refused: Name | None = None  # the custom error with which it must be refused


class ReportTerms(Part):
    """What is not in the collections: how late a report comes, whether it is the last, and whether it comes at all."""

    days_late: Annotated[Whole, Field(le=25)] = 0  # after the period's end; the next period ends later
    last: Flag = False  # what remained was sold
    missing: Flag = False  # the servicer is silent, and a stranger reports the period as missing


class FurtherTape(Part):
    """Loans that the deal may buy while it revolves: files beside the life."""

    file: Name
    mapping: Name


class Life(Part):
    """A whole file. The orders of the deal's book come first, then what stands here, section by section."""

    salvor_life: Version  # of this format
    collections: Name | None = None  # a CSV file; nothing was ever collected when not named
    wallets: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)  # accounts beside the book's
    further_tapes: dict[Name, FurtherTape] = Field(default_factory=dict)
    reports: dict[PeriodNumber, ReportTerms] = Field(default_factory=dict)
    subscription: list[Event] = Field(default_factory=list)
    at_closing: list[Event] = Field(default_factory=list)
    after_period: dict[PeriodNumber, list[Event]] = Field(default_factory=dict)

    def last_period(self, deal: Deal) -> int:
        """The period after which no report follows."""
        return min((period for period, terms in self.reports.items() if terms.last), default=deal.calendar.periods)

    @property
    def events(self) -> Iterator[tuple[Place, Event]]:
        """All of them with their places in the file."""
        for name, events in (("subscription", self.subscription), ("at_closing", self.at_closing)):
            yield from (((name, i), event) for i, event in enumerate(events))
        for period, events in self.after_period.items():
            yield from ((("after_period", str(period), i), event) for i, event in enumerate(events))


def life_findings(life: Life, deal: Deal) -> Iterator[Finding]:
    """What does not fit the deal, in the order of the file."""
    yield from _periods(life, deal)
    bought: list[str] = []
    for place, event in life.events:
        yield from _event(life, deal, place, event)
        if event.tape in bought:
            yield (*place, "tape"), f"'{event.tape}' is bought twice"
        bought += [event.tape] if event.tape and event.refused is None else []


def _periods(life: Life, deal: Deal) -> Iterator[Finding]:
    last = life.last_period(deal)
    for section, periods in (("reports", life.reports), ("after_period", life.after_period)):
        for period in periods:
            if period > deal.calendar.periods:
                yield (section, str(period)), f"the deal has {deal.calendar.periods} periods"
            elif period > last:
                yield (section, str(period)), f"the report of period {last} is the last one"
    for period, terms in life.reports.items():
        if terms.missing and (terms.last or terms.days_late):
            yield ("reports", str(period), "missing"), "who is silent is not late, and reports no last period"
    book = [each.name for each in deal.investors]
    for i, name in enumerate(life.wallets):
        if name in (*book, *deal.payees, *life.wallets[:i], "seller", "servicer"):
            yield ("wallets", i), f"'{name}' is somebody already; give another name"


def _event(life: Life, deal: Deal, place: Place, event: Event) -> Iterator[Finding]:
    given = event.model_fields_set - {"do", "refused"}
    wanted = _KEYS[event.do].split()
    needed = {key for key in wanted if not key.endswith("?")}
    if not needed <= given or not given <= {key.rstrip("?") for key in wanted}:
        keys = ", ".join(f"`{key}`" if key in needed else f"`{key[:-1]}` (may be left out)" for key in wanted)
        yield place, f"{event.do.value} takes {keys}"
        return
    if event.refused is not None:
        yield from (((*place, "refused"), reason) for reason in refusal_findings(event.refused))
    if event.do in (Do.CALL_VOTE, Do.VOTE) and not deal.accelerated:
        yield place, "the deal has no second list of steps (`accelerated`) to vote on"
    people = list(dict.fromkeys([*(each.name for each in deal.investors), *life.wallets]))
    if event.do is Do.PAY_CREDITS:
        people = list(deal.payees)
    yield from is_there((*place, "who"), "account", event.who, people)
    yield from is_there((*place, "to"), "account", event.to, people)
    yield from each_is_there((*place, "holders"), "account", event.holders, people)
    yield from is_there((*place, "tranche"), "tranche", event.tranche, [each.name for each in deal.tranches])
    yield from is_there((*place, "tape"), "further tape", event.tape, list(life.further_tapes))
    if event.amount is not None:
        yield from _amount(deal, (*place, "amount"), event)


def _amount(deal: Deal, place: Place, event: Event) -> Iterator[Finding]:
    assert event.amount is not None
    try:
        units = deal.units(event.amount)
    except ValueError as error:
        yield place, f"{event.amount} {error} ({deal.settlement.symbol})"
        return
    if not 0 < units <= MAX_AMOUNT:
        yield place, f"{event.amount} must be above 0 and below {MAX_AMOUNT + 1} units"
