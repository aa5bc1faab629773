"""What of a plan stands on the chain already, and what is in its place; some answers from one request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache

from salvor.chain.artifacts import Artifact
from salvor.deploy.plan.create3 import FACTORY_RUNTIME
from salvor.deploy.plan.refusals import NodeWrong
from salvor.deploy.plan.rpc import Node, Question, Refused, bytes_in
from salvor.deploy.plan.steps import Step, without_metadata

_BATCH = 40  # codes in one request: some nodes cut longer answers
_PUSH1, _PUSH32 = 0x60, 0x7F


class Found(StrEnum):
    """How the chain stands to a step."""

    DONE = "done"
    OPEN = "open"
    FOREIGN = "foreign"  # other code than the plan's stands at the address
    UNKNOWN = "unknown"  # a call that leaves nothing by which it is known


def survey(
    steps: Sequence[Step], artifacts: Mapping[str, Artifact], node: Node, block: str = "latest"
) -> dict[str, Found]:
    """By the names of the steps."""
    questions: list[Question] = []
    for step in steps:
        if step.kind != "call":
            questions.append(("eth_getCode", (step.address, block)))
        for check in step.checks:
            questions.append(("eth_call", ({"to": check.to, "data": f"0x{check.data.hex()}"}, block)))
    answers = iter(_in_parts(node, questions))
    return {step.name: _found(step, artifacts, node, answers) for step in steps}


def _in_parts(node: Node, questions: Sequence[Question]) -> Iterator[object]:
    for start in range(0, len(questions), _BATCH):
        yield from node.ask_all(questions[start : start + _BATCH])


def _found(step: Step, artifacts: Mapping[str, Artifact], node: Node, answers: Iterator[object]) -> Found:
    if step.kind == "call":
        shown = [check.is_met(_shown(next(answers))) for check in step.checks]
        return Found.UNKNOWN if not shown else Found.DONE if all(shown) else Found.OPEN
    code = next(answers)
    if isinstance(code, Refused):
        raise NodeWrong(node.where, f"eth_getCode: {code.message}")
    own = bytes_in(code)
    if own is None:
        raise NodeWrong(node.where, f"eth_getCode: {code!r}")
    if not own:
        return Found.OPEN
    if step.kind == "factory":
        return Found.DONE if own == FACTORY_RUNTIME else Found.FOREIGN
    return Found.DONE if is_code_of(artifacts[step.contract], own) else Found.FOREIGN


def _shown(answer: object) -> bytes | None:
    """None where the view can't be answered: its contract is not there, or not this one."""
    return None if isinstance(answer, Refused) else bytes_in(answer)


def is_code_of(artifact: Artifact, code: bytes) -> bool:
    """Whether this is the contract's code, whatever its immutables and the hash of its source texts are."""
    template, holes = _template(artifact)
    return len(code) == len(template) and _masked(without_metadata(code), holes) == template


def holes_of(artifact: Artifact) -> tuple[tuple[int, int], ...]:
    """Places and lengths of what differs from one deployment of a contract to another."""
    return _template(artifact)[1]


@cache
def _template(artifact: Artifact) -> tuple[bytes, tuple[tuple[int, int], ...]]:
    """Runtime code without what differs from one deployment to another, and where that is."""
    code = without_metadata(bytes.fromhex(re.sub(r"__\$[0-9a-f]{34}\$__", "00" * 20, artifact.runtime)))
    holes = tuple(_holes(code))
    return _masked(code, holes), holes


def _holes(code: bytes) -> Iterator[tuple[int, int]]:
    """Operands of PUSH32 that are all zero: solc leaves them for immutables, a zero of its own it writes as PUSH0.

    And the address of a library in itself, which its code begins with.
    """
    place = 0
    while place < len(code):
        opcode = code[place]
        size = opcode - _PUSH1 + 1 if _PUSH1 <= opcode <= _PUSH32 else 0
        operand = code[place + 1 : place + 1 + size]
        if not any(operand) and (size == 32 or (size == 20 and place == 0)):
            yield place + 1, size
        place += 1 + size


def _masked(code: bytes, holes: Sequence[tuple[int, int]]) -> bytes:
    masked = bytearray(code)
    for place, size in holes:
        masked[place : place + size] = bytes(size)
    return bytes(masked)
