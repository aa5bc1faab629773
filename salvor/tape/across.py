"""What all rows together show: a loan that stands twice, loans that look alike, a balance beyond all, a row of totals.

Of each row four hashes are kept, 36 bytes, and nothing else; what would reject a row is looked at once more in the
values themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from salvor.tape.files.table import ROW
from salvor.tape.schema import FieldSpec

ALIKE, UNLIKE, OTHER_CASE, LOOKS_ALIKE, OUTLIER = "TAPE-004", "TAPE-005", "TAPE-006", "TAPE-008", "TAPE-009"
_PERCENTILE, _TIMES, _FEWEST = (
    100,
    20,
    100,
)  # a hundredth of the rows; how far above it; rows below which none stands out
TOTALS, SUM_OF_ALL = "TAPE-060", "TAPE-061"
_TOTALS = (  # an identifier that is such a word, or begins with it: Totale MI
    r"(?i)^\W*(?:(?:grand |sub|sub-|sub |sous-|sous )?total|totals|totaux|(?:sub)?totale|totali"
    r"|(?:zwischen|gesamt|end)?summe|gesamt|insgesamt|sum|somma|suma|somme"
    r"|total g[eé]n[eé]ral|totale (?:generale|complessivo))(?:\W*|[\s:]+.*)$"
)
_ADDENDS = 5  # balances below which one can be the sum of the others by chance
_FOUND = {"row": pl.UInt32, "rule": pl.String}


@dataclass
class Across:
    """Gathers the hashes batch by batch; `found` says at the end which rows break which rule."""

    specs: Mapping[str, FieldSpec]
    key: str  # the field that identifies a row
    balance: str  # the field that holds it; every mapping has it
    case_matters: bool
    _hashes: list[pl.DataFrame] = field(default_factory=list)
    _totals: list[pl.DataFrame] = field(default_factory=list)

    def add(self, values: pl.DataFrame) -> None:
        """Keep the hashes of a batch."""
        key, others = pl.col(self.key), [name for name in self.specs if name != self.key]
        look = self._look()
        nothing = pl.lit(None, pl.UInt64)
        alike = pl.struct(look).hash() if look else nothing
        seen = pl.col(self.balance) > 0
        hashes = values.lazy().select(
            pl.col(ROW),
            pl.when(key.is_not_null()).then(key.hash()).alias("id"),
            pl.when(key.is_not_null()).then(key.str.to_lowercase().hash()).alias("folded"),
            (pl.struct(others).hash() if others else nothing).alias("content"),
            pl.when(seen & key.is_not_null()).then(alike).alias("look"),
        )
        self._hashes.append(hashes.collect())
        totals = values.filter(key.str.contains(_TOTALS))
        self._totals.append(totals.select(pl.col(ROW).alias("row"), pl.lit(TOTALS).alias("rule")))

    def found(self, values: pl.LazyFrame) -> pl.DataFrame:
        """Rows and rules, by row."""
        hashes = pl.concat(self._hashes)
        self._hashes = [hashes]
        found = [self._twice(hashes, values), self._other_case(hashes, values), self._alike(hashes)]
        balance = values.select(ROW, pl.col(self.balance).alias("balance")).filter(pl.col("balance") > 0).collect()
        found += [_beyond(balance), _sum_of_all(balance), *self._totals]
        # Where case is ignored, a row can be the double of another in two ways.
        return pl.concat([pl.DataFrame(schema=_FOUND), *found]).unique().sort("row", "rule")

    def _look(self) -> Sequence[str]:
        """Amount, dates and place: fields in which two loans should differ somewhere."""
        place = [name for name, spec in self.specs.items() if spec.kind in ("date", "text")]
        return [self.balance, *place] if place else []

    def _twice(self, hashes: pl.DataFrame, values: pl.LazyFrame) -> pl.DataFrame:
        suspects = hashes.filter(pl.col("id").is_not_null() & pl.col("id").is_duplicated())
        if suspects.is_empty():
            return pl.DataFrame(schema=_FOUND)
        keys = _of_rows(values, suspects[ROW]).select(ROW, self.key).collect()
        same = keys.join(suspects.select(ROW, "content"), on=ROW)
        same = same.with_columns(pl.len().over(self.key).alias("times"), _kinds("content", self.key).alias("ways"))
        rule = pl.when(pl.col("ways") == 1).then(pl.lit(ALIKE)).otherwise(pl.lit(UNLIKE))
        return same.filter(pl.col("times") > 1).select(pl.col(ROW).alias("row"), rule.alias("rule"))

    def _other_case(self, hashes: pl.DataFrame, values: pl.LazyFrame) -> pl.DataFrame:
        suspects = hashes.filter(pl.col("folded").is_not_null() & pl.col("folded").is_duplicated())
        suspects = suspects.filter(_kinds("id", "folded") > 1)
        if suspects.is_empty():
            return pl.DataFrame(schema=_FOUND)
        keys = _of_rows(values, suspects[ROW]).select(ROW, self.key).collect()
        folded = keys.with_columns(pl.col(self.key).str.to_lowercase().alias("folded"))
        rule = OTHER_CASE if self.case_matters else UNLIKE
        return folded.filter(_kinds(self.key, "folded") > 1).select(
            pl.col(ROW).alias("row"), pl.lit(rule).alias("rule")
        )

    def _alike(self, hashes: pl.DataFrame) -> pl.DataFrame:
        looks = hashes.lazy().filter(pl.col("look").is_not_null())
        # Two loans at least: the smallest and the largest identifier differ.
        many = looks.group_by("look").agg(pl.col("id").min().alias("least"), pl.col("id").max().alias("most"))
        many = many.filter(pl.col("least") != pl.col("most"))
        rows = looks.join(many, on="look", how="semi")
        return rows.select(pl.col(ROW).alias("row"), pl.lit(LOOKS_ALIKE).alias("rule")).collect()


def _beyond(balance: pl.DataFrame) -> pl.DataFrame:
    if len(balance) < _FEWEST:
        return pl.DataFrame(schema=_FOUND)
    highest = balance.select(pl.col("balance").top_k(len(balance) // _PERCENTILE + 1).min()).item()
    beyond = balance.filter(pl.col("balance") > _TIMES * highest)
    return beyond.select(pl.col(ROW).alias("row"), pl.lit(OUTLIER).alias("rule"))


def _sum_of_all(balance: pl.DataFrame) -> pl.DataFrame:
    total = balance["balance"].sum()
    if len(balance) <= _ADDENDS or total % 2:
        return pl.DataFrame(schema=_FOUND)
    same = balance.filter(pl.col("balance") == total // 2)
    return same.select(pl.col(ROW).alias("row"), pl.lit(SUM_OF_ALL).alias("rule"))


def _kinds(name: str, by: str) -> pl.Expr:
    """How many different entries a group has: 1, or more than 1."""
    return (pl.col(name).min().over(by) != pl.col(name).max().over(by)).cast(pl.UInt8) + 1


def _of_rows(values: pl.LazyFrame, rows: pl.Series) -> pl.LazyFrame:
    return values.join(rows.to_frame().lazy(), on=ROW, how="semi")
