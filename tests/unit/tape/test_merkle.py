"""The Merkle tree against hashes put together by hand; `tests/conformance` holds it against OpenZeppelin's own."""

from functools import reduce
from hashlib import sha3_256

import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from salvor.tape.commitment import COLLECTION_LEAF, LOAN_LEAF, commit_collections, commit_loans
from salvor.tape.loans import Loan
from salvor.tape.merkle import StandardMerkleTree, keccak, standard_leaf

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


class TestCommitment:
    LOANS = (Loan(2, "007", 1_000, 900, 1), Loan(3, "7", 2_000, 0, 0))

    def test_a_loan_is_its_identifier_plan_and_level(self):
        tree = commit_loans(self.LOANS)
        leaves = [standard_leaf(value, LOAN_LEAF) for value in (("007", 1_000, 1), ("7", 2_000, 0))]
        assert tree.root == pair(*leaves)
        assert tree.proof(0) == [leaves[1]]  # in the tape's order

    def test_what_the_bank_got_later_is_no_part_of_it(self):
        later = [Loan(loan.row, loan.loan_id, loan.expected_recovery, 5, loan.recovery_level) for loan in self.LOANS]
        assert commit_loans(later).root == commit_loans(self.LOANS).root

    def test_leading_zeros_make_another_loan(self):
        assert commit_loans(self.LOANS[:1]).root != commit_loans([Loan(2, "7", 1_000, 900, 1)]).root

    def test_collections_are_the_loans_that_paid(self):
        tree = commit_collections(3, {"007": 50, "7": 0, "8": 20})
        assert tree.values == ((3, "007", 50), (3, "8", 20))
        assert tree.root == pair(*(standard_leaf(value, COLLECTION_LEAF) for value in tree.values))

    def test_no_loan_paid(self):
        assert commit_collections(3, {"007": 0}) is None
        assert commit_collections(3, {}) is None
