"""Supervision of a deal: who the investors' file knows, and the bounds that the deal's own rules set."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from salvor.deal.names import unknown
from salvor.errors import OptionInvalid
from salvor.investors.file import Investors
from salvor.jurisdictions.of_deal import DealRules
from salvor.supervision.events import Event, People, Person, with_identities
from salvor.supervision.flags import Alarms
from salvor.supervision.report import Supervision
from salvor.supervision.wallets import is_written_as_wallet, wallet

if TYPE_CHECKING:
    from rich.console import Console

_WITHOUT_A_RULE = 10_000  # of the deal's money: the threshold where no jurisdiction of the deal has a travel rule


def people_of(investors: Investors, events: Iterable[Event] = ()) -> People:
    """Persons with their wallets, those that events join to them too; rows that were refused are of nobody."""
    persons = {}
    for name in investors.names:
        row = next(each for each in investors.rows if each.name == name)
        persons[name] = Person(name, investors.wallets(name), row.country, row.klass)
    return with_identities(People(persons), events)


def listed_of(asked: Iterable[str], people: People) -> frozenset[str]:
    """Whom `--listed` names: persons of the file, or wallets of anybody; a name that nobody has would flag nothing."""
    found = set()
    for each in asked:
        if is_written_as_wallet(each):
            try:
                found.add(people.behind(wallet(each)))
            except ValueError as error:
                raise OptionInvalid(f"--listed: {error}") from None
        elif each in people.persons:
            found.add(each)
        else:
            raise OptionInvalid(f"--listed: {unknown('investor or wallet', each, sorted(people.persons))}")
    return frozenset(found)


def alarms_of(rules: DealRules) -> Alarms:
    """What a structurer stays below: the travel-rule threshold of the tranche, else the lowest of all tranches."""
    found = [book.travel_rule for book in rules.books if book.travel_rule is not None]
    lowest = min(found) if found else _WITHOUT_A_RULE * 10**rules.deal.settlement.decimals
    thresholds = {}
    for book in rules.books:
        threshold = lowest if book.travel_rule is None else book.travel_rule
        # A rule that records every move leaves nothing to stay below; then the least that moves is the measure.
        thresholds[book.tranche] = max(threshold, book.denomination, 1)
    return Alarms(threshold=min(thresholds.values()), thresholds=thresholds)


def tell_supervision(found: Supervision, out: Path, console: Console) -> None:
    """What was found, in a few lines; the files have the rest."""
    console.print(f"{len(found.events)} events, {len(found.holders)} holdings, {len(found.flags)} flags")
    for flag in found.flags:
        console.print(f"{flag.kind}: {flag.tranche}: {flag.said}", markup=False, soft_wrap=True)
    console.print(f"history {found.fingerprint}", markup=False)
    console.print(f"files: {out}", markup=False, soft_wrap=True)
