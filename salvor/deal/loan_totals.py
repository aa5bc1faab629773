"""What a loan can have brought and lost by the servicer's collections, beside its balance in the tape.

More written off than the balance can't be, and is an error. More collected than the balance can be: interest and costs
run on. So only a multiple of it is told, and the play goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from salvor.amounts import format_units
from salvor.errors import CollectionsInvalid

Row = dict[str, int]  # amounts by column, settlement units
_ODD = 3  # times its balance: what a loan can hardly have brought


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    number: int
    period: int
    told_in: int
    loan: str
    amounts: Row


def doubts_of(path: Path, lines: Sequence[Line], balances: Mapping[str, int], decimals: int) -> Iterator[str]:
    """A sentence for each loan that brought a multiple of its balance, once.

    Raises `CollectionsInvalid` where more of a loan is written off to date than its balance, with the line of the last
    word on it. Lines told together count together: one may lower what another raises.
    """
    known: defaultdict[str, dict[int, Row]] = defaultdict(dict)  # the last word on each loan, by period
    told: set[str] = set()
    for _, together in groupby(sorted(lines, key=_when_told), key=_when_told):
        said = list(together)
        for line in said:
            known[line.loan][line.period] = line.amounts
        for line in {line.loan: line for line in said}.values():
            _refuse_above(path, line, known[line.loan], balances[line.loan], decimals)
            gross, balance = _to_date(known[line.loan], "gross"), balances[line.loan]
            if gross > _ODD * balance and line.loan not in told:
                told.add(line.loan)
                amounts = f"{format_units(gross, decimals)} to date, its balance is {format_units(balance, decimals)}"
                yield f"{path}: line {line.number}: loan '{line.loan}' brought {amounts}"


def _refuse_above(path: Path, line: Line, known: Mapping[int, Row], balance: int, decimals: int) -> None:
    if (lost := _to_date(known, "written_off")) > balance:
        said, most = format_units(lost, decimals), format_units(balance, decimals)
        reason = f"of loan '{line.loan}' {said} is written off to date, its balance is {most}"
        raise CollectionsInvalid(path, line.number, reason)


def _to_date(known: Mapping[int, Row], name: str) -> int:
    return sum(row[name] for row in known.values())


def _when_told(line: Line) -> int:
    return line.told_in
