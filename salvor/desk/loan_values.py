"""What a servicer knows of each loan today: a file of values beside a tape, read exactly, each row right or told.

Values are decimals of at most six places; `at` says on which day, or at which second, a line was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from salvor.desk.screening import CLASS, FACTS, LATE, MILLION, SEEN, column_of
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, RowInvalid, near
from salvor.model.liquidation.watch import Looks, TriggerTerms

LOAN = "loan"
_AMOUNT = r"^\d{1,12}(\.\d{1,6})?$"
_DAY, _SECOND = r"^\d{4}-\d{2}-\d{2}$", r"^\d{9,11}$"


def read_values(
    path: Path,
    triggers: Sequence[TriggerTerms],
    claims: Mapping[str, int],
    *,
    now: int,
    classes: Mapping[str, bytes] | None = None,
) -> pl.DataFrame:
    """A line a loan, as a screening takes it; raises what of the file is wrong, with its line."""
    raw = _read(path)
    _refuse_missing(path, raw, triggers)
    _refuse_rows(path, raw, claims)
    table = raw.select(LOAN, _seconds(path, raw, now), *(_millionths(path, raw, each) for each in _columns(triggers)))
    references = [f"{each}_reference" for each in _fell(triggers)]
    known = [_millionths(path, raw, each) for each in references if each in raw.columns]
    table = table.with_columns(known)
    missing = [pl.lit(None, pl.Int64).alias(each) for each in references if each not in raw.columns]
    claim = pl.Series("claim", [claims[loan] for loan in table[LOAN]], dtype=pl.Int64)
    # No strategy runs before a loan is in a case, so neither a plan nor a court date can be missed.
    facts = [pl.lit(value=False).alias(name) for name in FACTS.values()]
    schemas = [(classes or {}).get(loan, b"").hex() for loan in table[LOAN]]
    return table.with_columns(claim, pl.Series(CLASS, schemas), *missing, *facts, pl.lit(None, pl.Int64).alias(LATE))


def _read(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise FileMissing(path, "file of values")
    try:
        raw = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise FileUnreadable(path, "a CSV or Parquet file of values", reason) from None
    for name, kind in raw.schema.items():
        if kind.is_float():
            raise OptionInvalid(f"{path}: column '{name}' has binary fractions; write decimals, or text")
    return raw.with_columns(pl.all().cast(pl.String).str.strip_chars())


def _refuse_missing(path: Path, raw: pl.DataFrame, triggers: Sequence[TriggerTerms]) -> None:
    for name in (LOAN, SEEN, *_columns(triggers)):
        if name not in raw.columns:
            hint = near(name, raw.columns) or f"; found: {', '.join(raw.columns)}"
            raise RowInvalid(path, 1, f"no column '{name}'{hint}")
    if raw.is_empty():
        raise RowInvalid(path, 2, "no loan stands here")


def _refuse_rows(path: Path, raw: pl.DataFrame, claims: Mapping[str, int]) -> None:
    """Every loan is of the tape, and stands once."""
    known = raw[LOAN].is_in(pl.Series(list(claims), dtype=pl.String).implode())
    if not known.fill_null(value=False).all():
        line = _first(~known.fill_null(value=False))
        loan = raw[LOAN][line - 2] or ""
        raise RowInvalid(path, line, f"loan '{loan}' is not in the tape{near(loan, claims)}")
    twice = raw[LOAN].is_duplicated()
    if twice.any():
        line = _first(twice)
        raise RowInvalid(path, line, f"loan '{raw[LOAN][line - 2]}' stands more than once")


def _seconds(path: Path, raw: pl.DataFrame, now: int) -> pl.Series:
    """Days and seconds since 1970; none is to come."""
    text = raw[SEEN]
    wrong = text.is_null() | ~(text.str.contains(_DAY) | text.str.contains(_SECOND))
    days = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int64) * 86_400
    found = days.fill_null(text.str.to_integer(strict=False)).alias(SEEN)
    wrong = wrong | found.is_null()
    if wrong.any():
        line = _first(wrong)
        raise RowInvalid(path, line, f"column '{SEEN}': '{text[line - 2]}' is no day such as 2027-03-31")
    if (late := found > now).any():
        line = _first(late)
        raise RowInvalid(path, line, f"column '{SEEN}': {text[line - 2]} is to come: it is {_day(now)}")
    return found


def _millionths(path: Path, raw: pl.DataFrame, name: str) -> pl.Series:
    """Exact; nothing where nothing stands."""
    text = raw[name].replace("", None)
    wrong = ~text.str.contains(_AMOUNT).fill_null(value=True)
    if wrong.any():
        line = _first(wrong)
        raise RowInvalid(path, line, f"column '{name}': '{text[line - 2]}' is no amount of at most six decimals")
    parts = text.str.split_exact(".", 1).struct.unnest()
    whole, rest = parts.to_series(0).cast(pl.Int64), parts.to_series(1).fill_null("")
    return (whole * MILLION + rest.str.pad_end(6, "0").cast(pl.Int64)).alias(name)


def _columns(triggers: Sequence[TriggerTerms]) -> list[str]:
    conditions = [one for terms in triggers for one in terms.conditions if one.is_of_value]
    return list(dict.fromkeys(map(column_of, conditions)))


def _fell(triggers: Sequence[TriggerTerms]) -> list[str]:
    conditions = [one for terms in triggers for one in terms.conditions if one.looks == Looks.VALUE_FELL]
    return list(dict.fromkeys(map(column_of, conditions)))


def _first(wrong: pl.Series) -> int:
    """The line of the file: below the header, counted from 1."""
    return int(wrong.arg_true()[0]) + 2


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
