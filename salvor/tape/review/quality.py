"""How good the data is, field by field: how much is there, how much of it broke a rule, what range it has.

A score is 0 to 100, in whole points, rounded down:

    field = 100 x filled / expected x (1 - min(1, (rows rejected + rows warned / 2) / rows read))
    tape  = mean of the fields, required ones counted twice, x rows accepted / rows read
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from salvor.tape.check import KEY
from salvor.tape.review.source import Source
from salvor.tape.schema import FieldSpec

# Fields that only some loans can have: an empty one elsewhere is no gap.
_IN_DEFAULT, _OFF = ("defaulted", "charged_off"), ("charged_off",)
_BY_STATUS = {
    "default_date": _IN_DEFAULT,
    "charge_off_date": _OFF,
    "charge_off_amount": _OFF,
    "recovered_amount": _IN_DEFAULT,
}
_OF_COLLATERAL = (
    "collateral_identifier",
    "collateral_value",
    "collateral_valuation_date",
    "collateral_country",
    "collateral_region",
    "lien_position",
)


@dataclass(frozen=True)
class FieldQuality:
    """Of one field; lowest and highest are told of amounts, rates, days and whole numbers only."""

    name: str
    kind: str
    required: bool
    expected: int  # accepted rows that should have a value
    filled: int  # of these
    distinct: int
    lowest: int | date | None
    highest: int | date | None
    rejects: int  # rows of the file
    warnings: int
    notes: int
    score: int


@dataclass(frozen=True)
class Quality:
    """Of the whole tape; personal fields are counted, not told."""

    fields: tuple[FieldQuality, ...]
    score: int
    personal_left_out: int


def quality_of(source: Source) -> Quality:
    """Measure every mapped field that may be shown, a pass for each over the accepted loans."""
    found = _breaches(source)
    fields = tuple(_field(source, name, spec, found) for name, spec in source.specs().items())
    weights = [2 if each.required else 1 for each in fields]
    points = sum(weight * each.score for weight, each in zip(weights, fields, strict=True))
    rows = source.read.rows
    score = points * source.accepted.rows // (sum(weights) * rows) if rows else 0
    return Quality(fields, score, len(source.mapping.specs()) - len(fields))


def field_score(*, filled: int, expected: int, rejects: int, warnings: int, rows: int) -> int:
    """0 to 100, rounded down; a field that no loan should have is complete."""
    if not rows:
        return 0
    filled, expected = (filled, expected) if expected else (1, 1)
    bad = min(2 * rows, 2 * rejects + warnings)
    return 100 * filled * (2 * rows - bad) // (expected * 2 * rows)


def _field(source: Source, name: str, spec: FieldSpec, found: dict[tuple[str, str], int]) -> FieldQuality:
    value, wanted = pl.col(name), _expected(name, source)
    ranged = spec.kind in ("money", "rate", "date", "integer")
    counted = [
        wanted.sum().alias("expected"),
        (wanted & value.is_not_null()).sum().alias("filled"),
        value.drop_nulls().n_unique().alias("distinct"),
        *([value.min().alias("lowest"), value.max().alias("highest")] if ranged else []),
    ]
    row = source.scan().select(counted).collect(engine="streaming").row(0, named=True)
    rejects, warnings, notes = (found.get((name, severity), 0) for severity in ("reject", "warn", "info"))
    filled, expected = int(row["filled"] or 0), int(row["expected"] or 0)
    return FieldQuality(
        name=name,
        kind=spec.kind,
        required=spec.required or name in (KEY, source.balance),
        expected=expected,
        filled=filled,
        distinct=int(row["distinct"]),
        lowest=row.get("lowest"),
        highest=row.get("highest"),
        rejects=rejects,
        warnings=warnings,
        notes=notes,
        score=field_score(filled=filled, expected=expected, rejects=rejects, warnings=warnings, rows=source.read.rows),
    )


def _expected(name: str, source: Source) -> pl.Expr:
    """Where a value should be."""
    specs = source.specs()
    if name in _BY_STATUS and "status" in specs:
        return pl.col("status").is_in(_BY_STATUS[name]).fill_null(value=True)
    if name in _OF_COLLATERAL and "collateral_type" in specs:
        return (pl.col("collateral_type") != "none").fill_null(value=True)
    return pl.col(KEY).is_not_null()  # every loan has one


def _breaches(source: Source) -> dict[tuple[str, str], int]:
    """Rows that broke a rule, by field and severity; the values stay in the exceptions file."""
    lines = pl.scan_csv(source.exceptions, infer_schema=False).select("row", "field", "severity")
    counted = lines.group_by("field", "severity").agg(pl.col("row").n_unique()).collect(engine="streaming")
    return {(field or "", severity): int(rows) for field, severity, rows in counted.iter_rows()}
