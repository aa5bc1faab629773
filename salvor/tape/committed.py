"""What is committed of a tape with its root: how many loans, of which classes, with what balance."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.amounts import Units


@dataclass(frozen=True)
class ClassTotal:
    """The loans of one asset class; `schema` is the id that their leaves carry."""

    asset_class: str
    schema: bytes
    loans: int
    gross_balance: Units


@dataclass(frozen=True)
class CommittedTape:
    """The public side of a commitment, as `LoanPool` takes it."""

    root: bytes
    classes: tuple[ClassTotal, ...]

    @property
    def loan_count(self) -> int:
        """Leaves under the root."""
        return sum(total.loans for total in self.classes)

    @property
    def gross_balance(self) -> Units:
        """Of all loans, settlement units."""
        return Units(sum(total.gross_balance for total in self.classes))

    def as_struct(self) -> tuple[object, ...]:
        """The struct `TapeCommitment`, in the interface's order; classes by rising schema."""
        ordered = sorted(self.classes, key=lambda total: total.schema)
        classes = [(total.asset_class, total.schema, total.loans, total.gross_balance) for total in ordered]
        return (self.root, self.loan_count, self.gross_balance, classes)
