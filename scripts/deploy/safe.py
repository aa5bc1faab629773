"""`ape run deploy safe`: the steps that are left as batches for the Safe Transaction Builder."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy safe DEAL --network ethereum:sepolia:infura --safe 0x... --out batches")
@deal_options
@click.option("--out", type=Path, default=Path("out/safe"), show_default=True, help="Folder of the batches.")
@click.option("--rehearse", is_flag=True, help="First do all of it on a fork, and play the deal to its end.")
@click.option("--propose", "owner", help="Ape's account of an owner: hand the batches in through ape-safe.")
def cli(chosen: Deploying, out: Path, rehearse: bool, owner: str | None) -> None:
    """Write what is left to do for DEAL, so that the owners of a Safe can load, sign and execute it.

    With --propose an owner also hands them to the Safe's transaction service; that needs the plugin ape-safe, and
    --network as Ape names it. Execute the batches in their order; `ape run deploy resume --safe` sees what was
    executed. Exit code 0, or 2 for bad input, 3 for trouble with the node.
    """
    import time

    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.plan.journal import Journal
    from salvor.deploy.plan.safe import batches
    from salvor.deploy.propose import propose, proposer, safe_account
    from salvor.errors import OptionInvalid
    from salvor.files import write_whole
    from salvor.rehearsal import rehearse_first

    if not chosen.safe:
        raise OptionInvalid("name the Safe that deploys: --safe 0x...")
    console = Console(highlight=False)
    if owner and chosen.network.startswith("http"):
        raise OptionInvalid("--propose needs --network as Ape names it, such as ethereum:sepolia:infura")
    with opened(chosen) as (deployment, _), Journal(deployment.journal) as journal:
        if rehearse:
            rehearse_first(chosen.deal, deployment, quiet=False)
        plan = deployment.plan(journal)
        journal.say({"factory": plan.factory})  # what the owners execute next must find the same addresses
        gas = [plan.tried[step.name].gas for step in plan.left]
        made = batches(plan.title, plan.chain_id, plan.sender, plan.left, gas, created=int(time.time() * 1000))
        for batch in made:
            path = out / f"batch-{batch.number}-of-{batch.of}.json"
            write_whole(path, batch.text())
            console.print(f"written: {path}, {len(batch.content['transactions'])} transactions, gas {batch.gas:,}")
        if owner:
            for number, proposed in enumerate(propose(made, safe_account(chosen.safe), proposer(owner)), start=1):
                console.print(f"proposed: batch {number}, {proposed}")
    if not made:
        console.print("everything is there; nothing to do")
    for warning in plan.warnings:
        console.print(f"warning: {warning}")
