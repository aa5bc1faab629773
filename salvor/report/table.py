"""The closing statement for a terminal."""

from __future__ import annotations

from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from salvor.amounts import format_percent, format_units
from salvor.report.statement import Statement, TrancheLine


def print_statement(statement: Statement, console: Console) -> None:
    """Two tables, the collections and the reconciliation line."""
    money = statement.decimals
    for table in (_tranches(statement, money), _holders(statement, money)):
        print_whole(table, console)
    if statement.planned or statement.collected:
        console.print(_collected(statement, money))
    if statement.written_off:
        console.print(
            f"Written off {format_units(statement.written_off, money)} of claims, carried at "
            f"{format_percent(statement.carrying_ratio)}: a loss of {format_units(statement.written_off_loss, money)}"
        )
    if statement.moved:
        way = "came from" if statement.moved > 0 else "went to"
        console.print(f"Claims of {format_units(abs(statement.moved), money)} {way} other tranches of the deal")
    if statement.sales:
        print_whole(_sales(statement, money), console)
    cash = statement.reconciliation
    console.print(
        f"cash in {format_units(cash.cash_in, money)} (subscriptions {format_units(cash.subscriptions, money)}, "
        f"collections {format_units(cash.collections, money)})\n"
        f"= cash out {format_units(cash.cash_out, money)} ("
        + "".join(f"{escape(line.name)} {format_units(line.paid, money)}, " for line in statement.credits)
        + (f"refunds {format_units(cash.refunds, money)}, " if cash.refunds else "")
        + f"claims {format_units(cash.claims, money)})\n"
        f"+ cash held {format_units(cash.cash_held, money)} (not yet claimed, and fractions of a unit)"
    )
    if cash.unasked:
        amount = format_units(cash.unasked, money)
        console.print(f"beside it {amount} that somebody sent to the contracts unasked; it belongs to nobody")
    if statement.assumptions:
        console.print(f"[dim]{escape(statement.assumptions)}[/dim]")
    for each in statement.groups:
        console.print()
        print_statement(each, console)


def _collected(statement: Statement, money: int) -> str:
    """Of a deal that was never made there is nothing to say."""
    return (
        f"Collected {format_units(statement.collected, money)} of {format_units(statement.planned, money)} planned on "
        f"{statement.loans} loans: cumulative collection ratio {format_percent(statement.collection_ratio)}"
        + "".join(
            f", '{escape(line.name)}' on in {line.periods_on} of {statement.periods} periods"
            for line in statement.triggers
            if line.periods_on
        )
    )


def print_whole(table: Table, console: Console) -> None:
    """On a narrow terminal a line may wrap; money is never cut off."""
    narrow = console.width
    console.width = max(narrow, console.measure(table, options=console.options.update(width=1_000)).maximum)
    console.print(table)
    console.width = narrow


def _tranches(statement: Statement, money: int) -> Table:
    table = Table(title=f"{statement.deal}: closing statement ({statement.symbol})", title_justify="left")
    table.add_column("tranche")
    for heading in ("invested", "interest", "principal", "loss", "interest unpaid", "IRR", "multiple"):
        table.add_column(heading, justify="right")
    for line in statement.tranches:
        amounts = (line.invested, line.interest, line.principal, line.loss, line.interest_unpaid)
        table.add_row(line.name, *(format_units(each, money) for each in amounts), _rate(line.irr), _multiple(line))
    return table


def _sales(statement: Statement, money: int) -> Table:
    table = Table(title="loans that were worked alone", title_justify="left")
    table.add_column("case")
    for heading in ("claim", "brought", "written off"):
        table.add_column(heading, justify="right")
    table.add_column("ended")
    for line in statement.sales:
        amounts = (format_units(each, money) for each in (line.claim, line.brought, line.written_off))
        table.add_row(str(line.case), *amounts, "closed" if line.closed else "no")
    return table


def _holders(statement: Statement, money: int) -> Table:
    table = Table(title="holders", title_justify="left")
    table.add_column("holder")
    table.add_column("tranche")
    for heading in ("notes held", "claimed"):
        table.add_column(heading, justify="right")
    for line in statement.holders:
        table.add_row(line.name, line.tranche, format_units(line.units, money), format_units(line.claimed, money))
    return table


def _multiple(line: TrancheLine) -> str:
    return "-" if line.evergreen else f"{line.multiple:.3f}"


def _rate(rate: Decimal | None) -> str:
    return "-" if rate is None else f"{rate * 100:.2f} %"
