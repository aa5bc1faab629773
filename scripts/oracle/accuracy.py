"""`ape run oracle accuracy`: how far each source of a key was from what turned out to be true."""

from __future__ import annotations

import json

import click

_EXAMPLE = "Example: ape run oracle accuracy HPI/US-CA --rpc http://127.0.0.1:8545 --accuracy 0x5FbD... --period 689"


@click.command(epilog=_EXAMPLE)
@click.argument("key")
@click.option("--rpc", "url", required=True, help="The chain's node.")
@click.option("--accuracy", required=True, help="Address of the Accuracy contract.")
@click.option("--period", type=click.IntRange(min=0), help="Number of the period; that of the latest block.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON on stdout.")
def cli(key: str, url: str, accuracy: str, period: int | None, as_json: bool) -> None:
    """Show the errors of the sources of KEY in a period. Nothing is sent.

    Exit code 0, 2 for a key that is none, 3 for trouble with the chain.
    """
    from rich.console import Console

    from salvor.errors import OptionInvalid
    from salvor.model.oracle_keys import Kind, key_of
    from salvor.node.accuracy import accuracy_as_json, accuracy_table, read_accuracy
    from salvor.node.rpc import Rpc

    kind, _, subject = key.partition("/")
    try:
        wanted = key_of(Kind(kind), subject)
    except ValueError as error:
        raise OptionInvalid(f"'{key}' is no key, such as HPI/US-CA: {error}") from None
    rpc = Rpc(url, seconds=30)
    try:
        compared = read_accuracy(rpc, accuracy, wanted, period)
    finally:
        rpc.close()
    if as_json:
        click.echo(json.dumps(accuracy_as_json(compared), indent=2))
    else:
        Console(highlight=False).print(accuracy_table(compared))
