"""`ape run tape check`: what a bank's file holds, exactly, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from salvor.tape.check import Checked


@click.command(epilog="Example: ape run tape check loans.csv --mapping deals/sba-7a/mapping.yaml --json")
@click.argument("file", type=Path)
@click.option("--mapping", "mapping_file", type=Path, required=True, help="Which column is which field.")
@click.option("--decimals", type=click.IntRange(0, 18), default=2, show_default=True, help="Of the settlement asset.")
@click.option("--out", type=Path, default=Path("out/tape"), show_default=True, help="Where the results go.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON on stdout, all else on stderr.")
def cli(file: Path, mapping_file: Path, decimals: int, out: Path, as_json: bool) -> None:
    """Read FILE through a mapping and check every row; of related tables, FILE is their folder or workbook.

    Exit code 0 when every row is accepted, 1 when some are rejected, 2 when the file or the mapping can't be read.
    """
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    from salvor.deal.load import load_tape_mapping
    from salvor.tape.check import check_tape

    console = Console(stderr=as_json, highlight=False)
    mapping = load_tape_mapping(mapping_file)
    with Progress(TextColumn("{task.completed:,} rows"), TimeElapsedColumn(), console=console) as progress:
        bar = progress.add_task("rows", total=None)
        checked = check_tape(file, mapping, decimals=decimals, out=out, tick=lambda rows: progress.advance(bar, rows))
    if as_json:
        click.echo(json.dumps(checked.as_json(), indent=2))
    else:
        _tell(checked, decimals, console)
    sys.exit(1 if checked.rows_rejected else 0)


def _tell(checked: Checked, decimals: int, console: object) -> None:
    from rich.console import Console
    from rich.table import Table

    from salvor.amounts import format_units
    from salvor.tape.rules import RULES

    assert isinstance(console, Console)
    totals, mapping = checked.totals, checked.mapping
    currency, balance = mapping.currency, mapping.balance
    table = Table(title="what was found", title_justify="left")
    for heading in ("rule", "severity", "rows", "what", "what to do"):
        table.add_column(heading, justify="right" if heading == "rows" else "left")
    for name, count in checked.breaches.items():
        rule = RULES[name]
        table.add_row(name, rule.severity, f"{count:,}", rule.sentence, rule.mend)
    between = "\n  " if checked.tables else ", "
    console.print(
        f"{checked.path}: {between.join(['', *checked.notes] if checked.tables else checked.notes)}", markup=False
    )
    if checked.breaches:
        console.print(table)
    for what, rows, units in (
        ("read", totals.rows_read, totals.units_read),
        ("accepted", totals.rows_accepted, totals.units_accepted),
        ("rejected", totals.rows_rejected, totals.units_rejected),
    ):
        console.print(f"{what:<9}{rows:>12,} rows {format_units(units, decimals):>22} {currency}")
    console.print(f"sums are of `{balance}`", markup=False)
    if totals.rows_without_balance:
        console.print(f"rejected rows whose `{balance}` can't be read: {totals.rows_without_balance:,}", markup=False)
    if mapping.cut_off is None:
        console.print("no `cut_off` in the mapping: what happened after the cut-off date, and ages, are not checked")
    for each in checked.tables[1:]:
        states = ", ".join(f"{count:,} {state}" for state, count in each.rows.items() if count)
        money = f"{format_units(each.units_read, decimals)} {currency}" if each.units_read is not None else ""
        console.print(f"{each.table}: {each.rows_read:,} rows {money} ({states})", markup=False)
    console.print(f"accepted loans: {checked.accepted}; exceptions: {checked.exceptions}")
