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

from salvor.amounts import MAX_AMOUNT, WAD, Units, format_units, mul_div_down, to_units
from salvor.deal.loan_totals import Line, Row, doubts_of
from salvor.errors import CollectionsInvalid, ColumnMissing, FileMissing, near

AMOUNTS = ("gross", "written_off", "recovered", "closed_value", "closed_plan")
COLUMNS = ("period", "loan", *AMOUNTS, "told_in")
_DIGITS = frozenset("0123456789")


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
class Servicing:
    """All reports of a deal, one a period, and what is odd in them and no error: a sentence each."""

    reports: tuple[Serviced, ...]
    doubts: tuple[str, ...] = ()


def read_servicing(
    path: Path,
    balances: Mapping[str, int],
    *,
    periods: int,
    decimals: int,
    costs: int,
    missing: Collection[int] = (),
) -> Servicing:
    """All reports of a deal; a period without a row is one in which nothing came.

    `balances` are those of all loans that are known, settlement units. Costs are a share (WAD) of what is collected, in
    each period rounded down. Nothing can be told in a `missing` period.
    """
    lines = list(_lines(path, periods, decimals))
    said: dict[tuple[int, int], dict[str, Row]] = {}  # by period and when it was told
    for line in lines:
        _refuse_line(path, line, balances, missing)
        own = said.setdefault((line.period, line.told_in), {})
        if line.loan in own:
            raise CollectionsInvalid(path, line.number, f"loan '{line.loan}' stands twice in period {line.period}")
        own[line.loan] = line.amounts
    reports = tuple(_report(path, said, period, costs, decimals) for period in range(1, periods + 1))
    return Servicing(reports, tuple(doubts_of(path, lines, balances, decimals)))


def _refuse_line(path: Path, line: Line, balances: Mapping[str, int], missing: Collection[int]) -> None:
    if line.loan not in balances:
        hint = _zeros_apart(line.loan, balances) or near(line.loan, balances)
        raise CollectionsInvalid(path, line.number, f"no loan is called '{line.loan}'{hint}")
    if line.amounts["recovered"] > line.amounts["gross"]:
        raise CollectionsInvalid(path, line.number, "recovered is a part of gross, and can't be above it")
    if line.told_in in missing:
        reason = (
            f"the report of period {line.told_in} is missing, and nothing can be told in it; what came is told under "
            "the next period that is reported"
        )
        raise CollectionsInvalid(path, line.number, reason)


def _zeros_apart(loan: str, known: Collection[str]) -> str:
    """A spreadsheet cuts leading zeros off."""
    found = [each for each in known if each.lstrip("0") == loan.lstrip("0")] if loan.lstrip("0") else []
    return f"; did you mean '{found[0]}'? identifiers are text, with their leading zeros" if found else ""


def nothing(periods: int) -> Servicing:
    """Reports of a deal in which nothing was ever collected."""
    return Servicing((NOTHING,) * periods)


def _report(
    path: Path, said: Mapping[tuple[int, int], Mapping[str, Row]], period: int, costs: int, decimals: int
) -> Serviced:
    rows = said.get((period, period), {})
    sums = _sums(rows)
    earlier = [of for of, told in said if told == period and of < period]
    if len(earlier) > 1:
        both = " and ".join(map(str, sorted(earlier)))
        raise CollectionsInvalid(path, None, f"the report of period {period} corrects periods {both}: one at a time")
    corrected = _corrected(path, said, earlier[0], period, decimals) if earlier else None
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


def _corrected(
    path: Path, said: Mapping[tuple[int, int], Mapping[str, Row]], period: int, told_in: int, decimals: int
) -> Corrected:
    before, after = _as_told(said, period, told_in - 1), _as_told(said, period, told_in)
    old, new = _sums(before), _sums(after)
    for name, why in (("gross", "cash is never taken back"), ("recovered", "it is never corrected")):
        if old[name] != new[name]:
            now, then = format_units(new[name], decimals), format_units(old[name], decimals)
            where = f"corrected in period {told_in}, {name} of period {period}"
            raise CollectionsInvalid(path, None, f"{where} adds up to {now}, not to {then} as before: {why}")
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


def _lines(path: Path, periods: int, decimals: int) -> Iterator[Line]:
    if not path.is_file():
        raise FileMissing(path, "file of collections")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            found = list(reader.fieldnames or ())
            if len(found) == 1 and ";" in found[0]:
                raise CollectionsInvalid(path, 1, "values are separated with semicolons; separate them with commas")
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


def _line(path: Path, number: int, row: Mapping[str | None, str | None], periods: int, decimals: int) -> Line:
    if None in row or None in row.values():
        raise CollectionsInvalid(path, number, "has more or fewer values than the first row has names")
    period = _period(path, number, "period", row["period"] or "", periods)
    told_in = _period(path, number, "told_in", row.get("told_in") or str(period), periods)
    if told_in < period:
        raise CollectionsInvalid(path, number, f"period {period} can't be told in period {told_in}, before it")
    amounts = {name: _units(path, number, name, row.get(name) or "", decimals) for name in AMOUNTS}
    return Line(number, period, told_in, row["loan"] or "", amounts)


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
        hint = ": leave the thousands comma out" if "," in text else ""
        raise CollectionsInvalid(path, number, f"{column} is '{text}', not an amount such as 1500.00{hint}")
    try:
        units = to_units(Decimal(text), decimals)
    except ValueError as error:
        raise CollectionsInvalid(path, number, f"{column} is {text}, which {error}") from None
    if units > MAX_AMOUNT:
        raise CollectionsInvalid(path, number, f"{column} is {text}, above the most that the books hold")
    return units
