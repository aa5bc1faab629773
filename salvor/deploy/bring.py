"""A deployment brought to its chain, with everything that a user sees on the way."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from salvor.deploy.addresses import write_addresses
from salvor.deploy.deployment import BOOK, LOCAL, Deployment
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.plan import Plan, changes_since, read_plan
from salvor.deploy.plan.refusals import PlanChanged, SafeSigns, SafeWaits
from salvor.deploy.plan.run import Applied, Options, apply_plan
from salvor.deploy.plan.signers import Signer
from salvor.deploy.show import print_applied, print_plan, progress_of

_ON_PUBLIC_CHAINS = 3  # confirmations


def bring(
    deployment: Deployment,
    signer: Signer | None,
    plan_file: Path | None,
    *,
    confirmations: int | None,
    tip: int | None,
    yes: bool,
    quiet: bool,
) -> Applied:
    """Plan, ask, apply, and leave the address book; what was reviewed must be what is sent."""
    console = Console(stderr=quiet, highlight=False)
    if signer is None:
        raise SafeSigns
    local = str(deployment.chain_id) in LOCAL
    with Journal(deployment.journal) as journal:
        plan = deployment.plan(journal)
        if plan_file:
            refuse_another(plan, plan_file)
        if plan.left:
            print_plan(plan, console)
        if plan.left and not yes and not local:
            click.confirm(f"send {len(plan.left)} transactions from {plan.sender}?", abort=True, err=quiet)
        with progress_of(plan, console) as tell:
            options = Options(confirmations=confirmations or (1 if local else _ON_PUBLIC_CHAINS), tip=tip, tell=tell)
            applied = apply_plan(plan, deployment.node, [signer], journal, options)
    print_applied(applied, console)
    book = write_addresses(deployment, plan, applied.mined, deployment.folder / BOOK)
    console.print(f"written: {book}")
    return applied


def refuse_another(plan: Plan, plan_file: Path) -> None:
    """Raises unless the plan is the reviewed one, to the byte."""
    reviewed = read_plan(plan_file)
    if reviewed.get("hash") == plan.hash:
        return
    changes = changes_since(reviewed["steps"], plan.steps)
    other = [f"{name}: other source texts" for name in changes.texts_only]
    if reviewed.get("chain_id") != plan.chain_id:
        other.insert(0, f"it is for chain {reviewed.get('chain_id')}, the node is of chain {plan.chain_id}")
    if reviewed.get("factory") != plan.factory:
        other.insert(0, f"it is for the factory {reviewed.get('factory')}, not {plan.factory}: all addresses differ")
    if reviewed.get("sender") != plan.sender:
        other.insert(0, f"it is for the sender {reviewed.get('sender')}, not {plan.sender}")
    raise PlanChanged(str(plan_file), [*changes.real, *other] or ["its title or its steps' order"])


def look_at_safe(deployment: Deployment) -> None:
    """What a Safe has executed; when that is all, the address book is written."""
    console = Console(highlight=False)
    plan = deployment.plan()
    print_plan(plan, console)
    if plan.left:
        raise SafeWaits(deployment.accounts.admin, len(plan.left))
    console.print(f"written: {write_addresses(deployment, plan, {}, deployment.folder / 'addresses.json')}")
