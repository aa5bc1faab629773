"""A deal with jurisdictions while it is played: notes that ask identities, investors registered, units retained.

Claims are signed by the issuer of rehearsals, whose key everybody knows: for local chains only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from salvor.chain.send import send
from salvor.deal.networks import ClaimIssuer
from salvor.deploy.live import LiveDeal
from salvor.deploy.regulated import TOPICS
from salvor.deploy.regulated_deal import regulated_terms
from salvor.deploy.terms import DealTerms
from salvor.investors.claims import KeyIssuer
from salvor.investors.file import Investors, read_investors
from salvor.investors.journal import Journal
from salvor.investors.onboarding import Desk, Registration, register
from salvor.investors.orders import refuse_what_rules_refuse
from salvor.investors.rehearsal import SECRET
from salvor.jurisdictions.of_deal import DealRules, load_deal_rules

_FOREVER = 2**40 - 1
ISSUER = ClaimIssuer(address=KeyIssuer(SECRET).address, topics=["kyc", "country", "class"])


@dataclass(frozen=True)
class Regulation:
    """The rules of a deal and who its investors are."""

    rules: DealRules
    investors: Investors

    def terms(self, terms: DealTerms, settlement: str) -> DealTerms:
        """The deal's terms, with notes that ask identities and rules."""
        return replace(terms, regulated=regulated_terms(self.rules, issuers=[ISSUER], settlement=settlement))


def regulation_of(deal_file: Path) -> Regulation:
    """Read and judged; raises where an order or a trade of the deal is against its rules."""
    refuse_what_rules_refuse(deal_file)
    investors = read_investors(deal_file.parent / "investors.csv", today=None)
    return Regulation(load_deal_rules(deal_file), investors)


def register_cast(
    live: LiveDeal, regulation: Regulation, accounts: Iterable[tuple[str, Any]], now: int
) -> Registration:
    """Registers the accounts that play the investors, each with the claims of its investor's row."""
    rows = []
    for name, account in accounts:
        row = next(each for each in regulation.investors.rows if each.name == name)
        rows.append(replace(row, wallet=str(account.address)))
    assert live.regulated is not None
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        agent = live.parties.transfer_agent
        desk = Desk(live.regulated.registry, agent, KeyIssuer(SECRET), journal, now, TOPICS)
        try:
            return register(Investors(tuple(rows), ()), desk)
        finally:
            journal.close()


def keep_retention(live: LiveDeal, regulation: Regulation, accounts: Mapping[str, Any]) -> dict[str, int]:
    """Freezes what the originator keeps of each tranche; units by tranche."""
    deal, kept = regulation.rules.deal, dict[str, int]()
    originator = deal.compliance.originator if deal.compliance else None
    if originator is None:
        return kept
    for place, (book, tranche) in enumerate(zip(regulation.rules.books, deal.tranches, strict=True)):
        if units := book.retained(deal.units(tranche.size)):
            account = accounts[originator]
            send(live.notes[place].freezePartialTokens, account, units, sender=live.parties.transfer_agent)
            kept[book.tranche] = units
    return kept


def prepare_transfer(live: LiveDeal, tranche: int, giver: Any, taker: Any, units: int) -> None:
    """Files a record and approves, where the tranche's rules want it."""
    if live.regulated is None:
        return
    modules, agent = live.regulated.modules[tranche], live.parties.transfer_agent
    if "TravelRule" in modules:
        send(modules["TravelRule"].file, giver, taker, units, b"\x01" * 32, sender=agent)
    if "ApprovedTransfers" in modules:
        send(modules["ApprovedTransfers"].approve, giver, taker, units, _FOREVER, sender=agent)
