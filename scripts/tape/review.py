"""`ape run tape review`: due diligence over a checked tape, as JSON and as one page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.tape.review.review import Review


@click.command(epilog="Example: ape run tape review out/tape --deal deals/npl/deal.yaml --out out/tape/review")
@click.argument("folder", type=Path)
@click.option("--deal", "deal_file", type=Path, help="Deal file whose `screening` holds; else all loans are eligible.")
@click.option("--out", type=Path, default=Path("out/tape/review"), show_default=True, help="Where the results go.")
@click.option("--json", "as_json", is_flag=True, help="Print the review as JSON on stdout, all else on stderr.")
def cli(folder: Path, deal_file: Path | None, out: Path, as_json: bool) -> None:
    """Review what `ape run tape check` left in FOLDER: eligibility, limits, strata, quality and grades.

    Exit code 0, 1 when a concentration limit is broken, 2 for bad input.
    """
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from salvor.deal.load import load_screening
    from salvor.report.tape_page import write_page
    from salvor.tape.review.review import review_tape
    from salvor.tape.review.source import open_checked
    from salvor.tape.review.terms import Terms

    console = Console(stderr=as_json, highlight=False)
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True) as progress:
        bar = progress.add_task("opening", total=None)
        source = open_checked(folder)
        name, terms = "", Terms()
        if deal_file:
            deal, terms = load_screening(deal_file, mapping=source.mapping, decimals=source.decimals)
            name, source = deal.name, source.closing(deal.calendar.closing)
        review = review_tape(
            source, terms, out=out, deal=name, tick=lambda step: progress.update(bar, description=step)
        )
        page = write_page(review, out)
    if as_json:
        click.echo((out / "review.json").read_text(encoding="utf-8"), nl=False)
    else:
        _tell(review, console)
    console.print(f"page: {page}; loans with their grades: {out / 'grades.csv'}", markup=False)
    sys.exit(1 if review.broken else 0)


def _tell(review: Review, console: Console) -> None:
    from salvor.amounts import format_units
    from salvor.tape.review.concentration import percent_up

    money, currency = review.source.decimals, review.source.mapping.currency
    found = review.eligibility
    for what, loans in (("accepted", found.accepted), ("excluded", found.excluded), ("eligible", found.eligible)):
        console.print(f"{what:<9}{loans.rows:>12,} loans {format_units(loans.units, money):>22} {currency}")
    console.print(f"sums are of `{review.source.balance}`", markup=False)
    for each in review.limits:
        state = f"BROKEN by {format_units(each.excess, money)} {currency}" if each.broken else "holds"
        console.print(f"{each.limit.id}: {each.limit.says}; is {percent_up(each.share)}: {state}", markup=False)
    console.print(f"quality of the data: {review.quality.score} of 100")
