"""Everything that is neither money nor a date: identifiers, whole numbers, codes, plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from salvor.tape.values.outcome import Read, first_problem

SPACES_AROUND, NO_TEXT, NOT_WHOLE, UNKNOWN_CODE = "TAPE-003", "TAPE-007", "TAPE-030", "TAPE-040"

# Control characters but for tab and line ends, a byte-order mark within the file, and what stands for a lost letter.
# Those from 80 to 9F are letters of cp1252 that somebody read as Latin-1: the euro sign is one of them.
_DAMAGE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\u{9f}\u{feff}\u{fffd}]"
_UNSEEN = r"\p{Cf}"  # such as a space of no width: two identifiers would look the same
_LARGEST_WHOLE = 18  # digits


def damaged(text: pl.Expr) -> pl.Expr:
    """Whether a value has a character that is no text."""
    return text.fill_null("").str.contains(_DAMAGE)


def read_identifiers(text: pl.Series, *, pad: int | None = None) -> Read:
    """Text as it stands, leading zeros and all; `pad` fills up with zeros to a length that the mapping names."""
    frame = pl.DataFrame({"text": text.fill_null("")})
    value = pl.col("text").str.pad_start(pad, "0") if pad else pl.col("text")
    found = first_problem(
        (NO_TEXT, damaged(pl.col("text")) | pl.col("text").str.contains(_UNSEEN)),
        (SPACES_AROUND, pl.col("text").str.strip_chars() != pl.col("text")),
    )
    return _read(frame, text.name, value, found)


def read_texts(text: pl.Series, *, pad: int | None = None) -> Read:
    """Text without the spaces around it."""
    frame = pl.DataFrame({"text": text.fill_null("").str.strip_chars()})
    value = pl.col("text").str.pad_start(pad, "0") if pad else pl.col("text")
    return _read(frame, text.name, value, first_problem((NO_TEXT, damaged(pl.col("text")))))


def read_integers(text: pl.Series) -> Read:
    """Whole numbers of at most 18 digits."""
    frame = pl.DataFrame({"text": text.fill_null("").str.strip_chars()})
    whole = pl.col("text").str.contains(rf"^-?[0-9]{{1,{_LARGEST_WHOLE}}}$")
    value = pl.when(whole).then(pl.col("text")).cast(pl.Int64, strict=False)
    return _read(frame, text.name, value, first_problem((NOT_WHOLE, ~whole)))


def read_codes(text: pl.Series, *, known: Mapping[str, str], allowed: Sequence[str]) -> Read:
    """The bank's words for ours; a word of ours stands for itself."""
    frame = pl.DataFrame({"text": text.fill_null("").str.strip_chars()})
    ours = {**{each: each for each in allowed}, **known}
    value = pl.col("text").replace_strict(ours, default=None, return_dtype=pl.String)
    return _read(frame, text.name, value, first_problem((UNKNOWN_CODE, value.is_null())))


def _read(frame: pl.DataFrame, name: str, value: pl.Expr, found: pl.Expr) -> Read:
    problem = pl.when(pl.col("text") == "").then(pl.lit(None, pl.String)).otherwise(found)
    done = frame.with_columns(problem.alias("problem"), value.alias("value"))
    kept = pl.when((pl.col("text") != "") & pl.col("problem").is_null()).then(pl.col("value"))
    done = done.select(kept.alias("value"), pl.col("problem"))
    return Read(done["value"].alias(name), done["problem"])


def transformed(text: pl.Series, how: str | None) -> pl.Series:
    """The text as the mapping wants it changed, before it is read."""
    match how:
        case "upper":
            return text.str.to_uppercase()
        case "lower":
            return text.str.to_lowercase()
        case "trim":
            return text.str.strip_chars()
        case "remove_spaces":
            return text.str.replace_all(r"\s+", "")
        case _:
            return text
