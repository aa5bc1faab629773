"""`ape run deploy safe`: the steps that are left as batches for the Safe Transaction Builder."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Chosen, deal_options


@click.command(epilog="Example: ape run deploy safe DEAL --network ethereum:sepolia:infura --safe 0x... --out batches")
@deal_options
@click.option("--out", type=Path, default=Path("out/safe"), show_default=True, help="Folder of the batches.")
def cli(chosen: Chosen, out: Path) -> None:
    """Write what is left to do for DEAL, so that the owners of a Safe can load, sign and execute it.

    Execute the batches in their order; `ape run deploy resume --safe` sees what was executed. Exit code 0, or 2 for bad
    input, 3 for trouble with the node.
    """
    import time

    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.plan.safe import batches
    from salvor.errors import OptionInvalid
    from salvor.files import write_whole

    if not chosen.safe:
        raise OptionInvalid("name the Safe that deploys: --safe 0x...")
    console = Console(highlight=False)
    with opened(chosen) as (deployment, _):
        plan = deployment.plan()
    gas = [plan.tried[step.name].gas for step in plan.left]
    made = batches(plan.title, plan.chain_id, plan.sender, plan.left, gas, created=int(time.time() * 1000))
    for batch in made:
        path = out / f"batch-{batch.number}-of-{batch.of}.json"
        write_whole(path, batch.text())
        console.print(f"written: {path}, {len(batch.content['transactions'])} transactions, gas {batch.gas:,}")
    if not made:
        console.print("everything is there; nothing to do")
    for warning in plan.warnings:
        console.print(f"warning: {warning}")
