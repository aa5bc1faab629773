"""Deploy a deal's contracts and hand each its role; the order has no circle, so no contract needs a setter."""

from __future__ import annotations

from typing import Any

from salvor.chain.send import learn_errors_of, selector_of, send
from salvor.deploy.liquidation import with_liquidation
from salvor.deploy.live import LiveDeal, LiveOracle, LiveRegulated, Parties
from salvor.deploy.oracle import deploy_oracle
from salvor.deploy.regulated import deploy_regulated
from salvor.deploy.structs import NOBODY, evergreen_terms, is_floating, offers, pool_terms, waterfall_terms
from salvor.deploy.terms import DealTerms
from salvor.deploy.vaults import deploy_vaults

LATEST = 2**40 - 1  # seconds since 1970: an admission without an end


def apply(
    project: Any,
    terms: DealTerms,
    *,
    parties: Parties,
    settlement: Any,
    oracle: Any = None,
    first_block: int = 0,
) -> LiveDeal:
    """Deploy every contract of the deal from the admin's account and set the roles; nothing is for sale yet.

    `project` gives contracts by name: Ape's project, or a lab's `contracts`. A deal with floating rates asks `oracle`
    unless it reads the index of its own hub. No event of the deal is before `first_block`.
    """
    admin, rules = parties.admin, terms.rules
    access = admin.deploy(project.DealAccess, admin)
    allow_list = admin.deploy(project.AllowList, access)
    distributor = admin.deploy(project.Distributor, access, settlement)
    regulated, notes = _notes(project, terms, parties, access, distributor, allow_list)
    pool = admin.deploy(
        project.LoanPool, access, distributor, pool_terms(terms, settlement.address, parties.seller.address)
    )
    offering = admin.deploy(project.Offering, access, pool, offers(terms, notes))
    vote = (
        admin.deploy(project.DefaultVote, pool, rules.vote.share, rules.vote.seconds)
        if rules.accelerated_steps
        else None
    )
    values = deploy_oracle(project, terms.oracle, access=access, settlement=settlement, pool=pool, parties=parties)
    index = (values and values.base_rate) or oracle
    record = admin.deploy(project.IndexRecord, pool, index) if is_floating(rules) else None
    fund, gates = _evergreen(project, terms, admin, access, offering, notes, values)
    structs = waterfall_terms(
        rules,
        notes,
        lambda payee: parties.account(payee).address,
        vote=vote.address if vote else NOBODY,
        index_record=record.address if record else NOBODY,
        fund=fund.address if fund else NOBODY,
    )
    waterfall = admin.deploy(project.Waterfall, offering, structs)
    figures = admin.deploy(project.DealFigures, waterfall)
    contracts = (access, settlement, allow_list, distributor, notes, pool, offering, waterfall, figures, vote, record)
    vaults = deploy_vaults(project, terms.vaults, admin=admin, access=access, notes=notes)
    live = LiveDeal(parties, *contracts, fund, gates, first_block, vaults, values, regulated=regulated)
    for contract in (
        access,
        settlement,
        allow_list,
        distributor,
        notes[0],
        pool,
        offering,
        waterfall,
        vote,
        record,
        fund,
        *gates[:1],
    ):
        if contract:
            learn_errors_of(contract)
    if regulated is None:  # rules know a gate by its note, and no registry has it
        for gate in gates:  # it receives what holders ask it to sell; until roles are set, only the admin may admit
            send(allow_list.admit, gate, LATEST, sender=admin)
    _set_roles(live)
    groups = tuple(
        apply(project, each, parties=parties, settlement=settlement, oracle=oracle, first_block=first_block)
        for each in terms.groups
    )
    return with_liquidation(project, live, terms.liquidation, groups)


def _notes(
    project: Any, terms: DealTerms, parties: Parties, access: Any, distributor: Any, allow_list: Any
) -> tuple[LiveRegulated | None, tuple[Any, ...]]:
    """Notes that ask the allow-list, or identities and rules."""
    admin = parties.admin
    if terms.regulated is None:
        notes = (
            admin.deploy(project.TrancheNote, access, distributor, allow_list, name, symbol)
            for name, symbol in terms.note_names
        )
        return None, tuple(notes)
    return deploy_regulated(
        project,
        terms.regulated,
        terms.note_names,
        admin=admin,
        agent=parties.transfer_agent,
        access=access,
        distributor=distributor,
    )


def _evergreen(
    project: Any,
    terms: DealTerms,
    admin: Any,
    access: Any,
    offering: Any,
    notes: tuple[Any, ...],
    values: LiveOracle | None,
) -> tuple[Any, tuple[Any, ...]]:
    """The fund, which asks the hub where its source is a value of it, and a gate for each note; none if closed-end."""
    own = terms.rules.evergreen
    if own is None:
        return None, ()
    source = values.pool_value.address if values and values.pool_value else NOBODY
    fund = admin.deploy(project.EvergreenFund, access, offering, evergreen_terms(own, source))
    gates = tuple(admin.deploy(project.Gate, access, fund, note) for note in notes)
    for note, gate in zip(notes, gates, strict=True):
        send(note.setGate, gate, sender=admin)
    return fund, gates


def _set_roles(live: LiveDeal) -> None:
    """Each privileged function to its role, each role to its holder (DealAccess.sol names them)."""
    access, parties, pool = live.access, live.parties, live.pool
    agent = [(live.allow_list, ["admit", "remove"]), (live.offering, ["recoverOrder"])]
    agent += [(note, ["setFrozen", "forceTransfer", "recover"]) for note in live.notes]
    issue = [(note, ["issue", "handOver"]) for note in live.notes]
    roles = {
        access.SERVICER(): ([(pool, ["report"])], parties.servicer),
        access.TRANSFER_AGENT(): (agent, parties.transfer_agent),
        access.OFFERING(): ([(pool, ["purchase"]), (live.distributor, ["appoint"]), *issue], live.offering),
        access.ARRANGER(): ([(live.offering, ["open"])], parties.arranger),
        access.MANAGER(): ([(pool, ["buyFurther"])], parties.manager),
    }
    if live.fund:
        roles[access.SERVICER()][0].append((live.fund, ["announceWriteOff"]))
        roles[access.TRANSFER_AGENT()][0].append((live.fund, ["setPaused"]))
        roles[access.TRANSFER_AGENT()][0].extend((gate, ["movePosition"]) for gate in live.gates)
        roles[access.MANAGER()][0].append((live.fund, ["change"]))
    if live.vote:
        roles[access.VOTE()] = ([(live.distributor, ["snapshotOf"])], live.vote)
    for role, (targets, holder) in roles.items():
        for target, functions in targets:
            selectors = [selector_of(target, name) for name in functions]
            send(access.setTargetFunctionRole, target, selectors, role, sender=parties.admin)
        send(access.grantRole, role, holder, 0, sender=parties.admin)
