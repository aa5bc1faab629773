"""What every kind of file becomes: text columns by the header's names, and the number of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from salvor.errors import FileUnreadable

_MARK = "\ufeff"  # the byte-order mark
ROW = "salvor row"  # the column of row numbers; no bank has a column of this name
LONGEST_ROW = 1 << 20  # bytes: what is longer is no loan
_BATCH = 128 << 20  # bytes: a small file may unpack to rows that no memory holds by the thousand
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
    row_bytes: int = 0  # of a row, where rows are largest; 0 where the file itself is as large as what is in it

    def batches(self, columns: Sequence[str], rows: int) -> Iterator[pl.DataFrame]:
        """Row numbers and these columns, at most so many rows at once, in the order of the file.

        Rows that are very large come fewer at once. Damage that shows only now is told.
        """
        rows = max(1, min(rows, _BATCH // max(1, self.row_bytes)))
        chosen = self.frame.select(ROW, *columns)
        try:
            yield from chosen.collect_batches(chunk_size=rows, maintain_order=True)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise damaged(self.path, "a file that can be read", error) from None


def damaged(path: Path, wanted: str, error: object) -> FileUnreadable:
    """One line for what a library says of a damaged file, which can be long."""
    reason = " ".join(str(error).split())[:120]
    return FileUnreadable(path, wanted, f"it is damaged ({reason}); write it anew")


def header_problem(header: Sequence[str]) -> str | None:
    """Why these can't be column names."""
    if len(header) > WIDEST:
        return f"has {len(header):,} columns; a tape has at most {WIDEST:,}"
    if not any(name.strip() for name in header):
        return "has no column names"
    if any(_MARK in name for name in header):
        return "has a byte-order mark within; remove it"
    name, times = Counter(header).most_common(1)[0]
    if times > 1:
        return f"has column '{name}' twice"
    if ROW in header:
        return f"has a column '{ROW}', which is kept for row numbers"
    return None
