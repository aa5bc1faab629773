"""How a column writes its dates: one format that all values fit, or the question which of two is meant.

Day and month are never told apart value by value: where the column as a whole leaves it open, somebody must choose.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from salvor.tape.propose.line import Key
from salvor.tape.propose.looks import fitting
from salvor.tape.values.dates import read_dates

_USUAL_PIVOT = 49
_LONG = 75  # two-digit years up to it may be of this century where a day can lie far ahead
_AHEAD = ("maturity_date", "invoice_due_date", "promised_payment_date", "right_expiry_date")
_SURE = 90  # percent of the values that must fit where some do not


def date_keys(texts: pl.Series, field: str, *, today: date | None = None) -> tuple[list[Key], list[str]]:
    """The keys `format` and `century_pivot` of a column of dates, and what should be known about its values."""
    found = fitting(texts)
    if not found:
        return [Key("format", None, "no known format fits, such as %d/%m/%Y")], []
    best, share = found[0]
    rivals = [each for each, _ in found[1:] if _says_otherwise(texts, best, each)]
    if rivals or share < _SURE:
        choices = (best, *(rivals or [each for each, _ in found[1:]]))
        return [Key("format", None, _readings(texts, choices), choices)], []
    keys, notes = [Key("format", best)], []
    if "%y" in best:
        keys.append(_pivot(texts, best, field, today or date.today()))
    if share < 100:
        unread = texts.filter(read_dates(texts, best).problems.is_not_null())
        notes.append(f"{len(unread)} other values do not fit, such as {unread[0]}")
    return keys, notes


def _says_otherwise(texts: pl.Series, best: str, rival: str) -> bool:
    """Whether the rival reads a value as another day and the column does not settle which of the two is right."""
    one, other = read_dates(texts, best), read_dates(texts, rival)
    unlike = (one.values != other.values).fill_null(value=False).any()
    more = (one.problems.is_null() & other.problems.is_not_null()).any()
    less = (one.problems.is_not_null() & other.problems.is_null()).any()
    return bool(less if more else unlike)


def _readings(texts: pl.Series, choices: Sequence[str]) -> str:
    """One value in all its readings, or where no value has two, a value of each."""
    days = pl.DataFrame({each: read_dates(texts, each).values for each in choices}).with_columns(texts.alias("text"))
    unlike = days.filter(pl.col(choices[0]) != pl.col(choices[min(1, len(choices) - 1)]))
    if unlike.height:
        row = unlike.row(0, named=True)
        said = [f"{_in_words(row[each])} ({each})" for each in choices if row[each]]
        return f"{row['text']} is {' or '.join(said)}"
    said = []
    for each in choices:
        fits = days.filter(pl.col(each).is_not_null())
        said.append(f"{fits.height} of {days.height} values fit {each}, such as {fits['text'][0]}")
    return "; ".join(said)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _pivot(texts: pl.Series, date_format: str, field: str, today: date) -> Key:
    """Which century two digits mean: a day that is past can't lie ahead of today, one that is due may."""
    years = [day.year % 100 for day in read_dates(texts, date_format).values if day]
    if field in _AHEAD:
        late = [year for year in years if _USUAL_PIVOT < year <= _LONG]
        if late:
            says = f"is {late[0]} the year 19{late[0]} ({_USUAL_PIVOT}) or 20{late[0]} ({_LONG})"
            return Key("century_pivot", None, says, (str(_USUAL_PIVOT), str(_LONG)))
        return Key("century_pivot", str(_USUAL_PIVOT), "two-digit years")
    now = today.year % 100
    if any(now < year <= _USUAL_PIVOT for year in years):
        return Key("century_pivot", str(now), f"two-digit years: none of these days is after 20{now:02}")
    return Key("century_pivot", str(_USUAL_PIVOT), "two-digit years")
