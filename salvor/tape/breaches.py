"""Breaches of rules as a table: where, which rule, how bad, and the value before and after.

One line a row, field and rule; this is what the exceptions file holds.
"""

from __future__ import annotations

import polars as pl

from salvor.tape.rules import RULES

BREACH: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "field": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "old": pl.String,
    "new": pl.String,
}
SEVERITY = {name: rule.severity for name, rule in RULES.items()}


def breaches(
    rows: pl.Series, field: str, column: str, old: pl.Series, rules: pl.Series, new: pl.Series | None = None
) -> list[pl.DataFrame]:
    """One line for each row whose entry in `rules` is an id; an empty list when none is."""
    broken = rules.is_not_null()
    if not broken.any():
        return []
    count = int(broken.sum())
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, count)
    found = rules.filter(broken)
    lines = {
        "row": rows.filter(broken),
        "field": pl.Series([field]).new_from_index(0, count),
        "column": pl.Series([column]).new_from_index(0, count),
        "rule": found,
        "severity": found.replace_strict(SEVERITY, return_dtype=pl.String),
        "old": old.filter(broken).cast(pl.String),
        "new": nothing if new is None else new.filter(broken).cast(pl.String),
    }
    return [pl.DataFrame(lines, schema=BREACH)]


def where(broken: pl.Series, rule: str) -> pl.Series:
    """The rule's id where it is broken, null elsewhere."""
    return pl.DataFrame({"broken": broken}).select(pl.when(pl.col("broken")).then(pl.lit(rule)).alias("rule"))["rule"]
