"""Where every case of a live deal stands, and by when who may do what: the deadlines of docs/liquidation.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from salvor.desk.sales import Sales, read_each
from salvor.errors import OptionInvalid, near
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.state import Stage, Strategy
from salvor.model.oracle_keys import name_of

NOBODY = "0x" + 40 * "0"


@dataclass(frozen=True)
class Deadline:
    """What happens at a second, and who may do what from then on."""

    at: int
    what: str
    then: str


@dataclass(frozen=True)
class Round:
    """A round that runs: price is what would be paid, or the least that is bid, for the whole lot."""

    auction: str
    kind: str
    number: int
    rounds: int
    floor: int
    price: int
    left: int
    units: int
    best: int = 0
    leader: str = NOBODY


@dataclass(frozen=True)
class Waiting:
    """What of a case waits for the overseer; `content` is the hash of all that was said of it, as hex."""

    content: str
    loans: int
    outstanding: int
    written_off: int


@dataclass(frozen=True)
class CaseNow:
    """A case. Amounts are settlement units."""

    number: int
    stage: Stage
    strategy: Strategy
    subject: str
    debtor: str
    loans: int
    outstanding: int
    written_off: int
    brought: int
    costs_due: int
    keeper_due: int
    left_to_pay: int
    proposed: bool
    gone: bool
    waiting: Waiting | None
    round: Round | None
    deadlines: tuple[Deadline, ...]


def case_of(sales: Sales, number: int) -> CaseNow:
    """One case; raises where there is none of this number."""
    if not 1 <= number <= (count := sales.book.cases()):
        raise OptionInvalid(f"there is no case {number}: the deal has {f'cases 1 to {count}' if count else 'none yet'}")
    [found] = cases_of(sales, [number])
    return found


def all_cases(sales: Sales) -> list[CaseNow]:
    """Every case, by number."""
    return cases_of(sales, range(1, sales.book.cases() + 1))


def cases_of(sales: Sales, numbers: Sequence[int]) -> list[CaseNow]:
    """These, read in few requests."""
    records = read_each([(sales.book.caseOf, (number,)) for number in numbers])
    accounts = read_each([(sales.house.accountOf, (number,)) for number in numbers])
    rests = read_each([(sales.house.leftToPay, (number,)) for number in numbers])
    joining = read_each([(sales.book.joiningOf, (number,)) for number in numbers])
    watches = _watches(sales, numbers)
    return [
        _case(sales, number, record, account, rest, joins, watches[number])
        for number, record, account, rest, joins in zip(numbers, records, accounts, rests, joining, strict=True)
    ]


def _watches(sales: Sales, numbers: Sequence[int]) -> dict[int, list[Any]]:
    if sales.triggers is None:
        return {number: [] for number in numbers}
    places = range(len(sales.terms.triggers))
    asked = [(number, place) for number in numbers for place in places]
    found = iter(read_each([(sales.triggers.watchOf, each) for each in asked]))
    return {number: [next(found) for _ in places] for number in numbers}


def _case(sales: Sales, number: int, record: Any, account: Any, rest: int, joins: Any, watches: list[Any]) -> CaseNow:
    stage, proposed = Stage(record.stage), record.proposal != bytes(32)
    round_, ends = _round(sales, number, account) if stage is Stage.FOR_SALE else (None, ())
    deadlines = [*_of_stage(sales, record, stage), *ends]
    if stage is Stage.HELD:
        deadlines += _of_triggers(sales, watches)
    return CaseNow(
        number,
        stage,
        Strategy(record.after_ if stage is Stage.CURE else record.strategy),
        name_of(bytes(record.subject)),
        account.debtor,
        record.loans,
        account.outstanding,
        account.writtenOff,
        account.brought,
        account.costsDue,
        account.keeperDue,
        rest,
        proposed and stage is Stage.HELD,
        account.gone,
        _waiting(record, account, joins),
        round_,
        tuple(sorted(deadlines, key=lambda each: each.at)),
    )


def _waiting(record: Any, account: Any, joins: Any) -> Waiting | None:
    content = bytes(joins.content)
    if not any(content):
        return None
    if Stage(record.stage) is Stage.OPENED:  # they count already
        return Waiting(content.hex(), record.loans, account.outstanding, account.writtenOff)
    return Waiting(content.hex(), joins.loans, joins.outstanding, joins.writtenOff)


def _of_stage(sales: Sales, record: Any, stage: Stage) -> Iterator[Deadline]:
    """What the strategy and the cure set."""
    if stage not in (Stage.HELD, Stage.CURE):
        return
    grace, strategy = sales.terms.grace, Strategy(record.strategy)
    if stage is Stage.CURE:
        yield Deadline(record.cureUntil, "the cure ends", "anyone: sell start; before, who shows the cure: sell calm")
    if record.deadline:
        yield Deadline(record.deadline, f"{_words(strategy)} ends", "anyone: sell expire")
    if strategy is Strategy.PAYMENT_PLAN and record.due:
        yield Deadline(record.due, "an instalment is due", "debtor: sell repay")
        yield Deadline(record.due + grace, "the plan is broken", "anyone: sell expire")
    who = "anyone" if stage is Stage.CURE else "servicer"
    if record.court > sales.now and (strategy, record.due) != (Strategy.FORECLOSURE, record.court):
        yield Deadline(record.court, "no foreclosure before the court's date", f"{who}: sell start")
    if strategy is Strategy.FORECLOSURE and record.due:
        yield Deadline(record.due, "the court's date", f"{who}: sell start")
        yield Deadline(record.due + grace, "the court is overdue", "anyone: triggers --fire")


def _of_triggers(sales: Sales, watches: list[Any]) -> Iterator[Deadline]:
    """What holds: when it may fire, and until when somebody must look again."""
    for name, terms, own in zip(sales.trigger_names, sales.terms.triggers, watches, strict=True):
        since = [began for place in range(3) if (began := own.since >> (32 * place) & (2**32 - 1))]
        if own.fired or not since:
            continue
        yield Deadline(min(since) + terms.hold, f"'{name}' has held long enough", "anyone: triggers --fire")
        yield Deadline(own.last + terms.gap, f"'{name}' begins anew where nobody looked", "anyone: triggers --fire")


def _round(sales: Sales, number: int, account: Any) -> tuple[Round, tuple[Deadline, ...]]:
    strategy = Strategy(account.strategy)
    place = sales.terms.strategies[strategy].auction or 0
    name, auction = list(sales.auctions.items())[place]
    terms, now = sales.terms.auctions[place], sales.now
    shared = {"auction": name, "number": account.round, "rounds": sales.terms.strategies[strategy].rounds}
    if isinstance(terms, Dutch):
        own = auction.roundOf(number)
        price = auction.priceAt(number, now)
        found = Round(kind="dutch", floor=own.floor, price=price, left=own.left, units=terms.units, **shared)
        over = Deadline(own.begun + terms.fall + terms.linger, "the round is over", "anyone: sell relist")
        return found, (Deadline(own.begun + terms.fall, "the floor is reached", "bidders: sell take"), over)
    if isinstance(terms, English):
        own = auction.roundOf(number)
        least = auction.least(number)
        best = {"best": own.best, "leader": own.bidder}
        found = Round(kind="english", floor=own.floor, price=least, left=1, units=1, **best, **shared)
        then = "anyone: sell settle" if own.best else "anyone: sell relist"
        ends = (Deadline(own.end, "the round is over", then),)
        return found, ends + (
            (Deadline(own.latest, "no bid moves the end beyond", "bidders: sell bid"),) if own.latest > own.end else ()
        )
    own = auction.roundOf(number)[0]
    price, best = auction.priceOf(number), {"best": own.best, "leader": own.bidder}
    kind = "vickrey" if terms.second_price else "sealed"
    found = Round(kind=kind, floor=own.floor, price=price or own.floor, left=1, units=1, **best, **shared)
    committed, revealed = own.begun + terms.commit_time, own.begun + terms.commit_time + terms.reveal_time
    last = Deadline(revealed + terms.pay_time, "the winner has paid", "anyone: sell relist")
    first = Deadline(committed, "the last commitment", "bidders: sell reveal")
    return found, (first, Deadline(revealed, "the last price is told", "winner: sell pay"), last)


def strategy_named(word: str) -> Strategy:
    """As the file writes it; raises for a word that is none."""
    names = [each.name.lower() for each in Strategy]
    if (own := word.lower().replace("-", "_").replace(" ", "_")) not in names:
        hint = near(own, names) or f"; there is: {', '.join(names)}"
        raise OptionInvalid(f"'{word}' is no strategy{hint}")
    return Strategy[own.upper()]


def when(seconds: int) -> str:
    """To the minute."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _words(strategy: Strategy) -> str:
    return strategy.name.lower().replace("_", " ")
