"""The books of rules of a deal: its jurisdictions are found, read and merged, a book a tranche."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from salvor.deal.document import compose, refuse
from salvor.deal.load import load_deal
from salvor.deal.names import unknown
from salvor.deal.schema import Deal
from salvor.jurisdictions.book import Exchange, Rulebook
from salvor.jurisdictions.load import FOLDER, Jurisdiction, load_jurisdiction, shipped
from salvor.jurisdictions.merge import merge
from salvor.jurisdictions.rules import currency


@dataclass(frozen=True)
class DealRules:
    """A deal, the jurisdictions it names, and what they make of each of its tranches."""

    deal: Deal
    jurisdictions: tuple[Jurisdiction, ...]
    money: Exchange
    books: tuple[Rulebook, ...]

    def book(self, tranche: str) -> Rulebook:
        """The book of a tranche by its name."""
        return self.books[self.deal.place_of(tranche)]


def load_deal_rules(path: Path) -> DealRules:
    """Read a deal with its jurisdictions; each error names the file and line that is to blame."""
    deal = load_deal(path)
    root = compose(path, "deal file")
    section = deal.compliance
    if section is None:
        refuse(path, root, ("compliance",), "is missing: the deal names no jurisdictions")
    for key, code in [("currency", section.currency), *(("rates", code) for code in section.rates)]:
        try:
            currency(code)
        except ValueError as error:
            refuse(path, root, ("compliance", *((key, code) if key == "rates" else (key,))), str(error))
    files = []
    for i, name in enumerate(section.jurisdictions):
        place = ("compliance", "jurisdictions", i)
        if name in section.jurisdictions[:i]:
            refuse(path, root, place, f"'{name}' stands twice")
        beside, ours = path.parent / "jurisdictions" / f"{name}.yaml", FOLDER / f"{name}.yaml"
        if not beside.is_file() and not ours.is_file():
            refuse(path, root, place, unknown("jurisdiction", name, shipped()))
        files.append(beside if beside.is_file() else ours)
    if section.rules is not None:
        files.append(path.parent / section.rules)
    jurisdictions = tuple(load_jurisdiction(each) for each in files)
    _tranches_are_there(deal, jurisdictions[len(section.jurisdictions) :], files)
    money = Exchange(section.currency, deal.settlement.decimals, dict(section.rates))
    books = tuple(merge(jurisdictions, each.name, money) for each in deal.tranches)
    if reason := _nobody_keeps(deal, section.originator, books):
        key = "originator" if section.originator else "jurisdictions"
        refuse(path, root, ("compliance", key), reason)
    return DealRules(deal, jurisdictions, money, books)


def _nobody_keeps(deal: Deal, originator: str | None, books: tuple[Rulebook, ...]) -> str:
    """Why a share that the law wants kept would be kept by nobody; empty where somebody does, or none is wanted."""
    book = [each.name for each in deal.investors]
    if originator is not None:
        return unknown("investor", originator, book) if book and originator not in book else ""
    wanted = [choice for each in books for choice in each.choices if choice.rule == "retention"]
    if not wanted:
        return ""
    who = ", ".join(dict.fromkeys(line.jurisdiction for line in wanted[0].by))
    return f"name `originator`, the investor who keeps {wanted[0].said} of every tranche (retention of {who})"


def _tranches_are_there(deal: Deal, own: tuple[Jurisdiction, ...], files: list[Path]) -> None:
    """A line of the deal's own that names a tranche which is not there would silently hold for nobody."""
    there = [each.name for each in deal.tranches]
    for jurisdiction in own:
        for place, line in enumerate(jurisdiction.lines):
            for i, name in enumerate(line.origin.tranches or ()):
                if name not in there:
                    root = compose(files[-1], "jurisdiction file")
                    refuse(files[-1], root, ("lines", place, "tranches", i), unknown("tranche", name, there))
