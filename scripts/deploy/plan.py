"""`ape run deploy plan`: what a deal's deployment will do, step by step; nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy plan deals/charged-off-accounts/deal.yaml --out plan.json")
@deal_options
@click.option("--out", type=Path, help="Also write the plan, for review and for `deploy apply --plan`.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON on stdout, all else on stderr.")
def cli(chosen: Deploying, out: Path | None, as_json: bool) -> None:
    """Show the steps of DEAL with addresses, gas, cost, what is there already, and what to think about.

    Exit code 0 when the plan can be applied, 1 when a step would be refused, 2 for bad input, 3 for trouble with the
    node.
    """
    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.plan.journal import Journal
    from salvor.deploy.plan.plan import write_plan
    from salvor.deploy.show import print_plan
    from salvor.errors import CHECK_FAILED

    console = Console(stderr=as_json, highlight=False)
    with opened(chosen) as (deployment, _):
        if deployment.journal.exists():
            with Journal(deployment.journal) as journal:
                plan = deployment.plan(journal)
        else:
            plan = deployment.plan()
    print_plan(plan, console)
    if out:
        write_plan(plan, out)
        console.print(f"written: {out}; nothing was sent")
    if as_json:
        click.echo(json.dumps(plan.as_json(), indent=2))
    if any(each.refused for each in plan.tried.values()):
        raise SystemExit(CHECK_FAILED)
