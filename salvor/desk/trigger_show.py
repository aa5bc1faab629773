"""What `ape run triggers` saw and sent, for people and for tools."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Console
from rich.table import Table

from salvor.desk.trigger_command import Done


def as_data(done: Done) -> dict[str, Any]:
    """As JSON takes it."""
    return {
        "loans": done.loans,
        "cases": done.cases,
        "untold": done.untold,
        "nearest": [
            {
                "loan": line.loan,
                "case": line.case,
                "trigger": line.trigger,
                "distance": shown(line.distance),
                "holds": line.holds,
            }
            for line in done.lines
        ],
        "dry_run": done.dry,
        "sent": [
            {"case": each.case or None, "what": each.what, "outcome": each.outcome, "refused": each.refused}
            for each in done.sent
        ],
    }


def shown(distance: float) -> str:
    """In percent, up: what is above 0 is not shown as 0, at which the cause is there."""
    return f"{math.ceil(distance * 10_000) / 100:.2f}%"


def print_run(done: Done, console: Console) -> None:
    """The nearest, then what was sent."""
    title = f"{done.loans:,} loans and {done.cases:,} cases looked at"
    if done.untold:
        title += f"; of {done.untold:,} a value is not known, or too old for a trigger"
    console.print(title, markup=False)
    table = Table("loan or case", "trigger", "distance", "cause")
    for line in done.lines:
        who = f"case {line.case}" if line.loan is None else f"loan {line.loan}"
        table.add_row(who, line.trigger, shown(line.distance), "there" if line.holds else "-")
    console.print(table)
    for each in done.sent:
        case = f"case {each.case}, " if each.case else ""
        console.print(f"{case}{each.what}: {each.outcome}", markup=False)
