"""F03: a tree is extended below a leaf (code-423n4/contracts #39).

The length of a proof is not checked and outsiders choose what stands in a leaf, so a leaf can itself be the root of
another tree. Here the tree of the deal has 4 loans and depth 2; one borrower chose a 32-byte field that is the root of
a private tree of 4 loans, and shows a proof of length 4 for a loan of the private tree.

Right: refused. Leaf and node are hashed in different domains, and the number of loans is committed with the root, so
that a proof of any length but 2 fails. Each of the two alone is enough, and each is tested without the other.
"""

from functools import reduce

import pytest

from salvor.tape.merkle import keccak, standard_leaf
from tests.utils.leaves import LOAN_LEAF, LOAN_TAG, SCHEMA, tree_over
from tests.utils.world import LOANS

PRIVATE_LOANS = tuple((SCHEMA, 3, bytes([number]) * 32) for number in range(4))
PRIVATE = tree_over(PRIVATE_LOANS)


def leaf_of(loan):
    return standard_leaf((LOAN_TAG, *loan), LOAN_LEAF)


def pair(one, other):
    return keccak(min(one, other) + max(one, other))


def climb(start, proof):
    """The root that a proof leads to."""
    return reduce(pair, proof, start)


class TestAFieldThatIsTheRootOfAPrivateTree:
    """The borrower's loan carries the private root in each of its words; the tree is made as ours are."""

    CHOSEN = (
        (PRIVATE.root, 3, bytes(32)),
        (SCHEMA, int.from_bytes(PRIVATE.root, "big"), bytes(32)),
        (SCHEMA, 3, PRIVATE.root),
    )

    @pytest.mark.parametrize("chosen", CHOSEN, ids=["schema", "number of fields", "root of the fields"])
    def test_is_one_loan_and_nothing_below_it(self, pool_over, chosen):
        tree = tree_over([chosen, *LOANS[:3]])
        pool = pool_over(tree.root, 4)
        assert len(tree.proof(0)) == 2
        assert pool.verifyLoan(chosen, tree.proof(0))
        for number, invented in enumerate(PRIVATE_LOANS):
            longer = PRIVATE.proof(number) + tree.proof(0)
            assert len(longer) == 4
            assert climb(leaf_of(invented), longer) != tree.root  # the hashing alone is enough
            assert not pool.verifyLoan(invented, longer)


class TestALeafThatIsTheRootOfAPrivateTree:
    """The worst case: whoever made the tree took the borrower's 32 bytes as a leaf's hash. Only the length is left."""

    SIBLING = leaf_of(LOANS[0])
    OTHER_SIDE = pair(*(leaf_of(loan) for loan in LOANS[1:3]))
    ROOT = pair(pair(PRIVATE.root, SIBLING), OTHER_SIDE)

    def longer(self, number):
        return [*PRIVATE.proof(number), self.SIBLING, self.OTHER_SIDE]

    def test_the_proof_of_length_4_leads_to_the_root(self):
        for number, invented in enumerate(PRIVATE_LOANS):
            assert climb(leaf_of(invented), self.longer(number)) == self.ROOT

    def test_is_refused_by_its_length(self, pool_over):
        pool = pool_over(self.ROOT, 4)
        assert pool.verifyLoan(LOANS[0], [PRIVATE.root, self.OTHER_SIDE])
        assert not any(pool.verifyLoan(loan, self.longer(number)) for number, loan in enumerate(PRIVATE_LOANS))

    def test_would_be_a_loan_of_a_pool_of_16(self, pool_over):
        """The same root and proof: what refuses above is the number of loans and nothing else."""
        pool = pool_over(self.ROOT, 16)
        assert all(pool.verifyLoan(loan, self.longer(number)) for number, loan in enumerate(PRIVATE_LOANS))


class TestLength:
    TREE = tree_over(LOANS[:4])

    def test_any_length_but_2_fails_with_4_loans(self, pool_over):
        """A chain of siblings of each length, each a proof that leads to the root it is checked against."""
        siblings = [bytes([number]) * 32 for number in range(1, 7)]
        leaf = leaf_of(LOANS[0])
        accepted = [
            length
            for length in range(7)
            if pool_over(climb(leaf, siblings[:length]), 4).verifyLoan(LOANS[0], siblings[:length])
        ]
        assert accepted == [2]

    def test_a_proof_with_more_behind_it_fails(self, pool_over):
        pool = pool_over(self.TREE.root, 4)
        proof = self.TREE.proof(0)
        assert pool.verifyLoan(LOANS[0], proof)
        assert not pool.verifyLoan(LOANS[0], [*proof, bytes(32)])
        assert not pool.verifyLoan(LOANS[0], [*proof, proof[-1]])
