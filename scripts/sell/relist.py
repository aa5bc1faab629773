"""`ape run sell relist`: the next round, or the end of a sale, where a round is over without a buyer."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell relist deals/worked-loans/deal.yaml 3")
@live_options
@click.argument("case", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, as_json: bool) -> None:
    """Begin the next round of CASE, or end its sale. By anyone.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        tell(sales, acts.relist(sales, case, sender=signer), number=case, as_json=as_json)
