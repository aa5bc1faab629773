"""What a deal file means and does not show: who is paid by which name, what holds unless said, and what looks odd.

Payees and the owner of dust are free names, so a slip of the pen makes a new account. Whoever reads the list sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from salvor.amounts import format_percent
from salvor.deal.rules import Pay, Vote
from salvor.deal.schema import Deal


def told_of(deal: Deal, wallets: Sequence[str] = ()) -> list[str]:
    """A line each: who is paid and for what, who holds notes, and what carries a vote on acceleration."""
    paid = "; ".join(f"{name} ({', '.join(_paid_for(deal, name))})" for name in deal.payees)
    holders = list(dict.fromkeys([*(each.name for each in deal.investors), *wallets]))
    lines = [f"paid by the deal: {paid}", f"holders: {', '.join(holders)}"]
    if deal.accelerated:
        vote, unless = deal.vote or Vote(), "" if deal.vote else " (the deal names no `vote`: this holds unless said)"
        share = f"more than {format_percent(vote.share)} of the senior class within {vote.days} days"
        lines.append(f"a vote on acceleration is carried by {share}{unless}")
    return lines


def doubts_of_dates(deal: Deal, cut_off: date | None, today: date) -> Iterator[str]:
    """What is odd and may be meant: a closing in the past, and one on another day than the tape's cut-off."""
    closing = deal.calendar.closing
    if closing < today:
        yield f"calendar.closing {closing} is in the past: fine for a play, not for a sale"
    if cut_off is not None and cut_off != closing:
        yield f"calendar.closing is {closing}, the mapping's cut_off {cut_off}: who has what was paid between them?"


def _paid_for(deal: Deal, name: str) -> Iterator[str]:
    if name == "seller":
        yield "the purchase price"
    yield from (f"fee {fee}" for fee, line in deal.fees.items() if line.payee == name)
    if name == "servicer" and any(step.rate and step.pay is Pay.FEE for step in deal.every_step):
        yield "fee of a share of collections"
    if name == (deal.dust_owner or "seller"):
        yield "what no step takes"
