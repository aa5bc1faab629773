"""`ape run triggers`: which trigger of which loan is how far from firing, and sending what its cause asks for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from salvor.options import Acting, live_options

_EXAMPLE = (
    "Example: ape run triggers deals/worked-loans/deal.yaml --values deals/worked-loans/values.csv --at 2026-11-25"
)


@click.command(epilog=_EXAMPLE)
@live_options
@click.option("--values", "values_file", type=Path, help="CSV or Parquet: loan, at, and a column a kind of value.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day at which --values are looked at, of which their age is reckoned; now where none is named.",
)
@click.option("--live", is_flag=True, help="Look at the cases of the deal that is deployed on --network, too.")
@click.option(
    "--commitment",
    "commitments",
    type=Path,
    multiple=True,
    help="Folder that `ape run tape commit` left, once for each tape of the deal; needed to send.",
)
@click.option(
    "--secret", "secret_files", type=Path, multiple=True, help="Secret of one or more commitments; needed to send."
)
@click.option("--passphrase-file", type=Path, help="Of all secrets; else SALVOR_PASSPHRASE, else you are asked.")
@click.option(
    "--fire", is_flag=True, help="Open, watch, note and fire what has its cause, on --network from --account."
)
@click.option("--dry-run", is_flag=True, help="With --fire: say what would be sent, and send nothing.")
@click.option(
    "--at-most", type=click.IntRange(0), default=25, show_default=True, help="Loans that are opened in a run."
)
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Lines that are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON on stdout.")
def cli(chosen: Acting, as_json: bool, **asked: object) -> None:
    """Show for each loan of DEAL which trigger is how far from firing (0 % or less: its cause is there), nearest first.

    Exit code 0, 1 when something that was sent was refused, 2 for bad input, 3 for trouble with the chain.
    """
    from rich.console import Console

    from salvor.desk.trigger_command import Asked, run
    from salvor.desk.trigger_show import as_data, print_run
    from salvor.errors import CHECK_FAILED

    done = run(chosen, Asked(**asked))  # type: ignore[arg-type]
    if as_json:
        click.echo(json.dumps(as_data(done), indent=2))
    else:
        print_run(done, Console(highlight=False))
    if any(each.refused for each in done.sent):
        raise SystemExit(CHECK_FAILED)
