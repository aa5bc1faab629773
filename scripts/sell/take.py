"""`ape run sell take`: units of a falling price."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell take deals/worked-loans/deal.yaml 3 10 --highest 1250.00")
@live_options
@click.argument("case", type=int)
@click.argument("units", type=click.IntRange(1))
@click.option("--highest", help="The most for the whole lot; else what it costs when the command looks.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, units: int, highest: str | None, as_json: bool) -> None:
    """Take UNITS of the lot of CASE at the price of the moment.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        most = None if highest is None else acts.cash_of(sales, highest, "--highest")
        tell(sales, acts.take(sales, case, units, most, sender=signer), number=case, as_json=as_json)
