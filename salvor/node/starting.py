"""Everything that a node needs, opened in the right order and let go of at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from salvor.errors import ChainTrouble
from salvor.node.config import NodeSettings
from salvor.node.health import HealthServer
from salvor.node.journal import Journal
from salvor.node.keyring import Signer
from salvor.node.rpc import Rpc
from salvor.node.running import Node, Say


@contextmanager
def start(settings: NodeSettings, signer: Signer, say: Say) -> Iterator[Node]:
    """A node that is ready to run, its pages answering."""
    chain, path = settings.chain, Path(settings.journal)
    with ExitStack() as stack:
        journal = Journal(path, signer=signer.address, chain_id=chain.chain_id, contract=chain.reports)
        stack.callback(journal.close)
        rpc = Rpc(chain.rpc, seconds=chain.timeout)
        stack.callback(rpc.close)
        node = Node(settings, signer, journal, rpc=rpc, say=say)
        stack.callback(node.close)
        health = HealthServer(settings.health.host, settings.health.port, node.metrics, node.complaints)
        stack.callback(health.close)
        say(f"{settings.name} runs: signer {signer.address}, {len(node.watch)} keys, nonce {journal.last_nonce}")
        say(f"health: http://{settings.health.host}:{health.port}/metrics")
        try:
            rpc.number("eth_chainId")
        except ChainTrouble as trouble:
            say(f"chain: {trouble.message}; the node starts all the same")
        else:
            node.meet_chain()  # what is wrong for good is refused at the start
        yield node
