"""`ape run tape verify`: whether what was disclosed of a loan is in the tape; needs no secret and no chain."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command(epilog="Example: ape run tape verify shown.json --commitment commitment.json --json")
@click.argument("disclosure_file", metavar="DISCLOSURE", type=Path)
@click.option("--commitment", "commitment_file", type=Path, required=True, help="The tape's commitment.json.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def cli(disclosure_file: Path, commitment_file: Path, as_json: bool) -> None:
    """Check DISCLOSURE against a commitment. Compare the commitment's root with the pool's `tapeRoot()` too.

    Exit code 0 when everything shown is in the tape, 1 when something is not, 2 for unreadable files.
    """
    from salvor.errors import CHECK_FAILED
    from salvor.tape.check import KEY
    from salvor.tape.commitment.disclosure import for_people, read_disclosure, verify
    from salvor.tape.commitment.folder import read_public

    disclosure = read_disclosure(disclosure_file)
    findings = verify(disclosure, read_public(commitment_file))
    shown = {field.name: field.value for field in disclosure.fields}
    if as_json:
        click.echo(json.dumps({"holds": not findings, "findings": findings, "fields": shown}, indent=2))
    else:
        for name, text in for_people(disclosure).items():
            click.echo(f"{name}: {text}")
        if KEY not in shown:
            click.echo(f"which loan it is, is not shown; ask for `{KEY}` too if you must know", err=True)
        for finding in findings:
            click.echo(f"does not hold: {finding}", err=True)
        click.echo("everything shown is in the tape" if not findings else "NOT PROVED")
    sys.exit(CHECK_FAILED if findings else 0)
