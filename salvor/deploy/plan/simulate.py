"""All steps that are left, tried one after the other on the node's own state: gas, and why one would be refused.

`eth_simulateV1` does it in one request and changes nothing. A node that does not know it leaves the gas reckoned from
the size of what is sent, and each wave is estimated when it is its turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain import refusal
from salvor.deploy.plan.create3 import CREATEX
from salvor.deploy.plan.rpc import Node, Refused, bytes_in, number_in
from salvor.deploy.plan.steps import Step

_MOST_BLOCKS = 250  # geth takes 256
_CREATION, _BYTE_OF_CODE, _BYTE_OF_DATA, _CALL = 200_000, 230, 16, 300_000  # gas, when it can only be reckoned


@dataclass(frozen=True)
class Tried:
    """What a step costs; `refused` says why it would fail, `reckoned` that nobody tried it."""

    gas: int
    refused: str = ""
    reckoned: bool = False

    @property
    def limit(self) -> int:
        """The gas to send it with: a quarter more for what is refunded, and a third for a state that moved."""
        return self.gas * 5 // 3 + 30_000


def simulate(steps: Sequence[Step], node: Node) -> dict[str, Tried]:
    """By the names of the steps, in their order."""
    if not steps:
        return {}
    [answer] = node.ask_all([("eth_simulateV1", (_blocks(steps), "latest"))])
    if isinstance(answer, Refused) or not isinstance(answer, list):
        return {step.name: Tried(reckon(step), reckoned=True) for step in steps}
    calls = [call for block in answer for call in block.get("calls", ())]
    if len(calls) != len(steps):
        return {step.name: Tried(reckon(step), reckoned=True) for step in steps}
    return {step.name: _tried(step, call) for step, call in zip(steps, calls, strict=True)}


def reckon(step: Step) -> int:
    """An upper bound from the size."""
    size = len(step.data)
    if step.kind == "call":
        return _CALL + _BYTE_OF_DATA * size
    return _CREATION + (_BYTE_OF_CODE + _BYTE_OF_DATA) * size


def reason(step: Step, data: bytes) -> str:
    """Revert data in words."""
    if not data:
        hint = ", by its constructor; CreateX does not tell why" if step.to == CREATEX else ""
        return f"reverted without a reason{hint}"
    return str(refusal.read(data))


def _blocks(steps: Sequence[Step]) -> dict[str, Any]:
    """A block for each step, or for a few: so that all of a block's gas is there for each."""
    per_block = -(-len(steps) // _MOST_BLOCKS)
    calls = [
        {"from": step.sender, "to": step.to, "data": f"0x{step.data.hex()}", "value": hex(step.value)} for step in steps
    ]
    blocks = [{"calls": calls[start : start + per_block]} for start in range(0, len(calls), per_block)]
    return {"blockStateCalls": blocks, "validation": False}


def _tried(step: Step, call: dict[str, Any]) -> Tried:
    gas = number_in(call.get("gasUsed")) or 0
    if call.get("status") == "0x1":
        return Tried(gas)
    error = call.get("error") or {}
    data = bytes_in(error.get("data")) or bytes_in(call.get("returnData")) or b""
    said = str(error.get("message", ""))
    if not data and said and "revert" not in said and "execution failed" not in said:
        return Tried(gas, refused=said)
    return Tried(gas, refused=reason(step, data))
