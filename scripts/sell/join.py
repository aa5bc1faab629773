"""`ape run sell join`: further loans of a case, proved against the tape."""

from __future__ import annotations

from pathlib import Path

import click

from salvor.options import Acting, live_options


@click.command(
    epilog="Example: ape run sell join deals/worked-loans/deal.yaml 3 1150 --commitment out/tape --secret keys/npl.json"
)
@live_options
@click.argument("case", type=int)
@click.argument("loans", nargs=-1, required=True)
@click.option(
    "--commitment",
    "commitments",
    type=Path,
    required=True,
    multiple=True,
    help="Folder that `ape run tape commit` left; once for each tape that the loans are in.",
)
@click.option(
    "--secret", "secret_files", type=Path, required=True, multiple=True, help="Secret file of one or more of them."
)
@click.option("--passphrase-file", type=Path, help="Of all secrets; else SALVOR_PASSPHRASE, else you are asked.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(
    chosen: Acting,
    case: int,
    loans: tuple[str, ...],
    commitments: tuple[Path, ...],
    secret_files: tuple[Path, ...],
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Add LOANS to CASE as the servicer; one that is held goes on without them until the overseer confirms them.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell
    from salvor.desk.tapes import placed, read_tapes

    with opened(chosen) as (sales, signer):
        proofs = placed(sales, read_tapes(acts.claim_of(sales), commitments, secret_files, passphrase_file))
        tell(sales, acts.join(sales, proofs, case, list(loans), sender=signer), number=case, as_json=as_json)
