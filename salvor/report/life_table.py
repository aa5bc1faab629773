"""A life for a terminal: one row a period, then the closing statement."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from salvor.amounts import format_units
from salvor.report.life import LifeStatement, PeriodLine
from salvor.report.table import print_statement, print_whole


def print_life(life: LifeStatement, console: Console) -> None:
    """Periods, refused and done events by number, the closing statement."""
    if life.periods:
        print_whole(_periods(life), console)
    refused = sum(1 for event in life.events if event.refused)
    console.print(f"{len(life.events)} events, {refused} of them refused as they must be; the deal is {life.state}")
    if life.cancelled:
        console.print(f"cancelled: {escape(life.cancelled)}")
    print_statement(life.closing, console)


def _periods(life: LifeStatement) -> Table:
    table = Table(title=f"{life.closing.deal}: periods ({life.closing.symbol})", title_justify="left")
    table.add_column("period", justify="right")
    for heading in ("net", "written off", "recovered", "to notes", "outstanding", "ledgers and losses"):
        table.add_column(heading, justify="right")
    table.add_column("phase")
    table.add_column("triggers on (since)")
    money = life.closing.decimals
    for line in life.periods:
        amounts = (
            line.gross - line.costs,
            line.written_off,
            line.recovered,
            sum(one.interest + one.principal for one in line.tranches),
            sum(one.outstanding for one in line.tranches),
            sum(one.lost + one.deficiency for one in line.tranches),
        )
        on = ", ".join(f"{one.name} ({one.since})" for one in line.triggers if one.on)
        table.add_row(_number(line), *(format_units(each, money) for each in amounts), line.phase, on)
    return table


def _number(line: PeriodLine) -> str:
    return f"{line.period}, late" if line.late else str(line.period)
