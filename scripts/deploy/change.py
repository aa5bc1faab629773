"""`ape run deploy change`: the calls that bring a live deal to a changed file, for whoever has the last word."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy change deals/charged-off-accounts/deal.yaml --out change.json")
@deal_options
@click.option("--out", type=Path, help="Also write calls and proposal as JSON.")
def cli(chosen: Deploying, out: Path | None) -> None:
    """Propose what would bring the live DEAL to its file; nothing is sent.

    Through a timelock it is a proposal to schedule and to execute, for a Safe a batch. Exit code 0, also when nothing
    differs; 2 for bad input and for what can't be changed, 3 for trouble with the node.
    """
    import time

    from rich.console import Console

    from salvor.deploy.change import change
    from salvor.deploy.command import opened
    from salvor.deploy.plan.safe import batches
    from salvor.files import write_whole

    console = Console(highlight=False)
    with opened(chosen) as (deployment, _):
        found = change(deployment)
        chain_id = deployment.chain_id
    if found is None:
        console.print("the live deal is what the file says; nothing to change")
        return
    if found.first:
        console.print(f"first {found.first[0].sender} deploys:")
    for step in found.first:
        console.print(f"  {step.name} ({step.says})", markup=False)
    console.print(f"by {found.by.account}, {found.by}:")
    for step in (*found.steps, *found.proposal):
        console.print(f"  {step.name}", markup=False)
    for each in found.then:
        console.print(f"then: {each}", markup=False)
    if out:
        write_whole(out, json.dumps(found.as_json(), indent=2) + "\n")
        console.print(f"written: {out}; nothing was sent")
    if out and found.by.kind == "Safe":
        gas = [0] * len(found.steps)
        [batch] = batches("change", chain_id, found.by.account, found.steps, gas, created=int(time.time() * 1000))
        write_whole(out.with_suffix(".safe.json"), batch.text())
        console.print(f"written: {out.with_suffix('.safe.json')}")
