"""Triggers of a live deal: which is how far from firing, and sending what its cause asks for.

A loan whose cause is there and that is in no case is opened by proof, its triggers are watched, a checkpoint is made
where one has not held long enough, and what has is fired. Each run looks at the chain first, so it can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import polars as pl

from salvor.chain.refusal import Refusal
from salvor.desk.sales import NOBODY, Call, Sales, read_each, send_each, try_each
from salvor.desk.screening import CLASS, FINEST, LATE, causes, column_of, nearest, screen
from salvor.desk.tapes import Proofs, Tapes
from salvor.model.liquidation.state import Stage
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms

_AT_ONCE = 200  # loans that are looked up together
_DAY = 86_400
_NO_RIGHT = "AccessManagedUnauthorized"
_NOT_CONFIRMED = "WrongStage"  # of a case that is watched: only this one can't be fired
_WAITS_FOR_OVERSEER = "waits: the overseer has not confirmed the case (`sell confirm`)"
_WATCHED = {Stage.OPENED, Stage.HELD}
_COLLATERAL = "COLLATERAL/"  # what is sold is valued under it where a trigger asks no value


@dataclass(frozen=True)
class Look:
    """Distances of loans that are in no case, and of cases; `stages` of all cases."""

    triggers: Mapping[str, TriggerTerms]
    loans: pl.DataFrame
    cases: pl.DataFrame
    stages: Mapping[int, Stage]
    claims: Mapping[str, int]  # what is outstanding of each loan


@dataclass(frozen=True)
class Line:
    """A loan or a case and a trigger, for people; a share of the level, 0 or less where the cause is there."""

    loan: str | None
    case: int | None
    trigger: str
    distance: float

    @property
    def holds(self) -> bool:
        """Whether the cause is there."""
        return self.distance <= 0


@dataclass(frozen=True)
class Sent:
    """What became of one: a loan that was opened, a trigger of a case; `refused` where the chain said no."""

    case: int
    what: str  # the loan, or the trigger
    outcome: str
    refused: bool = False


def look_at(
    values: pl.DataFrame | None,
    triggers: Mapping[str, TriggerTerms],
    *,
    decimals: int,
    now: int,
    sales: Sales | None = None,
    homes: Mapping[str, int] | None = None,
) -> Look:
    """The loans of a file of values, and the cases of a live deal; `homes` are the groups of loans, the first else."""
    terms = list(triggers.values())
    loans = pl.DataFrame(schema={"loan": pl.String})
    claims: dict[str, int] = {}
    if values is not None:
        late = None if sales is None else _late_by_loan(sales, values["loan"], homes or {})
        table = values.with_columns(pl.lit(late, pl.Int64).alias(LATE))
        loans = screen(table, terms, decimals=decimals, key="loan", now=now)
        claims = dict(values.select("loan", "claim").iter_rows())
    cases, stages = pl.DataFrame(schema={"case": pl.Int64}), dict[int, Stage]()
    if sales:
        open_cases, stages = cases_of(sales, terms)
        if not open_cases.is_empty():
            cases = screen(open_cases, terms, decimals=decimals, now=now)
    return Look(triggers, loans, cases, stages, claims)


def lines_of(look: Look, most: int) -> list[Line]:
    """The nearest first."""
    names = list(look.triggers)
    near = [*_nearest(look.loans, most), *_nearest(look.cases, most)]
    lines = [
        Line(None, each.key, names[each.trigger], each.distance)
        if isinstance(each.key, int)
        else Line(each.key, None, names[each.trigger], each.distance)
        for each in near
    ]
    return sorted(lines, key=lambda line: (line.distance, line.case or 0, line.loan or "", line.trigger))[:most]


def _nearest(found: pl.DataFrame, most: int) -> list[Any]:
    return nearest(found, most) if found.width > 1 else []


def cases_of(sales: Sales, triggers: Sequence[TriggerTerms]) -> tuple[pl.DataFrame, dict[int, Stage]]:
    """A line a case that is not closed, as a screening takes it, by what the hub last found good; all stages.

    What a value fell from is not told by the chain: a condition over it has distance 0 where the chain says it holds,
    and 1 where it does not.
    """
    numbers = list(range(1, sales.book.cases() + 1))
    book, house = sales.book, sales.house
    records = dict(zip(numbers, read_each([(book.caseOf, (number,)) for number in numbers]), strict=True))
    stages = {number: Stage(each.stage) for number, each in records.items()}
    alive = [number for number in numbers if stages[number] is not Stage.CLOSED]
    accounts = read_each([(house.accountOf, (number,)) for number in alive])
    late = _report_late(sales)
    columns: dict[str, list[Any]] = {
        "case": alive,
        CLASS: [bytes(records[number].schema).hex() for number in alive],
        "claim": [max(0, each.outstanding - each.brought) for each in accounts],
        "plan_broken": read_each([(book.planBroken, (number,)) for number in alive]),
        "court_overdue": read_each([(book.courtOverdue, (number,)) for number in alive]),
        LATE: [late[each.group] for each in accounts],
    }
    for one in {column_of(each): each for terms in triggers for each in terms.conditions if each.is_of_value}.values():
        columns |= _values_of(sales, one, alive)
    for place, terms in enumerate(triggers):
        for bit, one in enumerate(terms.conditions):
            if one.looks == Looks.VALUE_FELL:
                columns[f"{column_of(one)}_reference"] = _fell_from(sales, place, bit, one, columns)
    kinds: Any = dict.fromkeys(columns, pl.Int64) | {"plan_broken": pl.Boolean, "court_overdue": pl.Boolean}
    kinds[CLASS] = pl.String
    return pl.DataFrame(columns, schema=kinds), stages


def _values_of(sales: Sales, one: Condition, cases: list[int]) -> dict[str, list[Any]]:
    """What the hub last found good, in millionths, and when."""
    hub, name = _of(sales.hub), column_of(one)
    kept = read_each([(hub.lastGood, (_key(one.prefix, case),)) for case in cases])
    values = [int(each.value) // FINEST if each.at else None for each in kept]
    return {name: values, f"{name}_at": [int(each.at) if each.at else None for each in kept]}


def _fell_from(sales: Sales, place: int, bit: int, one: Condition, columns: Mapping[str, list[Any]]) -> list[Any]:
    told = read_each([(_of(sales.triggers).conditionsNow, (case, place)) for case in columns["case"]])
    values = columns[column_of(one)]
    return [
        None if value is None or found.unknown >> bit & 1 else value + (found.holds >> bit & 1) * (one.level // FINEST)
        for value, found in zip(values, told, strict=True)
    ]


def _report_late(sales: Sales) -> list[int]:
    """By group, seconds past the end of the period that is reported next; below 0 before it, and after the last."""
    found = []
    for pool in sales.pools:
        due = pool.lastReported() + 1
        found.append(-1 if due > pool.periodCount() else int(sales.now - pool.record(due).end))
    return found


def _late_by_loan(sales: Sales, loans: pl.Series, homes: Mapping[str, int]) -> int | pl.Series:
    late = _report_late(sales)
    return late[0] if len(late) == 1 else pl.Series([late[homes.get(loan, 0)] for loan in loans], dtype=pl.Int64)


# Sending


def bring_on(
    sales: Sales, look: Look, proofs: Proofs | Tapes, *, sender: Any, most: int, dry: bool = False
) -> Iterator[Sent]:
    """Open, watch, fire or make a checkpoint, for whatever has its cause; at most so many loans are opened."""
    names, held = list(look.triggers), {case for case, stage in look.stages.items() if stage in _WATCHED}
    wanted = {(case, place) for case, place in causes(look.cases) if case in held}
    untold = {(case, place) for case, place in _untold(look.cases) if case in held}
    opened = yield from _open(sales, look, proofs, sender=sender, most=most, dry=dry)
    if dry:
        yield from _try(sales, sorted(wanted), names, sender=sender)
        return
    wanted |= opened
    # Every trigger of a new case is watched, also one whose values are not there yet; and where a run was killed
    # between the two, the next one finds them untold and makes it good.
    classes = {case: bytes(sales.book.caseOf(case).schema) for case, _ in opened}
    terms = enumerate(look.triggers.values())
    new = {(case, place) for place, each in terms for case in classes if each.schema in (bytes(32), classes[case])}
    yield from _watch(sales, sorted(wanted | untold | new), names, sender=sender)
    yield from _fire(sales, sorted(wanted), names, sender=sender)


def in_no_case(sales: Sales, proofs: Proofs | Tapes, loans: Iterable[str]) -> Iterator[str]:
    """Those that no case has, in their order."""
    rest = iter(loans)
    while some := list(islice(rest, _AT_ONCE)):
        found = read_each([(sales.book.loanOf, (proofs.leaf(loan),)) for loan in some])
        yield from (loan for loan, each in zip(some, found, strict=True) if not each.caseId)


def _open(
    sales: Sales, look: Look, proofs: Proofs | Tapes, *, sender: Any, most: int, dry: bool
) -> Any:  # a generator of `Sent` that returns the triggers of the cases it opened
    there: dict[str, list[int]] = {}
    for each in nearest(look.loans, len(causes(look.loans))) if look.loans.width > 1 else []:
        there.setdefault(str(each.key), []).append(each.trigger)
    free = list(islice(in_no_case(sales, proofs, there), most))
    first = sales.book.cases() + 1
    if dry:
        yield from (Sent(first + i, f"loan {loan}", "would be opened") for i, loan in enumerate(free))
        return set()
    calls: list[Call] = []
    for i, loan in enumerate(free):
        opening = (look.claims[loan], 0, True, NOBODY, _subject(look, there[loan], first + i))
        calls.append((sales.book.open, (proofs.of(loan), opening)))
    opened, outcomes = set[tuple[int, int]](), send_each(calls, sender=sender)
    if outcomes and all(isinstance(each, Refusal) and each.error == _NO_RIGHT for each in outcomes):
        yield Sent(0, f"{len(free)} loans", f"only the servicer opens cases, and {sender.address} is not", refused=True)
        return opened
    for i, (loan, outcome) in enumerate(zip(free, outcomes, strict=True)):
        if isinstance(outcome, Refusal):
            yield Sent(0, f"loan {loan}", str(outcome), refused=True)
            continue
        [event] = outcome.events_of(sales.book, "CaseOpened")
        said = "opened" if event.caseId == first + i else f"opened, valued as case {first + i}: others opened cases too"
        yield Sent(event.caseId, f"loan {loan}", said)
        opened |= {(event.caseId, place) for place in there[loan]}
    return opened


def _untold(found: pl.DataFrame) -> list[tuple[int, int]]:
    """Each (case, trigger) of which nobody can tell how far it is."""
    key, *places = found.columns
    return [(one, int(name)) for name in places for (one,) in found.filter(pl.col(name).is_null()).select(key).rows()]


def _subject(look: Look, places: Sequence[int], case: int) -> bytes:
    """The key of the first value of money that its triggers ask for."""
    terms = list(look.triggers.values())
    money = [
        one.prefix
        for place in places
        for one in terms[place].conditions
        if one.looks in {Looks.COVERAGE_BELOW, Looks.LOAN_TO_VALUE_ABOVE}
    ]
    return _key(money[0] if money else _COLLATERAL, case)


def _watch(sales: Sales, wanted: list[tuple[int, int]], names: list[str], *, sender: Any) -> Iterator[Sent]:
    book = _of(sales.triggers)
    known = read_each([(book.watchOf, each) for each in wanted])
    new = [each for each, found in zip(wanted, known, strict=True) if not found.watched]
    yield from _told(new, send_each([(book.watch, each) for each in new], sender=sender), names, lambda each: "watched")


def _fire(sales: Sales, wanted: list[tuple[int, int]], names: list[str], *, sender: Any) -> Iterator[Sent]:
    """A trigger that has not held long enough is noted; one whose values are not good waits for them."""
    book = _of(sales.triggers)
    tried = dict(zip(wanted, try_each([(book.fire, each) for each in wanted], sender=sender), strict=True))
    ready = [each for each in wanted if tried[each] is None]
    yield from _told(
        ready, send_each([(book.fire, each) for each in ready], sender=sender), names, lambda each: "fired"
    )
    young = [each for each in wanted if (found := tried[each]) and found.error == "NotHeld"]
    waits = _without_value(sales, young)
    held = [each for each in young if each not in waits]
    done = send_each([(book.check, each) for each in held], sender=sender)
    yield from _told(held, done, names, lambda each: f"noted, {_held(tried[each])}")
    yield from (Sent(case, names[place], waits[case, place]) for case, place in young if (case, place) in waits)
    for case, place in wanted:
        if (found := tried[case, place]) and found.error == "AlreadyFired":
            yield Sent(case, names[place], "fired before")
        elif found and found.error == _NOT_CONFIRMED:
            yield Sent(case, names[place], _WAITS_FOR_OVERSEER)
        elif found and found.error != "NotHeld":
            yield Sent(case, names[place], str(found), refused=True)


def _try(sales: Sales, wanted: list[tuple[int, int]], names: list[str], *, sender: Any) -> Iterator[Sent]:
    """Of cases that are open: what a run would do."""
    book = _of(sales.triggers)
    for (case, place), found in zip(
        wanted, try_each([(book.fire, each) for each in wanted], sender=sender), strict=True
    ):
        said = "would be fired"
        if found and found.error in ("NotHeld", "NotWatched", "AlreadyFired"):
            said = {"NotWatched": "would be watched", "AlreadyFired": "fired before"}.get(found.error, "would be noted")
        elif found and found.error == _NOT_CONFIRMED:
            said = _WAITS_FOR_OVERSEER
        elif found:
            said = f"would be refused: {found}"
        yield Sent(case, names[place], said)


def _without_value(sales: Sales, wanted: list[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Those that can't be told now, with the keys they wait for."""
    book, found = _of(sales.triggers), {}
    told = read_each([(book.conditionsNow, each) for each in wanted])
    for (case, place), each in zip(wanted, told, strict=True):
        if each.unknown and sales.terms.triggers:
            conditions = sales.terms.triggers[place].conditions
            keys = [f"{one.prefix}{case}" for bit, one in enumerate(conditions) if each.unknown >> bit & 1]
            found[case, place] = f"waits: the hub has no good value of {', '.join(dict.fromkeys(keys))}"
    return found


def _told(
    wanted: list[tuple[int, int]], outcomes: Sequence[Any], names: list[str], said: Callable[[tuple[int, int]], str]
) -> Iterator[Sent]:
    for each, outcome in zip(wanted, outcomes, strict=True):
        refused = isinstance(outcome, Refusal)
        yield Sent(each[0], names[each[1]], str(outcome) if refused else said(each), refused=refused)


def _held(refusal: Refusal | None) -> str:
    longest, hold = refusal.values[2:] if refusal else (0, 0)
    return f"held for {longest / _DAY:.1f} of {hold / _DAY:.1f} days"


def _key(prefix: str, case: int) -> bytes:
    """As `keyOf` makes it."""
    return f"{prefix}{case}".encode().ljust(32, b"\0")


def _of(contract: Any) -> Any:
    """Of a deal whose file has triggers, which was asked first."""
    if contract is None:
        raise ValueError("the deal has no book of triggers")
    return contract
