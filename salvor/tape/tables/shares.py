"""A value shared out among loans by what is owed, to the last unit."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def shares(value: int, weights: Sequence[int]) -> list[int]:
    """Parts of a value in proportion to the weights, in their order; they sum up to the value.

    Each part is the floor of what all up to it should have less what those before it have. Weights below zero count
    as nothing; without any weight the parts are equal.
    """
    counted = [max(0, weight) for weight in weights]
    if not any(counted):
        counted = [1] * len(counted)
    total, running, given, found = sum(counted), 0, 0, []
    for weight in counted:
        running += weight
        found.append(value * running // total - given)
        given += found[-1]
    return found


def share_out(pairs: pl.DataFrame, by: str) -> pl.DataFrame:
    """Each pair's part of the `value` of its `by`, by what is `owed`; all in settlement units.

    Reckoned in Python's integers, since a value times a balance does not fit 128 bits.
    """
    rows = list[tuple[int, str, int]]()
    for (name,), group in pairs.sort(by, "loan").group_by(by, maintain_order=True):
        value = group["value"][0]
        if value is not None:
            parts = shares(value, group["owed"].fill_null(0).to_list())
            rows += zip(group["loan"].to_list(), [str(name)] * len(group), parts, strict=True)
    return pl.DataFrame(rows, schema={"loan": pl.UInt32, by: pl.String, "part": pl.Int128}, orient="row")
