"""The files of a commitment: `commitment.json` for everybody, `loans.parquet` and `parts.json` for proofs.

None tells a value or a salt. The second has identifiers, and the third where the tape lies and hashes of whole files,
by which somebody who has all of a tape but one value could try that one; so both stay with the issuer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from salvor.amounts import Units
from salvor.errors import FileMissing, FileUnreadable
from salvor.files import sha256_of, write_whole
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment, Part, checked_part
from salvor.tape.committed import ClassTotal, CommittedTape

PUBLIC, LOANS, PARTS = "commitment.json", "loans.parquet", "parts.json"
_VERSION = "salvor_commitment"


def write_commitment(commitment: Commitment, secret: Secret, folders: Sequence[Path], out: Path) -> Path:
    """Write all files, the public one last; returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    loans = pl.DataFrame(
        {"identifier": commitment.identifiers, "schema": commitment.schemas, "fields_root": commitment.roots}
    )
    beside = out / f".{LOANS}.tmp"
    loans.write_parquet(beside)
    (out / PUBLIC).unlink(missing_ok=True)
    beside.replace(out / LOANS)
    parts = [
        {
            "folder": os.path.relpath(folder, out),  # so that both can be moved together
            "file_sha256": part.sha256,
            "accepted_sha256": sha256_of(part.accepted),
        }
        for folder, part in zip(folders, commitment.parts, strict=True)
    ]
    _write(out / PARTS, {_VERSION: "1", "secret": secret.fingerprint(), "parts": parts})
    _write(out / PUBLIC, public_json(commitment.public))
    return out / PUBLIC


def public_json(public: CommittedTape) -> dict[str, Any]:
    """Root and totals; amounts are text."""
    return {
        _VERSION: "1",
        "root": "0x" + public.root.hex(),
        "loans": public.loan_count,
        "gross_balance": str(public.gross_balance),
        "classes": [
            {
                "asset_class": total.asset_class,
                "schema": "0x" + total.schema.hex(),
                "loans": total.loans,
                "gross_balance": str(total.gross_balance),
            }
            for total in public.classes
        ],
    }


def read_public(path: Path) -> CommittedTape:
    """The root and the totals of a `commitment.json`."""
    said = _read(path)
    try:
        classes = tuple(
            ClassTotal(each["asset_class"], _hex(each["schema"]), int(each["loans"]), Units(int(each["gross_balance"])))
            for each in said["classes"]
        )
        return CommittedTape(_hex(said["root"]), classes)
    except (KeyError, TypeError, ValueError):
        raise FileUnreadable(path, "the commitment of a tape", "a part is missing or no number") from None


def read_commitment(out: Path) -> tuple[Commitment, str]:
    """The commitment in a folder and the fingerprint of its secret; the accepted files must be those of then."""
    public, said = read_public(out / PUBLIC), _read(out / PARTS)
    if not (out / LOANS).is_file():
        raise FileMissing(out / LOANS, "file of committed loans")
    loans = pl.read_parquet(out / LOANS)
    parts = tuple(_part(out, each) for each in said["parts"])
    identifiers, schemas, roots = (tuple(loans[name].to_list()) for name in loans.columns)
    commitment = Commitment(parts, identifiers, schemas, roots, public)
    if commitment.tree.root != public.root:
        raise FileUnreadable(out / LOANS, "the loans of this commitment", "they give another root; commit once more")
    return commitment, str(said["secret"])


def _part(out: Path, said: dict[str, str]) -> Part:
    part = checked_part(Path(os.path.normpath(out / said["folder"])))
    if sha256_of(part.accepted) != said["accepted_sha256"]:
        reason = "the tape was checked again since and gave other loans; commit it once more"
        raise FileUnreadable(part.accepted, f"what {out / PUBLIC} committed", reason)
    return part


def _write(path: Path, said: dict[str, Any]) -> None:
    write_whole(path, json.dumps(said, indent=2) + "\n")


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileMissing(path, "commitment")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise FileUnreadable(path, "the commitment of a tape", "it is no JSON") from None
    if not isinstance(said, dict) or said.get(_VERSION) != "1":
        raise FileUnreadable(path, "the commitment of a tape", "it is another file, or of another version")
    return said


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
