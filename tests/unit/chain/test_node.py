"""A local node of our own: its clock begins where the deal wants it, its port is free, and it ends with the block."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = """
import random, socket
from ape import networks
from salvor.chain.node import local_node

with socket.create_server(("127.0.0.1", 0)) as taken:
    random.randint = lambda low, high: taken.getsockname()[1]  # what Ape draws is somebody's already
    with local_node(networks, genesis={genesis}) as provider:
        print(provider.chain_id, provider.get_block("latest").timestamp, provider.process.pid)
"""


def test_begins_at_its_genesis_on_a_free_port_and_is_gone_at_the_end():
    genesis = 1_000_000_000  # 2001: the clock of a deal that is over today
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(genesis=genesis)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    said = next(line for line in done.stdout.splitlines() if line[:1].isdigit())
    chain, timestamp, pid = map(int, said.split())
    assert (chain, timestamp) == (31337, genesis)
    assert not Path(f"/proc/{pid}").exists()
