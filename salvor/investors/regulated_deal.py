"""A deal with jurisdictions, as its deployment takes it: the rules of each tranche's book, and whose claims count."""

from __future__ import annotations

from collections.abc import Sequence

from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.investors.claims import CLASS, COUNTRY, KYC
from salvor.investors.settings import modules, rules_on
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.of_deal import DealRules


def regulated_terms(rules: DealRules, *, issuers: Sequence[str], settlement: str) -> RegulatedTerms:
    """`issuers` are trusted for all three topics; `settlement` is the asset's address."""
    trusted = tuple((issuer, (KYC, COUNTRY, CLASS)) for issuer in issuers)
    notes = tuple(_rules_of(book, settlement) for book in rules.books)
    return RegulatedTerms((KYC,), COUNTRY, CLASS, trusted, notes)


def _rules_of(book: Rulebook, settlement: str) -> NoteRules:
    compared = tuple((rule.number, rule.params) for rule in rules_on(book, settlement))
    return NoteRules(compared, tuple((module.contract, module.arguments) for module in modules(book)))
