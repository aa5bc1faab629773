"""Exact values back as text, for people to read: what stands in the exceptions file of a value that was made."""

from __future__ import annotations

import polars as pl

from salvor.tape.schema import FieldSpec

_PERCENT = 16  # decimals of WAD below one percent


def written(values: pl.Series, spec: FieldSpec, *, decimals: int) -> pl.Series:
    """Amounts as decimals of the settlement asset, rates in percent, all else as it is; null stays null."""
    if spec.kind == "rate":
        return _decimal(values, _PERCENT)
    return _decimal(values, decimals) if spec.kind == "money" else values.cast(pl.String)


def _decimal(values: pl.Series, decimals: int) -> pl.Series:
    size = pl.col("units") * pl.when(pl.col("units") < 0).then(-1).otherwise(1)
    digits = size.cast(pl.String).str.pad_start(decimals + 1, "0")
    sign = pl.when(pl.col("units") < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = digits.str.slice(0, digits.str.len_chars() - decimals)
    text = sign + whole + (pl.lit(".") + digits.str.slice(-decimals) if decimals else pl.lit(""))
    return pl.DataFrame({"units": values.cast(pl.Int128)}).select(text.alias(values.name))[values.name]
