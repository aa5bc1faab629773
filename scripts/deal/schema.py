"""`ape run deal schema`: the JSON schema of deal files, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(epilog="Example: ape run deal schema --out deal.schema.json")
@click.option("--out", type=Path, help="Write it there instead of printing it.")
def cli(out: Path | None) -> None:
    """Print the JSON schema by which an editor completes and checks a deal file.

    In VS Code with the YAML extension, a deal file that begins with
    `# yaml-language-server: $schema=deal.schema.json` is completed and checked while it is written. Exit code 0.
    """
    from salvor.deal.for_editors import deal_json_schema
    from salvor.files import write_whole

    text = json.dumps(deal_json_schema(), indent=2) + "\n"
    if out:
        write_whole(out, text)
        click.echo(f"written: {out}")
    else:
        click.echo(text, nl=False)
