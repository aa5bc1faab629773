"""What the commands print: a file that was checked, a book in words, cases with their answers; as text and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from salvor.investors.file import Investors, day_of, may_hold
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.matrix import Case, counted

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


def file_as_data(found: Investors, books: Sequence[Rulebook]) -> dict[str, object]:
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
