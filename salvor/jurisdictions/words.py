"""A book of rules in words: who may hold, how much, for how long; each sentence with the law it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.amounts import format_percent, format_units
from salvor.jurisdictions.book import Choice, Rulebook
from salvor.jurisdictions.of_deal import DealRules

_SENTENCES = {
    "country_allow": "Open to investors of {said}.",
    "country_deny": "Closed to investors of {said}.",
    "investor_class": "Only these classes may hold: {said}.",
    "minimum_holding": "Who holds, holds at least {said}, or nothing.",
    "maximum_holding": "Nobody holds more than {said}.",
    "minimum_investment": "Who subscribes has at least {said} afterwards.",
    "share_of_supply": "Nobody holds more than {said} of the tranche.",
    "holder_count": "At most {said}.",
    "lock_up": "What was acquired is kept for {said}, lot by lot.",
    "hold_period": "Kept for {said}.",
    "transfer_window": "Notes move {said}.",
    "velocity": "Nobody gives away more than {said}.",
    "sanctions": "Nobody on these lists holds or gives: {said}.",
    "denomination": "Notes are ordered and move in multiples of {said}; whoever sends all may send any number.",
    "travel_rule": "Above {said}, who gives and who takes is recorded before.",
    "retention": "The originator keeps at least {said} of the tranche.",
    "approved_in_advance": "The transfer agent approves {said} before it is made.",
}


def told(rules: DealRules) -> list[str]:
    """Paragraphs a tranche, then what gave way; tranches with one book are told together."""
    lines: list[str] = []
    for books in _alike(rules):
        names = ", ".join(book.tranche for book in books)
        lines += [f"{names}:", *(f"  {sentence}" for sentence in _sentences(books[0])), ""]
    conflicts = list(dict.fromkeys(each for book in rules.books for each in book.conflicts))
    lines.append("Where jurisdictions differ:" if conflicts else "The jurisdictions do not differ anywhere.")
    lines += [f"  {each}" for each in conflicts]
    if unread := _unconfirmed(rules):
        lines += ["", "Not confirmed; counsel reads these first:", *(f"  {each}" for each in unread)]
    return lines


def _alike(rules: DealRules) -> list[list[Rulebook]]:
    """Books that say the same stand together."""
    groups: dict[tuple[Choice, ...], list[Rulebook]] = {}
    for book in rules.books:
        groups.setdefault(book.choices, []).append(book)
    return list(groups.values())


def _sentences(book: Rulebook) -> Iterator[str]:
    for choice in book.choices:
        sources = "; ".join(dict.fromkeys(line.cited for line in choice.by))
        yield f"{_SENTENCES[choice.rule].format(said=choice.said)} [{sources}]"


def _unconfirmed(rules: DealRules) -> list[str]:
    return [
        f"{line.jurisdiction} line {line.number}, {line.rule.word}: {line.origin.unconfirmed}"
        for each in rules.jurisdictions
        for line in each.lines
        if line.origin.unconfirmed
    ]


def as_data(rules: DealRules) -> dict[str, object]:
    """The same for tools."""
    return {
        "deal": rules.deal.name,
        "jurisdictions": [each.name for each in rules.jurisdictions],
        "tranches": {
            book.tranche: [
                {
                    "rule": choice.rule,
                    "said": choice.said,
                    "by": [line.cited for line in choice.by],
                    "over": [line.cited for line in choice.over],
                }
                for choice in book.choices
            ]
            for book in rules.books
        },
        "conflicts": list(dict.fromkeys(each for book in rules.books for each in book.conflicts)),
        "unconfirmed": _unconfirmed(rules),
    }


def retained(rules: DealRules) -> list[str]:
    """What the originator keeps of each tranche, in money."""
    decimals = rules.deal.settlement.decimals
    lines = []
    for book, tranche in zip(rules.books, rules.deal.tranches, strict=True):
        if book.retention:
            units = book.retained(rules.deal.units(tranche.size))
            share = format_percent(book.retention)
            lines.append(f"{book.tranche}: {format_units(units, decimals)} {rules.money.currency} ({share}) stay")
    return lines
