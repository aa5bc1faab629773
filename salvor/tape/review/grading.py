"""An internal grade for each loan, with the points of every driver, by the scorecard.

The grade is expert judgement. The blind grade leaves out all that is known only because a loan failed: whether failed
loans grade worse can be asked of it alone, the other one would answer by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from salvor.amounts import Wad
from salvor.tape.check import KEY
from salvor.tape.review.groups import days_since_default, secured
from salvor.tape.review.scorecard import Driver, Scorecard
from salvor.tape.review.source import UNITS, Source, Sum
from salvor.tape.review.strata import share

UNGRADED = "none"
_PLAIN = {"lien_position": "lien_position", "employees": "number_of_employees", "legal_status": "legal_status"}


@dataclass(frozen=True)
class GradeLine:
    """Loans of one grade; the rate is the charged off among those whose status is known, rounded down."""

    grade: str
    sum: Sum
    charged_off: int
    with_status: int
    rate: Wad


@dataclass(frozen=True)
class Ranking:
    """Of all pairs of a loan that was charged off and one that was not: whose grade is worse."""

    right: int  # the charged-off one's
    wrong: int
    tied: int

    @property
    def share(self) -> Wad | None:
        """Of pairs ranked right, ties counted half, rounded down: 50 % is a coin. None where there are no pairs."""
        pairs = self.right + self.wrong + self.tied
        return share(2 * self.right + self.tied, 2 * pairs) if pairs else None


@dataclass(frozen=True)
class Grades:
    """By grade and by blind grade, best first; a line of each table for every loan."""

    version: int
    drivers: tuple[tuple[str, Driver], ...]  # that this tape can have
    missing: tuple[str, ...]  # that it can't
    by_grade: tuple[GradeLine, ...]
    by_blind_grade: tuple[GradeLine, ...]
    blind_ranking: Ranking


def measures(source: Source) -> dict[str, pl.Expr]:
    """What each driver of this tape measures: a whole number or a word, null where a loan does not say."""
    return dict(_measures(source))


def _measures(source: Source) -> Iterator[tuple[str, pl.Expr]]:
    specs, units = source.specs(), pl.col(UNITS)
    if specs.keys() & {"collateral_type", "collateral_value"}:
        words = pl.when(secured(specs)).then(pl.lit("secured")).otherwise(pl.lit("unsecured"))
        yield "secured", pl.when(secured(specs).is_not_null()).then(words)
    if "collateral_value" in specs:
        value = pl.col("collateral_value")
        yield "ltv", pl.when(value > 0).then((units * 100 + value - 1) // value)
    if {"guaranteed_amount", "origination_amount"} <= specs.keys():
        agreed = pl.col("origination_amount")
        yield "guarantee", pl.when(agreed > 0).then(pl.col("guaranteed_amount") * 100 // agreed)
    yield "size", units // 10**source.decimals
    for name, field in _PLAIN.items():
        if field in specs:
            yield name, pl.col(field)
    if "status" in specs:
        yield "status", pl.col("status")
    if (days := days_since_default(source)) is not None:
        yield "time_since_default", days
    if "recovered_amount" in specs:
        yield "recovery", pl.when(units > 0).then(pl.col("recovered_amount") * 100 // units)


def graded(source: Source, card: Scorecard, *, eligible: pl.Expr) -> pl.LazyFrame:
    """Every accepted loan with both grades, how many drivers were known, and the points of each."""
    found = measures(source)
    drivers = {name: driver for name, driver in card.drivers.items() if name in found}
    before = {name: driver for name, driver in drivers.items() if not driver.after_default}
    status = [pl.col("status")] if "status" in source.specs() else []
    points = [_points(found[name], driver).alias(f"points_{name}") for name, driver in drivers.items()]
    return (
        source.scan()
        .select(KEY, UNITS, *status, eligible.alias("eligible"), *points)
        .with_columns(
            score(drivers).alias("score"), score(before).alias("blind_score"), _known(drivers).alias("drivers_known")
        )
        .with_columns(_grade("score", card).alias("grade"), _grade("blind_score", card).alias("blind_grade"))
        .select(
            KEY, UNITS, *status, "eligible", "grade", "score", "drivers_known", "blind_grade", "blind_score",
            *(f"points_{name}" for name in drivers),
        )
    )  # fmt: skip


def _points(measure: pl.Expr, driver: Driver) -> pl.Expr:
    """Null where the loan has no value, or a word that the scorecard does not know."""
    if driver.values:
        return measure.replace_strict(dict(driver.values), default=None, return_dtype=pl.Int32)
    points = pl.lit(driver.bands[-1][1], dtype=pl.Int32)
    for bound, given in reversed(driver.bands[:-1]):
        points = pl.when(measure < pl.lit(bound, dtype=pl.Int128)).then(pl.lit(given, dtype=pl.Int32)).otherwise(points)
    return pl.when(measure.is_not_null()).then(points)


def score(drivers: dict[str, Driver]) -> pl.Expr:
    """Percent of the points that the known drivers could give, rounded down; null when none is known."""
    if not drivers:
        return pl.lit(None, dtype=pl.Int32)
    points = [pl.col(f"points_{name}") for name in drivers]
    possible = pl.sum_horizontal(
        pl.when(each.is_not_null()).then(driver.most).otherwise(0)
        for each, driver in zip(points, drivers.values(), strict=True)
    )
    return pl.when(possible > 0).then(pl.sum_horizontal(points) * 100 // possible).cast(pl.Int32)


def _known(drivers: dict[str, Driver]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(f"points_{name}").is_not_null().cast(pl.Int32) for name in drivers)


def _grade(score: str, card: Scorecard) -> pl.Expr:
    grade = pl.lit(None, dtype=pl.String)
    for name, least in reversed(list(card.grades.items())):
        grade = pl.when(pl.col(score) >= least).then(pl.lit(name)).otherwise(grade)
    return grade


def summarise(loans: pl.LazyFrame, source: Source, card: Scorecard) -> Grades:
    """Both tables, over all accepted loans."""
    found = measures(source)
    drivers = tuple((name, driver) for name, driver in card.drivers.items() if name in found)
    missing = tuple(name for name in card.drivers if name not in found)
    lines = [tuple(_lines(loans, column, card)) for column in ("grade", "blind_grade")]
    return Grades(card.version, drivers, missing, lines[0], lines[1], ranking(lines[1]))


def ranking(lines: Sequence[GradeLine]) -> Ranking:
    """How well grades, best first, tell apart what was charged off; loans without a grade or a status count nowhere."""
    right = wrong = tied = off_before = fine_before = 0
    for line in lines:
        if line.grade == UNGRADED:
            continue
        off, fine = line.charged_off, line.with_status - line.charged_off
        right, wrong, tied = right + off * fine_before, wrong + fine * off_before, tied + off * fine
        off_before, fine_before = off_before + off, fine_before + fine
    return Ranking(right, wrong, tied)


def _lines(loans: pl.LazyFrame, column: str, card: Scorecard) -> Iterator[GradeLine]:
    has_status = "status" in loans.collect_schema()
    status = pl.col("status") if has_status else pl.lit(None, dtype=pl.String)
    counted = loans.group_by(pl.col(column).fill_null(UNGRADED).alias("grade")).agg(
        pl.len().alias("rows"),
        pl.col(UNITS).sum(),
        (status == "charged_off").sum().alias("off"),
        status.is_not_null().sum().alias("known"),
    )
    by_grade = {line["grade"]: line for line in counted.collect(engine="streaming").iter_rows(named=True)}
    for grade in [*card.grades, *([UNGRADED] if UNGRADED in by_grade else [])]:
        line = by_grade.get(grade, {"rows": 0, UNITS: 0, "off": 0, "known": 0})
        off, known = int(line["off"]), int(line["known"])
        yield GradeLine(grade, Sum(line["rows"], line[UNITS]), off, known, share(off, known))
