"""What every kind of file becomes: text columns by the header's names, and the number of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

ROW = "salvor row"  # the column of row numbers; no bank has a column of this name
WIDEST = 2_048  # columns with a name; no tape comes near
ODD: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "column": pl.String,
    "rule": pl.String,
    "old": pl.String,
    "new": pl.String,
}


def nothing_odd() -> pl.LazyFrame:
    """No breach was found while the file was opened."""
    return pl.LazyFrame(schema=ODD)


@dataclass(frozen=True)
class Table:
    """A file that was opened. Nothing is converted yet; the frames are lazy.

    `odd` has the breaches that only the file's own form shows, such as an error cell; `column` is empty where a breach
    is about the whole row.
    """

    path: Path
    frame: pl.LazyFrame
    columns: Sequence[str]
    ragged: dict[int, int] = field(default_factory=dict)  # row -> how many fields it has
    notes: Sequence[str] = ()  # what was found out and not declared
    odd: pl.LazyFrame = field(default_factory=nothing_odd)


def header_problem(header: Sequence[str]) -> str | None:
    """Why these can't be column names."""
    if len(header) > WIDEST:
        return f"has {len(header):,} columns; a tape has at most {WIDEST:,}"
    name, times = Counter(header).most_common(1)[0] if header else ("", 0)
    if times > 1:
        return f"has column '{name}' twice"
    if ROW in header:
        return f"has a column '{ROW}', which is kept for row numbers"
    if not any(name.strip() for name in header):
        return "has no column names"
    return None
