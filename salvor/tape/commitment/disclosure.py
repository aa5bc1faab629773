"""Show some fields of one loan and nothing else, and check what was shown against the tape's root.

A disclosure is one JSON file: the schema in clear, the fields with their values, bytes and salts, and the hashes that
lead from them to the root. Values stand twice, to be read and as bytes; a check sees that they are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salvor.amounts import format_units
from salvor.errors import FileMissing, FileUnreadable, NotCommitted, near
from salvor.tape.commitment.leaves import Schema, encode_value, field_leaf, loan_leaf, name_hash
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment, Part
from salvor.tape.committed import CommittedTape
from salvor.tape.merkle import MerkleTree, climb, proof_lengths
from salvor.tape.schema import Kind, asset_class

_HASH = r"^0x[0-9a-f]{64}$"
_OF_PERCENT = 16  # decimals of a WAD read as percent


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DisclosedSchema(_Part):
    """How the values read; hashed it is the schema in the loan's leaf."""

    asset_class: str
    currency: str
    decimals: int = Field(ge=0, le=18)
    names: list[str]
    kinds: list[Kind]


class DisclosedLoan(_Part):
    """The loan's leaf, and the way from it to the tape's root."""

    fields_root: str = Field(pattern=_HASH)
    proof: list[str]


class DisclosedField(_Part):
    """One field. `value` is for reading: units, WAD and whole numbers in digits, dates as 2026-12-31."""

    name: str
    value: str | None
    encoded: str = Field(pattern=r"^0x([0-9a-f]{2})*$")
    salt: str = Field(pattern=_HASH)
    proof: list[str]


class Disclosure(_Part):
    """One file."""

    salvor_disclosure: Literal["1"]
    root: str = Field(pattern=_HASH)
    schema_: DisclosedSchema = Field(alias="schema")
    loan: DisclosedLoan
    fields: list[DisclosedField]

    def for_pool(self, name: str) -> tuple[object, ...]:
        """The arguments of `LoanPool.verifyField` for one of the fields."""
        schema = _schema(self.schema_)
        shown = next(each for each in self.fields if each.name == name)
        field = (name_hash(name), _bytes(shown.encoded), _bytes(shown.salt))
        loan = (schema.id, len(schema.names), _bytes(self.loan.fields_root))
        return field, [_bytes(node) for node in shown.proof], loan, [_bytes(node) for node in self.loan.proof]

    def as_json(self) -> str:
        """The file's text."""
        return self.model_dump_json(indent=2, by_alias=True) + "\n"


def disclose(commitment: Commitment, secret: Secret, identifier: str, names: Sequence[str]) -> Disclosure:
    """The named fields of one loan; raises `NotCommitted` for what is not there or never leaves the issuer."""
    place = commitment.place_of.get(identifier)
    if place is None:
        raise NotCommitted(f"no loan '{identifier}' in this tape", near(identifier, commitment.place_of))
    part, row = _row_of(commitment, place)
    schema = part.schema
    _refuse_uncommitted(schema, names)
    encoded = {name: encode_value(row.get(name), kind) for name, kind in zip(schema.names, schema.kinds, strict=True)}
    leaves = [field_leaf(name, value, secret.field_salt(place, name)) for name, value in encoded.items()]
    tree = MerkleTree(leaves)
    if tree.root != commitment.roots[place]:
        raise NotCommitted(f"loan '{identifier}' gives another root than was committed", "; this is another secret")
    shown = [
        DisclosedField(
            name=name,
            value=_to_read(row.get(name)),
            encoded=_hex(encoded[name]),
            salt=_hex(secret.field_salt(place, name)),
            proof=[_hex(node) for node in tree.proof(schema.names.index(name))],
        )
        for name in dict.fromkeys(names)
    ]
    described = {each: getattr(schema, each) for each in ("asset_class", "currency", "decimals")}
    return Disclosure(
        salvor_disclosure="1",
        root=_hex(commitment.public.root),
        schema=DisclosedSchema(**described, names=list(schema.names), kinds=list(schema.kinds)),
        loan=DisclosedLoan(fields_root=_hex(tree.root), proof=[_hex(node) for node in commitment.tree.proof(place)]),
        fields=shown,
    )


def read_disclosure(path: Path) -> Disclosure:
    """Read a file; raises `FileUnreadable` with the place of what is wrong."""
    if not path.is_file():
        raise FileMissing(path, "disclosure")
    try:
        return Disclosure.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(each) for each in first["loc"]) or "file"
        raise FileUnreadable(path, "a disclosure", f"{where}: {first['msg']}") from None
    except UnicodeDecodeError:
        raise FileUnreadable(path, "a disclosure", "it is no text") from None


def for_people(disclosure: Disclosure) -> dict[str, str]:
    """What is shown, as people write it: amounts with decimals and currency, rates in percent."""
    said = disclosure.schema_
    kinds = dict(zip(said.names, said.kinds, strict=False))

    def text(value: str | None, kind: Kind | None) -> str:
        if value is None:
            return "(none)"
        if kind not in ("money", "rate") or not re.fullmatch(r"-?[0-9]{1,80}", value):
            return value
        if kind == "rate":
            return f"{format_units(int(value), _OF_PERCENT).rstrip('0').rstrip('.')} %"
        return f"{format_units(int(value), said.decimals)} {said.currency}"

    return {field.name: text(field.value, kinds.get(field.name)) for field in disclosure.fields}


def verify(disclosure: Disclosure, tape: CommittedTape) -> list[str]:
    """What does not hold, in words; an empty list means that every value shown is in the tape."""
    schema, found = _schema(disclosure.schema_), list[str]()
    if _bytes(disclosure.root) != tape.root:
        found.append(f"it is of the tape {disclosure.root}, not of 0x{tape.root.hex()}")
    if schema.id not in [total.schema for total in tape.classes]:
        found.append("its schema is of no asset class of the tape")
    if not disclosure.fields:
        found.append("it shows no field")
    fields_root = _bytes(disclosure.loan.fields_root)
    leaf = loan_leaf(schema.id, len(schema.names), fields_root)
    if not _leads(leaf, disclosure.loan.proof, tape.root, tape.loan_count):
        found.append("its loan is not in the tape")
    kinds = dict(zip(schema.names, schema.kinds, strict=False))
    for field in disclosure.fields:
        found += _field_findings(field, kinds, fields_root, len(schema.names))
    return found


def _field_findings(field: DisclosedField, kinds: Mapping[str, Kind], root: bytes, count: int) -> list[str]:
    if field.name not in kinds:
        return [f"the schema has no field '{field.name}'"]
    found, encoded = [], _bytes(field.encoded)
    if not _reads(field.value, encoded, kinds[field.name]):
        found.append(f"'{field.name}' says {field.value!r}, its bytes say something else")
    if not _leads(field_leaf(field.name, encoded, _bytes(field.salt)), field.proof, root, count):
        found.append(f"'{field.name}' is not in the loan")
    return found


def _schema(said: DisclosedSchema) -> Schema:
    return Schema(said.asset_class, said.currency, said.decimals, tuple(said.names), tuple(said.kinds))


def _leads(leaf: bytes, proof: Sequence[str], root: bytes, leaves: int) -> bool:
    try:
        nodes = [_bytes(node) for node in proof]
    except ValueError:
        return False
    fits = len(nodes) in proof_lengths(leaves) and all(len(node) == 32 for node in nodes)
    return fits and climb(leaf, nodes) == root


def _reads(value: str | None, encoded: bytes, kind: Kind) -> bool:
    """Whether the readable value is the one of the bytes."""
    if value is None:
        return encoded == b""
    try:
        match kind:
            case "date":
                return encode_value(date.fromisoformat(value), kind) == encoded
            case "money" | "rate" | "integer":
                return str(int(value)) == value and encode_value(int(value), kind) == encoded
            case _:
                return encode_value(value, kind) == encoded
    except (ValueError, OverflowError):
        return False


def _to_read(value: int | str | date | None) -> str | None:
    return None if value is None else str(value)


def _row_of(commitment: Commitment, place: int) -> tuple[Part, dict[str, Any]]:
    for part in commitment.parts:
        rows = pl.scan_parquet(part.accepted)
        count = rows.select(pl.len()).collect().item()
        if place < count:
            return part, rows.slice(place, 1).collect().row(0, named=True)
        place -= count
    raise AssertionError("a place beyond the tape")


def _refuse_uncommitted(schema: Schema, names: Sequence[str]) -> None:
    if not names:
        raise NotCommitted("no field to disclose", f"; there is: {', '.join(schema.names)}")
    known = asset_class(schema.asset_class).fields
    for name in names:
        if name in schema.names:
            continue
        if name in known:
            why = "personal, it never leaves the issuer" if known[name].personal else "of after the cut-off date"
            raise NotCommitted(f"'{name}' is not committed: it is {why}", "")
        raise NotCommitted(f"no field '{name}' in {schema.asset_class}", near(name, schema.names))


def _hex(content: bytes) -> str:
    return "0x" + content.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
