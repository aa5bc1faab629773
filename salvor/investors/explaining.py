"""May A send so many notes to B on this day? Each rule's verdict, from the investors' file and the notes' history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from salvor.amounts import format_units, timestamp
from salvor.errors import OptionInvalid, near
from salvor.investors.file import Investors, day_of, may_hold
from salvor.investors.watching import listed_of, people_of
from salvor.jurisdictions.answers import Verdict, verdicts
from salvor.jurisdictions.of_deal import DealRules
from salvor.jurisdictions.register import Investor, Move, Register, knows, moved
from salvor.supervision.events import MOVES, Event, People, on_a_list
from salvor.supervision.holders import frozen_by
from salvor.supervision.wallets import is_written_as_wallet, wallet

_DAY = 86_400


@dataclass(frozen=True)
class Answer:
    """What was asked, and what each rule says."""

    giver: str
    taker: str
    tranche: str
    units: int
    day: date
    verdicts: tuple[Verdict, ...]

    @property
    def allowed(self) -> bool:
        """Whether no rule refuses."""
        return all(each.allowed for each in self.verdicts)


@dataclass(frozen=True)
class Files:
    """All that an answer rests on: the deal's rules, its investors, what happened, and who is on a list."""

    rules: DealRules
    investors: Investors
    events: tuple[Event, ...] = ()
    listed: frozenset[str] = frozenset()

    @cached_property
    def people(self) -> People:
        """Who stands behind which wallet, by the file and by what happened."""
        return people_of(self.investors, self.events)


def explain(files: Files, giver: str | None, taker: str, tranche: str, units: int, at: int) -> Answer:
    """Ask every rule of a tranche; without a giver the taker subscribes. People are named by name or wallet."""
    names = [each.name for each in files.rules.deal.tranches]
    if tranche not in names:
        raise OptionInvalid(f"no tranche is called '{tranche}'{near(tranche, names) or ': ' + ', '.join(names)}")
    register = register_at(files, tranche, at)
    who = None if giver is None else person(files, giver)
    to = person(files, taker)
    decimals = files.rules.deal.settlement.decimals
    found = verdicts(files.rules.book(tranche), register, Move(who, to, units, at), decimals)
    found = (*_supervised(files, who, to, tranche, at), *found)
    return Answer(who or "", to, tranche, units, day_of(at), found)


def _supervised(files: Files, giver: str | None, taker: str, tranche: str, at: int) -> Iterator[Verdict]:
    """What a supervisor did: freezes of either side, a pause of the note."""
    before = [event for event in files.events if event.at <= at and event.tranche == tranche]
    frozen = frozen_by(before, files.people)
    barred = [name for name in (giver, taker) if name is not None and (tranche, name) in frozen]
    yield Verdict("freeze", not barred, f"{' and '.join(barred)} frozen" if barred else "nobody of both is frozen")
    stops = [event.kind for event in before if event.kind in ("pause", "unpause")]
    if stops:
        paused = stops[-1] == "pause"
        yield Verdict("pause", not paused, f"transfers are {'stopped' if paused else 'open again'}")


def end_of(day: date) -> int:
    """The last second of a day, UTC: whatever happened on it has happened."""
    return timestamp(day) + _DAY - 1


def person(files: Files, asked: str) -> str:
    """The name behind a name or a wallet; a wallet that nobody registered is a stranger by its address."""
    if is_written_as_wallet(asked):
        try:
            return files.people.behind(wallet(asked))
        except ValueError as error:
            raise OptionInvalid(str(error)) from None
    if asked not in files.investors.names:
        raise OptionInvalid(f"no investor or wallet is called '{asked}'{near(asked, files.investors.names)}")
    return asked


def register_at(files: Files, tranche: str, at: int) -> Register:
    """Who is known and who holds what of a tranche at a time, by the events before it."""
    rules, people = files.rules, files.people
    deal = rules.deal
    supply = deal.units(deal.tranches[deal.place_of(tranche)].size)
    section = deal.compliance
    register = Register(supply, originator=section.originator if section else None)
    listed, lists = _on_list(files, people, at), rules.book(tranche).sanctions  # an event does not say which list
    for name in files.investors.names:
        row = next(each for each in files.investors.rows if each.name == name)
        register = knows(register, replace(row.investor, lists=lists if name in listed else ()))
    return _with_strangers(_played(register, files.events, people, tranche, at), listed, lists)


def _on_list(files: Files, people: People, at: int) -> frozenset[str]:
    return listed_of(files.listed, people) | on_a_list((each for each in files.events if each.at <= at), people)


def _played(register: Register, events: Iterable[Event], people: People, tranche: str, at: int) -> Register:
    """A recovery keeps the age of what it moves; all else that moves begins a new lot."""
    for event in events:
        if event.tranche != tranche or event.kind not in MOVES or event.at > at:
            continue
        giver = people.behind(event.giver) if event.giver else None
        taker = people.behind(event.taker) if event.taker else None
        register = moved(register, Move(giver, taker, event.units, event.at))
    return register


def _with_strangers(register: Register, listed: frozenset[str], lists: tuple[str, ...]) -> Register:
    """Who holds and stands in no file has no claim, but may stand on a list."""
    for name in [each for each in register.lots if each not in register.investors]:
        register = knows(register, Investor(name, "", "retail", None, lists if name in listed else ()))
    return register


def standing(files: Files, asked: str, at: int) -> list[str]:
    """Who stands behind a wallet, what it may hold, and what it holds that may move at a time."""
    name = person(files, asked)
    rows = [row for row in files.investors.rows if row.name == name]
    if not rows:
        return [f"{name}: nobody registered this wallet"]
    row = rows[0]
    books = files.rules.books
    lines = [
        f"{name}: {row.klass} of {row.country}, verified until {day_of(row.until)}",
        f"wallets: {', '.join(each.wallet for each in rows)}",
        f"may hold: {', '.join(may_hold(row, books)) or 'nothing'}",
    ]
    decimals = files.rules.deal.settlement.decimals
    for book in books:
        register = register_at(files, book.tranche, at)
        if held := register.held(name):
            free = register.free(name, at, max(book.lock_up, book.hold_period.get(row.investor.klass, 0)))
            kept = book.retained(register.supply) if name == register.originator else 0
            free = max(0, min(free, held - kept))
            amounts = f"{format_units(held, decimals)} held, {format_units(free, decimals)} may move on {day_of(at)}"
            lines.append(f"{book.tranche}: {amounts}")
    return lines
