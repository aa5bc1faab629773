"""OpenZeppelin's StandardMerkleTree, byte for byte: the same root, proofs and dump as `@openzeppelin/merkle-tree`.

A leaf is hashed twice (so that no inner node passes as one), leaves are sorted, pairs are sorted before hashing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak as _keccak


class StandardMerkleTree:
    """A complete binary tree over ABI-encoded values, kept as an array whose first entry is the root."""

    def __init__(self, values: Sequence[tuple[Any, ...]], leaf_encoding: tuple[str, ...]) -> None:
        if not values:
            raise ValueError("a Merkle tree needs at least one value")
        self.values = tuple(values)
        self.leaf_encoding = leaf_encoding
        leaves = [standard_leaf(value, leaf_encoding) for value in values]
        order = sorted(range(len(leaves)), key=leaves.__getitem__)
        size = 2 * len(leaves) - 1
        self._tree = [b""] * size
        self._places = [0] * len(leaves)  # of each value in the array
        for rank, number in enumerate(order):
            self._places[number] = size - 1 - rank
            self._tree[size - 1 - rank] = leaves[number]
        for place in range(size - 1 - len(leaves), -1, -1):
            self._tree[place] = _hash_pair(self._tree[2 * place + 1], self._tree[2 * place + 2])

    @property
    def root(self) -> bytes:
        """32 bytes."""
        return self._tree[0]

    def proof(self, number: int) -> list[bytes]:
        """Siblings from the leaf of value `number` up to the root."""
        place, proof = self._places[number], []
        while place > 0:
            proof.append(self._tree[place + 1 if place % 2 else place - 1])
            place = (place - 1) // 2
        return proof

    def dump(self) -> dict[str, Any]:
        """What `StandardMerkleTree.load` of the JavaScript library reads."""
        return {
            "format": "standard-v1",
            "leafEncoding": list(self.leaf_encoding),
            "tree": ["0x" + node.hex() for node in self._tree],
            "values": [
                {"value": [str(part) for part in value], "treeIndex": place}
                for value, place in zip(self.values, self._places, strict=True)
            ],
        }


def keccak(content: bytes) -> bytes:
    """Keccak-256, 32 bytes."""
    return bytes(_keccak(content))


def standard_leaf(value: tuple[Any, ...], leaf_encoding: tuple[str, ...]) -> bytes:
    """keccak256(keccak256(abi.encode(value)))."""
    return keccak(keccak(encode(leaf_encoding, value)))


def _hash_pair(a: bytes, b: bytes) -> bytes:
    return keccak(a + b if a < b else b + a)
