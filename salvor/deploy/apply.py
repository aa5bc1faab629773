"""Deploy a deal's contracts and hand each its role; the order has no circle, so no contract needs a setter."""

from __future__ import annotations

from typing import Any

from salvor.chain.send import learn_errors_of, selector_of, send
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms


def apply(project: Any, terms: DealTerms, *, parties: Parties, settlement: Any, first_block: int = 0) -> LiveDeal:
    """Deploy every contract of the deal from the admin's account and set the roles.

    `project` gives contracts by name: Ape's project, or a lab's `contracts`. No event of the deal is before
    `first_block`.
    """
    admin = parties.admin
    access = admin.deploy(project.DealAccess, admin)
    allow_list = admin.deploy(project.AllowList, access)
    notes = tuple(
        admin.deploy(project.TrancheNote, access, settlement, allow_list, name, symbol)
        for name, symbol in terms.note_names
    )
    pool = admin.deploy(project.LoanPool, access, terms.pool_terms(settlement.address, parties.seller.address))
    offering = admin.deploy(project.Offering, pool, list(notes), list(terms.sizes))
    tranches = [(n.address, size, rate) for n, size, rate in zip(notes, terms.sizes, terms.rates, strict=True)]
    steps = [(int(step.kind), int(step.skip_behind_plan), step.tranche, step.rate) for step in terms.steps]
    waterfall = admin.deploy(project.Waterfall, offering, parties.fee_account, terms.trigger, tranches, steps)
    live = LiveDeal(parties, access, settlement, allow_list, notes, pool, offering, waterfall, first_block)
    for contract in (access, settlement, allow_list, notes[0], pool, offering, waterfall):
        learn_errors_of(contract)
    _set_roles(live)
    return live


def _set_roles(live: LiveDeal) -> None:
    """Each privileged function to its role, each role to its holder (DealAccess.sol names them)."""
    access, admin = live.access, live.parties.admin
    roles = {
        access.SERVICER(): ([(live.pool, ["report"])], live.parties.servicer),
        access.TRANSFER_AGENT(): ([(live.allow_list, ["admit", "remove"])], live.parties.transfer_agent),
        access.OFFERING(): ([(live.pool, ["purchase"]), *((n, ["mint", "burn"]) for n in live.notes)], live.offering),
        access.WATERFALL(): ([(live.pool, ["release"]), *((n, ["distribute"]) for n in live.notes)], live.waterfall),
    }
    for role, (targets, holder) in roles.items():
        for target, functions in targets:
            selectors = [selector_of(target, name) for name in functions]
            send(access.setTargetFunctionRole, target, selectors, role, sender=admin)
        send(access.grantRole, role, holder, 0, sender=admin)
