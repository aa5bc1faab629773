"""`ape run deploy diff`: a live deal beside its file, and who could change what differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from salvor.options import Deploying, deal_options

if TYPE_CHECKING:
    from salvor.deploy.compare import Finding


@click.command(epilog="Example: ape run deploy diff deals/charged-off-accounts/deal.yaml")
@deal_options
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON on stdout, all else on stderr.")
def cli(chosen: Deploying, as_json: bool) -> None:
    """Compare every contract, argument and right of the live DEAL with its file.

    Exit code 0 when nothing differs, 1 when something does, 2 for bad input, 3 for trouble with the node.
    """
    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.compare import compare
    from salvor.deploy.show import print_findings
    from salvor.errors import CHECK_FAILED

    with opened(chosen) as (deployment, _):
        found = compare(deployment).findings
    print_findings(found, Console(stderr=as_json, highlight=False))
    if as_json:
        click.echo(json.dumps([_as_data(each) for each in found], indent=2))
    if found:
        raise SystemExit(CHECK_FAILED)


def _as_data(each: Finding) -> dict[str, str | None]:
    cure = each.cure and f"{each.cure.contract}.{each.cure.function}"
    return {
        "what": each.what,
        "file": each.file,
        "chain": each.chain,
        "changeable": each.changeable,
        "cure": cure,
    }
