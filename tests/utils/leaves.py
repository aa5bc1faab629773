"""Leaves of the tape as docs/decisions/0009 says, word by word: slow, and written without the code that it checks."""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.tape.committed import ClassTotal, CommittedTape
from salvor.tape.merkle import StandardMerkleTree

FIELD_LEAF = ("bytes32", "bytes32", "bytes", "bytes32")
LOAN_LEAF = ("bytes32", "bytes32", "uint256", "bytes32")
COLLECTION_LEAF = ("bytes32", "uint256", "bytes32", "uint256", "bytes32")
FIELD_TAG, LOAN_TAG = keccak(b"salvor.field.1"), keccak(b"salvor.loan.1")
COLLECTION_TAG = keccak(b"salvor.collection.1")
NAMES = ("contract_identifier", "expected_recovery", "recovery_level")
KINDS = ("identifier", "money", "integer")
TYPES = ("string", "int256", "int256")
SCHEMA = keccak(
    encode(
        ("string", "string", "string", "uint8", "string[]", "string[]"),
        ("salvor.schema.1", "accounts", "USD", 2, NAMES, KINDS),
    )
)


@dataclass(frozen=True)
class SmallTape:
    """Loans of three fields each, (identifier, expected recovery, recovery level), with salts from their places."""

    values: tuple[tuple[str, int, int], ...]

    def fields(self, number: int) -> list[tuple[bytes, bytes, bytes]]:
        """The structs `Field` of a loan."""
        contents = [encode((kind,), (value,)) for kind, value in zip(TYPES, self.values[number], strict=True)]
        return [
            (keccak(name.encode()), content, salt_of(number, place))
            for place, (name, content) in enumerate(zip(NAMES, contents, strict=True))
        ]

    def fields_tree(self, number: int) -> StandardMerkleTree:
        """The tree over the fields of a loan."""
        return StandardMerkleTree([(FIELD_TAG, *field) for field in self.fields(number)], FIELD_LEAF)

    @property
    def loans(self) -> list[tuple[bytes, int, bytes]]:
        """The structs `Loan`."""
        return [(SCHEMA, len(NAMES), self.fields_tree(number).root) for number in range(len(self.values))]

    @property
    def tree(self) -> StandardMerkleTree:
        """The tree over the loans."""
        return tree_over(self.loans)

    @property
    def committed(self) -> CommittedTape:
        """With its totals; the balance is the expected recovery."""
        return committed(self.tree.root, len(self.values), sum(value for _, value, _ in self.values))


def salt_of(*places: int) -> bytes:
    """Any 32 bytes will do, as long as they differ."""
    return keccak(repr(places).encode())


def tree_over(loans) -> StandardMerkleTree:
    """The tree over structs `Loan`."""
    return StandardMerkleTree([(LOAN_TAG, *loan) for loan in loans], LOAN_LEAF)


def collections_tree(period: int, cash: dict[bytes, int]) -> StandardMerkleTree:
    """The tree over what loans, by the roots of their fields, paid in a period."""
    leaves = [
        (COLLECTION_TAG, period, root, units, salt_of(period, place))
        for place, (root, units) in enumerate(cash.items())
    ]
    return StandardMerkleTree(leaves, COLLECTION_LEAF)


def committed(root: bytes, count: int, balance: int = 0) -> CommittedTape:
    """A tape of one class."""
    return CommittedTape(root, (ClassTotal("accounts", SCHEMA, count, balance),))
