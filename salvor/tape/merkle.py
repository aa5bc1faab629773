"""OpenZeppelin's StandardMerkleTree, byte for byte: the same root, proofs and dump as `@openzeppelin/merkle-tree`.

A leaf is hashed twice (so that no inner node passes as one), leaves are sorted, pairs are sorted before hashing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak as _slow_keccak

try:
    from sha3 import keccak_256 as _sponge
except ImportError:  # no wheel of safe-pysha3 for this Python: five to ten times slower, the same bytes
    _sponge = None

_WORD = 32


def keccak(content: bytes) -> bytes:
    """Keccak-256, 32 bytes."""
    return bytes(_sponge(content).digest() if _sponge else _slow_keccak(content))


class MerkleTree:
    """A complete binary tree over hashed leaves, kept as an array whose first entry is the root."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        if not leaves:
            raise ValueError("a Merkle tree needs at least one value")
        last = 2 * len(leaves) - 2
        order = sorted(range(len(leaves)), key=leaves.__getitem__)
        self.places = [0] * len(leaves)  # of each leaf in the array
        for rank, number in enumerate(order):
            self.places[number] = last - rank
        self.nodes = _grown([leaves[number] for number in order])

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self.nodes[0]

    def proof(self, number: int) -> list[bytes]:
        """Siblings from leaf `number` up to the root."""
        place, proof = self.places[number], []
        while place > 0:
            proof.append(self.nodes[place + 1 if place % 2 else place - 1])
            place = (place - 1) // 2
        return proof


class StandardMerkleTree(MerkleTree):
    """The tree over ABI-encoded values."""

    def __init__(self, values: Sequence[tuple[Any, ...]], leaf_encoding: tuple[str, ...]) -> None:
        self.values = tuple(values)
        self.leaf_encoding = leaf_encoding
        super().__init__(standard_leaves(self.values, leaf_encoding))

    def dump(self) -> dict[str, Any]:
        """What `StandardMerkleTree.load` of the JavaScript library reads."""
        return {
            "format": "standard-v1",
            "leafEncoding": list(self.leaf_encoding),
            "tree": ["0x" + node.hex() for node in self.nodes],
            "values": [
                {"value": [_shown(part) for part in value], "treeIndex": place}
                for value, place in zip(self.values, self.places, strict=True)
            ],
        }


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves, for who needs no proof."""
    return _grown(sorted(leaves))[0]


def climb(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which a proof leads."""
    for sibling in proof:
        leaf = _hash_pair(leaf, sibling)
    return leaf


def proof_lengths(leaves: int) -> tuple[int, int]:
    """The shortest and the longest proof in a tree of so many leaves; they differ by one at most."""
    return leaves.bit_length() - 1, (leaves - 1).bit_length()


def standard_leaf(value: tuple[Any, ...], leaf_encoding: tuple[str, ...]) -> bytes:
    """keccak256(keccak256(abi.encode(value)))."""
    return twice(encode(leaf_encoding, value))


def standard_leaves(values: Sequence[tuple[Any, ...]], leaf_encoding: tuple[str, ...]) -> list[bytes]:
    """The leaves of many values; words of fixed size are laid side by side without the general encoder."""
    writers = [_WRITERS.get(kind) for kind in leaf_encoding]
    if not all(writers):
        return [standard_leaf(value, leaf_encoding) for value in values]
    width = len(writers)
    leaves = []
    for value in values:
        if len(value) != width:
            raise ValueError(f"{width} parts make a leaf, not {len(value)}")
        leaves.append(twice(b"".join([write(part) for write, part in zip(writers, value, strict=True) if write])))
    return leaves


def twice(content: bytes) -> bytes:
    """Hashed twice, as a standard leaf is."""
    return keccak(keccak(content))


def _grown(leaves: list[bytes]) -> list[bytes]:
    """The whole array over sorted leaves."""
    size = 2 * len(leaves) - 1
    nodes = [b""] * (len(leaves) - 1) + leaves[::-1]
    for place in range(size - 1 - len(leaves), -1, -1):
        nodes[place] = _hash_pair(nodes[2 * place + 1], nodes[2 * place + 2])
    return nodes


def _hash_pair(a: bytes, b: bytes) -> bytes:
    return keccak(a + b if a < b else b + a)


def _word(part: bytes) -> bytes:
    if not isinstance(part, bytes) or len(part) != _WORD:
        raise ValueError("a bytes32 is 32 bytes")
    return part


def _number(part: int) -> bytes:
    if isinstance(part, bool):
        raise ValueError("a truth value is no number")
    return part.to_bytes(_WORD, "big")


def _number_below(bits: int) -> Callable[[Any], bytes]:
    def write(part: int) -> bytes:
        if part >> bits:
            raise ValueError(f"{part} does not fit {bits} bits")
        return _number(part)

    return write


_WRITERS: dict[str, Callable[[Any], bytes]] = {
    "bytes32": _word,
    "uint256": _number,
    "uint128": _number_below(128),
    "uint40": _number_below(40),
}


def _shown(part: object) -> str:
    return "0x" + part.hex() if isinstance(part, bytes) else str(part)
