"""The contracts of a deal's holders on a local chain: registry, issuers, and for each tranche a compliance and a note.

Nothing is sold here. Units are handed over as the offering does it, so that rules and answers can be tried before there
is a deal; the deal itself is deployed by `salvor/deploy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from salvor.deploy.regulated import CLASS, COUNTRY, KYC
from salvor.deploy.rule_settings import WORDS, modules, rules_on
from salvor.investors.claims import KeyIssuer
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.of_deal import DealRules
from salvor.lab import Actor, Lab

SECRET = bytes(keccak(b"salvor rehearsal: issuer of claims"))  # of the issuer of claims, on no chain but ours


@dataclass(frozen=True)
class Tranche:
    """A note with what it asks; `modules` are contracts by the word of their rule."""

    book: Rulebook
    note: Any
    compliance: Any
    modules: dict[str, Any]

    def word_of(self, code: int, module: str) -> str:
        """The rule behind a reason, in the words of a jurisdiction file."""
        for word, contract in self.modules.items():
            if contract.address == module:
                return word if code % 2 == 0 else f"{word} is broken"
        return WORDS.get(code, f"code {code}")


@dataclass(frozen=True)
class Rehearsal:
    """Everything and everybody; the admin also is the offering."""

    lab: Lab
    admin: Actor
    agent: Actor
    issuer: KeyIssuer
    registry: Any
    issuers: Any
    settlement: Any
    tranches: tuple[Tranche, ...]

    def tranche(self, name: str) -> Tranche:
        """By its name in the deal."""
        return next(each for each in self.tranches if each.book.tranche == name)


def rehearse(lab: Lab, rules: DealRules) -> Rehearsal:
    """Deploy and wire all of it; every unit of a tranche waits with the admin."""
    admin, agent = lab.actor("admin"), lab.actor("agent")
    issuer = KeyIssuer(SECRET)
    contracts = lab.contracts
    deal = rules.deal
    access = admin.deploy(contracts.DealAccess, admin)
    settlement = admin.deploy(
        contracts.SettlementToken, deal.settlement.name, deal.settlement.symbol, deal.settlement.decimals
    )
    distributor = admin.deploy(contracts.Distributor, access, settlement)
    issuers = admin.deploy(contracts.TrustedIssuers, access)
    registry = admin.deploy(contracts.IdentityRegistry, access, COUNTRY, CLASS)
    issuers.tell(registry, sender=admin)
    registry.setTrustedIssuersRegistry(issuers, sender=admin)
    registry.setClaimTopicsRegistry(issuers, sender=admin)
    issuers.addClaimTopic(KYC, sender=admin)
    issuers.addTrustedIssuer(issuer.address, [KYC, COUNTRY, CLASS], sender=admin)
    registry.addAgent(agent, sender=admin)
    made = []
    for book, tranche in zip(rules.books, deal.tranches, strict=True):
        compliance = admin.deploy(contracts.RegulatedCompliance, access, registry)
        registry.watch(compliance, sender=admin)
        names = (tranche.note_name, tranche.symbol)
        note = admin.deploy(contracts.RegulatedNote, access, distributor, compliance, False, *names)
        compliance.bindToken(note, sender=admin)
        note.addAgent(agent, sender=admin)
        registry.addAgent(note, sender=admin)  # a recovery registers the new wallet
        added = _put_on(lab, admin, registry, compliance, book, settlement.address)
        note.issue(deal.units(tranche.size), sender=admin)
        made.append(Tranche(book, note, compliance, added))
    return Rehearsal(lab, admin, agent, issuer, registry, issuers, settlement, tuple(made))


def _put_on(lab: Lab, admin: Actor, registry: Any, compliance: Any, book: Rulebook, settlement: str) -> dict[str, Any]:
    """Rules and modules of a book; the modules by their word."""
    for rule in rules_on(book, settlement):
        compliance.setRule(rule.number, rule.params, sender=admin)
    added = {}
    for module in modules(book):
        contract = admin.deploy(lab.contracts[module.contract], compliance, *module.arguments)
        if module.word == "holder_count":
            registry.watch(contract, sender=admin)  # a country or class that changes changes the counts
        compliance.addModule(contract, sender=admin)
        added[module.word] = contract
    return added
