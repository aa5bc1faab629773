"""Where cases stand, and what was done, for people and for tools."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from salvor.desk.sale_acts import money
from salvor.desk.sale_cases import NOBODY, CaseNow, all_cases, case_of, when
from salvor.desk.sales import Sales
from salvor.model.liquidation.state import Stage


def case_data(case: CaseNow) -> dict[str, Any]:
    """As JSON takes it: amounts are settlement units, times seconds."""
    return asdict(case) | {"stage": case.stage.name.lower(), "strategy": case.strategy.name.lower()}


def tell(sales: Sales, said: str, *, number: int | None, as_json: bool) -> None:
    """What an act came to."""
    if as_json:
        case = None if number is None else case_data(case_of(sales, number))
        click.echo(json.dumps({"said": said, "case": case}, indent=2))
    else:
        click.echo(said)


def show_status(sales: Sales, number: int | None, *, as_json: bool) -> None:
    """One case, or all."""
    cases = all_cases(sales) if number is None else [case_of(sales, number)]
    if as_json:
        said = {"now": sales.now, "paused": sales.book.paused(), "cases": [case_data(each) for each in cases]}
        click.echo(json.dumps(said, indent=2))
        return
    console = Console(highlight=False)
    if sales.book.paused():
        console.print("paused: nothing new begins; what runs goes on")
    if not cases:
        console.print("no case was opened yet")
    for case in cases:
        print_case(sales, case, console)


def print_case(sales: Sales, case: CaseNow, console: Console) -> None:
    """What it owes and brought, the round that runs, and every deadline."""
    now = sales.now
    strategy = (
        f"{_words(case.strategy.name)}{', proposed: another, which waits for the overseer' if case.proposed else ''}"
    )
    title = f"case {case.number}: {_words(case.stage.name)} ({strategy}); {case.loans} loans, valued as {case.subject}"
    console.print(title, style="bold", markup=False)
    if case.debtor != NOBODY:
        console.print(f"  debtor {case.debtor}", markup=False)
    if joins := case.waiting:
        what = "it waits" if case.stage is Stage.OPENED else f"{joins.loans} further loans wait"
        claims = f"outstanding {money(sales, joins.outstanding)}, written off {money(sales, joins.written_off)}"
        console.print(f"  {what} for the overseer, {claims}: sell reject, or", markup=False)
        console.print(f"  sell confirm --seen {joins.content}", markup=False, soft_wrap=True)
    owed = f"outstanding {money(sales, case.outstanding)}, brought {money(sales, case.brought)}"
    due = f"due to servicer {money(sales, case.costs_due)}, to keeper {money(sales, case.keeper_due)}"
    console.print(f"  {owed}; {due}; left to pay {money(sales, case.left_to_pay)}", markup=False)
    if own := case.round:
        best = f", {money(sales, own.best)} of {own.leader} leads" if own.leader != NOBODY else ""
        left = f"{own.left} of {own.units} units left at" if own.kind == "dutch" else "next price"
        line = f"  round {own.number} of {own.rounds} in '{own.auction}' ({own.kind}): {left} {money(sales, own.price)}"
        console.print(f"{line}, not below {money(sales, own.floor)}{best}", markup=False)
    if not case.deadlines:
        return
    table = Table("at", "what", "who may act then", box=None, padding=(0, 2))
    for each in case.deadlines:
        table.add_row(f"{when(each.at)}{' (past)' if each.at <= now else ''}", each.what, each.then)
    console.print(table)


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
