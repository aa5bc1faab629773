"""`ape run deploy verify`: the sources compiled anew beside the code on the chain, and everybody who has a right."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy verify deals/charged-off-accounts/deal.yaml")
@deal_options
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON on stdout, all else on stderr.")
def cli(chosen: Deploying, as_json: bool) -> None:
    """Prove that the live DEAL has the code of the sources and that nobody has a right whom the file does not name.

    Compiling takes about a minute the first time. Exit code 0 when all holds, 1 when something does not, 2 for bad
    input, 3 for trouble with the node.
    """
    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.show import print_verified
    from salvor.deploy.verify import rebuild, verify
    from salvor.errors import CHECK_FAILED
    from salvor.toolchain.paths import ROOT

    console = Console(stderr=as_json, highlight=False)
    with opened(chosen) as (deployment, _):
        wanted = {each.artifact.name: each.artifact for each in deployment.steps().steps.contracts.values()}
        with console.status("compiling the sources"):
            rebuilt = rebuild(ROOT, list(wanted.values()))
        verified = verify(deployment, rebuilt)
    print_verified(verified, console)
    if as_json:
        said = {
            "codes": [asdict(each) for each in verified.codes],
            "rights": [asdict(each) for each in verified.rights],
        }
        click.echo(json.dumps(said | {"findings": verified.findings}, indent=2))
    if verified.findings:
        raise SystemExit(CHECK_FAILED)
