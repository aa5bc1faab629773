"""What every benchmark ends in: rows, a table, and a JSON file that is either whole or not there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from salvor.files import write_whole

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Row:
    """One measurement. Without a limit it is shown and not judged."""

    metric: str
    ours: float
    peer: float | None = None
    ours_at_most: float | None = None
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        return self.ours / self.peer if self.peer else None

    @property
    def target(self) -> str | None:
        """The limits in words; None when there is none."""
        limits = []
        if self.ours_at_most is not None:
            limits.append(f"ours <= {self.ours_at_most:,}")
        if self.ratio_at_most is not None:
            limits.append(f"ratio <= {self.ratio_at_most}")
        if self.ratio_at_least is not None:
            limits.append(f"ratio >= {self.ratio_at_least}")
        return " and ".join(limits) or None

    @property
    def holds(self) -> bool | None:
        """Whether all limits are kept; None when there is none. A ratio that could not be measured keeps no limit."""
        if self.target is None:
            return None
        absolute = self.ours_at_most is None or self.ours <= self.ours_at_most
        small = self.ratio_at_most is None or (self.ratio is not None and self.ratio <= self.ratio_at_most)
        large = self.ratio_at_least is None or (self.ratio is not None and self.ratio >= self.ratio_at_least)
        return absolute and small and large

    def as_json(self) -> dict[str, object]:
        """The row as it stands in the file; the ratio to four places."""
        ratio = None if self.ratio is None else round(self.ratio, 4)
        numbers = {"ours": self.ours, "peer": self.peer, "ratio": ratio}
        return {"metric": self.metric, **numbers, "target": self.target, "holds": self.holds}


def all_hold(rows: Sequence[Row]) -> bool:
    """Whether no row misses its target."""
    return all(row.holds is not False for row in rows)


def print_rows(title: str, rows: Sequence[Row], console: Console) -> None:
    """One table, a line a row."""
    table = Table(title=title, title_justify="left")
    table.add_column("metric", ratio=1)
    for heading in ("ours", "peer", "ratio"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("target")
    table.add_column("holds")
    for row in rows:
        verdict = {True: "[green]yes[/green]", False: "[bold red]NO[/bold red]", None: "-"}[row.holds]
        ratio = "-" if row.ratio is None else f"{row.ratio:.3f}"
        table.add_row(row.metric, _number(row.ours), _number(row.peer), ratio, row.target or "-", verdict)
    console.print(table)


def write_rows(rows: Sequence[Row], file: Path, **more: object) -> None:
    """Write the rows, and beside them whatever else was found, whole or not at all."""
    write_whole(file, json.dumps({"rows": [row.as_json() for row in rows], **more}, indent=2) + "\n")


def _number(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,}" if isinstance(number, int) else f"{number:,.3f}"
