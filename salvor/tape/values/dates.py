"""Dates by one format a column: what does not fit it is a fault of the row, and no other format is tried.

A day that could be a month is read as the mapping says. Without a format the column is looked at as a whole: where all
its values fit one format only, that is proposed; where they fit two, both readings are shown and somebody must choose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from salvor.tape.values.outcome import Read, first_problem

NOT_A_DATE, NO_SUCH_DAY, OUT_OF_RANGE = "TAPE-020", "TAPE-021", "TAPE-022"

EARLIEST, LATEST = 1900, 2199
_PARTS = {"%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%Y": "[0-9]{4}", "%y": "[0-9]{2}", "%b": "[A-Za-z]{3}"}
_FIXED = {"%d": "[0-9]{2}", "%m": "[0-9]{2}"}  # where nothing stands between the parts
_SEPARATED = (
    "%d{0}%m{0}%Y",
    "%m{0}%d{0}%Y",
    "%Y{0}%m{0}%d",
    "%d{0}%m{0}%y",
    "%m{0}%d{0}%y",
    "%d{0}%b{0}%Y",
    "%d{0}%b{0}%y",
)
FORMATS = (*(shape.format(sign) for sign in "/.-" for shape in _SEPARATED), "%Y%m%d", "%d%m%Y", "%m%d%Y")


def read_dates(text: pl.Series, date_format: str, *, pivot: int | None = None) -> Read:
    """Dates of one format; with two-digit years, those up to `pivot` are of this century and the others of the last."""
    clean = pl.col("text").str.strip_chars()
    frame = pl.DataFrame({"text": text.fill_null("")}).lazy().with_columns(clean)
    frame = frame.with_columns(pl.col("text").str.contains(shape_of(date_format)).alias("fits"))
    day = pl.col("text").str.to_date(date_format, strict=False)
    if "%y" in date_format:
        day = _in_its_century(day, 49 if pivot is None else pivot)
    frame = frame.with_columns(pl.when(pl.col("fits")).then(day).alias("day"))
    year = pl.col("day").dt.year()
    found = first_problem(
        (NOT_A_DATE, ~pl.col("fits")),
        (NO_SUCH_DAY, pl.col("day").is_null()),
        (OUT_OF_RANGE, (year < EARLIEST) | (year > LATEST)),
    )
    problem = pl.when(pl.col("text") == "").then(pl.lit(None, pl.String)).otherwise(found)
    done = frame.with_columns(problem.alias("problem")).select(
        pl.when(pl.col("problem").is_null()).then(pl.col("day")).alias("value"), pl.col("problem")
    )
    collected = done.collect()
    return Read(collected["value"].alias(text.name), collected["problem"])


def _in_its_century(day: pl.Expr, pivot: int) -> pl.Expr:
    """Whatever century the parser chose, the two digits decide."""
    digits = day.dt.year() % 100
    year = digits + pl.when(digits <= pivot).then(2000).otherwise(1900)
    return pl.date(year, day.dt.month(), day.dt.day())


def shape_of(date_format: str) -> str:
    """A pattern for the whole text: polars alone would read the year 20 and cut what follows."""
    separated = re.search(r"%[a-zA-Z][^%]+%", date_format)
    pattern, place = "^", 0
    while place < len(date_format):
        part = date_format[place : place + 2]
        if part in _PARTS:
            pattern += _PARTS[part] if separated else _FIXED.get(part, _PARTS[part])
            place += 2
        else:
            pattern += re.escape(date_format[place])
            place += 1
    return pattern + "$"


def fitting_formats(text: pl.Series) -> Sequence[str]:
    """The formats that every value of the column fits; an empty column fits none."""
    values = text.drop_nulls().str.strip_chars()
    values = values.filter(values != "").unique()
    if not len(values):
        return ()
    return [each for each in FORMATS if not read_dates(values, each).problems.is_not_null().any()]
