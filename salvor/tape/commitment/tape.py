"""Commit a checked tape: one tree over its loans, the totals beside the root, and what proofs need later.

A tape can have several parts, each the output of a check, of one asset class or of several. The same tape with the
same secret gives the same root.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from salvor.amounts import Units
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.check import KEY
from salvor.tape.commitment.fields import fields_roots
from salvor.tape.commitment.leaves import COLLECTION_LEAF, Schema, collection_value, loan_leaf
from salvor.tape.commitment.secret import Secret
from salvor.tape.committed import ClassTotal, CommittedTape
from salvor.tape.merkle import MerkleTree, StandardMerkleTree


@dataclass(frozen=True)
class Part:
    """The accepted loans of one checked file."""

    accepted: Path
    schema: Schema
    sha256: str  # of the bank's file
    balance: str  # the field of which sums are


@dataclass(frozen=True)
class Commitment:
    """The tape as it is committed, for whoever holds the secret."""

    parts: tuple[Part, ...]
    identifiers: tuple[str, ...]  # of the loans, in the order of the tape
    schemas: tuple[bytes, ...]  # of each loan
    roots: tuple[bytes, ...]  # over the fields of each loan
    public: CommittedTape

    @cached_property
    def tree(self) -> MerkleTree:
        """The tree over the loans."""
        return tree_over(self.schemas, self.roots, {part.schema.id: part.schema for part in self.parts})

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """Where a loan stands in the tape."""
        return {identifier: place for place, identifier in enumerate(self.identifiers)}

    def loan(self, place: int) -> tuple[bytes, int, bytes]:
        """The struct `Loan`."""
        fields = next(part.schema for part in self.parts if part.schema.id == self.schemas[place])
        return self.schemas[place], len(fields.names), self.roots[place]


def checked_part(folder: Path) -> Part:
    """What a check left in its folder; raises `FileUnreadable` when it is not whole."""
    summary = folder / "check.json"
    if not summary.is_file():
        raise FileMissing(summary, "summary of a check: run `ape run tape check` with --out first")
    try:
        said = json.loads(summary.read_text(encoding="utf-8"))
        schema = Schema.of(said["asset_class"], currency=said["currency"], decimals=said["decimals"])
        part = Part(folder / said["accepted"], schema, said["sha256"], said["balance"])
    except (ValueError, KeyError, TypeError):
        raise FileUnreadable(summary, "the summary of a check", "check the tape once more") from None
    if not part.accepted.is_file():
        raise FileMissing(part.accepted, "file of accepted loans: check the tape once more")
    return part


def commit_tape(
    parts: Sequence[Part], secret: Secret, *, tick: Callable[[int], None] = lambda loans: None
) -> Commitment:
    """The root over all loans of the parts, in their order; raises when a loan stands twice or there is none.

    All parts are in one money, or their sum would be a number of none.
    """
    _refuse_two_moneys(parts)
    identifiers, schemas, roots = list[str](), list[bytes](), list[bytes]()
    classes: dict[bytes, ClassTotal] = {}
    for part in parts:
        frame = pl.scan_parquet(part.accepted).select(KEY, pl.col(part.balance).alias("balance")).collect()
        if frame.is_empty():
            raise TapeEmpty(part.accepted)
        rows = len(frame)
        roots += fields_roots(part.accepted, part.schema, secret, place=len(roots), rows=rows, tick=tick)
        identifiers += frame[KEY].to_list()
        schemas += [part.schema.id] * rows
        _add(classes, part, rows, Units(int(frame["balance"].sum() or 0)))
    _refuse_twice(identifiers)
    tree = tree_over(schemas, roots, {part.schema.id: part.schema for part in parts})
    public = CommittedTape(tree.root, tuple(classes[key] for key in sorted(classes)))
    return Commitment(tuple(parts), tuple(identifiers), tuple(schemas), tuple(roots), public)


def tree_over(schemas: Sequence[bytes], roots: Sequence[bytes], known: Mapping[bytes, Schema]) -> MerkleTree:
    """The tree over loans, each a schema and the root of its fields."""
    counts = {key: len(schema.names) for key, schema in known.items()}
    return MerkleTree([loan_leaf(schema, counts[schema], root) for schema, root in zip(schemas, roots, strict=True)])


def commit_collections(
    period: int, cash: Mapping[str, Units], commitment: Commitment, secret: Secret
) -> StandardMerkleTree | None:
    """The tree over what each loan, by its identifier, paid in a period; None when no loan paid."""
    paid = [(commitment.place_of[loan], units) for loan, units in cash.items() if units]
    leaves = [
        collection_value(period, commitment.roots[place], units, secret.collection_salt(period, place))
        for place, units in paid
    ]
    return StandardMerkleTree(leaves, COLLECTION_LEAF) if leaves else None


def _add(classes: dict[bytes, ClassTotal], part: Part, loans: int, balance: Units) -> None:
    before = classes.get(part.schema.id)
    if before:
        loans, balance = loans + before.loans, Units(balance + before.gross_balance)
    classes[part.schema.id] = ClassTotal(part.schema.asset_class, part.schema.id, loans, balance)


def _refuse_two_moneys(parts: Sequence[Part]) -> None:
    first, *others = parts
    for part in others:
        if (part.schema.currency, part.schema.decimals) != (first.schema.currency, first.schema.decimals):
            one, other = (
                f"{each.accepted.parent} is in {each.schema.currency} with {each.schema.decimals}"
                for each in (first, part)
            )
            raise OptionInvalid(f"{one} decimals and {other}: one tape has one money; check the parts alike")


def _refuse_twice(identifiers: Sequence[str]) -> None:
    names = pl.Series(identifiers)
    twice = names.filter(names.is_duplicated())
    if len(twice):
        raise OptionInvalid(f"loan '{twice[0]}' stands in more than one part of the tape ({len(twice):,} rows do)")
