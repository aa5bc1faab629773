"""`ape run sell reject`: the overseer does not take what the servicer said of a case."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell reject deals/worked-loans/deal.yaml 3")
@live_options
@click.argument("case", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, as_json: bool) -> None:
    """Reject as the overseer what of CASE waits: those loans are in no case; one that was only opened is closed.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        tell(sales, acts.reject(sales, case, sender=signer), number=case, as_json=as_json)
