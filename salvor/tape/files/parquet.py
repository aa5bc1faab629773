"""Parquet: typed columns become the texts that a sheet would show; what has no exact text is told or refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

from salvor.errors import FileUnreadable, TapeEmpty
from salvor.tape.files.table import LONGEST_ROW, ODD, ROW, WIDEST, Table, damaged, header_problem, nothing_odd

TOO_LONG = "TAPE-054"
_EXACT = 10**15  # whole numbers below it have at most 15 digits
_TRIAL = """
import sys, polars
path, longest, widest = sys.argv[1], *map(int, sys.argv[2:])
rows = row_bytes = 0
try:
    frame = polars.scan_parquet(path, glob=False, hive_partitioning=False)
    texts = polars.selectors.string(include_categorical=True)
    names = polars.selectors.expand_selector(frame.collect_schema(), texts)
    lengths = [polars.col(name).cast(polars.String).str.len_bytes() for name in names]
    if len(frame.collect_schema()) > widest:
        sys.exit(0)
    for batch in frame.collect_batches(maintain_order=True):
        if batch.height and names:
            size = batch.select(polars.sum_horizontal(lengths)).to_series()
            if size.max() > longest:
                sys.exit(f"{rows + size.arg_max() + 2}")
            row_bytes = max(row_bytes, size.sum() // batch.height)
        rows += batch.height
except polars.exceptions.PolarsError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
print(row_bytes)
"""


def open_parquet(path: Path, *, decimal: str = ".") -> Table:
    """A table of text columns; rows are numbered as in a sheet, the header being row 1. Empty rows are left out."""
    row_bytes = _read_once_elsewhere(path)
    frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    schema = frame.collect_schema()
    rows = int(frame.select(pl.len()).collect().item())
    header = list(schema)
    if problem := header_problem(header):
        raise FileUnreadable(path, "a readable tape", f"the header {problem}")
    for name, kind in schema.items():
        if kind.is_nested() or kind in (pl.Binary, pl.Object, pl.Duration):
            reason = f"column '{name}' holds {kind}, which is no text; write it as columns of text, numbers or dates"
            raise FileUnreadable(path, "a flat table", reason)
    if not rows:
        raise TapeEmpty(path)
    numbered = frame.with_row_index(ROW, offset=2)
    texts = numbered.select(ROW, *(_text(name, kind, decimal) for name, kind in schema.items()))
    floats = [name for name, kind in schema.items() if kind.is_float()]
    notes = [f"Parquet of {rows:,} rows; its dates are YYYY-MM-DD"]
    notes += [f"column '{name}' holds binary floats, read as their shortest decimal text" for name in floats]
    for name, kind in schema.items():
        if isinstance(kind, pl.Datetime) and kind.time_zone:
            notes.append(f"column '{name}' holds times of {kind.time_zone}, read as its local time")
    empty = pl.all_horizontal(pl.col(name) == "" for name in header)
    odd = _too_long(numbered, floats)
    return Table(path, texts.filter(~empty), header, notes=notes, odd=odd, row_bytes=row_bytes)


def _read_once_elsewhere(path: Path) -> int:
    """The bytes of a row where they are largest.

    A damaged file can end the process that reads it, by a length that no memory holds; so another one goes first.
    """
    command = [sys.executable, "-I", "-c", _TRIAL, str(path), str(LONGEST_ROW), str(WIDEST)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode == 1 and done.stderr.strip().isdigit():
        raise FileUnreadable(path, "a readable tape", f"row {done.stderr.strip()} is longer than a megabyte")
    if done.returncode:
        reason = done.stderr if done.returncode == 2 else "a length in it is wrong"
        raise damaged(path, "a Parquet file that can be read", reason)
    return int(done.stdout or 0)


def _text(name: str, kind: pl.DataType, decimal: str) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        midnight = column.dt.time() == pl.time(0, 0, 0)
        day = column.dt.to_string("%Y-%m-%d")
        text = pl.when(midnight).then(day).otherwise(column.dt.to_string("%Y-%m-%d %H:%M:%S%.f"))
    elif kind == pl.Date:
        text = column.dt.to_string("%Y-%m-%d")
    elif kind == pl.Boolean:
        text = column.replace_strict({True: "TRUE", False: "FALSE"}, return_dtype=pl.String)
    elif kind.is_float():
        text = column.map_batches(_floats, return_dtype=pl.String, is_elementwise=True)
    else:
        text = column.cast(pl.String)
    if kind.is_numeric() and decimal != ".":
        text = text.str.replace(".", decimal, literal=True)
    return text.fill_null("").alias(name)


def _floats(values: pl.Series) -> pl.Series:
    """The shortest decimal text that reads back as the same float, without an exponent."""
    known = values.unique().drop_nulls()
    texts = [np.format_float_positional(each, unique=True, trim="-") for each in known.to_numpy()]
    return values.replace_strict(known, pl.Series(texts, dtype=pl.String), default=None, return_dtype=pl.String)


def _too_long(numbered: pl.LazyFrame, floats: list[str]) -> pl.LazyFrame:
    """Whole numbers of more than 15 digits in columns of floats, such as identifiers that lost their last digits."""
    found = [
        numbered.filter(pl.col(name).is_finite() & (pl.col(name).abs() >= _EXACT)).select(
            pl.col(ROW).alias("row"),
            pl.lit(name).alias("column"),
            pl.lit(TOO_LONG).alias("rule"),
            pl.col(name).map_batches(_floats, return_dtype=pl.String, is_elementwise=True).alias("old"),
            pl.lit(None, pl.String).alias("new"),
        )
        for name in floats
    ]
    return pl.concat(found).cast(pl.Schema(ODD)) if found else nothing_odd()
