"""A live deal beside its file: what differs, and who could change it. Nothing is sent, and nothing is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.codec import selector
from salvor.deploy.deal_plan import DealSteps
from salvor.deploy.deployment import BOOK, Deployment
from salvor.deploy.executed import executed_by, is_among
from salvor.deploy.fund_terms import CHANGE, CHANGEABLE, FUND, changeable, changeable_now
from salvor.deploy.listed import LISTS, others_in, said_beside, said_in
from salvor.deploy.module_settings import Settings, settings_of
from salvor.deploy.plan.creation import other_arguments, sent_code
from salvor.deploy.plan.journal import Journal, fact_of
from salvor.deploy.plan.logs import logs_of
from salvor.deploy.plan.steps import Step
from salvor.deploy.plan.survey import Found, survey
from salvor.deploy.plan.words import in_words
from salvor.deploy.powers import Power, power_of
from salvor.deploy.rights import ADMIN, PUBLIC, Difference, Names, Rights, differences_between, rights_of

ACCESS = "DealAccess"
NOBODY_CAN = "nobody: it is part of the contract; another deployment has another --salt"


@dataclass(frozen=True)
class Cure:
    """The call of a contract of the plan that would mend something, by whoever the contract lets call it."""

    contract: str  # its name in the plan
    function: str
    args: tuple[object, ...]
    says: str = ""  # the arguments, where their bytes say little


@dataclass(frozen=True)
class Finding:
    """One thing that is not as the file has it."""

    what: str
    file: str
    chain: str
    changeable: str  # who could change it, or why nobody can
    cure: Cure | None = None
    deploys: Step | None = None  # a contract that the deployer puts there first


@dataclass(frozen=True)
class Comparison:
    """A live deal as it was looked at."""

    made: DealSteps
    findings: tuple[Finding, ...]
    wanted: Rights
    rights: Rights
    names: Names
    powers: Mapping[str, Power]  # of everybody who holds a role

    @property
    def access(self) -> str:
        """Where the deal's AccessManager stands."""
        return str(self.made.live.access.address)


def compare(deployment: Deployment) -> Comparison:
    """Contracts, what they were made with, and every right."""
    made = deployment.steps()
    transactions, first = _known(deployment)
    if not made.steps.contracts.keys() <= transactions.keys():
        first = 0  # what this journal does not know may be older
    found = survey(made.steps.steps, deployment.artifacts, deployment.node)
    names = _names(deployment, made)
    contract: Any = made.live.access
    blueprint, access = contract.blueprint, str(contract.address)
    wanted = rights_of(access, blueprint, made.engine.logs)
    rights, powers = Rights(), {}
    look = _Look(deployment, made, found, first, names, _executed(deployment, made))
    findings = list(_contracts(look, transactions))
    if found[ACCESS] is Found.DONE:
        rights = rights_of(access, blueprint, logs_of(deployment.node, access, since=first))
        everybody = {account for _, account in {*rights.members, *wanted.members}}
        powers = {account: power_of(deployment.node, account) for account in sorted(everybody)}
        for each in differences_between(wanted, rights, names):
            findings.append(_of_right(each, rights, names, powers))
    findings += _calls(look, access)
    findings += _listed(look)
    return Comparison(made, tuple(findings), wanted, rights, names, powers)


@dataclass(frozen=True)
class _Look:
    """What a live deal is looked at with; `first` is the block from which on it is there."""

    deployment: Deployment
    made: DealSteps
    found: Mapping[str, Found]
    first: int
    names: Names
    executed: Sequence[bytes] = ()  # by a Safe that deployed


def _executed(deployment: Deployment, made: DealSteps) -> Sequence[bytes]:
    """Of what an account sends the journal has the transactions."""
    is_safe = power_of(deployment.node, made.steps.sender).kind == "Safe"
    return executed_by(deployment.node, made.steps.sender) if is_safe else ()


def _contracts(look: _Look, transactions: Mapping[str, str]) -> Iterator[Finding]:
    """Each where the file wants it, with the file's code, made with the file's arguments or set to them since."""
    made, found = look.made, look.found
    for step in made.steps.steps:
        if step.kind != "contract":
            continue
        settings = settings_of(made.steps, step, look.deployment.node, since=look.first)
        if found[step.name] is Found.OPEN:
            yield _missing(look, step, settings)
        elif found[step.name] is Found.FOREIGN:
            yield Finding(step.name, f"{step.contract}'s code", "other code", NOBODY_CAN)
        elif settings and settings.live != settings.wanted:
            yield _of_settings(look, step, settings)
        elif not settings and step.name in transactions:
            yield from _arguments(look, step, transactions[step.name])
        elif not settings and look.executed and not is_among(step, look.executed):
            yield Finding(step.name, "its arguments", "the Safe executed nothing that has them", NOBODY_CAN)


def _missing(look: _Look, step: Step, settings: Settings | None) -> Finding:
    """A rule comes to a deal that is there; anything else never does, or a deployment was not brought to its end."""
    nothing = "no contract stands there"
    compliance = settings.compliance if settings else _compliance_of(look, step)
    there = look.found.get(look.names.addresses.get(compliance, "")) is Found.DONE
    if not there and step.name not in _begun(look):
        return Finding(step.name, step.address, nothing, "nobody: the deal was deployed without it")
    if not there:
        return Finding(step.name, step.address, nothing, "whoever runs `deploy apply`")
    return Finding(step.name, step.address, nothing, f"{step.sender}, who deploys it", deploys=step)


def _begun(look: _Look) -> set[str]:
    """Contracts that the deployment which stands there has, by the journal; all of the file where there is none."""
    said = fact_of(look.deployment.journal, "contracts")
    return set(json.loads(said)) if said else set(look.made.steps.contracts)


def _compliance_of(look: _Look, step: Step) -> str:
    """The compliance to which the file adds a rule that has no parameters."""
    [modules] = [each for each in LISTS if each.what == "module"]
    for planned in look.made.steps.contracts.values():
        logs = look.made.engine.logs
        if modules.is_of(planned.blueprint) and step.address in modules.read(planned.blueprint, planned.address, logs):
            return planned.address
    return ""


def _of_settings(look: _Look, step: Step, settings: Settings) -> Finding:
    compliance = look.names.addresses[settings.compliance]
    call = settings.function.encode(*settings.wanted)
    return Finding(
        f"{step.name}: its parameters",
        settings.said(settings.wanted),
        settings.said(settings.live),
        f"the admin, by callModuleFunction of {compliance}",
        Cure(compliance, "callModuleFunction", (call, step.address), f"{step.name}: {settings.said(settings.wanted)}"),
    )


def _arguments(look: _Look, step: Step, transaction: str) -> Iterator[Finding]:
    deployment, names = look.deployment, look.names
    factory, artifact = look.made.steps.factory, deployment.artifacts[step.contract]
    code = sent_code(deployment.node, factory, transaction)
    others = other_arguments(step, artifact, factory, code) if code else None
    if code is None or others is None:
        yield Finding(step.name, "its arguments", "the node does not show the transaction that made it", NOBODY_CAN)
        return
    if step.contract == FUND:
        yield from _of_fund(look, step, code)
        others = [each for each in others if not each.name.startswith(CHANGEABLE)]
    for each in others:
        shown = in_words(each.planned, names.addresses), in_words(each.sent, names.addresses)
        yield Finding(f"{step.name}: {each.name}", *shown, NOBODY_CAN)


def _of_fund(look: _Look, step: Step, code: bytes) -> Iterator[Finding]:
    planned, names = look.made.steps.contracts[step.name], look.names.addresses
    wanted = changeable(planned.artifact, look.made.steps.factory.code_in(step.data))
    live = changeable_now(planned, code, look.deployment.node, since=look.first)
    if wanted != live:
        shown = said_beside((wanted,), (live,), names), said_beside((live,), (wanted,), names)
        by = f"whoever is MANAGER, by {CHANGE} of {step.name}, from the epoch after the open one on"
        yield Finding(f"{step.name}: what may change", *shown, by, Cure(step.name, CHANGE, (wanted,)))


def _of_right(each: Difference, rights: Rights, names: Names, powers: Mapping[str, Power]) -> Finding:
    who = [f"{names.who(account)}, {powers[account]}" for account in rights.holders(ADMIN)]
    changeable = "; ".join(who) or "nobody: there is no admin"
    return Finding(each.what, each.file, each.chain, changeable, Cure(ACCESS, *each.cure))


def _calls(look: _Look, access: str) -> Iterator[Finding]:
    """Whatever else the deployment set and the chain does not show; rights and lists are compared one by one."""
    for step in look.made.steps.steps:
        is_open = step.kind == "call" and step.to != access and look.found[step.name] is Found.OPEN
        if is_open and not _is_of_a_list(look, step):
            yield Finding(step.name, "done", "not done", f"who may call {step.contract}")


def _is_of_a_list(look: _Look, step: Step) -> bool:
    planned = look.made.steps.contracts.get(look.names.addresses.get(step.to, ""))
    if planned is None or look.found[planned.name] is not Found.DONE:
        return False
    changing = {name for each in LISTS if each.is_of(planned.blueprint) for name in each.functions}
    return any(step.data[:4] == each.selector for name in changing for each in planned.blueprint.by_name.get(name, ()))


def _listed(look: _Look) -> Iterator[Finding]:
    """What contracts list: agents, issuers, topics, rules, modules, signers, values."""
    made = look.made
    for name, planned in made.steps.contracts.items():
        blueprint, address = planned.blueprint, planned.address
        lists = [each for each in LISTS if each.is_of(blueprint)]
        if not lists or look.found[name] is not Found.DONE:
            continue
        logs = logs_of(look.deployment.node, address, since=look.first)
        for each in lists:
            wanted, live = (each.read(blueprint, address, one) for one in (made.engine.logs, logs))
            for entry, file, chain in others_in(wanted, live):
                what = f"{each.what} of {name}: {each.name(entry, look.names)}"
                named = each.name(entry, look.names)
                in_words = f"{named}: {each.in_words(entry, *file)}" if each.in_words and file else ""
                cure = Cure(name, *each.cure(entry, file, chain), in_words)
                known = look.names.addresses
                there = said_in(each, entry, file, chain, known), said_in(each, entry, chain, file, known)
                yield Finding(what, *there, f"{each.by}, by {cure.function} of {name}", cure)


def _known(deployment: Deployment) -> tuple[dict[str, str], int]:
    """Transactions by contract, from the journal or else from the address book; and the first block of them."""
    if deployment.journal.exists():
        with Journal(deployment.journal) as journal:
            mined = journal.mined()
        return {name: each.hash for name, each in mined.items()}, min(
            (each.block for each in mined.values()), default=0
        )
    book = deployment.folder / BOOK
    if not book.is_file():
        return {}, 0
    contracts = json.loads(book.read_text(encoding="utf-8"))["contracts"]
    known = {name: each for name, each in contracts.items() if "transaction" in each}
    first = min((each["block"] for each in known.values()), default=0)
    return {name: each["transaction"] for name, each in known.items()}, first


def _names(deployment: Deployment, made: DealSteps) -> Names:
    steps = made.steps
    addresses = dict(steps.accounts) | {planned.address: name for name, planned in steps.contracts.items()}
    selectors = {
        selector(abi): str(abi["name"])
        for planned in steps.contracts.values()
        for abi in planned.artifact.abi
        if abi["type"] == "function"
    }
    return Names(addresses, selectors, roles_of(made) | {ADMIN: "ADMIN", PUBLIC: "PUBLIC"})


def roles_of(made: DealSteps) -> dict[int, str]:
    """The roles that the deal's AccessManager names by constants."""
    access: Any = made.live.access
    functions = access.blueprint.by_name
    named = [name for name, kinds in functions.items() if name.isupper() and kinds[0].is_view and not kinds[0].params]
    return {getattr(access, name)(): name for name in named if not name.endswith("_ROLE")}
