"""How far each case of a book, or each loan of a tape, is from each trigger, all at once.

What docs/liquidation.md, rule 32, says of one case, said of a table: gaps to a level are the same integers, in
columns, and only their ratio to the level, by which people order them, is a float. A distance is 0 or less where the
condition holds, so of a clause the farthest condition counts, of a trigger the nearest clause. Values come in
millionths, claims in settlement units. What nobody knows, or what was seen longer ago than a trigger allows, is null: a
clause with such a condition has no distance. What is of another class than a trigger is infinitely far from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from salvor.errors import OptionInvalid
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms

MILLION = 10**6
FINEST = 10**12  # a millionth in WAD
FACTS = {Looks.PLAN_BROKEN: "plan_broken", Looks.COURT_OVERDUE: "court_overdue"}
SEEN = "at"  # when the values of a line were seen, seconds since 1970; `score_at` where one was seen by itself
LATE = "report_late"  # seconds past the end of the period that is reported next
CLASS = "class"  # the schema of the loan, or of the case's first one, in hexadecimal digits
FAR = 1.0  # the distance of a fact that is not there


@dataclass(frozen=True)
class Near:
    """A case or loan, the place of a trigger, and how far it is from firing, as a share of the level."""

    key: int | str
    trigger: int
    distance: float

    @property
    def holds(self) -> bool:
        """Whether its cause is there."""
        return self.distance <= 0


def screen(
    table: pl.DataFrame, triggers: Sequence[TriggerTerms], *, decimals: int, key: str = "case", now: int = 0
) -> pl.DataFrame:
    """The key of each line, and a column a trigger, named by its place: the distance. `now` is for tables with `at`."""
    refuse_missing(table, triggers, key)
    whole = integers_for(table, triggers, decimals)
    unknown = {name for name in table.columns if table[name].null_count()}
    columns = [pl.col(key)]
    for number, terms in enumerate(triggers):
        told = not unknown and not any(_seen(table, one) for one in terms.conditions)
        seen = [pl.col(name) + terms.age >= now if (name := _seen(table, one)) else None for one in terms.conditions]
        pairs = zip(terms.conditions, seen, strict=True)
        distances = [distance(one, decimals, whole, fresh) for one, fresh in pairs]
        far = [
            _farthest([distances[place] for place in sorted(clause)], told=told) for clause in terms.clauses if clause
        ]
        nearest_clause = pl.min_horizontal(far)
        if any(terms.schema):
            own = pl.col(CLASS) == terms.schema.hex()
            nearest_clause = pl.when(own).then(nearest_clause).otherwise(float("inf"))
        columns.append(nearest_clause.alias(str(number)))
    return table.lazy().select(columns).collect()


def nearest(found: pl.DataFrame, most: int) -> list[Near]:
    """The nearest of all lines and triggers, so many at most."""
    key = found.columns[0]
    lines = found.unpivot(index=key, variable_name="trigger", value_name="distance").filter(
        pl.col("distance").is_finite()
    )
    near = lines.bottom_k(most, by=["distance", key]).sort("distance", key, "trigger")
    return [Near(name, int(trigger), distance) for name, trigger, distance in near.iter_rows()]


def causes(found: pl.DataFrame) -> list[tuple[Any, int]]:
    """Each (key, trigger) whose cause is there."""
    key, *places = found.columns
    return [(one, int(name)) for name in places for (one,) in found.filter(pl.col(name) <= 0).select(key).rows()]


def distance(one: Condition, decimals: int, whole: type[pl.DataType], seen: pl.Expr | None = None) -> pl.Expr:
    """Of a condition, as a share of its level; the gap before the division is exact, and 0 or below where it holds.

    A value counts where `seen` says so.
    """
    if one.looks in FACTS:
        return _fact(pl.col(FACTS[one.looks]))
    if one.looks == Looks.REPORT_MISSED:
        return _fact(pl.col(LATE) > one.window)
    value, claim = pl.col(column_of(one)).cast(whole), pl.col("claim").cast(whole)
    if seen is not None:
        value = pl.when(seen).then(value)
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


def refuse_missing(cases: pl.DataFrame, triggers: Sequence[TriggerTerms], key: str = "case") -> None:
    """Before anything is reckoned: a column that is not there, a level that is not whole in millionths."""
    wanted = [key, "claim"]
    for one in (one for terms in triggers for one in terms.conditions):
        if one.level % FINEST:
            raise OptionInvalid(f"level {one.level} of {one.looks.name.lower()} is finer than a millionth")
        wanted += [FACTS[one.looks]] if one.looks in FACTS else []
        wanted += [LATE] if one.looks == Looks.REPORT_MISSED else []
        wanted += [column_of(one)] if one.is_of_value else []
        wanted += [f"{column_of(one)}_reference"] if one.looks == Looks.VALUE_FELL else []
    wanted += [CLASS] if any(any(terms.schema) for terms in triggers) else []
    if missing := sorted(set(wanted) - set(cases.columns)):
        raise OptionInvalid(f"the values have no column {', '.join(missing)}; found: {', '.join(cases.columns)}")


def _seen(table: pl.DataFrame, one: Condition) -> str:
    """The column that says when the condition's value was seen; nothing where none does."""
    names = (f"{column_of(one)}_{SEEN}", SEEN) if one.is_of_value else ()
    return next((name for name in names if name in table.columns), "")


def _fact(there: pl.Expr) -> pl.Expr:
    return pl.when(there.is_null()).then(None).when(there).then(0.0).otherwise(FAR)


def _farthest(distances: list[pl.Expr], *, told: bool) -> pl.Expr:
    """Of a clause; a horizontal maximum passes over nulls, and what is not told must count."""
    far = pl.max_horizontal(distances)
    return far if told else pl.when(pl.any_horizontal([each.is_null() for each in distances])).then(None).otherwise(far)


def _share(gap: pl.Expr, level: pl.Expr | int) -> pl.Expr:
    if isinstance(level, int):
        return gap.cast(pl.Float64) / max(level, 1)
    return gap.cast(pl.Float64) / pl.max_horizontal(level.cast(pl.Float64), pl.lit(1.0))
