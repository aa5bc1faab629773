"""`ape run sell`: two loans that do not pay; one is sold after its value fell, one nobody bids for."""

from __future__ import annotations

from pathlib import Path

import click

DEAL = Path("deals/charged-off-accounts/deal.yaml")


@click.command(epilog="Example: ape run sell --deal deals/charged-off-accounts/deal.yaml")
@click.option(
    "--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file; its tape is beside it."
)
@click.option("--out", type=Path, default=Path("out/sell"), show_default=True, help="Where the checked tape goes.")
@click.option("--engine", type=click.Choice(["anvil", "revm"]), default="anvil", show_default=True, help="Which chain.")
def cli(deal_file: Path, out: Path, engine: str) -> None:
    """From a value that falls through trigger, cure and auction to the senior notes; and one that nobody bids for.

    Exit code 0 only when every figure is the model's; 1 when not, 2 for bad input, 3 for trouble with the node.
    """
    from salvor.demo import prepare
    from salvor.selling import play, prepare_lab

    ready = prepare(deal_file, tape_file=None, out=out)
    lab = prepare_lab(ready, engine, Path.cwd())
    try:
        play(ready, lab, click.echo)
    finally:
        lab.close()
    click.echo("every figure of the chain is the model's")
