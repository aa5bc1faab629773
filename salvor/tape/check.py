"""A tape through its mapping: exact values, every breach of a rule with its row, and sums that add up.

The file is gone through in batches, so memory does not grow with it; accepted loans and exceptions are written beside
and moved into place when all is done.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from salvor.errors import ColumnMissing, FileMissing, OptionInvalid, TapeEmpty
from salvor.tape.files.delimited import open_delimited
from salvor.tape.files.table import ROW, Table
from salvor.tape.plan import FieldSource, TapeMapping
from salvor.tape.rules import RULES, Facts
from salvor.tape.schema import FieldSpec
from salvor.tape.values.dates import read_dates
from salvor.tape.values.money import Numbers, read_money
from salvor.tape.values.outcome import Read
from salvor.tape.values.texts import read_codes, read_identifiers, read_integers, read_texts

_BATCH = 250_000  # rows
_BREACH: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32,
    "field": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "old": pl.String,
    "new": pl.String,
}
_KEY = "contract_identifier"


@dataclass(frozen=True)
class Totals:
    """Accepted + rejected = read, in rows and in settlement units; rows whose balance can't be read are told apart."""

    rows_read: int
    rows_accepted: int
    rows_rejected: int
    units_read: int
    units_accepted: int
    units_rejected: int
    rows_without_balance: int


@dataclass(frozen=True)
class Checked:
    """What came of a tape; `accepted` and `exceptions` are files in the output folder."""

    path: Path
    notes: tuple[str, ...]
    totals: Totals
    breaches: Counter[str]  # by rule
    accepted: Path
    exceptions: Path

    def as_json(self) -> dict[str, object]:
        """For machines; units are text, so that no reader makes floats of them."""
        totals = {name: str(value) if name.startswith("units") else value for name, value in vars(self.totals).items()}
        return {
            "file": str(self.path),
            "notes": list(self.notes),
            "totals": totals,
            "breaches": dict(self.breaches),
            "accepted": str(self.accepted),
            "exceptions": str(self.exceptions),
        }


def check_tape(
    path: Path, mapping: TapeMapping, *, decimals: int, out: Path, tick: Callable[[int], None] = lambda rows: None
) -> Checked:
    """Read, convert and check a tape; writes `accepted.parquet` and `exceptions.csv` to `out`, whole or not at all."""
    if not path.is_file():
        raise FileMissing(path, "tape")
    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"{out} is a file; name a folder for the results")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".check-") as folder:
        scratch = Path(folder)
        style = mapping.file
        table = open_delimited(
            path, scratch=scratch, encoding=style.encoding, delimiter=style.delimiter, header_row=style.header_row
        )
        _refuse_missing_columns(table, mapping)
        reader = _Reader(mapping, decimals, table, scratch)
        reader.read_all(tick)
        checked = reader.finish(path, table)
        shutil.move(scratch / "accepted.parquet", out / "accepted.parquet")
        shutil.move(scratch / "exceptions.csv", out / "exceptions.csv")
    return Checked(path, tuple(table.notes), checked[0], checked[1], out / "accepted.parquet", out / "exceptions.csv")


class _Reader:
    """One pass over a table, batch by batch, then what can only be said of all rows."""

    def __init__(self, mapping: TapeMapping, decimals: int, table: Table, scratch: Path) -> None:
        self._mapping, self._decimals, self._table, self._scratch = mapping, decimals, table, scratch
        self._specs, self._parts = mapping.specs(), 0
        self._balance = mapping.schema_of.balance

    def read_all(self, tick: Callable[[int], None]) -> None:
        """Values and breaches of each batch, each into a file of its own."""
        columns = list(dict.fromkeys([ROW, *(source.column for source in self._mapping.fields.values())]))
        for batch in self._table.frame.select(columns).collect_batches(chunk_size=_BATCH, maintain_order=True):
            values, breaches = self._read(batch)
            values.write_parquet(self._scratch / f"values-{self._parts:05}.parquet")
            breaches.write_parquet(self._scratch / f"breaches-{self._parts:05}.parquet")
            self._parts += 1
            tick(len(batch))
        if not self._parts:
            raise TapeEmpty(self._table.path)

    def finish(self, path: Path, table: Table) -> tuple[Totals, Counter[str]]:
        """Duplicates, then what is accepted and what is not."""
        values = pl.scan_parquet(self._scratch / "values-*.parquet")
        breaches = pl.concat([pl.scan_parquet(self._scratch / "breaches-*.parquet"), self._twice(values).lazy()])
        breaches = breaches.unique(["row", "field", "rule"]).sort("row", "rule", "field")
        breaches.sink_csv(self._scratch / "exceptions.csv")
        rejected = breaches.filter(pl.col("severity") == "reject").select("row").unique()
        accepted = values.join(rejected, left_on=ROW, right_on="row", how="anti").sort(ROW)
        accepted.sink_parquet(self._scratch / "accepted.parquet")
        units = pl.col(self._balance)
        everything = values.select(pl.len(), units.sum().alias("units"), units.is_null().sum().alias("none")).collect()
        kept = (
            pl.scan_parquet(self._scratch / "accepted.parquet").select(pl.len(), units.sum().alias("units")).collect()
        )
        rows, sums, none = everything.row(0)
        totals = Totals(rows, kept[0, 0], rows - kept[0, 0], sums, kept[0, 1], sums - kept[0, 1], none)
        counts = breaches.group_by("rule").len().collect()
        return totals, Counter(dict(counts.sort("rule").iter_rows()))

    def _read(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        found: list[pl.DataFrame] = []
        columns = [batch[ROW]]
        for name, spec in self._specs.items():
            source = self._mapping.fields[name]
            text = batch[source.column]
            read = self._values(text, spec, source)
            columns.append(read.values.alias(name))
            found += _breaches(batch[ROW], name, source.column, text, read.problems)
            if spec.required:
                empty = text.fill_null("").str.strip_chars() == ""
                found += _breaches(batch[ROW], name, source.column, text, _where(empty, "TAPE-001"))
            found += self._changes(batch[ROW], name, text, read.values, spec, source)
        values = pl.DataFrame(columns)
        found += self._between_fields(values, batch)
        return values, pl.concat([pl.DataFrame(schema=_BREACH), *found])

    def _values(self, text: pl.Series, spec: FieldSpec, source: FieldSource) -> Read:
        match spec.kind:
            case "identifier":
                return read_identifiers(text, pad=source.pad)
            case "money":
                style = self._mapping.numbers
                numbers = Numbers(style.decimal, style.thousands)
                currency, rounding = self._mapping.currency, source.rounding
                return read_money(text, numbers, currency=currency, decimals=self._decimals, rounding=rounding)
            case "date":
                return read_dates(text, source.format or "", pivot=source.century_pivot)
            case "integer":
                return read_integers(text)
            case "code":
                return read_codes(text, known=source.values, allowed=spec.allowed)
            case "text":
                return read_texts(text, pad=source.pad)

    def _between_fields(self, values: pl.DataFrame, batch: pl.DataFrame) -> list[pl.DataFrame]:
        found = []
        cut_off: date | None = self._mapping.cut_off
        for name, rule in RULES.items():
            if rule.broken is None or not set(rule.needs) <= self._specs.keys():
                continue
            broken = values.select(rule.broken(Facts(cut_off, self._mapping.currency)).fill_null(value=False).alias("broken"))["broken"]
            column = self._mapping.fields[rule.field].column
            found += _breaches(values[ROW], rule.field, column, batch[column], _where(broken, name))
        for name in self._mapping.schema_of.of_kind("money"):
            if name in self._specs:
                column = self._mapping.fields[name].column
                negative = (values[name] < 0).fill_null(value=False)
                found += _breaches(values[ROW], name, column, batch[column], _where(negative, "TAPE-016"))
        ragged = values[ROW].is_in(list(self._table.ragged))
        if ragged.any():
            nothing = pl.Series([""] * len(values))
            found += _breaches(values[ROW], "", "", nothing, _where(ragged, "TAPE-002"))
        return found

    def _changes(
        self, rows: pl.Series, name: str, text: pl.Series, values: pl.Series, spec: FieldSpec, source: FieldSource
    ) -> list[pl.DataFrame]:
        """What the mapping had changed: filled up, or rounded."""
        if source.pad:
            changed = (values != text.fill_null("").str.strip_chars()).fill_null(value=False)
            return _breaches(rows, name, source.column, text, _where(changed, "TAPE-202"), new=values)
        if spec.kind == "money" and source.rounding != "exact":
            exact = self._values(text, spec, FieldSource(column=source.column))
            rounded = _where((exact.problems == "TAPE-014").fill_null(value=False), "TAPE-201")
            return _breaches(rows, name, source.column, text, rounded, new=values.cast(pl.String))
        return []

    def _twice(self, values: pl.LazyFrame) -> pl.DataFrame:
        """Loans that stand in more than one row: alike in every field, or not; and those that only look alike."""
        fields = [name for name in self._specs if name != _KEY]
        key = pl.col(_KEY)
        alike = pl.struct(fields).hash()
        ids = values.filter(key.is_not_null()).select(pl.col(ROW), key, alike.alias("alike"))
        same = ids.with_columns(pl.len().over(_KEY).alias("times"), pl.col("alike").n_unique().over(_KEY).alias("ways"))
        rule = pl.when(pl.col("ways") == 1).then(pl.lit("TAPE-004")).otherwise(pl.lit("TAPE-005"))
        found = [same.filter(pl.col("times") > 1).select(pl.col(ROW), key, rule.alias("rule"))]
        folded = ids.with_columns(key.str.to_lowercase().alias("folded"))
        folded = folded.with_columns(key.n_unique().over("folded").alias("spellings"))
        found.append(folded.filter(pl.col("spellings") > 1).select(pl.col(ROW), key, pl.lit("TAPE-006").alias("rule")))
        place = [name for name in fields if self._specs[name].kind in ("date", "text")]
        if self._balance in fields and place:
            looks = values.filter(pl.col(self._balance) > 0).select(
                pl.col(ROW), key, pl.struct([self._balance, *place]).hash().alias("look")
            )
            looks = looks.with_columns(key.n_unique().over("look").alias("loans"))
            found.append(looks.filter(pl.col("loans") > 1).select(pl.col(ROW), key, pl.lit("TAPE-008").alias("rule")))
        rows = pl.concat(found).collect()
        severity = rows["rule"].replace_strict(
            {name: rule.severity for name, rule in RULES.items()}, return_dtype=pl.String
        )
        if self._mapping.identifiers == "case_ignored":
            severity = severity.zip_with(
                rows["rule"] != "TAPE-006", pl.Series([RULES["TAPE-005"].severity]).new_from_index(0, len(rows))
            )
        column = self._mapping.fields[_KEY].column
        return pl.DataFrame(
            {
                "row": rows[ROW],
                "field": [_KEY] * len(rows),
                "column": [column] * len(rows),
                "rule": rows["rule"],
                "severity": severity,
                "old": rows[_KEY],
                "new": pl.Series([None] * len(rows), dtype=pl.String),
            },
            schema=_BREACH,
        )


def _refuse_missing_columns(table: Table, mapping: TapeMapping) -> None:
    wanted = [source.column for source in mapping.fields.values()]
    for column in wanted:
        if column not in table.columns:
            raise ColumnMissing(table.path, column, list(table.columns), wanted)


def _where(broken: pl.Series, rule: str) -> pl.Series:
    """The rule's id where it is broken."""
    return pl.DataFrame({"broken": broken}).select(pl.when(pl.col("broken")).then(pl.lit(rule)).alias("rule"))["rule"]


def _breaches(
    rows: pl.Series, field: str, column: str, old: pl.Series, rules: pl.Series, new: pl.Series | None = None
) -> list[pl.DataFrame]:
    """One line for each row that has a rule; an empty list when none has."""
    if rules.is_null().all():
        return []
    new = pl.Series([None], dtype=pl.String).new_from_index(0, len(rows)) if new is None else new
    frame = pl.DataFrame({"row": rows, "old": old.cast(pl.String), "new": new.cast(pl.String), "rule": rules})
    severity = {name: rule.severity for name, rule in RULES.items()}
    lines = frame.filter(pl.col("rule").is_not_null()).select(
        pl.col("row"),
        pl.lit(field).alias("field"),
        pl.lit(column).alias("column"),
        pl.col("rule"),
        pl.col("rule").replace_strict(severity, return_dtype=pl.String).alias("severity"),
        pl.col("old"),
        pl.col("new"),
    )
    return [lines.cast(pl.Schema(_BREACH))]
