"""Contracts of others that stand on the chain already, for a deployment that is played in memory.

Each question that the deployment will ask of one is asked of the node first, all at one block. In memory a contract
stands at the same address that knows these questions and their answers, and refuses all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from eth_hash.auto import keccak

from salvor.deploy.plan.refusals import NetworkUnfit, NodeWrong
from salvor.deploy.plan.rpc import Node, Refused, bytes_in

# What an EVM says of a call, whichever node it is in.
_NOT_THE_NODE = ("revert", "invalid", "opcode", "jump", "stack", "out of gas", "execution")


@dataclass(frozen=True)
class Reply:
    """What a call gives back; or the data that it is refused with."""

    data: bytes
    refused: bool = False


@dataclass
class Outside:
    """Asked at one block, and remembered."""

    node: Node
    block: str
    _replies: dict[str, dict[bytes, Reply]] = field(default_factory=dict)

    def ask(self, whose: str, address: str, data: bytes) -> Reply:
        """One call; `whose` says in words what should stand at the address."""
        if address not in self._replies:
            if not bytes_in(self.node.ask("eth_getCode", address, self.block)):
                raise NetworkUnfit(f"no contract stands at {address}, which the deal file names as {whose}")
            self._replies[address] = {}
        known = self._replies[address]
        if data not in known:
            known[data] = self._reply(address, data)
        return known[data]

    def codes(self) -> dict[str, bytes]:
        """By address, code that answers as they did."""
        return {address: code_of(replies) for address, replies in self._replies.items()}

    def _reply(self, address: str, data: bytes) -> Reply:
        call = {"to": address, "data": f"0x{data.hex()}"}
        [answer] = self.node.ask_all([("eth_call", (call, self.block))])
        if not isinstance(answer, Refused):
            return Reply(bytes_in(answer) or b"")
        said = answer.message.lower()
        if answer.code != 3 and not any(word in said for word in _NOT_THE_NODE):
            # Taken for a refusal of the contract it would make another plan of the same deal.
            raise NodeWrong(self.node.where, f"eth_call of {address}: {answer.message}")
        return Reply(bytes_in(answer.data) or b"", refused=True)


def code_of(replies: Mapping[bytes, Reply]) -> bytes:
    """Code that gives these replies to these calls, by the hash of the call, and refuses every other one."""
    head = bytes.fromhex("365f5f37365f20")  # CALLDATASIZE 0 0 CALLDATACOPY, CALLDATASIZE 0 KECCAK256: the hash stays
    case, ending = 1 + 33 + 1 + 4 + 1, bytes.fromhex("5f5ffd")  # 0 0 REVERT
    places = len(head) + case * len(replies) + len(ending)
    each = 1 + 4 + 4 + 1 + 1 + 4 + 1 + 1
    data_at = places + each * len(replies)
    cases, answers, rest = head, b"", b""
    for number, (data, reply) in enumerate(replies.items()):
        place = places + each * number
        # DUP1 PUSH32 hash EQ PUSH3 place JUMPI
        cases += b"\x80\x7f" + keccak(data) + b"\x14\x62" + place.to_bytes(3) + b"\x57"
        size, where = len(reply.data).to_bytes(3), (data_at + len(rest)).to_bytes(3)
        # JUMPDEST PUSH3 size PUSH3 where 0 CODECOPY PUSH3 size 0 RETURN, or REVERT
        answers += b"\x5b\x62" + size + b"\x62" + where + b"\x5f\x39\x62" + size + b"\x5f"
        answers += b"\xfd" if reply.refused else b"\xf3"
        rest += reply.data
    return cases + ending + answers + rest
