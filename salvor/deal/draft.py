"""A first deal file out of a few answers: short, complete, with comments that teach; it is checked like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_MOST_PERIODS = 600


@dataclass(frozen=True)
class DraftTranche:
    """One class of notes; without a rate it gets what is left."""

    name: str
    size: Decimal
    rate: str  # as it stands in a file: 7 %; empty for equity


@dataclass(frozen=True)
class Draft:
    """The answers."""

    name: str
    tape: str
    mapping: str
    currency: str
    decimals: int
    closing: date
    periods: int
    price: Decimal
    tranches: Sequence[DraftTranche]  # most senior first
    fee: str  # of collections, to the servicer: 6 %


def flat_curve(periods: int) -> list[int]:
    """The same share of all recoveries in each period, basis points that add up to 10,000; what is over goes first."""
    each, over = divmod(10_000, periods)
    return [each + (place < over) for place in range(periods)]


def draft_text(draft: Draft) -> str:
    """The file."""
    symbol = "".join(letter for letter in draft.name.upper() if letter.isalnum())[:6] or "DEAL"
    letters = "ABCDEFGH"
    tranches = [
        f"  - {{ name: {each.name}, symbol: {symbol}-{letter}, size: {each.size}"
        + (f", rate: {each.rate} }}" if each.rate else " } # no rate: it gets what is left")
        for letter, each in zip(letters, draft.tranches, strict=False)
    ]
    investors = [f"  - {{ name: investor of {t.name}, tranche: {t.name}, amount: {t.size} }}" for t in draft.tranches]
    return "\n".join(
        [
            f"# {draft.name}: a first draft. deals/gacs-style/deal.yaml explains all that a deal file can say.",
            "# `ape run deal explain` says in words what it means, `ape run demo --deal` plays it on a local chain.",
            "salvor: 1",
            f"name: {draft.name}",
            "",
            "tape:",
            f"  file: {draft.tape} # one row a loan",
            f"  mapping: {draft.mapping} # which column is what; `ape run tape map` proposes one",
            "  max_rejected_rows: 0 # the deal stops when more rows than this can't be right",
            "",
            "settlement: # the asset that pays for the notes",
            f"  name: {draft.currency}",
            f"  symbol: {draft.currency[:11]}",
            f"  decimals: {draft.decimals}",
            "",
            "calendar:",
            f"  closing: {draft.closing} # the last day of a month; interest runs from here",
            f"  periods: {draft.periods} # months",
            "  # Share of all recoveries in each period, basis points, 10000 in all. Even here: put your own in.",
            f"  timing_curve: [{', '.join(map(str, flat_curve(draft.periods)))}]",
            "",
            f"purchase_price: {draft.price}",
            "",
            "# Most senior first. Rates are simple, a year, actual/365.",
            "tranches:",
            *tranches,
            "",
            "triggers:",
            "  behind plan: 90 % # collected to date below so much of the plan: then junior interest waits",
            "",
            "# Who is paid from each period's collections, in this order.",
            "waterfall:",
            *_waterfall(draft),
            "",
            "# The book: who buys which notes at par.",
            "investors:",
            *investors,
            "",
        ]
    )


def _waterfall(draft: Draft) -> list[str]:
    """Fee, senior interest, senior principal, then down the ranks; the last one has what is left."""
    *ranked, last = draft.tranches
    lines = [f"  - {{ pay: fee, rate: {draft.fee} }} # of the period's collections, to the servicer"]
    for place, each in enumerate(ranked):
        if each.rate and place == 0:
            lines.append(f"  - {{ pay: interest, tranche: {each.name} }}")
        elif each.rate:
            lines.append(f"  - {{ pay: interest, tranche: {each.name}, unless_on: [behind plan] }}")
    for place, each in enumerate(ranked):
        if each.rate and place:
            lines.append(f"  - {{ pay: interest, tranche: {each.name} }} # what was passed over above")
        lines.append(f"  - {{ pay: principal, tranche: {each.name} }}")
    if last.rate:
        lines.append(f"  - {{ pay: interest, tranche: {last.name} }}")
    return [*lines, f"  - {{ pay: residual, tranche: {last.name} }} # all that is left"]
