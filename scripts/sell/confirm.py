"""`ape run sell confirm`: the overseer stands by what the servicer said of a case."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell confirm deals/worked-loans/deal.yaml 3 --seen 5f0c...")
@live_options
@click.argument("case", type=int)
@click.option(
    "--seen", help="What `sell status` says that waits: whatever came since is refused.  [default: what waits now]"
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(chosen: Acting, case: int, seen: str | None, as_json: bool) -> None:
    """Confirm as the overseer what `sell status` shows of CASE: its loans, claim and debtor, and what it is valued as.

    Loans that join a case which is held are confirmed by it too: until then the case goes on without them.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    with opened(chosen) as (sales, signer):
        tell(sales, acts.confirm(sales, case, seen=seen, sender=signer), number=case, as_json=as_json)
