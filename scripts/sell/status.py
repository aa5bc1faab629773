"""`ape run sell status`: where every case stands, and by when who may do what."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell status deals/worked-loans/deal.yaml 3")
@live_options
@click.argument("case", type=int, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON on stdout.")
def cli(chosen: Acting, case: int | None, as_json: bool) -> None:
    """Show CASE, or all of them, with every deadline. Nothing is sent.

    Exit code 0, 2 for bad input, 3 for trouble with the node.
    """
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import show_status

    with opened(chosen, signs=False) as (sales, _):
        show_status(sales, case, as_json=as_json)
