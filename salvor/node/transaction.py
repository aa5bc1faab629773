"""A transaction of EIP-1559, signed here: what it says, its bytes and its hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salvor.node.keyring import Signer
from salvor.tape.merkle import keccak

_TYPE = b"\x02"


@dataclass(frozen=True)
class Transaction:
    """To a contract, without ether. Fees are wei a unit of gas."""

    chain_id: int
    number: int
    tip: int
    max_fee: int
    gas: int
    to: str
    data: bytes

    def sign(self, signer: Signer) -> tuple[str, bytes]:
        """Hash and bytes, as a node takes them."""
        parts = [self.chain_id, self.number, self.tip, self.max_fee, self.gas]
        content = [*map(_number, parts), bytes.fromhex(self.to[2:]), b"", self.data, []]
        signature = signer.sign(keccak(_TYPE + _rlp(content)))
        r, s, v = signature[:32].lstrip(b"\0"), signature[32:64].lstrip(b"\0"), signature[64] - 27
        raw = _TYPE + _rlp([*content, _number(v), r, s])
        return f"0x{keccak(raw).hex()}", raw


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _rlp(item: bytes | list[Any]) -> bytes:
    """Ethereum's recursive length prefix."""
    if isinstance(item, bytes):
        return item if len(item) == 1 and item[0] < 0x80 else _headed(0x80, item)
    return _headed(0xC0, b"".join(map(_rlp, item)))


def _headed(base: int, content: bytes) -> bytes:
    if len(content) < 56:
        return bytes([base + len(content)]) + content
    length = _number(len(content))
    return bytes([base + 55 + len(length)]) + length + content
