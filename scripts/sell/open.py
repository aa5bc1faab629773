"""`ape run sell open`: a case of one loan or of several, proved against the tape."""

from __future__ import annotations

from typing import Any

import click

from salvor.options import Acting, live_options, tape_options


@click.command(
    epilog="Example: ape run sell open deals/worked-loans/deal.yaml 2030 --commitment out/tape --secret keys/npl.json"
)
@live_options
@click.argument("loans", nargs=-1, required=True)
@tape_options
@click.option("--valued-as", default="COLLATERAL", show_default=True, help="Kind of the key of what is sold.")
@click.option("--slice", "is_slice", is_flag=True, help="Proceeds are shared pro rata, not by rank.")
@click.option("--debtor", help="Address that has what a foreclosure brings above all claims.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(
    chosen: Acting,
    loans: tuple[str, ...],
    valued_as: str,
    is_slice: bool,
    debtor: str | None,
    as_json: bool,
    **tapes: Any,
) -> None:
    """Open a case of LOANS as the servicer: one loan, one property that secures several, or a slice of the portfolio.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell
    from salvor.desk.tapes import placed, read_tapes

    with opened(chosen) as (sales, signer):
        proofs = placed(sales, read_tapes(acts.claim_of(sales), **tapes))
        named = {"kind": valued_as, "by_rank": not is_slice, "debtor": debtor}
        said = acts.open_case(sales, proofs, list(loans), **named, sender=signer)
        tell(sales, said, number=sales.book.cases(), as_json=as_json)
