"""What became of each table: read = joined + orphaned + rejected + repeated + later, in rows and in money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from salvor.errors import ReconciliationFailed
from salvor.tape.files.table import ROW
from salvor.tape.tables.rows import TableRows
from salvor.tape.tables.templates import COLLECTED, COLLECTIONS, LOAN, VALUE

_MONEY = (COLLECTED, VALUE)
_JOINED = "joined"


@dataclass(frozen=True)
class TableTotals:
    """Of one related table; `units` are settlement units by state, empty where the table has no money."""

    table: str
    file: str
    sha256: str
    notes: tuple[str, ...]
    rows_read: int
    rows: Mapping[str, int]  # by state
    rows_without_amount: int
    units_read: int | None
    units: Mapping[str, int]

    @property
    def rows_refused(self) -> int:
        """Rows that can't be read, differ from another of their identifier, or are money of no loan."""
        return self.rows["rejected"] + (self.rows["orphaned"] if self.table in COLLECTIONS else 0)

    def as_json(self) -> dict[str, object]:
        """For machines; units are text."""
        said: dict[str, object] = {"rows_read": self.rows_read}
        said |= {f"rows_{state}": count for state, count in self.rows.items()}
        if self.units_read is not None:
            said["units_read"] = str(self.units_read)
            said |= {f"units_{state}": str(units) for state, units in self.units.items()}
            said["rows_without_amount"] = self.rows_without_amount
        return said


def totals_of(own: TableRows, *, given: int | None) -> TableTotals:
    """Sums by state; raises when what the loans were `given`, in settlement units, is not what was joined."""
    money = next((name for name in _MONEY if own.has(name)), None) if own.name != LOAN else None
    amount = pl.col(money) if money else pl.lit(None, pl.Int128)
    rows = own.scan(*([money] if money else [])).join(own.states.lazy(), on=ROW, how="left")
    sums = rows.group_by(pl.col("state").cast(pl.String).fill_null(_JOINED)).agg(
        pl.len().alias("rows"), amount.sum().alias("units"), amount.null_count().alias("empty")
    )
    found = {row["state"]: row for row in sums.collect(engine="streaming").iter_rows(named=True)}
    states = (_JOINED, "orphaned", "rejected", "repeated", "later")
    counts = {state: int(found[state]["rows"]) if state in found else 0 for state in states}
    units = {state: int(found[state]["units"] or 0) if state in found else 0 for state in states} if money else {}
    if given is not None and given != units[_JOINED]:
        raise ReconciliationFailed([f"table {own.name}: {units[_JOINED]} units joined, and loans were given {given}"])
    return TableTotals(
        table=own.name,
        file=own.path.name,
        sha256=own.sha256,
        notes=own.notes,
        rows_read=sum(counts.values()),
        rows=counts,
        rows_without_amount=sum(int(each["empty"]) for each in found.values()) if money else 0,
        units_read=sum(units.values()) if money else None,
        units=units,
    )
