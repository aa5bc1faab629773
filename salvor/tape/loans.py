"""What a tape holds once it is read: accepted loans in exact integers, rejected rows with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from salvor.amounts import Units


@dataclass(frozen=True)
class Loan:
    """One accepted row. Amounts in settlement units; the identifier is text, leading zeros and all."""

    row: int  # of the file; the header is row 1
    loan_id: str
    expected_recovery: Units
    actual_recovery: Units
    recovery_level: int


@dataclass(frozen=True)
class Reject:
    """One row that can't be right."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Tape:
    """A file that was read: every row is either accepted or rejected."""

    path: Path
    loans: tuple[Loan, ...]
    rejects: tuple[Reject, ...]

    @property
    def expected_recovery(self) -> Units:
        """What the bank expected to recover on the accepted loans."""
        return Units(sum(loan.expected_recovery for loan in self.loans))

    @property
    def actual_recovery(self) -> Units:
        """What was recovered on the accepted loans."""
        return Units(sum(loan.actual_recovery for loan in self.loans))
