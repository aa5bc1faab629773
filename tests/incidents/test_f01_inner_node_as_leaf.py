"""F01: an inner node is accepted as a leaf (OpenZeppelin/openzeppelin-contracts #3091, Uniswap/merkle-distributor #35).

A leaf of exactly 64 bytes, hashed once, looks like a pair of children. Of the leaves (uint256 id, uint256 amount) =
(1,100), (2,200), (3,300), (4,400) hashed once with sorted pairs, the two children of an inner node can be handed in as
an id and an amount that nobody ever committed, and a proof of one element verifies them.

Right: our tree over these four has the OpenZeppelin standard root, in which leaves are hashed twice; no 64 bytes of
two nodes verify as a leaf, and an empty proof verifies only in a tree of one leaf. The pool, whose leaf is a tag and
three more words, refuses a tree that was hashed once.
"""

from functools import reduce
from itertools import permutations

import pytest
from eth_abi import encode

from salvor.tape.merkle import StandardMerkleTree, keccak, standard_leaf
from tests.utils.leaves import LOAN_LEAF, LOAN_TAG, tree_over
from tests.utils.world import LOANS

PAIR = ("uint256", "uint256")
TREE = tree_over(LOANS)
VALUES = ((1, 100), (2, 200), (3, 300), (4, 400))
ROOT_HASHED_ONCE = 0xFCA0B23E09C3D6C0D8B6E8D4CD4E89B3B80F73262A9170DA21BA6CBCB47DA0DC
INVENTED_ID = 0x7C2F692E7556E0C2B696852D85CC1220D02A4FED78A7D1BBFE299C0FCB8416AD
INVENTED_AMOUNT = 0x84D38288BFC2D0DBFFB953282E4834A72A7FD5E9F8000D46139E8490D63B1338
INVENTED_PROOF = 0x57EB02D1845741F163E34A2FFC1DE95CE6C104E6EBF1A0197940C7DB85CD8FB5
STANDARD_ROOT = 0x50E4E0F0FD09BE033A2D6883F59BA959E689C51E4320BBD9671EA822B78496C4


def word(number):
    return number.to_bytes(32, "big")


def pair(one, other):
    return keccak(min(one, other) + max(one, other))


def climb(start, proof):
    """The root that a proof leads to."""
    return reduce(pair, proof, start)


def nodes(tree):
    """Every node of a tree, the root first."""
    return [bytes.fromhex(node.removeprefix("0x")) for node in tree.dump()["tree"]]


class TestTheFault:
    """What happens without the second hash; it keeps the numbers of the report honest."""

    def test_the_root_of_leaves_hashed_once(self):
        low, second, third, high = sorted(keccak(encode(PAIR, value)) for value in VALUES)
        assert pair(pair(low, second), pair(third, high)) == word(ROOT_HASHED_ONCE)

    def test_the_invented_leaf_verifies(self):
        leaf = keccak(encode(PAIR, (INVENTED_ID, INVENTED_AMOUNT)))
        assert climb(leaf, [word(INVENTED_PROOF)]) == word(ROOT_HASHED_ONCE)


class TestOurTree:
    TREE = StandardMerkleTree(VALUES, PAIR)

    def test_has_the_standard_root(self):
        assert self.TREE.root == word(STANDARD_ROOT)

    def test_the_invented_leaf_does_not_verify(self):
        leaf = standard_leaf((INVENTED_ID, INVENTED_AMOUNT), PAIR)
        assert climb(leaf, [word(INVENTED_PROOF)]) not in (self.TREE.root, word(ROOT_HASHED_ONCE))

    def test_no_two_nodes_verify_as_a_leaf(self):
        """Every pair of nodes, in both orders, with every proof that an inner node could have."""
        everything = nodes(self.TREE)
        proofs = [[], *([node] for node in everything), *([a, b] for a, b in permutations(everything, 2))]
        for one, other in permutations(everything, 2):
            leaf = standard_leaf((int.from_bytes(one, "big"), int.from_bytes(other, "big")), PAIR)
            assert all(climb(leaf, proof) != self.TREE.root for proof in proofs)

    @pytest.mark.parametrize("count", [1, 2, 3, 4])
    def test_an_empty_proof_verifies_only_in_a_tree_of_one_leaf(self, count):
        tree = StandardMerkleTree(VALUES[:count], PAIR)
        assert (standard_leaf(VALUES[0], PAIR) == tree.root) == (count == 1)


class TestThePool:
    def test_knows_each_loan(self, world):
        assert all(world.live.pool.verifyLoan(loan, TREE.proof(number)) for number, loan in enumerate(LOANS))

    def test_refuses_each_loan_with_a_proof_cut_short(self, world):
        for number, loan in enumerate(LOANS):
            proof = TREE.proof(number)
            assert not any(world.live.pool.verifyLoan(loan, proof[:length]) for length in range(len(proof)))
            assert not any(world.live.pool.verifyLoan(loan, proof[start:]) for start in range(1, len(proof) + 1))

    def test_refuses_a_tree_whose_leaves_were_hashed_once(self, pool_over):
        ours, other = (keccak(encode(LOAN_LEAF, (LOAN_TAG, *loan))) for loan in LOANS[:2])
        pool = pool_over(pair(ours, other), 2)
        assert not pool.verifyLoan(LOANS[0], [other])

    def test_refuses_an_inner_node_in_the_place_of_a_loan(self, pool_over):
        """Two children in the places of words that a loan has: the nearest to the invented leaf."""
        tree = tree_over(LOANS[:4])
        root, left, right, *leaves = nodes(tree)
        pool = pool_over(root, 4)
        as_number = int.from_bytes(leaves[0], "big")
        for invented in ((leaves[0], 0, leaves[1]), (leaves[0], as_number, leaves[1]), (left, as_number, right)):
            assert not any(pool.verifyLoan(invented, proof) for proof in ([], [left], [right], [left, right]))

    def test_takes_an_empty_proof_only_where_there_is_one_loan(self, pool_over):
        alone = standard_leaf((LOAN_TAG, *LOANS[0]), LOAN_LEAF)
        assert pool_over(alone, 1).verifyLoan(LOANS[0], [])
        assert not pool_over(alone, 2).verifyLoan(LOANS[0], [])
        assert not pool_over(TREE.root, len(LOANS)).verifyLoan(LOANS[0], [])
