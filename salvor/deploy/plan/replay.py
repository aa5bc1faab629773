"""Why a mined transaction failed: the same call at the block before it, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salvor.deploy.plan.rpc import Node, Refused, bytes_in, number_in
from salvor.deploy.plan.simulate import reason
from salvor.deploy.plan.steps import Step


def why_it_failed(node: Node, step: Step, receipt: Mapping[str, Any]) -> str:
    """The contract's own error where the node can still tell."""
    before = max(0, (number_in(receipt["blockNumber"]) or 1) - 1)
    call = {"from": step.sender, "to": step.to, "data": f"0x{step.data.hex()}", "value": hex(step.value)}
    [answer] = node.ask_all([("eth_call", (call, hex(before)))])
    if not isinstance(answer, Refused):
        return "it reverted, and alone it would not: it ran out of gas, or the state changed under it"
    return reason(step, bytes_in(answer.data) or b"")
