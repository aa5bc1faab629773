"""The Merkle tree against hashes put together by hand; `tests/conformance` holds it against OpenZeppelin's own."""

from functools import reduce
from hashlib import sha3_256

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from salvor.tape import merkle
from salvor.tape.merkle import (
    MerkleTree,
    StandardMerkleTree,
    keccak,
    merkle_root,
    proof_lengths,
    standard_leaf,
    standard_leaves,
)

PAIR = ("uint256", "uint256")


def leaf(*value):
    """OpenZeppelin's standard leaf, spelt out."""
    return keccak(keccak(encode(PAIR, value)))


def pair(one, other):
    return keccak(min(one, other) + max(one, other))


def climb(start, proof):
    """The root that a proof leads to."""
    return reduce(pair, proof, start)


def tree_of(count):
    return StandardMerkleTree([(number, 100 * number) for number in range(1, count + 1)], PAIR)


class TestRoot:
    def test_of_one_leaf_is_the_leaf(self):
        assert tree_of(1).root == leaf(1, 100)

    def test_of_two_leaves(self):
        assert tree_of(2).root == pair(leaf(1, 100), leaf(2, 200))

    def test_of_three_leaves_pairs_the_two_lowest_first(self):
        low, middle, high = sorted([leaf(1, 100), leaf(2, 200), leaf(3, 300)])
        assert tree_of(3).root == pair(pair(low, middle), high)

    def test_does_not_depend_on_the_order_of_the_values(self):
        values = [(number, 100 * number) for number in range(1, 10)]
        assert StandardMerkleTree(values[::-1], PAIR).root == tree_of(9).root

    def test_changes_with_any_value(self):
        values = [(number, 100 * number) for number in range(1, 10)]
        roots = {StandardMerkleTree([*values[:i], (i + 1, 1), *values[i + 1 :]], PAIR).root for i in range(9)}
        assert len(roots | {tree_of(9).root}) == 10

    def test_refuses_no_values(self):
        with pytest.raises(ValueError, match="needs at least one value"):
            StandardMerkleTree([], PAIR)


class TestLeaf:
    def test_is_hashed_twice(self):
        assert standard_leaf((1, 100), PAIR) == leaf(1, 100) != keccak(encode(PAIR, (1, 100)))

    def test_is_keccak_and_not_sha3(self):
        assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        assert keccak(b"") != sha3_256(b"").digest()


class TestProof:
    @pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 33])
    def test_of_each_value_leads_to_the_root(self, count):
        tree = tree_of(count)
        for number in range(count):
            assert climb(leaf(number + 1, 100 * (number + 1)), tree.proof(number)) == tree.root

    @pytest.mark.parametrize(
        ("count", "lengths"),
        [(1, {0}), (2, {1}), (3, {1, 2}), (4, {2}), (5, {2, 3}), (8, {3}), (9, {3, 4}), (33, {5, 6})],
    )
    def test_is_as_long_as_the_tree_is_deep(self, count, lengths):
        assert {len(tree_of(count).proof(number)) for number in range(count)} == lengths

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**256 - 1)), min_size=1, max_size=40))
    def test_leads_to_the_root_for_any_values_even_equal_ones(self, values):
        tree = StandardMerkleTree(values, PAIR)
        assert all(climb(leaf(*value), tree.proof(number)) == tree.root for number, value in enumerate(values))


class TestDump:
    def test_is_what_the_javascript_library_writes(self):
        high, low = sorted([(1, 100), (2, 200)], key=lambda value: leaf(*value), reverse=True)
        assert StandardMerkleTree([low, high], PAIR).dump() == {
            "format": "standard-v1",
            "leafEncoding": ["uint256", "uint256"],
            "tree": ["0x" + node.hex() for node in (tree_of(2).root, leaf(*high), leaf(*low))],
            "values": [
                {"value": [str(part) for part in low], "treeIndex": 2},
                {"value": [str(part) for part in high], "treeIndex": 1},
            ],
        }


class TestWholeWords:
    """Laid side by side without the general encoder: the same bytes, the same refusals."""

    KINDS = ("bytes32", "uint256", "bytes32")

    @given(st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.integers(0, 2**256 - 1)), min_size=1, max_size=9))
    def test_are_encoded_as_the_encoder_does(self, parts):
        values = [(word, number, word[::-1]) for word, number in parts]
        assert standard_leaves(values, self.KINDS) == [standard_leaf(value, self.KINDS) for value in values]

    @pytest.mark.parametrize(
        "value", [(b"short", 1, bytes(32)), (bytes(32), -1, bytes(32)), (bytes(32), 2**256, bytes(32)), (bytes(32), 1)]
    )
    def test_refuse_what_does_not_fit(self, value):
        with pytest.raises((ValueError, OverflowError)):
            standard_leaves([value], self.KINDS)

    def test_hash_the_same_without_the_fast_library(self, monkeypatch):
        values = [(bytes([number]) * 32, number, bytes(32)) for number in range(9)]
        fast = StandardMerkleTree(values, self.KINDS)
        assert merkle._sponge is not None
        monkeypatch.setattr(merkle, "_sponge", None)
        assert StandardMerkleTree(values, self.KINDS).nodes == fast.nodes


class TestRootAlone:
    @given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20))
    def test_is_the_tree_s(self, leaves):
        tree = MerkleTree(leaves)
        assert merkle_root(leaves) == tree.root
        assert all(merkle.climb(each, tree.proof(number)) == tree.root for number, each in enumerate(leaves))
        lengths = {len(tree.proof(number)) for number in range(len(leaves))}
        assert lengths <= set(proof_lengths(len(leaves)))
        assert {min(lengths), max(lengths)} == set(proof_lengths(len(leaves)))
