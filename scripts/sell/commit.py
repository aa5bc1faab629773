"""`ape run sell commit`: a sealed price with its deposit."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell commit deals/worked-loans/deal.yaml 3 1250.00 --seal keys/case-3.json")
@live_options
@click.argument("case", type=int)
@click.argument("amount")
@click.option("--seal", type=Path, required=True, help="File for price and salt; nobody else may see it.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, amount: str, seal: Path, as_json: bool) -> None:
    """Commit to AMOUNT for CASE; price and salt are kept in a file, without which the deposit is lost.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        price = acts.cash_of(sales, amount, "AMOUNT")
        tell(sales, acts.commit(sales, case, price, seal, sender=signer), number=case, as_json=as_json)
