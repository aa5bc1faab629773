"""`ape run oracle check`: read all sources of a node once, show what they say, sign nothing."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click


@click.command(epilog="Example: ape run oracle check deals/oracle-node/node.yaml --json")
@click.argument("config", type=Path)
@click.option("--json", "as_json", is_flag=True, help="Print the values as JSON on stdout, all else on stderr.")
def cli(config: Path, as_json: bool) -> None:
    """Read the sources that CONFIG names, once, and show every value. No key, no chain and no journal is touched.

    Exit code 0 when every source gave its values, 1 when one did not, 2 when the configuration can't be read.
    """
    from rich.console import Console
    from rich.table import Table

    from salvor.node.config import load_node
    from salvor.node.gathering import look_at_all
    from salvor.node.telling import as_json_of, rows_of

    settings = load_node(config)
    found = look_at_all(settings.sources, int(time.time()))
    failures = [failure for each in found for failure in each.failures]
    if as_json:
        click.echo(json.dumps([as_json_of(each) for each in found], indent=2))
    else:
        table = Table(title=f"what the sources of {settings.name} say; nothing was signed", title_justify="left")
        for heading in ("source", "key", "value", "of", "reference"):
            table.add_column(heading, justify="right" if heading == "value" else "left", overflow="fold")
        for row in rows_of(found):
            table.add_row(*row)
        Console(highlight=False).print(table)
    for failure in failures:
        click.echo(f"Error: {failure.message}", err=True)
    sys.exit(1 if failures else 0)
