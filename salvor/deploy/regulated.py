"""Notes that ask identities and rules: registry, issuers, and for each note a compliance with its rules, then the note.

A deal has them in the place of notes that ask the allow-list (docs/compliance.md). The offering, the waterfall and the
vote know no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.send import learn_errors_of, send
from salvor.deploy.live import LiveRegulated
from salvor.errors import OtherRegistry

# Topics of a registry that this project sets up; `kyc` is asked for.
KYC, COUNTRY, CLASS = 1, 2, 3
TOPICS = {"kyc": (KYC,), "country": (COUNTRY,), "class": (CLASS,)}
_WATCHES = "HolderCount"  # a country or class that changes changes its counts


@dataclass(frozen=True)
class NoteRules:
    """Of one note: rules that only compare by number and parameters, contracts with what follows the compliance."""

    rules: tuple[tuple[int, bytes], ...] = ()
    modules: tuple[tuple[str, tuple[Any, ...]], ...] = ()


@dataclass(frozen=True)
class RegulatedTerms:
    """Topics that are asked of everybody, those that say country and class, whose claims count for which, and rules."""

    topics: tuple[int, ...]
    country_topic: int
    class_topic: int
    issuers: tuple[tuple[str, tuple[int, ...]], ...]
    notes: tuple[NoteRules, ...]
    registrar: str = ""  # agent of the registry; the transfer agent where nobody is named


def deploy_regulated(
    project: Any,
    terms: RegulatedTerms,
    names: Sequence[tuple[str, str]],
    *,
    admin: Any,
    agent: Any,
    access: Any,
    distributor: Any,
) -> tuple[LiveRegulated, tuple[Any, ...]]:
    """Everything of it and the notes, most senior first.

    `agent` is agent of every note, and of the registry unless the terms name a registrar.
    """
    issuers = admin.deploy(project.TrustedIssuers, access)
    registry = admin.deploy(project.IdentityRegistry, access, terms.country_topic, terms.class_topic)
    send(issuers.tell, registry, sender=admin)
    send(registry.setTrustedIssuersRegistry, issuers, sender=admin)
    send(registry.setClaimTopicsRegistry, issuers, sender=admin)
    for topic in terms.topics:
        send(issuers.addClaimTopic, topic, sender=admin)
    for issuer, topics in terms.issuers:
        send(issuers.addTrustedIssuer, issuer, list(topics), sender=admin)
    send(registry.addAgent, terms.registrar or agent, sender=admin)
    compliances, modules, notes = [], [], []
    for (name, symbol), own in zip(names, terms.notes, strict=True):
        compliance = admin.deploy(project.RegulatedCompliance, access, registry)
        send(registry.watch, compliance, sender=admin)
        note = admin.deploy(project.RegulatedNote, access, distributor, compliance, False, name, symbol)
        send(compliance.bindToken, note, sender=admin)
        _check_registry(registry, compliance, note)
        send(note.addAgent, agent, sender=admin)
        send(registry.addAgent, note, sender=admin)  # a recovery registers the new wallet
        compliances.append(compliance)
        notes.append(note)
        modules.append(_put_on(project, own, admin, registry, compliance))
    for contract in (issuers, registry, compliances[0], notes[0]):
        learn_errors_of(contract)
    return LiveRegulated(registry, issuers, tuple(compliances), tuple(modules)), tuple(notes)


def _check_registry(registry: Any, compliance: Any, note: Any) -> None:
    for contract, asked in ((compliance, compliance.registry()), (note, note.identityRegistry())):
        if asked != registry.address:
            raise OtherRegistry(contract.address, asked, registry.address)


def _put_on(project: Any, own: NoteRules, admin: Any, registry: Any, compliance: Any) -> dict[str, Any]:
    for number, params in own.rules:
        send(compliance.setRule, number, params, sender=admin)
    made = {}
    for name, values in own.modules:
        made[name] = admin.deploy(getattr(project, name), compliance, *values)
        if name == _WATCHES:
            send(registry.watch, made[name], sender=admin)
        send(compliance.addModule, made[name], sender=admin)
    return made
