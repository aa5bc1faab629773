"""`ape run triggers`: which trigger of which case is how far from firing, and sending those whose cause is there."""

from __future__ import annotations

import json
from pathlib import Path

import click

EXAMPLE = Path("deals/examples/triggers")


@click.command(epilog="Example: ape run triggers --cases deals/examples/triggers/cases.csv --json")
@click.option(
    "--cases", "cases_file", type=Path, default=EXAMPLE / "cases.csv", show_default=True, help="CSV or Parquet."
)
@click.option(
    "--triggers", "triggers_file", type=Path, default=EXAMPLE / "triggers.yaml", show_default=True, help="YAML."
)
@click.option("--decimals", type=int, default=2, show_default=True, help="Of the settlement asset.")
@click.option("--top", type=int, default=20, show_default=True, help="How many lines are shown, the nearest first.")
@click.option("--json", "as_json", is_flag=True, help="Print these lines as JSON on stdout.")
@click.option("--fire", "address", help="Address of the book of triggers: send what has its cause, from --account.")
@click.option("--account", help="Alias of the account that sends, as `ape accounts list` names it.")
def cli(
    cases_file: Path,
    triggers_file: Path,
    decimals: int,
    top: int,
    as_json: bool,
    address: str | None,
    account: str | None,
) -> None:
    """Show for each case which trigger is how far from firing (0 % or less: its cause is there), nearest first.

    Exit code 0, 2 for bad input, 3 for trouble with the chain.
    """
    from rich.console import Console
    from rich.table import Table

    from salvor.desk.screening import causes, nearest, read_cases, screen
    from salvor.desk.watching import read_triggers, send_from
    from salvor.errors import OptionInvalid

    if address and not account:
        raise OptionInvalid("--fire needs --account: who sends pays the gas and is the keeper")
    triggers = read_triggers(triggers_file)
    found = screen(read_cases(cases_file), list(triggers.values()), decimals=decimals)
    names = list(triggers)
    lines = [
        {"case": each.case, "trigger": names[each.trigger], "distance": f"{each.distance:.2%}", "holds": each.holds}
        for each in nearest(found, top)
    ]
    if as_json:
        click.echo(json.dumps(lines, indent=2))
    else:
        table = Table(
            "case", "trigger", "distance", "cause", title=f"{found.height:,} cases looked at", title_justify="left"
        )
        for line in lines:
            table.add_row(str(line["case"]), line["trigger"], line["distance"], "there" if line["holds"] else "-")
        Console(highlight=False).print(table)
    if address and account:
        for sent in send_from(address, account, causes(found)):
            click.echo(f"case {sent.case}, {names[sent.trigger]}: {sent.outcome}", err=as_json)
