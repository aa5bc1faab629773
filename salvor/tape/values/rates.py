"""Rates: from their decimal text to WAD (1e18 = 100 %), exactly.

The mapping says whether the file writes percent, fractions of one or basis points; a percent sign is read where the
unit is percent. A rate may be below zero.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from salvor.tape.values.money import Numbers, read_money
from salvor.tape.values.outcome import Read

NOT_A_RATE = "TAPE-032"
RateUnit = Literal["percent", "fraction", "basis_point"]
_DECIMALS: dict[RateUnit, int] = {"percent": 16, "fraction": 18, "basis_point": 14}  # of WAD below one of the unit


def read_rates(text: pl.Series, numbers: Numbers, *, unit: RateUnit) -> Read:
    """WAD as 128-bit integers; what is no number, or finer than WAD, is no rate."""
    if unit == "percent":
        text = text.str.strip_chars().str.replace(r" ?%$", "")
    done = read_money(text, numbers, currency="", decimals=_DECIMALS[unit], rounding="exact")
    problems = pl.DataFrame({"found": done.problems}).select(
        pl.when(pl.col("found").is_not_null()).then(pl.lit(NOT_A_RATE)).alias("found")
    )
    return Read(done.values, problems["found"])
