"""An anvil of one's own that mines by itself, for tests of what talks to a node as a stranger does."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.signers import Key

GENESIS = 1_893_456_000
# The first two of the accounts that every anvil begins with; their keys are public.
KEYS = (
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
)


@contextmanager
def own_node(*options: str, chain_id: int = 31_337, genesis: int = GENESIS) -> Iterator[Node]:
    """Started, and ended with the block. All blocks have one timestamp, so that runs can be compared."""
    command = ["anvil", "--port", "0", "--timestamp", str(genesis), "--chain-id", str(chain_id), *options]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if match := re.search(r"Listening on 127\.0\.0\.1:(\d+)", line):
                node = Node(f"http://127.0.0.1:{match[1]}", pause=0.01, patience=60)
                node.ask("anvil_setLoggingEnabled", False)
                node.ask("anvil_setBlockTimestampInterval", 0)
                yield node
                node.close()
                break
        else:
            raise AssertionError(f"anvil did not start: {''.join(said[-3:])}")
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def deployer() -> Key:
    """Who deploys."""
    return Key(KEYS[0])


def other_wallet() -> Key:
    """Somebody with ether who has nothing to do with the plan."""
    return Key(KEYS[1])
