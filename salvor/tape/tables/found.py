"""What the join finds about loans: breaches in rows of the loan table, and files with what each loan is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from salvor.tape.breaches import BREACH, breaches

_GROUP = 100_000  # rows that are read together


@dataclass
class AboutLoans:
    """Gathers breaches of loans, and the fields that other tables bring; the columns are the bank's, by field."""

    folder: Path
    columns: dict[str, str]
    rejected: list[pl.LazyFrame] = field(default_factory=list)  # loans to which a rejected row belongs
    _breaches: list[pl.DataFrame] = field(default_factory=list)
    _files: list[Path] = field(default_factory=list)

    def tell(self, loans: pl.DataFrame, name: str, rule: str) -> None:
        """A breach in each of these loans: `loan`, the `old` value and the `new` one, as text."""
        if loans.is_empty():
            return
        loans = loans.sort("loan")
        ids = pl.Series([rule]).new_from_index(0, len(loans))
        new = loans["new"] if "new" in loans.columns else None
        self._breaches += breaches(loans["loan"], name, self.columns[name], loans["old"], ids, new)

    def give(self, name: str, fields: pl.LazyFrame) -> None:
        """Fields of loans, one row a loan; written in the order of the loans, so that a part can be read alone."""
        path = self.folder / f"{name}.given"
        fields.sort("loan").sink_parquet(path, row_group_size=_GROUP, statistics=True)
        self._files.append(path)

    def breaches(self) -> pl.DataFrame:
        """All of them."""
        self._breaches = [pl.concat([pl.DataFrame(schema=BREACH), *self._breaches]).sort("row")]
        return self._breaches[0]

    def given(self, first: int, last: int) -> list[pl.DataFrame]:
        """What the loans of these rows are given; each frame has a column `loan`."""
        within = pl.col("loan").is_between(first, last)
        return [pl.scan_parquet(path).filter(within).collect() for path in self._files]
