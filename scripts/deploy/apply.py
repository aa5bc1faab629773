"""`ape run deploy apply`: bring a deal to a chain; the same command goes on from wherever it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy apply deals/charged-off-accounts/deal.yaml --plan plan.json")
@deal_options
@click.option("--plan", "plan_file", type=Path, help="The reviewed plan; refused when anything in it has changed.")
@click.option("--confirmations", type=click.IntRange(1, 100), help="Blocks; 1 on a local chain, else 3.")
@click.option("--tip", type=click.IntRange(0), help="Wei a unit of gas for who builds the block.")
@click.option(
    "--rehearse", is_flag=True, help="First do all of it on a fork of the network, and play the deal to its end."
)
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option("--json", "as_json", is_flag=True, help="Print what stands there as JSON on stdout, all else on stderr.")
def cli(
    chosen: Deploying,
    plan_file: Path | None,
    confirmations: int | None,
    tip: int | None,
    rehearse: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Deploy DEAL: every signed transaction is written down before it is sent, and no step is done twice.

    Exit code 0 when everything stands and the chain shows it, 1 when it does not, 2 for bad input (nothing is sent), 3
    for trouble with the node or a transaction that failed; then the same command goes on.
    """
    from salvor.deploy.bring import bring
    from salvor.deploy.command import opened
    from salvor.rehearsal import rehearse_first

    with opened(chosen) as (deployment, signer):
        if rehearse:
            rehearse_first(chosen.deal, deployment, quiet=as_json)
        applied = bring(deployment, signer, plan_file, confirmations=confirmations, tip=tip, yes=yes, quiet=as_json)
    if as_json:
        click.echo(
            json.dumps({"addresses": dict(applied.addresses), "gas": applied.gas, "cost_wei": str(applied.cost)})
        )
