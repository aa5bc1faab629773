"""`ape run investors`: who may hold the notes of a deal, in words and as cases, and whether its investors may."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.jurisdictions.of_deal import DealRules

DEAL = Path("deals/cross-border/deal.yaml")
deal_option = click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, all else on stderr.")


def _begin(deal_file: Path, as_json: bool) -> tuple[DealRules, Console]:
    from rich.console import Console

    from salvor.jurisdictions.of_deal import load_deal_rules

    return load_deal_rules(deal_file), Console(stderr=as_json, highlight=False)


@click.group(epilog="Example: ape run investors rules --deal deals/cross-border/deal.yaml")
def cli() -> None:
    """Who may hold the notes of a deal, and who its investors are.

    Exit code 0 when all is well; 1 when somebody was refused or an answer differs, 2 for bad input, 3 for trouble with
    the chain.
    """


@cli.command(epilog="Example: ape run investors rules --deal deals/cross-border/deal.yaml")
@deal_option
@json_option
def rules(deal_file: Path, as_json: bool) -> None:
    """Tell in words who may hold what, with the law behind each sentence and what gave way to what."""
    from salvor.jurisdictions.words import as_data, retained, told

    found, console = _begin(deal_file, as_json)
    if as_json:
        click.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False))
        return
    for line in [*told(found), "", *retained(found)]:
        console.print(line, markup=False, soft_wrap=True)


@cli.command(epilog="Example: ape run investors cases --deal deals/cross-border/deal.yaml --json")
@deal_option
@json_option
def cases(deal_file: Path, as_json: bool) -> None:
    """List the test cases that follow from the rules, each with its expected answer; no chain is asked."""
    from salvor.investors.telling import cases_as_data, tell_cases
    from salvor.jurisdictions.matrix import cases_of

    found, console = _begin(deal_file, as_json)
    made = cases_of(found)
    if as_json:
        click.echo(json.dumps(cases_as_data(made), indent=2))
        return
    tell_cases(made, console)


@cli.command(epilog="Example: ape run investors check --file deals/cross-border/investors.csv")
@deal_option
@click.option("--file", "path", type=Path, help="CSV; investors.csv beside the deal unless named.")
@json_option
def check(deal_file: Path, path: Path | None, as_json: bool) -> None:
    """Check the investors' file row by row against the deal's rules; nothing is sent."""
    from salvor.errors import CHECK_FAILED
    from salvor.investors.file import read_investors
    from salvor.investors.telling import file_as_data, tell_file

    found, console = _begin(deal_file, as_json)
    path = path or deal_file.parent / "investors.csv"
    investors = read_investors(path, today=datetime.now(UTC).date(), books=found.books)
    tell_file(investors, found.books, console)
    if as_json:
        click.echo(json.dumps(file_as_data(investors, found.books), indent=2, ensure_ascii=False))
    if investors.refused:
        click.get_current_context().exit(CHECK_FAILED)
