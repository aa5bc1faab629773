"""`ape run sell reveal`: tell a sealed price that was committed."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell reveal deals/worked-loans/deal.yaml keys/case-3.json")
@live_options
@click.argument("seal", type=Path)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, seal: Path, as_json: bool) -> None:
    """Tell the price that `sell commit` has kept in SEAL.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        tell(sales, acts.reveal(sales, seal, sender=signer), number=None, as_json=as_json)
