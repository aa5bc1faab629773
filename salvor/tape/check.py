"""A tape through its mapping: exact values, every breach of a rule with its row, and sums that add up.

The file is gone through in batches, so memory does not grow with it but for a few bytes a row; accepted loans and
exceptions are written beside and moved into place when all is done. A tape of related tables is joined first.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salvor.errors import FileMissing, OptionInvalid
from salvor.files import sha256_of, write_whole
from salvor.tape.across import Across
from salvor.tape.ahead import ahead
from salvor.tape.batch import Recipe
from salvor.tape.breaches import BREACH, breaches
from salvor.tape.files.opening import open_table
from salvor.tape.files.table import ROW
from salvor.tape.plan import TapeMapping
from salvor.tape.reading import BATCH, Reading, of_rows
from salvor.tape.rules import RULES, Facts
from salvor.tape.tables import collateral, collections
from salvor.tape.tables.joined import JoinedLoans
from salvor.tape.tables.templates import LOAN
from salvor.tape.tables.totals import TableTotals

_BATCH = BATCH
_GROUP = 100_000  # rows of accepted loans that are written at once
_BESIDE = (collateral.FILE, collections.FILE)  # of a tape of related tables
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
    tables: tuple[TableTotals, ...] = ()  # of a tape of related tables

    @property
    def rows_rejected(self) -> int:
        """Loans, and rows of related tables."""
        return self.totals.rows_rejected + sum(each.rows_refused for each in self.tables)

    def as_json(self) -> dict[str, object]:
        """For machines; units are text, so that no reader makes floats of them."""
        totals: dict[str, object] = {
            name: str(value) if name.startswith("units") else value for name, value in vars(self.totals).items()
        }
        if self.tables:
            totals["tables"] = {each.table: each.as_json() for each in self.tables if each.table != LOAN}
        said: dict[str, object] = {
            "file": self.path.name,
            "sha256": self.sha256,
            "asset_class": self.mapping.asset_class,
            "currency": self.mapping.currency,
            "decimals": self.decimals,
            "cut_off": str(self.mapping.cut_off) if self.mapping.cut_off else None,
            "balance": self.mapping.balance,
            "notes": list(self.notes),
            "totals": totals,
            "breaches": dict(self.breaches),
            "accepted": self.accepted.name,
            "exceptions": self.exceptions.name,
            "mapping": self.mapping.model_dump(mode="json", exclude_defaults=True, by_alias=True),
        }
        if self.tables:
            said["tables"] = {each.table: {"file": each.file, "sha256": each.sha256} for each in self.tables}
        return said


def check_tape(
    path: Path, mapping: TapeMapping, *, decimals: int, out: Path, tick: Callable[[int], None] = lambda rows: None
) -> Checked:
    """Read, convert and check a tape; writes accepted loans, exceptions and a summary to `out`, whole or not at all.

    The summary is written last, so a folder that has one has all three of one run.
    """
    if not (path.exists() if mapping.tables else path.is_file()):
        raise FileMissing(path, "tape")
    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"{out} is a file; name a folder for the results")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".check-") as folder, ThreadPoolExecutor(1) as aside:
        scratch, digest = Path(folder), aside.submit(sha256_of, path) if path.is_file() else None
        across = Across(mapping.specs(), KEY, mapping.balance, mapping.identifiers == "case_matters")
        loans, notes = _loans(path, mapping, decimals, scratch, across, tick)
        totals, counts = _Run(mapping, loans, across, scratch).finish()
        tables = loans.totals() if isinstance(loans, JoinedLoans) else ()
        accepted, exceptions, summary = (out / name for name in ("accepted.parquet", "exceptions.csv", "check.json"))
        sha256 = digest.result() if digest else _sha256_of_all(tables)
        done = Checked(path, sha256, mapping, decimals, notes, totals, counts, accepted, exceptions, summary, tables)
        summary.unlink(missing_ok=True)
        for result in (accepted, exceptions, *(out / name for name in _BESIDE)):
            if (scratch / result.name).exists():
                (scratch / result.name).replace(result)
            else:
                result.unlink(missing_ok=True)  # of an earlier tape
        write_whole(summary, json.dumps(done.as_json(), indent=2, ensure_ascii=False) + "\n")
    return done


def first_reject(checked: Checked) -> str:
    """The first breach that rejects a row, in one line: row, column, value, rule and what to do."""
    lines = pl.scan_csv(checked.exceptions, infer_schema=False).filter(pl.col("severity") == "reject")
    first = lines.head(1).collect().row(0, named=True)
    rule = RULES[first["rule"]]
    where = f", column '{first['column']}': '{first['old'] or ''}'" if first["column"] else ""
    return f"row {first['row']}{where}: {rule.sentence}; {rule.mend}"


def _loans(
    path: Path, mapping: TapeMapping, decimals: int, scratch: Path, across: Across, tick: Callable[[int], None]
) -> tuple[Reading | JoinedLoans, tuple[str, ...]]:
    """The loans of a tape, of one file or of several, and what was found out of the files."""
    if mapping.tables:
        joined = JoinedLoans(path, mapping, decimals=decimals, scratch=scratch, size=_BATCH, tick=tick)
        joined.write_all(across.add)
        return joined, tuple(f"{name}: {', '.join(table.notes)}" for name, table in joined.tables.items())
    decimal = mapping.numbers.decimal if mapping.numbers else "."
    table = open_table(path, scratch=scratch, style=mapping.file, decimal=decimal)
    recipe = Recipe(
        specs=mapping.specs(),
        sources=mapping.fields,
        numbers=mapping.numbers,
        decimals=decimals,
        facts=Facts(mapping.cut_off, mapping.currency, frozenset(mapping.fields)),
        ragged=pl.Series(list(table.ragged), dtype=pl.UInt32),
    )
    reading = Reading(table, recipe, scratch)
    reading.read_all(tick, _BATCH, across.add)
    return reading, tuple(table.notes)


def _sha256_of_all(tables: tuple[TableTotals, ...]) -> str:
    """One digest for the files of all tables: of the lines `table sha256`, in the order of the templates."""
    lines = "".join(f"{each.table} {each.sha256}\n" for each in tables)
    return hashlib.sha256(lines.encode()).hexdigest()


class _Run:
    """A second pass, over what reading the loans left, part by part."""

    def __init__(self, mapping: TapeMapping, loans: Reading | JoinedLoans, across: Across, scratch: Path) -> None:
        self._loans, self._across, self._scratch = loans, across, scratch
        self._balance, self._column = mapping.balance, mapping.fields[KEY].column

    def finish(self) -> tuple[Totals, Counter[str]]:
        """What is accepted and what is not, part by part; the files stand in the scratch folder."""
        across = self._across.found(self._loans.scan())
        odd, counts, sums, kept, most = self._loans.odd(), Counter[str](), Counter[str](), list[pl.LazyFrame](), 1

        def of_part(part: int) -> tuple[pl.DataFrame, pl.DataFrame]:
            values = self._loans.part(part).select(ROW, KEY, self._balance).collect()
            found = pl.concat([self._breaches_of(part, values, across), of_rows(odd, values)])
            return values, found.sort("row", "rule", "field")

        with (self._scratch / "exceptions.csv").open("wb") as exceptions:
            exceptions.write((",".join(BREACH) + "\n").encode())
            for part, (values, found) in enumerate(ahead(of_part, range(self._loans.parts))):
                found.write_csv(exceptions, include_header=False)
                counts.update(dict(found["rule"].value_counts().iter_rows()))
                accepted = ~pl.col(ROW).is_in(found.filter(pl.col("severity") == "reject")["row"].unique().implode())
                kept.append(self._loans.part(part).filter(accepted))
                _add(sums, values[self._balance], values.filter(accepted)[self._balance])
                most = max(most, len(values))
            for found in self._loans.elsewhere() if isinstance(self._loans, JoinedLoans) else ():
                found.write_csv(exceptions, include_header=False)
                counts.update(dict(found["rule"].value_counts().iter_rows()))
        # A group of it is held in memory, as a part was.
        pl.concat(kept).sink_parquet(self._scratch / "accepted.parquet", row_group_size=min(most, _GROUP))
        rows, units = sums["rows"], sums["units"]
        totals = Totals(
            rows, sums["kept"], rows - sums["kept"], units, sums["kept units"], units - sums["kept units"], sums["none"]
        )
        return totals, Counter(dict(sorted(counts.items())))

    def _breaches_of(self, part: int, values: pl.DataFrame, across: pl.DataFrame) -> pl.DataFrame:
        own = self._loans.breaches(part)
        here = of_rows(across, values)
        if here.is_empty():
            return own
        keys = here.join(values.select(pl.col(ROW).alias("row"), KEY), on="row", how="left", maintain_order="left")
        return pl.concat([own, *breaches(keys["row"], KEY, self._column, keys[KEY], keys["rule"])])


def _add(sums: Counter[str], read: pl.Series, kept: pl.Series) -> None:
    sums.update({"rows": len(read), "kept": len(kept), "none": read.null_count()})
    sums.update({"units": int(read.sum() or 0), "kept units": int(kept.sum() or 0)})
