"""Everything that a node needs, opened in the right order and let go of at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from salvor.errors import ChainTrouble
from salvor.node.config import NodeSettings
from salvor.node.errors import JournalUnfit
from salvor.node.health import HealthServer
from salvor.node.journal import Journal
from salvor.node.keyring import Signer
from salvor.node.reading import OnChain
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
        _look_at_chain(settings, signer, journal, rpc, say)
        node = Node(settings, signer, journal, rpc=rpc, say=say)
        stack.callback(node.close)
        health = HealthServer(settings.health.host, settings.health.port, node.metrics, node.complaints)
        stack.callback(health.close)
        say(f"{settings.name} runs: signer {signer.address}, {len(node.watch)} keys, nonce {journal.last_nonce}")
        say(f"health: http://{settings.health.host}:{health.port}/metrics")
        yield node


def _look_at_chain(settings: NodeSettings, signer: Signer, journal: Journal, rpc: Rpc, say: Say) -> None:
    """What is wrong for good is refused at the start; a chain that does not answer now may do so later."""
    chain = settings.chain
    keys = [watched.key for _, watched in settings.watched()]
    try:
        rpc.number("eth_chainId")
    except ChainTrouble as trouble:
        say(f"chain: {trouble.message}; the node starts all the same")
        return
    there = OnChain(rpc, chain_id=chain.chain_id, hub=chain.hub, reports=chain.reports)
    if (highest := there.last_nonce(signer.address, keys)) > journal.last_nonce:
        raise JournalUnfit(
            Path(settings.journal),
            f"the chain has nonce {highest} of this signer, the journal ends at {journal.last_nonce}: it is an older "
            "copy, or another node has this key; find the right journal, or take a new key",
        )
    if not there.is_signer(signer.address):
        say(f"{signer.address} is no signer of the reports yet: nothing lands before the oracle keeper adds it")
