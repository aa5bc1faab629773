"""Amounts: from their decimal text to integer settlement units, never through a float.

Signs: a minus before or after, or brackets, mean negative; two of them are refused, whatever they might mean. The
currency may stand before or after, by code or sign, and must be the deal's. Groups of thousands are read where the
mapping names their sign, and only whole groups of three.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from salvor.amounts import MAX_AMOUNT, Rounding
from salvor.tape.values.outcome import Read, first_problem

NOT_AN_AMOUNT, TWO_SIGNS, OTHER_CURRENCY = "TAPE-010", "TAPE-011", "TAPE-012"
BAD_GROUPS, TOO_FINE, TOO_LARGE = "TAPE-013", "TAPE-014", "TAPE-015"

_SPACES = " \u00a0\u202f\u2009"  # within numbers: space, no-break, narrow no-break, thin
_CURRENCY = r"[A-Z]{3}|\p{Sc}|kr\.?|zł|Kč|Fr\.?"
_SHAPE = (
    rf"^(?<before>[+-]?) ?(?<first>{_CURRENCY})? ?(?<open>\()? ?(?<second>{_CURRENCY})? ?(?<inner>[+-]?) ?"
    r"(?<number>[0-9.,'\u2019 ]*[0-9][0-9.,'\u2019 ]*?) ?"
    rf"(?<third>{_CURRENCY})? ?(?<close>\))? ?(?<fourth>{_CURRENCY})? ?(?<after>-?)$"
)
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "SEK": "kr", "NOK": "kr", "DKK": "kr"}
_SIGNS |= {"PLN": "zł", "CZK": "Kč", "CHF": "Fr", "KRW": "₩", "ILS": "₪", "TRY": "₺", "UAH": "₴"}


@dataclass(frozen=True)
class Numbers:
    """How a file writes numbers: the decimal sign, and the sign between groups of three ("" for none)."""

    decimal: str = "."
    thousands: str = ""


def read_money(text: pl.Series, numbers: Numbers, *, currency: str, decimals: int, rounding: Rounding) -> Read:
    """Units of a settlement asset with so many decimals, as 128-bit integers; an empty text has no value."""
    clean = pl.col("text").str.replace_all("\u2212", "-", literal=True).str.replace_all(f"[{_SPACES}\t]+", " ")
    frame = pl.DataFrame({"text": text.fill_null("")}).lazy().with_columns(clean.str.strip_chars(" "))
    parts = pl.col("text").str.extract_groups(_SHAPE)
    frame = frame.with_columns(parts.alias("part")).unnest("part")
    whole, fraction = _cut(numbers)
    frame = frame.with_columns(whole.alias("whole"), fraction.alias("fraction"))
    frame = frame.with_columns(_negative().alias("negative"))
    finer = pl.col("fraction").str.len_chars() > decimals
    frame = frame.with_columns(_size(decimals, rounding).alias("size"))
    found = first_problem(
        (NOT_AN_AMOUNT, pl.col("number").is_null() & (pl.col("text") != "")),
        (NOT_AN_AMOUNT, pl.col("open").is_null() != pl.col("close").is_null()),
        (TWO_SIGNS, _signs() > 1),
        (OTHER_CURRENCY, _foreign(currency)),
        (BAD_GROUPS, pl.col("whole").is_null() & (pl.col("text") != "")),
        (TOO_FINE, finer if rounding == "exact" else pl.lit(value=False)),
        (TOO_LARGE, pl.col("size").is_null() | (pl.col("size") > MAX_AMOUNT)),
    )
    problem = pl.when(pl.col("text") == "").then(pl.lit(None, pl.String)).otherwise(found)
    frame = frame.with_columns(problem.alias("problem"))
    units = pl.col("size") * pl.when(pl.col("negative")).then(-1).otherwise(1)
    value = pl.when((pl.col("text") != "") & pl.col("problem").is_null()).then(units)
    done = frame.select(value.alias("value"), pl.col("problem")).collect()
    return Read(done["value"].alias(text.name), done["problem"])


def _cut(numbers: Numbers) -> tuple[pl.Expr, pl.Expr]:
    """Digits before and after the decimal sign, trailing zeros gone; null where the signs do not fit the dialect."""
    point, groups = re.escape(numbers.decimal), "".join(map(re.escape, _alike(numbers.thousands)))
    grouped = rf"[0-9]{{1,3}}(?:[{groups}][0-9]{{3}})+|" if groups else ""
    shape = rf"^((?:{grouped}[0-9]+)?)(?:{point}([0-9]*))?$"
    whole = pl.col("number").str.extract(shape, 1).str.replace_all(r"[^0-9]", "")
    fraction = pl.col("number").str.extract(shape, 2).fill_null("").str.strip_chars_end("0")
    return whole, fraction


def _alike(thousands: str) -> str:
    """The ways to write a space or an apostrophe."""
    return {" ": " ", "'": "'\u2019"}.get(thousands, thousands)


def _signs() -> pl.Expr:
    marks = [(pl.col(part).fill_null("") != "").cast(pl.Int8) for part in ("before", "inner", "after", "open")]
    return pl.sum_horizontal(marks)


def _negative() -> pl.Expr:
    minus = [pl.col(part).fill_null("") == "-" for part in ("before", "inner", "after")]
    return pl.any_horizontal(*minus, pl.col("open").is_not_null())


def _foreign(currency: str) -> pl.Expr:
    own = [currency, _SIGNS.get(currency, currency)]
    others = [
        pl.col(part).is_not_null() & ~pl.col(part).str.strip_chars_end(".").is_in(own)
        for part in ("first", "second", "third", "fourth")
    ]
    return pl.any_horizontal(others)


def _size(decimals: int, rounding: Rounding) -> pl.Expr:
    """The amount without its sign; beyond the asset's decimals it is rounded as named."""
    kept = pl.col("fraction").str.slice(0, decimals).str.pad_end(decimals, "0")
    rest = pl.col("fraction").str.slice(decimals)
    size = (pl.col("whole").str.strip_chars_start("0") + kept).str.strip_chars_start("0").str.pad_start(1, "0")
    # 38 digits are more than any books hold; longer ones do not fit 128 bits and are told as too large.
    units = pl.when(size.str.len_chars() <= 38).then(size).cast(pl.Int128, strict=False)
    up = {
        "exact": pl.lit(value=False),
        "down": pl.lit(value=False),
        "up": (rest != "") & ~pl.col("negative"),
        "half_up": rest >= "5",
        "half_even": (rest > "5") | ((rest == "5") & (units % 2 == 1)),
    }[rounding]
    return units + up.cast(pl.Int128)
