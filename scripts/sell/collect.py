"""`ape run sell collect`: what the house owes an account: beaten bids, fees, deposits."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(
    epilog="Example: ape run sell collect deals/worked-loans/deal.yaml 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
)
@live_options
@click.argument("account_owed", required=False, metavar="[ACCOUNT]")
@click.option(
    "--group",
    type=click.IntRange(0, 3),
    help="Only what stands with this group of tranches, 0 for the deal's own: where another can't pay.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, account_owed: str | None, group: int | None, as_json: bool) -> None:
    """Have ACCOUNT paid what it is owed; its own signer's where none is named. By anyone.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.chain.codec import address_of
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    named = address_of(account_owed) if account_owed else None
    with opened(chosen) as (sales, signer):
        account = named or address_of(signer)
        tell(sales, acts.collect(sales, account, group=group, sender=signer), number=None, as_json=as_json)
