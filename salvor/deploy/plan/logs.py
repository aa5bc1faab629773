"""Events of one contract from a node that may limit how many it gives at once."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.chain.codec import checksummed
from salvor.chain.engine import Log
from salvor.deploy.plan.refusals import NodeWrong
from salvor.deploy.plan.rpc import Node, Refused, number_in

_SMALLEST = 10  # blocks; a node that refuses as few does not refuse because of their number


def logs_of(node: Node, address: str, *, since: int = 0) -> list[Log]:
    """In the chain's order, from a block on."""
    head = number_in(node.ask("eth_blockNumber")) or 0
    return list(_between(node, address, since, head))


def _between(node: Node, address: str, first: int, last: int) -> Iterator[Log]:
    """All at once, else in halves."""
    [answer] = node.ask_all([("eth_getLogs", ({"address": address, "fromBlock": hex(first), "toBlock": hex(last)},))])
    if isinstance(answer, list):
        for each in answer:
            topics = tuple(bytes.fromhex(topic[2:]) for topic in each["topics"])
            yield Log(checksummed[bytes.fromhex(each["address"][2:])], topics, bytes.fromhex(each["data"][2:]))
        return
    if last - first < _SMALLEST:
        raise NodeWrong(node.where, f"eth_getLogs: {answer.message if isinstance(answer, Refused) else answer!r}")
    middle = (first + last) // 2
    yield from _between(node, address, first, middle)
    yield from _between(node, address, middle + 1, last)
