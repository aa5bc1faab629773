"""Events of one contract from a node that may limit how many it gives at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salvor.chain.codec import checksummed
from salvor.chain.engine import Log
from salvor.deploy.plan.refusals import NodeWrong
from salvor.deploy.plan.rpc import Node, Refused, number_in

_SMALLEST = 10  # blocks; a node that refuses as few does not refuse because of their number


def transactions_of(node: Node, address: str, topic: bytes, *, since: int = 0) -> list[str]:
    """Hashes of the transactions in which a contract emitted an event, in the chain's order."""
    head = number_in(node.ask("eth_blockNumber")) or 0
    return [str(each["transactionHash"]) for each in _between(node, address, since, head, (f"0x{topic.hex()}",))]


def logs_of(node: Node, address: str, *, since: int = 0) -> list[Log]:
    """In the chain's order, from a block on."""
    head = number_in(node.ask("eth_blockNumber")) or 0
    return [_read(each) for each in _between(node, address, since, head)]


def _read(each: Mapping[str, Any]) -> Log:
    topics = tuple(bytes.fromhex(topic[2:]) for topic in each["topics"])
    return Log(checksummed[bytes.fromhex(each["address"][2:])], topics, bytes.fromhex(each["data"][2:]))


def _between(
    node: Node, address: str, first: int, last: int, topics: Sequence[str] = ()
) -> Iterator[Mapping[str, Any]]:
    """All at once, else in halves; as the node gives them."""
    asked = {"address": address, "fromBlock": hex(first), "toBlock": hex(last)} | ({"topics": topics} if topics else {})
    [answer] = node.ask_all([("eth_getLogs", (asked,))])
    if isinstance(answer, list):
        yield from answer
        return
    if last - first < _SMALLEST:
        raise NodeWrong(node.where, f"eth_getLogs: {answer.message if isinstance(answer, Refused) else answer!r}")
    middle = (first + last) // 2
    yield from _between(node, address, first, middle, topics)
    yield from _between(node, address, middle + 1, last, topics)
