"""`ape run oracle node`: read sources, sign what they say, hand it to the hub, until it is stopped."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from threading import Event

import click


@click.command(epilog="Example: ape run oracle node deals/oracle-node/node.yaml")
@click.argument("config", type=Path)
def cli(config: Path) -> None:
    """Run the node that CONFIG describes. It stops at Ctrl-C or SIGTERM, and goes on where it was at the next start.

    Exit code 0 when it was stopped, 2 when configuration, key or journal can't be used, 3 when the chain is not the
    one that is meant. What happens is told on stderr; `/metrics` and `/healthz` answer on the configured port.
    """
    from salvor.node.config import load_node
    from salvor.node.keyring import open_signer
    from salvor.node.starting import start

    def ask(prompt: str) -> str:
        return str(click.prompt(prompt, hide_input=True, err=True))

    def say(line: str) -> None:
        click.echo(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {line}", err=True)

    settings = load_node(config)
    signer = open_signer(settings.key, ask if sys.stdin.isatty() else None)
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with start(settings, signer, say) as node:
            node.run(stop)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    say("stopped")
