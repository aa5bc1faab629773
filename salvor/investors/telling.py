"""What the commands print: a file that was checked, a book in words, cases with their answers; as text and as data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from salvor.amounts import format_units
from salvor.errors import OptionInvalid
from salvor.investors.explaining import Answer, Files, end_of, explain, standing
from salvor.investors.file import Investors, day_of, may_hold, read_investors
from salvor.investors.orders import named
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.matrix import Case, counted
from salvor.jurisdictions.of_deal import DealRules
from salvor.supervision.events import Event
from salvor.supervision.table import read_events

if TYPE_CHECKING:
    from rich.console import Console


def tell_file(found: Investors, books: Sequence[Rulebook], console: Console) -> None:
    """Who may hold what, and who was refused with the reason."""
    table = Table("investor", "country", "class", "wallets", "verified until", "may hold", box=None, pad_edge=False)
    for name in found.names:
        row = next(each for each in found.rows if each.name == name)
        wallets, until = str(len(found.wallets(name))), str(day_of(row.until))
        table.add_row(name, row.country, row.klass, wallets, until, ", ".join(may_hold(row, books)))
    console.print(table)
    tell_refused(found, console)


def tell_refused(found: Investors, console: Console) -> None:
    """A line a row that is left out."""
    for each in found.refused:
        console.print(
            f"refused: line {each.line}, {each.name or 'no name'}: {each.reason}", markup=False, soft_wrap=True
        )
    console.print(
        f"{len(found.rows)} wallets of {len(found.names)} investors accepted, {len(found.refused)} rows refused"
    )


def tell_orders(orders: Sequence[Answer], decimals: int, console: Console) -> None:
    """Orders and trades that may not be, each with the rules that refuse it."""
    for each in orders:
        for verdict in each.verdicts:
            if not verdict.allowed:
                console.print(f"{named(each, decimals)}: {verdict.rule}: {verdict.said}", markup=False, soft_wrap=True)
    taken = sum(each.allowed for each in orders)
    console.print(f"{taken} of {len(orders)} orders and trades of the deal may be", markup=False)


def file_as_data(found: Investors, books: Sequence[Rulebook], orders: Sequence[Answer]) -> dict[str, object]:
    """The same for tools."""
    return {
        "accepted": [
            {
                "line": row.line,
                "wallet": row.wallet,
                "name": row.name,
                "country": row.country,
                "class": row.klass,
                "claims": list(row.claims),
                "verified_until": str(day_of(row.until)),
                "may_hold": list(may_hold(row, books)),
            }
            for row in found.rows
        ],
        "refused": [vars(each) for each in found.refused],
        "orders": [
            {
                "investor": each.taker,
                "seller": each.giver,
                "tranche": each.tranche,
                "units": each.units,
                "refused_by": [verdict.rule for verdict in each.verdicts if not verdict.allowed],
            }
            for each in orders
        ],
    }


def tell_cases(cases: Sequence[Case], console: Console) -> None:
    """Each case with its expected answer, then how many each rule refuses."""
    for case in cases:
        console.print(f"{case.name}: {answer(case.expected)}", markup=False, soft_wrap=True)
    for tranche in dict.fromkeys(case.tranche for case in cases):
        numbers = counted(case for case in cases if case.tranche == tranche)
        said = ", ".join(f"{rule} {number}" for rule, number in sorted(numbers.items()))
        console.print(f"{tranche}: {sum(case.tranche == tranche for case in cases)} cases; {said}", soft_wrap=True)


def answer(refusing: Iterable[str]) -> str:
    """`allowed`, or who refuses."""
    names = ", ".join(refusing)
    return f"refused by {names}" if names else "allowed"


def cases_as_data(cases: Sequence[Case]) -> list[dict[str, object]]:
    """The same for tools."""
    return [
        {
            "tranche": case.tranche,
            "profile": case.profile,
            "action": case.action,
            "units": case.move.units,
            "refused_by": list(case.expected),
        }
        for case in cases
    ]


def tell_explanation(
    rules: DealRules, folder: Path, wallet: str, asked: Mapping[str, Any], console: Console, *, as_json: bool
) -> bool:
    """What `ape run investors explain` was asked; False when a rule refuses."""
    known = read_investors(asked["path"] or folder / "investors.csv", today=None)
    files = Files(rules, known, _happened(asked, folder), frozenset(asked["listed"]))
    at = _when(asked)
    giver, taker = asked["giver"], asked["taker"]
    if giver is None and taker is None:
        lines = standing(files, wallet, at)
        console.print("\n".join(lines), markup=False, soft_wrap=True)
        if as_json:
            click.echo(json.dumps({"standing": lines}))
        return True
    answer_ = _explained(files, wallet, asked, at)
    for each in answer_.verdicts:
        console.print(f"{'yes' if each.allowed else 'NO '} {each.rule}: {each.said}", markup=False, soft_wrap=True)
    units = format_units(answer_.units, rules.deal.settlement.decimals)
    who = f"{answer_.giver} may {'' if answer_.allowed else 'not '}send {units} of {answer_.tranche} to {answer_.taker}"
    console.print(f"{who} on {answer_.day}", markup=False, soft_wrap=True)
    said = _chain_says(files, answer_, asked, console) if asked["note"] else ()
    if as_json:
        verdicts = [vars(each) for each in answer_.verdicts]
        click.echo(json.dumps({"allowed": answer_.allowed, "verdicts": verdicts, "chain": list(said)}))
    return answer_.allowed and not said


def _when(asked: Mapping[str, Any]) -> int:
    """The end of the day that was named, the chain's own time where a note is named, else now."""
    if asked["day"]:
        return end_of(asked["day"].date())
    if asked["note"]:
        from salvor.investors.live import now_at

        return now_at(asked["network"])
    return int(datetime.now(UTC).timestamp())


def _happened(asked: Mapping[str, Any], folder: Path) -> tuple[Event, ...]:
    """From the chain where a note is named, else from a table where there is one."""
    if asked["note"]:
        if asked["tranche"] is None or asked["day"] is not None or asked["events"] is not None:
            raise OptionInvalid("--note needs --tranche, and answers for now: leave --on and --events out")
        from salvor.investors.live import read_history

        return read_history({asked["tranche"]: asked["note"]}, asked["network"], 0)
    events = asked["events"] or folder / "events.csv"
    return read_events(events) if asked["events"] or events.is_file() else ()


def _chain_says(files: Files, found: Answer, asked: Mapping[str, Any], console: Console) -> tuple[str, ...]:
    """What the note itself has against it: from the giver's wallet with most units to the taker's first."""
    from salvor.investors.live import reasons_of, units_in

    note, choice = asked["note"], asked["network"]
    wallets = files.investors.wallets(found.giver) or (found.giver,)
    held = units_in(note, choice, wallets)
    giver = wallets[held.index(max(held))]
    taker = (files.investors.wallets(found.taker) or (found.taker,))[0]
    said = reasons_of(note, choice, giver, taker, found.units)
    for each in said:
        console.print(f"the chain: {each}", markup=False, soft_wrap=True)
    if not said:
        console.print("the chain: it would go through now", markup=False)
    return said


def _explained(files: Files, wallet: str, asked: Mapping[str, Any], at: int) -> Answer:
    if asked["giver"] is not None and asked["taker"] is not None:
        raise OptionInvalid("WALLET is one side of the move: name the other with --from or --to, not both")
    if asked["tranche"] is None or asked["amount"] is None:
        raise OptionInvalid("a move needs --tranche and --units")
    try:
        units = files.rules.deal.units(Decimal(asked["amount"]))
    except (InvalidOperation, ValueError):
        raise OptionInvalid(f"--units '{asked['amount']}' is no amount, such as 5000 or 5000.00") from None
    if units <= 0:
        raise OptionInvalid("--units must be above 0")
    giver, taker = (wallet, asked["taker"]) if asked["taker"] is not None else (asked["giver"], wallet)
    return explain(files, giver, taker, asked["tranche"], units, at)
