"""`ape run oracle status`: each key of a node on the chain: value, age, quorum, spread, next heartbeat."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(epilog="Example: ape run oracle status deals/oracle-node/node.yaml --json")
@click.argument("config", type=Path)
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON on stdout, all else on stderr.")
@click.option("--sources", is_flag=True, help="Show also what each source of a key says, and why it does not count.")
def cli(config: Path, as_json: bool, sources: bool) -> None:
    """Ask the hub about the keys that CONFIG watches. No passphrase is needed and nothing is sent.

    Exit code 0 when every value is good, 1 when one is held or refused, 2 for a bad configuration, 3 for trouble with
    the chain.
    """
    from rich.console import Console

    from salvor.node.config import load_node
    from salvor.node.status import read_status, status_as_json, tables

    status = read_status(load_node(config))
    if as_json:
        click.echo(json.dumps(status_as_json(status), indent=2))
    else:
        console = Console(highlight=False)
        for table in tables(status, sources=sources):
            console.print(table)
        if not status.is_signer:
            console.print(f"{status.signer} is no signer of the reports: what it signs is refused", markup=False)
    sys.exit(0 if status.all_good else 1)
