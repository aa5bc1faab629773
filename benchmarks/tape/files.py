"""Tapes of any length: a real one, repeated with new identifiers."""

from __future__ import annotations

from pathlib import Path

from salvor.errors import FileMissing

ROOT = Path(__file__).parents[2]
WHOLE = ROOT.parent / "shared" / "data" / "sba-7a-sample.csv"
EXTRACT = ROOT / "tests" / "tapes" / "extracts" / "sba-7a-head.csv"
MAPPING = ROOT / "deals" / "sba-7a" / "mapping.yaml"


def real_tape() -> Path:
    """The file of the SBA's loans, or the extract of it that is always there."""
    found = next((path for path in (WHOLE, EXTRACT) if path.is_file()), None)
    if found is None:
        raise FileMissing(EXTRACT, "tape")
    return found


def repeated(tape: Path, rows: int, target: Path) -> None:
    """So many rows; the first column, which is the identifier, counts from 0."""
    header, *lines = tape.read_bytes().splitlines(keepends=True)
    tails = [line.partition(b",")[2] for line in lines]
    with target.open("wb") as out:
        out.write(header)
        for start in range(0, rows, len(tails)):
            some = tails[: rows - start]
            out.write(b"".join(b"%011d,%b" % (start + i, tail) for i, tail in enumerate(some)))
