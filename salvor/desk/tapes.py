"""Which tape a loan is in, and how it is proved: each commitment has its place by its root, which the chain knows.

A pool has the tape that it bought at closing and those that it bought later; each group of tranches has a pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from salvor.desk.sales import Sales, read_each
from salvor.errors import LoanTwice, NotCommitted, OptionInvalid, near
from salvor.tape.check import KEY
from salvor.tape.commitment.disclosure import disclose
from salvor.tape.commitment.folder import read_commitment
from salvor.tape.commitment.passphrase import passphrase_from
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment, Part


@dataclass(frozen=True)
class Proofs:
    """What shows the chain that a loan is in a tape, and what its claim is; without the secret only which loan.

    `place` is 0 for the tape that its group bought at closing, else that of a further one.
    """

    commitment: Commitment
    claim: str
    secret: Secret | None = None
    group: int = 0
    place: int = 0
    folder: Path | None = None

    def leaf(self, loan: str) -> bytes:
        """The loan as the chain knows it."""
        tree = self.commitment.tree
        return tree.nodes[tree.places[self.commitment.place_of[loan]]]

    def of(self, loan: str) -> tuple[Any, ...]:
        """`LoanProof`."""
        if self.secret is None:
            raise ValueError("a proof needs the secret of the commitment")
        shown = disclose(self.commitment, self.secret, loan, [self.claim]).for_pool(self.claim)
        field, field_proof, proved, proof = shown
        return (self.place, proved, proof, field, field_proof)

    @property
    def claims(self) -> dict[str, int]:
        """What is owed on each loan, settlement units."""
        return claims_in(self.commitment.parts, self.claim)


@dataclass(frozen=True)
class Tapes:
    """Several of them: a loan is in one."""

    tapes: tuple[Proofs, ...]

    @cached_property
    def of_loan(self) -> Mapping[str, Proofs]:
        """The tape of each loan; raises for one that is in two."""
        found: dict[str, Proofs] = {}
        for tape in self.tapes:
            for loan in tape.commitment.identifiers:
                if loan in found:
                    raise LoanTwice(loan, str(found[loan].folder), str(tape.folder))
                found[loan] = tape
        return found

    def leaf(self, loan: str) -> bytes:
        """The loan as the chain knows it."""
        return self.of_loan[loan].leaf(loan)

    def of(self, loan: str) -> tuple[Any, ...]:
        """`LoanProof`, by the tape that the loan is in."""
        return self.of_loan[loan].of(loan)

    def must_have(self, loan: str) -> None:
        """Raises for a loan that none of them has."""
        if loan not in self.of_loan:
            looked = " nor ".join(str(tape.folder) for tape in self.tapes)
            raise NotCommitted(f"no loan '{loan}' in {looked}", near(loan, self.of_loan))

    @property
    def claims(self) -> dict[str, int]:
        """What is owed on each loan, settlement units."""
        return {loan: claim for tape in self.tapes for loan, claim in tape.claims.items()}

    @property
    def classes(self) -> dict[str, bytes]:
        """The schema of each loan."""
        return {loan: schema for tape in self.tapes for loan, schema in classes_in(tape.commitment.parts).items()}

    @property
    def homes(self) -> dict[str, int]:
        """The group of each loan."""
        return {loan: tape.group for loan, tape in self.of_loan.items()}


def read_tapes(
    claim: str, folders: Sequence[Path], secret_files: Sequence[Path], passphrase_file: Path | None
) -> Tapes:
    """The commitments in these folders, each with its secret; raises where a secret is none of theirs, or missing."""
    secrets = {}
    for file in secret_files:
        secret = Secret.load(file, passphrase_from(passphrase_file, twice=False))
        secrets[secret.fingerprint()] = secret
    tapes = []
    for folder in folders:
        commitment, fingerprint = read_commitment(folder)
        if secrets and fingerprint not in secrets:
            files = " and ".join(str(each) for each in secret_files)
            raise NotCommitted(f"{folder} was committed with another secret than {files}", "; name its --secret too")
        tapes.append(Proofs(commitment, claim, secrets.get(fingerprint), folder=folder))
    return Tapes(tuple(tapes))


def placed(sales: Sales, tapes: Tapes) -> Tapes:
    """Each where the chain has it; raises for one that no pool of the deal bought."""
    there = roots_of(sales)
    found = []
    for tape in tapes.tapes:
        root = tape.commitment.public.root
        if root not in there:
            known = ", ".join(f"0x{each.hex()[:16]}... ({_said(sales, *place)})" for each, place in there.items())
            raise OptionInvalid(
                f"{tape.folder} commits the tape 0x{root.hex()[:16]}..., which the deal has not bought; it has "
                f"{known}: name the --commitment of one of these"
            )
        group, place = there[root]
        found.append(replace(tape, group=group, place=place))
    return Tapes(tuple(found))


def roots_of(sales: Sales) -> dict[bytes, tuple[int, int]]:
    """Group and place of each tape that was bought, by its root."""
    found = {}
    for group, pool in enumerate(sales.pools):
        found[bytes(pool.tapeRoot())] = group, 0
        further = range(1, pool.furtherTapes() + 1)
        for place, tape in zip(further, read_each([(pool.furtherTape, (each,)) for each in further]), strict=True):
            found[bytes(tape.root)] = group, place
    return found


def claims_in(parts: Sequence[Part], field: str) -> dict[str, int]:
    """What is owed on each loan by the tape, settlement units; a loan of which it says nothing has no claim."""
    frames = [pl.scan_parquet(part.accepted).select(KEY, pl.col(field).cast(pl.Int64)).collect() for part in parts]
    return dict(pl.concat(frames).drop_nulls().iter_rows())


def classes_in(parts: Sequence[Part]) -> dict[str, bytes]:
    """The schema of each loan."""
    return {
        loan: part.schema.id for part in parts for loan in pl.read_parquet(part.accepted, columns=[KEY])[KEY].to_list()
    }


def _said(sales: Sales, group: int, place: int) -> str:
    names = list(sales.deal.liquidation.groups) if sales.deal.liquidation else []
    whose = f" of '{names[group - 1]}'" if group else ""
    return f"further tape {place}{whose}" if place else f"bought at closing{whose}"
