"""The three kinds of leaf, as docs/decisions/0009 says and `contracts/pool/TapeLeaves.sol` hashes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from eth_abi import encode

from salvor.tape.merkle import keccak, twice
from salvor.tape.schema import Kind, asset_class

FIELD_TAG, LOAN_TAG = keccak(b"salvor.field.1"), keccak(b"salvor.loan.1")
COLLECTION_TAG = keccak(b"salvor.collection.1")
EPOCH = date(1970, 1, 1)
_NUMBERS: tuple[Kind, ...] = ("money", "rate", "integer", "date")
_FOURTH_WORD = (4 * 32).to_bytes(32, "big")  # where the value begins behind tag, name, this and the salt


@dataclass(frozen=True)
class Schema:
    """The committed fields of an asset class and how their values read."""

    asset_class: str
    currency: str
    decimals: int
    names: tuple[str, ...]
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, name: str, *, currency: str, decimals: int) -> Schema:
        """Of an asset class; personal fields and those known later are left out."""
        fields = {field: spec for field, spec in asset_class(name).fields.items() if spec.committed}
        return cls(name, currency, decimals, tuple(fields), tuple(spec.kind for spec in fields.values()))

    @cached_property
    def id(self) -> bytes:
        """32 bytes; stands in the leaf of every loan."""
        kinds = ("string", "string", "string", "uint8", "string[]", "string[]")
        values = ("salvor.schema.1", self.asset_class, self.currency, self.decimals, self.names, self.kinds)
        return keccak(encode(kinds, values))


def name_hash(name: str) -> bytes:
    """What stands for a field's name in its leaf."""
    return keccak(name.encode())


def encode_value(value: int | str | date | None, kind: Kind) -> bytes:
    """The bytes of a value in its leaf: none for none, else one ABI-encoded int256 or string."""
    if value is None:
        return b""
    if kind in _NUMBERS:
        number = (value - EPOCH).days if isinstance(value, date) else value
        assert isinstance(number, int)
        return number.to_bytes(32, "big", signed=True)
    text = str(value).encode()
    return (32).to_bytes(32, "big") + len(text).to_bytes(32, "big") + text + bytes(-len(text) % 32)


def value_tail(value: bytes) -> bytes:
    """The end of a field's leaf, the same for equal values of a column: length, then bytes up to a whole word."""
    return len(value).to_bytes(32, "big") + value + bytes(-len(value) % 32)


def field_head(name: str) -> bytes:
    """The beginning of a field's leaf, the same for all loans."""
    return FIELD_TAG + name_hash(name) + _FOURTH_WORD


def field_leaf(name: str, value: bytes, salt: bytes) -> bytes:
    """The leaf of one field."""
    return twice(field_head(name) + salt + value_tail(value))


def loan_leaf(schema: bytes, field_count: int, fields_root: bytes) -> bytes:
    """The leaf of one loan."""
    return twice(LOAN_TAG + schema + field_count.to_bytes(32, "big") + fields_root)


def collection_value(period: int, fields_root: bytes, units: int, salt: bytes) -> tuple[bytes, int, bytes, int, bytes]:
    """What the leaf of a collection is made of, in the order of `COLLECTION_LEAF`."""
    return COLLECTION_TAG, period, fields_root, units, salt


COLLECTION_LEAF = ("bytes32", "uint256", "bytes32", "uint256", "bytes32")
