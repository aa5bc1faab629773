"""`ape run deploy resume`: go on with a deployment that was begun, wherever it was stopped."""

from __future__ import annotations

import click

from salvor.options import Deploying, deal_options


@click.command(epilog="Example: ape run deploy resume deals/charged-off-accounts/deal.yaml")
@deal_options
@click.option("--confirmations", type=click.IntRange(1, 100), help="Blocks; 1 on a local chain, else 3.")
def cli(chosen: Deploying, confirmations: int | None) -> None:
    """Finish what `deploy apply` began for DEAL, or look at what a Safe has executed of it.

    As `deploy apply`, and refused where nothing was begun. Exit codes are those of `deploy apply`.
    """
    from salvor.deploy.bring import bring, look_at_safe
    from salvor.deploy.command import opened
    from salvor.deploy.plan.journal import fact_of
    from salvor.errors import OptionInvalid

    with opened(chosen) as (deployment, signer):
        if chosen.safe:
            look_at_safe(deployment)
            return
        if fact_of(deployment.journal, "plan") is None:
            raise OptionInvalid(f"{deployment.journal}: nothing was begun here; `deploy apply` begins")
        bring(deployment, signer, None, confirmations=confirmations, tip=None, yes=True, quiet=False)
