"""What a signer signs: EIP-712 digests of a report and a batch, written from `ISignedReports`, not from contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eth_abi import encode

from salvor.tape.merkle import StandardMerkleTree, keccak

NAME, VERSION = "Salvor signed reports", "1"
LEAF = ("bytes32", "uint128", "uint40")

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_REPORT = keccak(b"Report(bytes32 key,uint128 value,uint40 at,uint32 nonce,uint40 validUntil)")
_BATCH = keccak(b"Batch(bytes32 root,uint32 count,uint32 nonce,uint40 validUntil)")


@dataclass(frozen=True)
class Domain:
    """For which contract on which chain something is signed."""

    chain_id: int
    contract: str

    @cached_property
    def separator(self) -> bytes:
        """The domain's hash."""
        kinds = ("bytes32", "bytes32", "bytes32", "uint256", "address")
        words = (_DOMAIN, keccak(NAME.encode()), keccak(VERSION.encode()), self.chain_id, self.contract)
        return keccak(encode(kinds, words))

    def digest(self, content: bytes) -> bytes:
        """What the key signs for a struct's hash."""
        return keccak(b"\x19\x01" + self.separator + content)


@dataclass(frozen=True)
class Told:
    """One value: WAD, observed at a second since 1970."""

    key: bytes
    value: int
    at: int

    @property
    def words(self) -> tuple[bytes, int, int]:
        """As the contract takes it."""
        return (self.key, self.value, self.at)


@dataclass(frozen=True)
class Report:
    """One value, signed by itself."""

    told: Told
    nonce: int
    valid_until: int

    @property
    def words(self) -> tuple[bytes, int, int, int, int]:
        """As the contract takes it."""
        return (*self.told.words, self.nonce, self.valid_until)

    def digest(self, domain: Domain) -> bytes:
        """32 bytes to sign."""
        kinds = ("bytes32", "bytes32", "uint128", "uint40", "uint32", "uint40")
        return domain.digest(keccak(encode(kinds, (_REPORT, *self.words))))


class Batch:
    """Many values under one signature."""

    def __init__(self, values: Sequence[Told], *, nonce: int, valid_until: int) -> None:
        self.tree = StandardMerkleTree([each.words for each in values], LEAF)
        self.given, self.nonce, self.valid_until = tuple(values), nonce, valid_until

    @property
    def words(self) -> tuple[bytes, int, int, int]:
        """As the contract takes it."""
        return (self.tree.root, len(self.given), self.nonce, self.valid_until)

    @property
    def values(self) -> list[Told]:
        """In the order in which `submitBatch` takes them: that of the tree's leaves, sorted by their hash."""
        last = 2 * len(self.given) - 2
        ranked = sorted(range(len(self.given)), key=lambda number: last - self.tree.places[number])
        return [self.given[number] for number in ranked]

    def proof(self, number: int) -> list[bytes]:
        """Proof of the value with this number among those given, for `submitFromBatch`."""
        return self.tree.proof(number)

    def digest(self, domain: Domain) -> bytes:
        """32 bytes to sign."""
        kinds = ("bytes32", "bytes32", "uint32", "uint32", "uint40")
        return domain.digest(keccak(encode(kinds, (_BATCH, *self.words))))
