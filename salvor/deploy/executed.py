"""What a Safe's owners executed: no journal has it, but the Safe says of each execution that it succeeded.

The calls of a batch stand in the transaction as they are, one behind the other; so a planned call that was executed is
a part of one of them, but for the hashes of source texts that solc leaves.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_hash.auto import keccak

from salvor.deploy.plan.logs import transactions_of
from salvor.deploy.plan.rpc import Node, bytes_in
from salvor.deploy.plan.steps import Step, without_metadata

_SUCCEEDED = bytes(keccak(b"ExecutionSuccess(bytes32,uint256)"))
_AT_ONCE = 20  # transactions in one request: batches are long


def executed_by(node: Node, safe: str, *, since: int = 0) -> list[bytes]:
    """The calldata of every transaction in which the Safe did something, without hashes of source texts."""
    hashes = list(dict.fromkeys(transactions_of(node, safe, _SUCCEEDED, since=since)))
    found: list[bytes] = []
    for start in range(0, len(hashes), _AT_ONCE):
        part: Sequence[str] = hashes[start : start + _AT_ONCE]
        for answer in node.ask_all([("eth_getTransactionByHash", (each,)) for each in part]):
            said = answer.get("input", answer.get("data")) if isinstance(answer, dict) else None
            found.append(without_metadata(bytes_in(said) or b""))
    return found


def is_among(step: Step, executed: Sequence[bytes]) -> bool:
    """Whether a call like this was executed."""
    wanted = without_metadata(step.data)
    return any(wanted in each for each in executed)
