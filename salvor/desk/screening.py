"""How far each case of a book is from each trigger, all cases at once.

What docs/liquidation.md, rule 32, says of one case, said of a table: gaps to a level are the same integers, in
columns, and only their ratio to the level, by which people order them, is a float. A distance is 0 or less where the
condition holds, so of a clause the farthest condition counts, of a trigger the nearest clause. Values come in
millionths, claims in settlement units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salvor.errors import FileMissing, OptionInvalid
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms

MILLION = 10**6
FINEST = 10**12  # a millionth in WAD
FACTS = {Looks.PLAN_BROKEN: "plan_broken", Looks.COURT_OVERDUE: "court_overdue"}
LATE = "report_late"  # seconds past the end of the period that is reported next
FAR = 1.0  # the distance of a fact that is not there


@dataclass(frozen=True)
class Near:
    """A case, the place of a trigger, and how far it is from firing, as a share of the level."""

    case: int
    trigger: int
    distance: float

    @property
    def holds(self) -> bool:
        """Whether its cause is there."""
        return self.distance <= 0


def read_cases(path: Path) -> pl.DataFrame:
    """A CSV or Parquet file with a line a case."""
    if not path.exists():
        raise FileMissing(path, "file of cases")
    return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)


def screen(cases: pl.DataFrame, triggers: Sequence[TriggerTerms], *, decimals: int) -> pl.DataFrame:
    """A line a case, a column a trigger, named by its place: the distance."""
    refuse_missing(cases, triggers)
    whole = integers_for(cases, triggers, decimals)
    columns = [pl.col("case")]
    for number, terms in enumerate(triggers):
        distances = [distance(one, decimals, whole) for one in terms.conditions]
        far = [pl.max_horizontal([distances[place] for place in sorted(clause)]) for clause in terms.clauses if clause]
        columns.append(pl.min_horizontal(far).alias(str(number)))
    return cases.lazy().select(columns).collect()


def nearest(found: pl.DataFrame, most: int) -> list[Near]:
    """The nearest of all cases and triggers, so many at most."""
    lines = found.unpivot(index="case", variable_name="trigger", value_name="distance")
    near = lines.bottom_k(most, by=["distance", "case"]).sort("distance", "case", "trigger")
    return [Near(case, int(trigger), distance) for case, trigger, distance in near.iter_rows()]


def causes(found: pl.DataFrame) -> list[tuple[int, int]]:
    """Each (case, trigger) whose cause is there."""
    places = [name for name in found.columns if name != "case"]
    return [(case, int(name)) for name in places for (case,) in found.filter(pl.col(name) <= 0).select("case").rows()]


def distance(one: Condition, decimals: int, whole: type[pl.DataType]) -> pl.Expr:
    """Of a condition, as a share of its level; the gap before the division is exact, and 0 or below where it holds."""
    if one.looks in FACTS:
        return pl.when(pl.col(FACTS[one.looks])).then(0.0).otherwise(FAR)
    if one.looks == Looks.REPORT_MISSED:
        return pl.when(pl.col(LATE) > one.window).then(0.0).otherwise(FAR)
    value, claim = pl.col(column_of(one)).cast(whole), pl.col("claim").cast(whole)
    money, level = value * 10**decimals // MILLION, one.level // FINEST
    if one.looks == Looks.COVERAGE_BELOW:
        return _share(money * MILLION - claim * level + 1, claim * level)
    if one.looks == Looks.LOAN_TO_VALUE_ABOVE:
        return _share(money * level - claim * MILLION + 1, money * level)
    if one.looks == Looks.VALUE_ABOVE:
        return _share(level - value + 1, level)
    if one.looks == Looks.VALUE_BELOW:
        return _share(value - level + 1, level)
    return _share(value + level - pl.col(f"{column_of(one)}_reference").cast(whole), level)


def column_of(one: Condition) -> str:
    """`COLLATERAL/` is in the column `collateral`."""
    return one.prefix.rstrip("/").lower()


def integers_for(cases: pl.DataFrame, triggers: Sequence[TriggerTerms], decimals: int) -> type[pl.DataType]:
    """Integers that hold every product: of 64 bits, which are fast, as far as these do."""
    conditions = [one for terms in triggers for one in terms.conditions if one.is_of_value]
    level = max((one.level // FINEST for one in conditions), default=0)
    names = {"claim", *map(column_of, conditions)}
    largest = max((_largest(cases[name]) for name in names), default=0)
    factor = max(level, MILLION) * 10**decimals
    return pl.Int64 if largest * factor < 2**62 else pl.Int128


def _largest(column: pl.Series) -> int:
    bounds = column.max(), column.min()
    return max((abs(bound) for bound in bounds if isinstance(bound, int)), default=0)


def refuse_missing(cases: pl.DataFrame, triggers: Sequence[TriggerTerms]) -> None:
    """Before anything is reckoned: a column that is not there, a level that is not whole in millionths."""
    wanted = ["case", "claim"]
    for one in (one for terms in triggers for one in terms.conditions):
        if one.level % FINEST:
            raise OptionInvalid(f"level {one.level} of {one.looks.name.lower()} is finer than a millionth")
        wanted += [FACTS[one.looks]] if one.looks in FACTS else []
        wanted += [LATE] if one.looks == Looks.REPORT_MISSED else []
        wanted += [column_of(one)] if one.is_of_value else []
        wanted += [f"{column_of(one)}_reference"] if one.looks == Looks.VALUE_FELL else []
    if missing := sorted(set(wanted) - set(cases.columns)):
        raise OptionInvalid(f"the cases have no column {', '.join(missing)}; found: {', '.join(cases.columns)}")


def _share(gap: pl.Expr, level: pl.Expr | int) -> pl.Expr:
    if isinstance(level, int):
        return gap.cast(pl.Float64) / max(level, 1)
    return gap.cast(pl.Float64) / pl.max_horizontal(level.cast(pl.Float64), pl.lit(1.0))
