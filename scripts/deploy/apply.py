"""`ape run deploy apply`: bring a deal to a chain; the same command goes on from wherever it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Chosen, deal_options


@click.command(epilog="Example: ape run deploy apply deals/charged-off-accounts/deal.yaml --plan plan.json")
@deal_options
@click.option("--plan", "plan_file", type=Path, help="The reviewed plan; refused when anything in it has changed.")
@click.option("--confirmations", type=click.IntRange(1, 100), help="Blocks; 1 on a local chain, else 3.")
@click.option("--tip", type=click.IntRange(0), help="Wei a unit of gas for who builds the block.")
@click.option("--rehearse", is_flag=True, help="First deploy and play the whole deal on a local chain.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option("--json", "as_json", is_flag=True, help="Print what stands there as JSON on stdout, all else on stderr.")
def cli(
    chosen: Chosen,
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

    if rehearse:
        _rehearse(chosen, quiet=as_json)
    with opened(chosen) as (deployment, signer):
        applied = bring(deployment, signer, plan_file, confirmations=confirmations, tip=tip, yes=yes, quiet=as_json)
    if as_json:
        click.echo(
            json.dumps({"addresses": dict(applied.addresses), "gas": applied.gas, "cost_wei": str(applied.cost)})
        )


def _rehearse(chosen: Chosen, *, quiet: bool) -> None:
    """The plan and the deal's whole life on a local chain; whatever goes wrong there stops the command here."""
    from rich.console import Console

    from salvor.deploy.show import ether
    from salvor.rehearsal import rehearse
    from salvor.report.table import print_statement

    console = Console(stderr=quiet, highlight=False)
    done = rehearse(chosen.deal, out=chosen.folder / "rehearsal", console=console)
    print_statement(done.statement, console)
    console.print(
        f"rehearsed: {len(done.applied.mined)} transactions, gas {done.applied.gas:,}, {ether(done.applied.cost)}; "
        "the deal played to its end and equals the model"
    )
