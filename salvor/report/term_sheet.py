"""A deal file as a term sheet in plain words: what an investor reads before anybody deploys anything.

Nothing in it is reckoned from a tape; it says what the file says. A part of the file that this page has no words for
stands at its end as it is, so nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from salvor.deal.rules import FeeLine, FeeOf, Tranche
from salvor.deal.schedule import period_ends
from salvor.deal.schema import Deal
from salvor.deal.told import told_of
from salvor.report.term_words import percent, step_in_words, trigger_in_words

_TOLD = {
    "salvor",
    "name",
    "tape",
    "settlement",
    "calendar",
    "purchase_price",
    "tranches",
    "index",
    "fees",
    "reserve",
    "hurdles",
    "triggers",
    "losses",
    "revolving",
    "waterfall",
    "accelerated",
    "vote",
    "dust_owner",
    "investors",
    "trades",
    "screening",
    "networks",
    "assumptions",
}
_WARNING = (
    "This sheet says in words what the deal file says. The file and the contracts that are made of it are what counts; "
    "this is no offer and no advice."
)


def term_sheet(deal: Deal) -> str:
    """Markdown, sections in the order in which people ask."""
    parts = (_summary, _notes, _dates, _payments, _fees, _reserve, _triggers, _losses, _people, _networks, _others)
    lines = [f"# {deal.name}", "", _WARNING, ""]
    for part in parts:
        lines += part(deal)
    return "\n".join(lines).rstrip() + "\n"


def _summary(deal: Deal) -> Iterator[str]:
    total = sum((each.size for each in deal.tranches), Decimal(0))
    yield "## In short"
    yield ""
    price, most = _money(deal, deal.purchase_price), _money(deal, total)
    periods, tranches = deal.calendar.periods, len(deal.tranches)
    yield (
        f"The seller's loans ({deal.tape.file}) are bought for {price} with what {tranches} tranches of notes raise, "
        f"{most} at most. What is collected on them in {periods} monthly periods is paid out in the order below."
    )
    yield ""


def _notes(deal: Deal) -> Iterator[str]:
    yield "## Notes, most senior first"
    yield ""
    yield "| tranche | note | size | sold at least | interest | day count | unpaid interest |"
    yield "|---|---|---|---|---|---|---|"
    for each in deal.tranches:
        least = each.size if each.minimum is None else each.minimum
        unpaid = str(each.unpaid_interest).replace("_", " ")
        yield (
            f"| {each.name} | {each.symbol} | {_money(deal, each.size)} | {_money(deal, least)} | "
            f"{_rate(deal, each)} | {each.day_count} | {unpaid} |"
        )
    yield ""
    yield "Orders below what must be sold cancel the deal, and all cash goes back."
    yield ""


def _dates(deal: Deal) -> Iterator[str]:
    calendar, ends = deal.calendar, period_ends(deal.calendar)
    yield "## Dates"
    yield ""
    yield f"- closing: {calendar.closing}; interest runs from there"
    yield f"- first period's end: {ends[0]}, last: {ends[-1]}"
    if calendar.grace_days:
        yield f"- a report is late {calendar.grace_days} days after its period's end"
    if calendar.costs:
        yield f"- the servicer takes {percent(calendar.costs)} of what is collected off before it arrives"
    yield ""


def _payments(deal: Deal) -> Iterator[str]:
    yield "## Who is paid, in this order"
    yield ""
    yield "Each line takes what is due to it, or what cash is left."
    yield ""
    yield from (f"{number}. {step_in_words(deal, step)}" for number, step in enumerate(deal.waterfall, start=1))
    yield ""
    if deal.accelerated:
        yield "### Once the senior class has voted for acceleration"
        yield ""
        yield from (f"{number}. {step_in_words(deal, step)}" for number, step in enumerate(deal.accelerated, start=1))
        yield ""
        yield from (f"- {line}" for line in told_of(deal) if line.startswith("a vote"))
        yield ""
    if deal.revolving:
        stops = _or(deal.revolving.stops_on)
        until = f"until period {deal.revolving.to_period}" + (f", or until {stops} is on" if stops else "")
        yield f"Principal of the first tranches buys further loans {until}."
        yield ""


def _fees(deal: Deal) -> Iterator[str]:
    if not deal.fees:
        return
    yield "## Fees"
    yield ""
    for name, line in deal.fees.items():
        yield f"- {name}, to {line.payee}: {_fee(deal, line)}"
    yield ""


def _reserve(deal: Deal) -> Iterator[str]:
    if own := deal.reserve:
        floor = f", at least {_money(deal, own.floor)}" if own.floor else ""
        cap = f", at most {_money(deal, own.cap)}" if own.cap else ""
        yield "## Reserve"
        yield ""
        yield f"Its target is {percent(own.share)} of the principal of {', '.join(own.tranches)}{floor}{cap}."
        yield ""


def _triggers(deal: Deal) -> Iterator[str]:
    if not deal.triggers:
        return
    yield "## Triggers"
    yield ""
    yield from (f"- {name}: {trigger_in_words(each)}" for name, each in deal.triggers.items())
    yield ""


def _losses(deal: Deal) -> Iterator[str]:
    yield "## Losses"
    yield ""
    if deal.losses.by == "ledgers":
        yield "A write-off is booked in ledgers, from the most junior tranche up; later cash can make it good."
    else:
        yield "A write-off takes principal off at once, from the most junior tranche up."
    if deal.losses.carrying_ratio is not None:
        yield f"A claim is carried at {percent(deal.losses.carrying_ratio)} of its balance."
    yield ""


def _people(deal: Deal) -> Iterator[str]:
    yield "## Who takes part"
    yield ""
    yield from (f"- {line}" for line in told_of(deal) if not line.startswith("a vote"))
    for each in deal.investors:
        yield f"- {each.name} orders {_money(deal, each.amount)} of {each.tranche}"
    if deal.index:
        hub = f"the value {deal.index.value}, up to {deal.index.within_hours} hours after a period's start"
        who = hub if deal.index.value else "an oracle"
        yield f"- {deal.index.name} is told by {who}; until then it is {percent(deal.index.first)}"
    if deal.screening:
        criteria, limits = len(deal.screening.eligibility), len(deal.screening.concentrations)
        yield f"- loans are screened by {criteria} criteria of eligibility and {limits} limits of concentration"
    yield ""
    if deal.assumptions:
        yield f"Assumptions: {' '.join(deal.assumptions.split())}"
        yield ""


def _networks(deal: Deal) -> Iterator[str]:
    for name, network in deal.networks.items():
        yield f"## On {name}"
        yield ""
        owner = network.owner or "the deployer, who stays admin"
        yield f"- last word: {owner}"
        yield f"- settlement asset: {network.settlement.replace('_', ' ')}"
        yield from (f"- {who}: {address}" for who, address in network.accounts.items())
        if network.resolver:
            yield f"- decides challenges of reports: {network.resolver}"
        if network.registrar:
            yield f"- registers investors: {network.registrar}"
        for who, each in network.claim_issuers.items():
            yield f"- {who} says {', '.join(each.topics)} of investors: {each.address}"
        yield ""


def _others(deal: Deal) -> Iterator[str]:
    """Parts of the file that have no words above; nothing where the file does not say more than what holds unless."""
    rest = {
        name: getattr(deal, name)
        for name, field in type(deal).model_fields.items()
        if name not in _TOLD and getattr(deal, name) != field.get_default(call_default_factory=True)
    }
    if rest:
        yield "## Further terms"
        yield ""
    for name, value in rest.items():
        yield from (f"- {place}: {said}" for place, said in _flat(name.replace("_", " "), value))
    if rest:
        yield ""


def _flat(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in value.model_fields_set}
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{place}, {str(name).replace('_', ' ')}", inner)
    elif isinstance(value, list | tuple) and any(isinstance(each, BaseModel | dict) for each in value):
        for number, inner in enumerate(value, start=1):
            yield from _flat(f"{place} {number}", inner)
    else:
        yield place, ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _rate(deal: Deal, tranche: Tranche) -> str:
    if tranche.step_up:
        return "; ".join(f"{percent(each.rate)} from period {each.from_period}" for each in tranche.step_up)
    if own := tranche.floating:
        index = deal.index.name if deal.index else "the index"
        return f"{index} + {percent(own.margin)}, between {percent(own.floor)} and {percent(own.cap)}"
    return f"{percent(tranche.rate)} a year" if tranche.rate else "none: it gets what is left"


def _fee(deal: Deal, line: FeeLine) -> str:
    if line.of is FeeOf.AMOUNT and line.amount is not None:
        said = f"{_money(deal, line.amount)} a period"
    elif line.of is FeeOf.COLLECTIONS:
        said = f"{percent(line.rate or 0)} of net collections"
    else:
        of = "pool balance" if line.of is FeeOf.POOL_BALANCE else f"principal of {line.tranche}"
        said = f"{percent(line.rate or 0)} a year of the {of}"
    said += f", at least {_money(deal, line.floor)}" if line.floor else ""
    said += f", at most {_money(deal, line.cap)}" if line.cap else ""
    return said + ("; what is unpaid stays due" if line.carried else "; what is unpaid is lost")


def _money(deal: Deal, amount: Decimal) -> str:
    return f"{amount:,} {deal.settlement.symbol}"


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)
