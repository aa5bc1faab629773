"""Supervision of a deal: who the investors' file knows, and the bounds that the deal's own rules set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from salvor.investors.file import Investors
from salvor.jurisdictions.of_deal import DealRules
from salvor.supervision.events import People, Person
from salvor.supervision.flags import Alarms
from salvor.supervision.report import Supervision

if TYPE_CHECKING:
    from rich.console import Console

_WITHOUT_A_RULE = 10_000  # of the deal's money: the threshold where no jurisdiction of the deal has a travel rule


def people_of(investors: Investors) -> People:
    """Persons with their wallets; rows that were refused are of nobody."""
    persons = {}
    for name in investors.names:
        row = next(each for each in investors.rows if each.name == name)
        persons[name] = Person(name, investors.wallets(name), row.country, row.klass)
    return People(persons)


def alarms_of(rules: DealRules) -> Alarms:
    """The lowest travel-rule threshold of all tranches is what a structurer stays below."""
    found = [book.travel_rule for book in rules.books if book.travel_rule is not None]
    threshold = min(found) if found else _WITHOUT_A_RULE * 10**rules.deal.settlement.decimals
    # A rule that records every move leaves nothing to stay below; then the least that moves is the measure.
    steps = max(book.denomination for book in rules.books)
    return Alarms(threshold=max(threshold, steps, 1))


def tell_supervision(found: Supervision, out: Path, console: Console) -> None:
    """What was found, in a few lines; the files have the rest."""
    console.print(f"{len(found.events)} events, {len(found.holders)} holdings, {len(found.flags)} flags")
    for flag in found.flags:
        console.print(f"{flag.kind}: {flag.tranche}: {flag.said}", markup=False, soft_wrap=True)
    console.print(f"history {found.fingerprint}", markup=False)
    console.print(f"files: {out}", markup=False, soft_wrap=True)
