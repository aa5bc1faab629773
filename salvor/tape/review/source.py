"""What a check left in its folder, opened for a review.

The folder is all that is needed: the summary repeats the mapping, so neither the bank's file nor the mapping file is
read again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from salvor.errors import FileMissing, FileUnreadable
from salvor.tape.plan import TapeMapping
from salvor.tape.rules import RULES
from salvor.tape.schema import FieldSpec

UNITS = "units"  # the balance of a loan, whichever field it is


@dataclass(frozen=True)
class Sum:
    """Some loans: how many, and their balance in settlement units."""

    rows: int
    units: int

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.rows + other.rows, self.units + other.units)

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.rows - other.rows, self.units - other.units)


@dataclass(frozen=True)
class Source:
    """A checked tape, with the date to which everything is counted."""

    file: str
    sha256: str
    mapping: TapeMapping
    decimals: int
    cut_off: date | None
    read: Sum
    accepted: Sum
    breaches: dict[str, int]  # by rule
    loans: Path
    exceptions: Path

    @property
    def balance(self) -> str:
        """The field in which sums are told."""
        return self.mapping.balance

    @property
    def rejected(self) -> Sum:
        """What the check kept out."""
        return self.read - self.accepted

    def closing(self, day: date) -> Source:
        """With the deal's closing as the cut-off date, where the mapping names none."""
        return self if self.cut_off else replace(self, cut_off=day)

    def specs(self) -> dict[str, FieldSpec]:
        """Of the fields that a review may show: mapped, and not about a living person."""
        return {name: spec for name, spec in self.mapping.specs().items() if not spec.personal}

    def scan(self) -> pl.LazyFrame:
        """The accepted loans, with their balance once more as `units`; no personal field."""
        frame = pl.scan_parquet(self.loans)
        return frame.select(*self.specs(), pl.col(self.balance).fill_null(0).alias(UNITS))


def open_checked(folder: Path) -> Source:
    """Open the output of a check.

    Raises `FileMissing` or `FileUnreadable` when the folder is not the whole output of one check.
    """
    summary = folder / "check.json"
    if not summary.is_file():
        raise FileMissing(summary, "summary of a check: run `ape run tape check` with --out first")
    try:
        source = _source(folder, json.loads(summary.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        raise FileUnreadable(summary, "the summary of a check", "check the tape once more") from None
    for path in (source.loans, source.exceptions):
        if not path.is_file():
            raise FileMissing(path, "output of a check: check the tape once more")
    _refuse_other_loans(source)
    _refuse_other_exceptions(source)
    return source


def _source(folder: Path, said: dict[str, Any]) -> Source:
    mapping = TapeMapping.model_validate(said["mapping"])
    totals, breaches = said["totals"], said["breaches"]
    if not breaches.keys() <= RULES.keys():
        raise ValueError("a rule that is not known any more")
    return Source(
        file=str(said["file"]),
        sha256=str(said["sha256"]),
        mapping=mapping,
        decimals=int(said["decimals"]),
        cut_off=mapping.cut_off,
        read=Sum(int(totals["rows_read"]), int(totals["units_read"])),
        accepted=Sum(int(totals["rows_accepted"]), int(totals["units_accepted"])),
        breaches={name: int(count) for name, count in breaches.items()},
        loans=folder / said["accepted"],
        exceptions=folder / said.get("exceptions", "exceptions.csv"),
    )


def _refuse_other_loans(source: Source) -> None:
    """The summary and the loans must be of one run: a review over other loans would prove nothing."""
    try:
        found = sum_of(source.scan())
    except pl.exceptions.PolarsError:
        raise FileUnreadable(source.loans, "the loans of this check", "check the tape once more") from None
    if found != source.accepted:
        raise FileUnreadable(source.loans, "the loans of this check", "its sums differ from check.json; check again")


def _refuse_other_exceptions(source: Source) -> None:
    try:
        rules = pl.scan_csv(source.exceptions, infer_schema=False).group_by("rule").agg(pl.len())
        found = dict(rules.collect(engine="streaming").iter_rows())
    except pl.exceptions.PolarsError:
        raise FileUnreadable(source.exceptions, "the exceptions of this check", "check the tape once more") from None
    if found != source.breaches:
        reason = "its counts differ from check.json; check again"
        raise FileUnreadable(source.exceptions, "the exceptions of this check", reason)


def sum_of(loans: pl.LazyFrame) -> Sum:
    """Count and balance of some loans."""
    row = loans.select(pl.len().alias("rows"), pl.col(UNITS).sum().alias("units")).collect(engine="streaming").row(0)
    return Sum(int(row[0]), int(row[1] or 0))
