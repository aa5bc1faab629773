"""`ape run investors`: who may hold the notes of a deal, in words and as cases, and whether its investors may."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.jurisdictions.of_deal import DealRules

DEAL = Path("deals/cross-border/deal.yaml")
deal_option = click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
country_option = click.option(
    "--every-country", is_flag=True, help="Investors of every country that is opened, not of one a line."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, all else on stderr.")


def _begin(deal_file: Path, as_json: bool) -> tuple[DealRules, Console]:
    from rich.console import Console

    from salvor.jurisdictions.of_deal import load_deal_rules

    return load_deal_rules(deal_file), Console(stderr=as_json, highlight=False)


@click.group(
    invoke_without_command=True,
    epilog="Example: ape run investors --deal deals/cross-border/deal.yaml --dry-run, or: ape run investors rules",
)
@click.option("--deal", "deal_file", type=Path, default=DEAL, show_default=True, help="Deal file.")
@click.option("--file", "path", type=Path, help="CSV; investors.csv beside the deal unless named.")
@click.option("--registry", help="Address of the identity registry; without it, a rehearsal on a local chain.")
@click.option("--network", default="ethereum:local:foundry", show_default=True, help="Where the registry stands.")
@click.option("--agent", help="Alias of the Ape account that registers.")
@click.option("--issuer", help="Alias of the Ape account that signs claims.")
@click.option("--journal", type=Path, default=Path("out/investors/journal.sqlite"), show_default=True)
@click.option("--batch", type=click.IntRange(1, 100), default=40, show_default=True, help="Wallets in a transaction.")
@click.option("--dry-run", is_flag=True, help="Compare the file with the registry, send nothing.")
@json_option
@click.pass_context
def cli(context: click.Context, deal_file: Path, path: Path | None, as_json: bool, **asked: Any) -> None:
    """Register the investors of a deal: the file is checked, claims are signed, wallets go out in batches.

    What is registered already is left alone, and a run that was cut off is simply run again. Exit code 0 when all is
    well; 1 when somebody was refused or an answer differs, 2 for bad input, 3 for trouble with the chain.
    """
    if context.invoked_subcommand is not None:
        return
    from salvor.errors import OptionInvalid
    from salvor.investors.commands import onboard
    from salvor.investors.live import Live

    rules, console = _begin(deal_file, as_json)
    live = None
    if asked["registry"] is not None:
        if asked["agent"] is None or asked["issuer"] is None:
            raise OptionInvalid("--registry needs --agent and --issuer: who registers, and who signs claims")
        live = Live(asked["network"], asked["registry"], asked["agent"], asked["issuer"])
    how = {"batch": asked["batch"], "dry_run": asked["dry_run"], "as_json": as_json}
    context.exit(onboard(rules, path or deal_file.parent / "investors.csv", asked["journal"], live, console, **how))


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
@country_option
@json_option
def cases(deal_file: Path, every_country: bool, as_json: bool) -> None:
    """List the test cases that follow from the rules, each with its expected answer; no chain is asked."""
    from salvor.investors.telling import cases_as_data, tell_cases
    from salvor.jurisdictions.matrix import cases_of

    found, console = _begin(deal_file, as_json)
    made = cases_of(found, every_country=every_country)
    if as_json:
        click.echo(json.dumps(cases_as_data(made), indent=2))
        return
    tell_cases(made, console)


@cli.command(epilog="Example: ape run investors matrix --engine revm --json")
@deal_option
@click.option("--engine", type=click.Choice(["anvil", "revm"]), default="anvil", show_default=True, help="Which chain.")
@country_option
@json_option
def matrix(deal_file: Path, engine: str, every_country: bool, as_json: bool) -> None:
    """Ask the contracts the same cases on a local chain, and compare each answer with the expected one."""
    from salvor.investors.commands import ask_the_matrix

    rules, console = _begin(deal_file, as_json)
    how = {"every_country": every_country, "as_json": as_json}
    click.get_current_context().exit(ask_the_matrix(rules, engine, console, **how))


@cli.command(epilog="Example: ape run investors check --file deals/cross-border/investors.csv")
@deal_option
@click.option("--file", "path", type=Path, help="CSV; investors.csv beside the deal unless named.")
@json_option
def check(deal_file: Path, path: Path | None, as_json: bool) -> None:
    """Check the investors' file row by row and the deal's orders against the rules; nothing is sent."""
    from salvor.errors import CHECK_FAILED
    from salvor.investors.explaining import Files
    from salvor.investors.file import read_investors
    from salvor.investors.orders import judged
    from salvor.investors.telling import file_as_data, tell_file, tell_orders

    found, console = _begin(deal_file, as_json)
    path = path or deal_file.parent / "investors.csv"
    investors = read_investors(path, today=datetime.now(UTC).date(), books=found.books)
    orders = judged(Files(found, investors))
    tell_file(investors, found.books, console)
    tell_orders(orders, found.deal.settlement.decimals, console)
    if as_json:
        click.echo(json.dumps(file_as_data(investors, found.books, orders), indent=2, ensure_ascii=False))
    if investors.refused or not all(each.allowed for each in orders):
        click.get_current_context().exit(CHECK_FAILED)


@cli.command(epilog='Example: ape run investors explain "credit fund" --to dentist --tranche mezzanine --units 20000')
@click.argument("wallet")
@deal_option
@click.option("--file", "path", type=Path, help="CSV; investors.csv beside the deal unless named.")
@click.option("--events", type=Path, help="Event table; events.csv beside the deal where there is one.")
@click.option("--note", help="Address of the tranche's note: its events are read from the chain, and it is asked too.")
@click.option("--network", default="ethereum:local:foundry", show_default=True, help="Where the note stands.")
@click.option("--listed", multiple=True, help="Name or wallet on a sanctions list; may be given more than once.")
@click.option("--from", "giver", help="Who sends to WALLET.")
@click.option("--to", "taker", help="To whom WALLET sends.")
@click.option("--tranche", help="Of which tranche.")
@click.option("--units", "amount", help="How much, at par: 5000 or 5000.00.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the move; today unless named.")
@json_option
def explain(wallet: str, deal_file: Path, as_json: bool, **asked: Any) -> None:
    """Say who stands behind WALLET (a wallet or a name) and what may move; with --to or --from, each rule's verdict.

    Exit code 0 when the move is allowed, 1 when a rule refuses it.
    """
    from salvor.errors import CHECK_FAILED
    from salvor.investors.telling import tell_explanation

    rules, console = _begin(deal_file, as_json)
    if not tell_explanation(rules, deal_file.parent, wallet, asked, console, as_json=as_json):
        click.get_current_context().exit(CHECK_FAILED)
