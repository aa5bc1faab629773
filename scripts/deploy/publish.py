"""`ape run deploy publish`: the sources of a live deal to an explorer, or as files for one."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy publish deals/charged-off-accounts/deal.yaml --out out/sources")
@deal_options
@click.option("--to", "kind", type=click.Choice(["sourcify", "etherscan"]), default="sourcify", show_default=True)
@click.option("--server", help="Another server with the same API, as Blockscout has Etherscan's.")
@click.option("--out", type=Path, help="Write files in Etherscan's and Sourcify's format instead of sending them.")
def cli(chosen: Deploying, kind: str, server: str | None, out: Path | None) -> None:
    """Publish the sources of DEAL, out of its journal and this repository; what was accepted is not sent again.

    Etherscan asks for a key, which is taken from ETHERSCAN_API_KEY in the environment and shown nowhere. Exit code 0
    when all is accepted, 1 when some stay open (run it again later), 2 for bad input, 3 for trouble with the node.
    """
    import os

    from rich.console import Console

    from salvor.deploy.command import opened
    from salvor.deploy.plan.explorers import explorer_for
    from salvor.deploy.plan.journal import Journal, fact_of
    from salvor.deploy.plan.publish import publications, publish, write_publications
    from salvor.errors import CHECK_FAILED, OptionInvalid
    from salvor.toolchain.paths import ROOT

    console = Console(highlight=False)

    def tell(what: str, step: str) -> None:
        console.print(f"{step}: {what}", markup=False)

    explorer = None if out else explorer_for(kind, server=server, environment=os.environ)
    with opened(chosen) as (deployment, _):
        if fact_of(deployment.journal, "plan") is None:
            raise OptionInvalid(f"{deployment.journal}: nothing was deployed from here")
        with Journal(deployment.journal) as journal:
            made = publications(journal, deployment.artifacts, ROOT)
            if out:
                console.print(f"written: {write_publications(made, out)}")
            left = publish(made, journal, explorer, deployment.chain_id, tell=tell) if explorer else []
    if left:
        console.print(f"{len(left)} stay open; run this again later")
        raise SystemExit(CHECK_FAILED)
