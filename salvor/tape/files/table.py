"""What every kind of file becomes: text columns by the header's names, and the number of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

ROW = "salvor row"  # the column of row numbers; no bank has a column of this name


@dataclass(frozen=True)
class Table:
    """A file that was opened. Nothing is converted yet; the frame is lazy."""

    path: Path
    frame: pl.LazyFrame
    columns: Sequence[str]
    ragged: dict[int, int] = field(default_factory=dict)  # row -> how many fields it has
    notes: Sequence[str] = ()  # what was found out and not declared


def header_problem(header: Sequence[str]) -> str | None:
    """Why these can't be column names."""
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice:
        return f"has column '{twice}' twice"
    if ROW in header:
        return f"has a column '{ROW}', which is kept for row numbers"
    if not any(name.strip() for name in header):
        return "has no column names"
    return None
