"""`ape run sell join`: further loans of a case, proved against the tape."""

from __future__ import annotations

from typing import Any

import click

from salvor.options import Acting, live_options, tape_options


@click.command(
    epilog="Example: ape run sell join deals/worked-loans/deal.yaml 3 1150 --commitment out/tape --secret keys/npl.json"
)
@live_options
@click.argument("case", type=int)
@click.argument("loans", nargs=-1, required=True)
@tape_options
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(
    chosen: Acting,
    case: int,
    loans: tuple[str, ...],
    as_json: bool,
    **tapes: Any,
) -> None:
    """Add LOANS to CASE as the servicer; one that is held goes on without them until the overseer confirms them.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell
    from salvor.desk.tapes import placed, read_tapes

    with opened(chosen) as (sales, signer):
        proofs = placed(sales, read_tapes(acts.claim_of(sales), **tapes))
        tell(sales, acts.join(sales, proofs, case, list(loans), sender=signer), number=case, as_json=as_json)
