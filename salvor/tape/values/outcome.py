"""What reading a column gives: values, and for each that can't be read the rule it breaks."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Read:
    """Two columns of one length: `values` (null where there is none) and `problems` (a rule's id, or null)."""

    values: pl.Series
    problems: pl.Series


def first_problem(*found: tuple[str, pl.Expr]) -> pl.Expr:
    """The id of the first rule, in this order, whose condition holds."""
    chain: pl.Expr = pl.lit(None, pl.String)
    for rule, condition in reversed(found):
        chain = pl.when(condition).then(pl.lit(rule)).otherwise(chain)
    return chain
