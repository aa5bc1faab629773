"""`ape run deal explain`: a term sheet in plain words out of a deal file."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: ape run deal explain deals/gacs-style/deal.yaml --pdf out/term-sheet.pdf")
@click.argument("deal", type=Path)
@click.option("--out", type=Path, help="Write the Markdown there instead of printing it.")
@click.option("--pdf", type=Path, help="Also write it as PDF.")
def cli(deal: Path, out: Path | None, pdf: Path | None) -> None:
    """Say in words what DEAL means: notes, dates, who is paid in which order, triggers, fees, who takes part.

    Exit code 0, or 2 for a deal file that can't be read.
    """
    from salvor.deal.load import load_deal
    from salvor.files import write_whole
    from salvor.report.pdf import write_pdf
    from salvor.report.term_sheet import term_sheet

    text = term_sheet(load_deal(deal))
    if pdf:
        write_pdf(text, pdf)
        click.echo(f"written: {pdf}", err=True)
    if out:
        write_whole(out, text)
        click.echo(f"written: {out}", err=True)
    if not out and not pdf:
        click.echo(text, nl=False)
