"""`ape run tape map`: propose which of a bank's columns is which field, and how its values are written."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from salvor.tape.propose.proposal import Proposal


@click.command(epilog="Example: ape run tape map loans.csv --currency EUR --out deals/new/mapping.yaml")
@click.argument("file", type=Path)
@click.option("--asset-class", help="What the loans are; else it is guessed by the columns.")
@click.option("--currency", help="Of the deal, such as EUR; else it is looked for in the file.")
@click.option("--header-row", type=click.IntRange(1, 1000), help="Else the header is looked for below title rows.")
@click.option("--encoding", help="Such as cp1252; else it is found out.")
@click.option("--delimiter", help="Between the columns; else it is found out.")
@click.option("--sheet", help="Of a workbook, where several have data.")
@click.option(
    "--out", type=Path, help="Where the mapping goes.  [default: beside FILE, as FILE's name with .mapping.yaml]"
)
@click.option("--force", is_flag=True, help="Replace a mapping that is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print the proposal as JSON on stdout, all else on stderr.")
def cli(
    file: Path,
    asset_class: str | None,
    currency: str | None,
    header_row: int | None,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Look at FILE and propose a mapping: columns, fields, formats, and what only a person can decide.

    Exit code 0 when nothing is left to decide, 1 when something is, 2 when FILE can't be read or a mapping is there.
    """
    from rich.console import Console

    from salvor.tape.propose.proposal import propose
    from salvor.tape.propose.target import style_of, target_of, write_proposal

    console = Console(stderr=as_json, highlight=False, markup=False)
    target = target_of(file, out, force=force)
    style = style_of(encoding, delimiter, header_row, sheet)
    with console.status(f"looking at {file}"):
        proposal = propose(file, style=style, find_header=header_row is None, class_name=asset_class, currency=currency)
    write_proposal(proposal, target, force=force)
    if as_json:
        click.echo(json.dumps({**proposal.as_json(), "mapping": str(target)}, indent=2, ensure_ascii=False))
    else:
        _tell(proposal, target, console)
    sys.exit(1 if any(proposal.open()) else 0)


def _tell(proposal: Proposal, target: Path, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from salvor.tape.propose.written import looked_at, plain

    table = Table(title=f"{proposal.path}: {looked_at(proposal)}", title_justify="left")
    for heading in ("column", "samples", "field", "%", "to decide"):
        table.add_column(heading, justify="right" if heading == "%" else "left", no_wrap=heading in ("field", "%"))
    for line in proposal.lines:
        asked = "; ".join(place.rsplit(".", 1)[-1] for place, _ in line.open())
        samples = ", ".join(map(plain, line.samples))
        cells = (plain(line.column or "none"), samples, line.field or "", str(line.confidence or ""), asked)
        table.add_row(*map(Text, cells))
    console.print(table)
    for place, key in proposal.open():
        console.print(f"? {place}: {key.says}" + (f": {' or '.join(key.choices)}" if key.choices else ""))
    console.print(f"{', '.join(proposal.notes)}; mapping: {target}")
