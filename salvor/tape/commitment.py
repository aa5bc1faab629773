"""What is committed of the loans: the tape's root at closing, and one report root a period.

The leaves are what `LoanPool.verifyLoan` and `LoanPool.verifyCollection` hash: (id, expected recovery, recovery level)
and (period, id, cash). What the bank got later is no part of the tape's commitment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from salvor.amounts import Units
from salvor.tape.loans import Loan
from salvor.tape.merkle import StandardMerkleTree

LOAN_LEAF = ("string", "uint256", "uint256")
COLLECTION_LEAF = ("uint256", "string", "uint256")


def commit_loans(loans: Iterable[Loan]) -> StandardMerkleTree:
    """The tree over the loans, in the tape's order."""
    return StandardMerkleTree(
        [(loan.loan_id, loan.expected_recovery, loan.recovery_level) for loan in loans], LOAN_LEAF
    )


def commit_collections(period: int, cash: Mapping[str, Units]) -> StandardMerkleTree | None:
    """The tree over what each loan paid in a period; None when no loan paid."""
    leaves = [(period, loan_id, units) for loan_id, units in cash.items() if units]
    return StandardMerkleTree(leaves, COLLECTION_LEAF) if leaves else None
