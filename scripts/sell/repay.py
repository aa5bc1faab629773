"""`ape run sell repay`: pay on a case, as its debtor or for it."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell repay deals/worked-loans/deal.yaml 3 1250.00")
@live_options
@click.argument("case", type=int)
@click.argument("amount")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, amount: str, as_json: bool) -> None:
    """Pay AMOUNT of the settlement asset on CASE, or all that is left to pay where that is less.

    An AMOUNT of 0 closes a case of which a sale has brought all.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        cash = acts.cash_of(sales, amount, "AMOUNT", least=0)
        tell(sales, acts.repay(sales, case, cash, sender=signer), number=case, as_json=as_json)
