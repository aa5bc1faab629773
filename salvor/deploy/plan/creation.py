"""What a contract was made with: the constructor's arguments, out of the transaction that deployed it.

They are the tail of what was sent, so they need no file of ours: only the transaction, which every node keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import Abi, decoder
from salvor.deploy.plan.create3 import Factory
from salvor.deploy.plan.rpc import Node, bytes_in
from salvor.deploy.plan.steps import Step, without_metadata
from salvor.errors import OutputUnreadable


@dataclass(frozen=True)
class Argument:
    """One value of a constructor that is not the plan's; `name` leads to it: `terms.grace`."""

    name: str
    planned: Any
    sent: Any


def sent_code(node: Node, factory: Factory, transaction: str) -> bytes | None:
    """Creation code with arguments as it was sent; None when the node does not know the transaction."""
    [answer] = node.ask_all([("eth_getTransactionByHash", (transaction,))])
    data = bytes_in(answer.get("input", answer.get("data"))) if isinstance(answer, dict) else None
    return factory.code_in(data) if data else None


def arguments_in(artifact: Artifact, code: bytes) -> bytes | None:
    """The encoded arguments behind the contract's creation code; None when it is another contract's."""
    own = artifact.creation_code()
    if without_metadata(code[: len(own)]) != without_metadata(own):
        return None
    return code[len(own) :]


def other_arguments(step: Step, artifact: Artifact, factory: Factory, code: bytes) -> list[Argument] | None:
    """Where what was sent differs from the plan; None when it can't be compared."""
    planned, sent = arguments_in(artifact, factory.code_in(step.data)), arguments_in(artifact, code)
    if planned is None or sent is None:
        return None
    inputs: Sequence[Abi] = next((each["inputs"] for each in artifact.abi if each["type"] == "constructor"), ())
    read = decoder(inputs, f"{artifact.name}.constructor")
    try:
        pairs = zip(inputs, read(planned), read(sent), strict=True)
    except OutputUnreadable:
        return None
    return [each for abi, own, theirs in pairs for each in _differ(_name(abi), abi, own, theirs)]


def _differ(name: str, abi: Abi, own: Any, theirs: Any) -> Iterator[Argument]:
    if own == theirs:
        return
    kind = str(abi["type"])
    if kind.endswith("]") and len(own) == len(theirs):
        inner: Mapping[str, Any] = {**abi, "type": kind[: kind.rindex("[")]}
        for place, pair in enumerate(zip(own, theirs, strict=True)):
            yield from _differ(f"{name}[{place}]", inner, *pair)
    elif kind == "tuple":
        for member, one, other in zip(abi["components"], own, theirs, strict=True):
            yield from _differ(f"{name}.{_name(member)}", member, one, other)
    else:
        yield Argument(name, own, theirs)


def _name(abi: Abi) -> str:
    return str(abi.get("name") or "value").strip("_")
