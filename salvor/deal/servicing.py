"""The servicer's collections, one row a loan and period, added up to what each report says.

A row that is told in a later period than its own is a correction: it takes the place of what was said of the loan in
that period, and the differences are reckoned here, so nobody has to type them (docs/waterfall.md, rule 7).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from salvor.amounts import MAX_AMOUNT, WAD, Units, mul_div_down, to_units
from salvor.errors import CollectionsInvalid, ColumnMissing, FileMissing, near

AMOUNTS = ("gross", "written_off", "recovered", "closed_value", "closed_plan")
COLUMNS = ("period", "loan", *AMOUNTS, "told_in")
_DIGITS = frozenset("0123456789")
Row = dict[str, int]  # amounts by column, settlement units


@dataclass(frozen=True)
class Corrected:
    """A period as it is said later: what each loan paid by the new list, and signed differences."""

    period: int
    cash: Mapping[str, Units]
    written_off: int
    closed_value: int
    closed_plan: int


@dataclass(frozen=True)
class Serviced:
    """One report's figures, settlement units; `cash` by loan is before costs."""

    cash: Mapping[str, Units]
    costs: int
    written_off: int
    recovered: int
    closed_value: int
    closed_plan: int
    corrected: Corrected | None = None


NOTHING = Serviced({}, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class _Line:
    number: int
    period: int
    told_in: int
    loan: str
    amounts: Row


def read_servicing(
    path: Path, loans: Collection[str], *, periods: int, decimals: int, costs: int
) -> tuple[Serviced, ...]:
    """All reports of a deal, one a period; a period without a row is one in which nothing came.

    `loans` are all that are known. Costs are a share (WAD) of what is collected, in each period rounded down.
    """
    said: dict[tuple[int, int], dict[str, Row]] = {}  # by period and when it was told
    for line in _lines(path, periods, decimals):
        if line.loan not in loans:
            raise CollectionsInvalid(path, line.number, f"no loan is called '{line.loan}'{near(line.loan, loans)}")
        if line.amounts["recovered"] > line.amounts["gross"]:
            raise CollectionsInvalid(path, line.number, "recovered is a part of gross, and can't be above it")
        own = said.setdefault((line.period, line.told_in), {})
        if line.loan in own:
            raise CollectionsInvalid(path, line.number, f"loan '{line.loan}' stands twice in period {line.period}")
        own[line.loan] = line.amounts
    return tuple(_report(path, said, period, costs) for period in range(1, periods + 1))


def nothing(periods: int) -> tuple[Serviced, ...]:
    """Reports of a deal in which nothing was ever collected."""
    return (NOTHING,) * periods


def _report(path: Path, said: Mapping[tuple[int, int], Mapping[str, Row]], period: int, costs: int) -> Serviced:
    rows = said.get((period, period), {})
    sums = _sums(rows)
    earlier = [of for of, told in said if told == period and of < period]
    if len(earlier) > 1:
        raise CollectionsInvalid(path, None, f"the report of period {period} corrects {sorted(earlier)}: one at a time")
    corrected = _corrected(path, said, earlier[0], period) if earlier else None
    cash = {loan: Units(row["gross"]) for loan, row in rows.items()}
    return Serviced(
        cash,
        costs=mul_div_down(sums["gross"], costs, WAD),
        written_off=sums["written_off"],
        recovered=sums["recovered"],
        closed_value=sums["closed_value"],
        closed_plan=sums["closed_plan"],
        corrected=corrected,
    )


def _corrected(path: Path, said: Mapping[tuple[int, int], Mapping[str, Row]], period: int, told_in: int) -> Corrected:
    before, after = _as_told(said, period, told_in - 1), _as_told(said, period, told_in)
    old, new = _sums(before), _sums(after)
    for name, why in (("gross", "cash is never taken back"), ("recovered", "it is never corrected")):
        if old[name] != new[name]:
            raise CollectionsInvalid(
                path,
                None,
                f"corrected in period {told_in}, {name} of period {period} adds up to {new[name]} units, not to "
                f"{old[name]} as before: {why}",
            )
    cash = {loan: Units(row["gross"]) for loan, row in after.items()}
    return Corrected(period, cash, *(new[name] - old[name] for name in ("written_off", "closed_value", "closed_plan")))


def _as_told(said: Mapping[tuple[int, int], Mapping[str, Row]], period: int, by: int) -> dict[str, Row]:
    """What is known of a period once the report of `by` is in."""
    found: dict[str, Row] = {}
    for told in range(period, by + 1):
        found |= said.get((period, told), {})
    return found


def _sums(rows: Mapping[str, Row]) -> Row:
    return {name: sum(row[name] for row in rows.values()) for name in AMOUNTS}


def _lines(path: Path, periods: int, decimals: int) -> Iterator[_Line]:
    if not path.is_file():
        raise FileMissing(path, "file of collections")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            found = list(reader.fieldnames or ())
            for column in COLUMNS[:3]:  # the others may be left out
                if column not in found:
                    raise ColumnMissing(path, column, found, [])
            if strange := [name for name in found if name not in COLUMNS]:
                hint = near(strange[0], COLUMNS)
                raise CollectionsInvalid(path, 1, f"'{strange[0]}' is no column of collections{hint}")
            for row in reader:
                yield _line(path, reader.line_num, row, periods, decimals)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CollectionsInvalid(path, None, f"not CSV in UTF-8: {error}") from None


def _line(path: Path, number: int, row: Mapping[str | None, str | None], periods: int, decimals: int) -> _Line:
    if None in row or None in row.values():
        raise CollectionsInvalid(path, number, "has more or fewer values than the first row has names")
    period = _period(path, number, "period", row["period"] or "", periods)
    told_in = _period(path, number, "told_in", row.get("told_in") or str(period), periods)
    if told_in < period:
        raise CollectionsInvalid(path, number, f"period {period} can't be told in period {told_in}, before it")
    amounts = {name: _units(path, number, name, row.get(name) or "", decimals) for name in AMOUNTS}
    return _Line(number, period, told_in, row["loan"] or "", amounts)


def _period(path: Path, number: int, column: str, text: str, periods: int) -> int:
    if not text or len(text) > 4 or not set(text) <= _DIGITS or not 1 <= int(text) <= periods:
        raise CollectionsInvalid(path, number, f"{column} is '{text}', and not from 1 to {periods}, the last reported")
    return int(text)


def _units(path: Path, number: int, column: str, text: str, decimals: int) -> int:
    """An amount; empty is nothing."""
    whole, _, part = text.partition(".")
    if not text:
        return 0
    if len(text) > 60 or not whole or not set(whole + part) <= _DIGITS or text.endswith("."):
        raise CollectionsInvalid(path, number, f"{column} is '{text}', not an amount such as 1500.00")
    try:
        units = to_units(Decimal(text), decimals)
    except ValueError as error:
        raise CollectionsInvalid(path, number, f"{column} is {text}, which {error}") from None
    if units > MAX_AMOUNT:
        raise CollectionsInvalid(path, number, f"{column} is {text}, above the most that the books hold")
    return units
