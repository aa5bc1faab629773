"""A deal with jurisdictions, as its deployment takes it: the rules of each tranche's book, and whose claims count."""

from __future__ import annotations

from collections.abc import Iterable

from salvor.deal.networks import ClaimIssuer
from salvor.deploy.regulated import CLASS, COUNTRY, KYC, TOPICS, NoteRules, RegulatedTerms
from salvor.deploy.rule_settings import modules, rules_on
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.of_deal import DealRules


def regulated_terms(
    rules: DealRules, *, issuers: Iterable[ClaimIssuer], settlement: str, registrar: str = ""
) -> RegulatedTerms:
    """`settlement` is the asset's address; the transfer agent registers investors where no registrar is named."""
    trusted = tuple((each.address, tuple(TOPICS[topic][0] for topic in each.topics)) for each in issuers)
    notes = tuple(_rules_of(book, settlement) for book in rules.books)
    return RegulatedTerms((KYC,), COUNTRY, CLASS, trusted, notes, registrar)


def _rules_of(book: Rulebook, settlement: str) -> NoteRules:
    compared = tuple((rule.number, rule.params) for rule in rules_on(book, settlement))
    return NoteRules(compared, tuple((module.contract, module.arguments) for module in modules(book)))
