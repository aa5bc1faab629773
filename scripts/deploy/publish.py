"""`ape run deploy publish`: the sources of a live deal to an explorer, or as files for one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Chosen, deal_options

SOURCIFY = "https://sourcify.dev/server"


@click.command(epilog="Example: ape run deploy publish deals/charged-off-accounts/deal.yaml --out out/sources")
@deal_options
@click.option("--server", default=SOURCIFY, show_default=True, help="A server with Sourcify's API, version 2.")
@click.option("--out", type=Path, help="Write files in Etherscan's and Sourcify's format instead of sending them.")
def cli(chosen: Chosen, server: str, out: Path | None) -> None:
    """Publish the sources of DEAL, out of its journal and this repository; what was accepted is not sent again.

    Exit code 0 when the server has accepted all, 1 when some stay open (run it again later), 2 for bad input.
    """
    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.plan.journal import Journal
    from salvor.deploy.plan.publish import publications, publish
    from salvor.errors import CHECK_FAILED, OptionInvalid
    from salvor.files import write_whole
    from salvor.toolchain.paths import ROOT

    console = Console(highlight=False)
    with opened(chosen) as (deployment, _):
        if not deployment.journal.exists():
            raise OptionInvalid(f"{deployment.journal}: nothing was deployed from here")
        with Journal(deployment.journal) as journal:
            made = publications(journal, deployment.artifacts, ROOT)
            if out:
                for each in made:
                    name = each.step.replace(" ", "-")
                    write_whole(out / f"{name}.sourcify.json", json.dumps(each.for_sourcify(), indent=2) + "\n")
                    write_whole(out / f"{name}.etherscan.json", json.dumps(each.for_etherscan(), indent=2) + "\n")
                console.print(f"written: {out}")
                return
            left = publish(
                made,
                journal,
                server,
                deployment.chain_id,
                tell=lambda what, step: console.print(f"{step}: {what}", markup=False),
            )
    if left:
        console.print(f"{len(left)} stay open; run this again later")
        raise SystemExit(CHECK_FAILED)
