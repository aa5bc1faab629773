"""A tape through its mapping: exact values, every breach of a rule with its row, and sums that add up.

The file is gone through in batches, so memory does not grow with it but for a few bytes a row; accepted loans and
exceptions are written beside and moved into place when all is done.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salvor.errors import ColumnMissing, FileMissing, NumbersAmbiguous, OptionInvalid, TapeEmpty
from salvor.files import sha256_of, write_whole
from salvor.tape.across import Across
from salvor.tape.batch import BatchReader, Recipe
from salvor.tape.breaches import BREACH, SEVERITY, breaches
from salvor.tape.files.opening import open_table
from salvor.tape.files.table import ROW, Table
from salvor.tape.plan import TapeMapping
from salvor.tape.rules import RULES, Facts

_BATCH = 250_000  # rows
KEY = "contract_identifier"


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
    """What came of a tape; `accepted`, `exceptions` and `summary` are files in the output folder."""

    path: Path
    sha256: str
    mapping: TapeMapping
    decimals: int
    notes: tuple[str, ...]
    totals: Totals
    breaches: Counter[str]  # by rule
    accepted: Path
    exceptions: Path
    summary: Path

    def as_json(self) -> dict[str, object]:
        """For machines; units are text, so that no reader makes floats of them."""
        totals = {name: str(value) if name.startswith("units") else value for name, value in vars(self.totals).items()}
        return {
            "file": self.path.name,
            "sha256": self.sha256,
            "asset_class": self.mapping.asset_class,
            "currency": self.mapping.currency,
            "decimals": self.decimals,
            "cut_off": str(self.mapping.cut_off) if self.mapping.cut_off else None,
            "notes": list(self.notes),
            "totals": totals,
            "breaches": dict(self.breaches),
            "accepted": self.accepted.name,
            "exceptions": self.exceptions.name,
            "mapping": self.mapping.model_dump(mode="json", exclude_defaults=True),
        }


def check_tape(
    path: Path, mapping: TapeMapping, *, decimals: int, out: Path, tick: Callable[[int], None] = lambda rows: None
) -> Checked:
    """Read, convert and check a tape; writes accepted loans, exceptions and a summary to `out`, whole or not at all.

    The summary is written last, so a folder that has one has all three of one run.
    """
    if not path.is_file():
        raise FileMissing(path, "tape")
    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"{out} is a file; name a folder for the results")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".check-") as folder:
        scratch = Path(folder)
        decimal = mapping.numbers.decimal if mapping.numbers else "."
        table = open_table(path, scratch=scratch, style=mapping.file, decimal=decimal)
        _refuse_missing_columns(table, mapping)
        run = _Run(mapping, decimals, table, scratch)
        run.read_all(tick)
        totals, counts = run.finish()
        accepted, exceptions, summary = (out / name for name in ("accepted.parquet", "exceptions.csv", "check.json"))
        done = Checked(
            path, sha256_of(path), mapping, decimals, tuple(table.notes), totals, counts, accepted, exceptions, summary
        )
        summary.unlink(missing_ok=True)
        for result in (accepted, exceptions):
            (scratch / result.name).replace(result)
        write_whole(summary, json.dumps(done.as_json(), indent=2, ensure_ascii=False) + "\n")
    return done


def first_reject(checked: Checked) -> str:
    """The first breach that rejects a row, in one line: row, column, value, rule and what to do."""
    lines = pl.scan_csv(checked.exceptions, infer_schema=False).filter(pl.col("severity") == "reject")
    first = lines.head(1).collect().row(0, named=True)
    rule = RULES[first["rule"]]
    where = f", column '{first['column']}': '{first['old'] or ''}'" if first["column"] else ""
    return f"row {first['row']}{where}: {rule.sentence}; {rule.mend}"


class _Run:
    """One pass over a table, batch by batch, then another over what the first one left."""

    def __init__(self, mapping: TapeMapping, decimals: int, table: Table, scratch: Path) -> None:
        self._table, self._scratch, self._parts = table, scratch, 0
        self._balance, self._column = mapping.schema_of.balance, mapping.fields[KEY].column
        self._recipe = Recipe(
            specs=mapping.specs(),
            sources=mapping.fields,
            numbers=mapping.numbers,
            decimals=decimals,
            facts=Facts(mapping.cut_off, mapping.currency, frozenset(mapping.fields)),
            ragged=pl.Series(list(table.ragged), dtype=pl.UInt32),
        )
        case_matters = mapping.identifiers == "case_matters"
        self._across = Across(self._recipe.specs, KEY, self._balance, case_matters)

    def read_all(self, tick: Callable[[int], None]) -> None:
        """Values and breaches of each batch, each into a file of its own."""
        reader = BatchReader(self._recipe)
        for batch in self._table.batches(self._recipe.columns, _BATCH):
            values, found = reader.read(batch)
            values.write_ipc(self._scratch / f"values-{self._parts:05}.ipc", compression="lz4")
            found.write_ipc(self._scratch / f"breaches-{self._parts:05}.ipc", compression="lz4")
            self._across.add(values)
            self._parts += 1
            tick(len(batch))
        if not self._parts:
            raise TapeEmpty(self._table.path)
        for doubt in reader.doubts():
            raise NumbersAmbiguous(self._table.path, doubt.row, doubt.column, doubt.text)

    def finish(self) -> tuple[Totals, Counter[str]]:
        """What is accepted and what is not, part by part; the files stand in the scratch folder."""
        across = self._across.found(pl.scan_ipc(self._scratch / "values-*.ipc"))
        odd, counts, sums = self._odd(), Counter[str](), Counter[str]()
        with (self._scratch / "exceptions.csv").open("wb") as exceptions:
            exceptions.write((",".join(BREACH) + "\n").encode())
            for part in range(self._parts):
                values = pl.read_ipc(self._scratch / f"values-{part:05}.ipc")
                found = pl.concat([self._breaches_of(part, values, across), _between(odd, values)])
                found = found.unique(["row", "field", "rule"]).sort("row", "rule", "field")
                found.write_csv(exceptions, include_header=False)
                counts.update(dict(found["rule"].value_counts().iter_rows()))
                kept = self._keep(part, values, found)
                _add(sums, values[self._balance], kept[self._balance])
        pl.scan_ipc(self._scratch / "kept-*.ipc").sink_parquet(self._scratch / "accepted.parquet")
        rows, units = sums["rows"], sums["units"]
        totals = Totals(
            rows, sums["kept"], rows - sums["kept"], units, sums["kept units"], units - sums["kept units"], sums["none"]
        )
        return totals, Counter(dict(sorted(counts.items())))

    def _breaches_of(self, part: int, values: pl.DataFrame, across: pl.DataFrame) -> pl.DataFrame:
        own = pl.read_ipc(self._scratch / f"breaches-{part:05}.ipc")
        here = _between(across, values)
        if here.is_empty():
            return own
        keys = here.join(values.select(pl.col(ROW).alias("row"), KEY), on="row", how="left", maintain_order="left")
        return pl.concat([own, *breaches(keys["row"], KEY, self._column, keys[KEY], keys["rule"])])

    def _keep(self, part: int, values: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        rejected = found.filter(pl.col("severity") == "reject")["row"].unique()
        kept = values.filter(~pl.col(ROW).is_in(rejected.implode()))
        kept.write_ipc(self._scratch / f"kept-{part:05}.ipc", compression="lz4")
        return kept

    def _odd(self) -> pl.DataFrame:
        """What was found while the file was opened, where the column is mapped or the whole row is meant."""
        fields = {source.column: name for name, source in reversed(list(self._recipe.sources.items()))} | {"": ""}
        odd = self._table.odd.filter(pl.col("column").is_in(list(fields))).collect(engine="streaming")
        return odd.select(
            "row",
            pl.col("column").replace_strict(fields, return_dtype=pl.String).alias("field"),
            "column",
            "rule",
            pl.col("rule").replace_strict(SEVERITY, return_dtype=pl.String).alias("severity"),
            "old",
            "new",
        ).cast(pl.Schema(BREACH))


def _between(found: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """Of the rows of one part."""
    return found.filter(pl.col("row").is_between(values[ROW][0], values[ROW][-1]))


def _add(sums: Counter[str], read: pl.Series, kept: pl.Series) -> None:
    sums.update({"rows": len(read), "kept": len(kept), "none": read.null_count()})
    sums.update({"units": int(read.sum() or 0), "kept units": int(kept.sum() or 0)})


def _refuse_missing_columns(table: Table, mapping: TapeMapping) -> None:
    wanted = [source.column for source in mapping.fields.values()]
    for column in wanted:
        if column not in table.columns:
            raise ColumnMissing(table.path, column, list(table.columns), wanted)
