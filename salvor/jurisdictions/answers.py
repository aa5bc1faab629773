"""May these units move now? Every rule of a book answers, in words; nothing here knows a contract.

The text it is written from is docs/compliance-for-issuers.md, "What each rule means".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from salvor.amounts import format_units, mul_div_down, timestamp
from salvor.jurisdictions.book import Count, Rulebook
from salvor.jurisdictions.register import Investor, Move, Register

IDENTITY = "identity"
_DAY = 86_400


@dataclass(frozen=True)
class Verdict:
    """What one rule says of a move."""

    rule: str
    allowed: bool
    said: str


def verdicts(book: Rulebook, register: Register, move: Move, decimals: int) -> tuple[Verdict, ...]:
    """One answer a rule, in the book's order. What is handed back to the issuer is never refused."""
    if move.taker is None:
        return (Verdict("burn", True, "handing notes back is always allowed"),)
    return tuple(_all(book, register, move, _Said(decimals)))


def refusing(found: tuple[Verdict, ...]) -> tuple[str, ...]:
    """The rules that refuse, each once, sorted."""
    return tuple(sorted({each.rule for each in found if not each.allowed}))


@dataclass(frozen=True)
class _Said:
    decimals: int

    def __call__(self, units: int) -> str:
        return format_units(units, self.decimals)


def _all(book: Rulebook, register: Register, move: Move, say: _Said) -> Iterator[Verdict]:
    taker = register.investors.get(move.taker or "")
    yield _identity(taker, move)
    if taker is not None:
        yield from _places(book, taker)
    yield from _sanctions(book, register, move)
    yield from _moment(book, register, move, say)
    if move.giver == move.taker:
        return  # between two wallets of one person no limit is touched
    yield from _amounts(book, register, move, say)
    yield from _counts(book, register, move, taker)
    if move.giver is not None:
        yield from _giver(book, register, move, say)


def _identity(taker: Investor | None, move: Move) -> Verdict:
    if taker is None:
        return Verdict(IDENTITY, False, f"nobody knows {move.taker}")
    if taker.until is None:
        return Verdict(IDENTITY, False, f"no claim stands for {taker.name}")
    day = datetime.fromtimestamp(taker.until, UTC).date()
    if move.at >= taker.until:
        return Verdict(IDENTITY, False, f"the claims of {taker.name} ran out on {day}")
    return Verdict(IDENTITY, True, f"{taker.name} is verified until {day}")


def _places(book: Rulebook, taker: Investor) -> Iterator[Verdict]:
    opened = taker.country in book.opened
    yield Verdict("country_allow", opened, f"{taker.country} is {'' if opened else 'not '}among the countries opened")
    if book.closed:
        closed = taker.country in book.closed
        yield Verdict("country_deny", not closed, f"{taker.country} is {'' if closed else 'not '}among those closed")
    fits = taker.klass in book.classes
    yield Verdict("investor_class", fits, f"{taker.klass} {'may' if fits else 'may not'} hold {book.tranche}")


def _sanctions(book: Rulebook, register: Register, move: Move) -> Iterator[Verdict]:
    if not book.sanctions:
        return
    sides = [register.investors[name] for name in (move.giver, move.taker) if name and name in register.investors]
    found = [f"{each.name} stands on {name}" for each in sides for name in each.lists if name in book.sanctions]
    yield Verdict("sanctions", not found, "; ".join(found) or f"on no list ({', '.join(book.sanctions)})")


def _moment(book: Rulebook, register: Register, move: Move, say: _Said) -> Iterator[Verdict]:
    if book.first is not None and move.giver is not None:
        late = book.last is not None and move.at >= timestamp(book.last) + _DAY
        inside = move.at >= timestamp(book.first) and not late
        until = f" to {book.last}" if book.last else ""
        yield Verdict("transfer_window", inside, f"notes move from {book.first}{until}")
    if book.denomination > 1:
        rest = move.giver is not None and (move.giver == move.taker or _left(register, move) == 0)
        whole = rest or move.units % book.denomination == 0
        said = f"multiples of {say(book.denomination)}, or all that is held; asked: {say(move.units)}"
        yield Verdict("denomination", whole, said)
    if book.approved_in_advance and move.giver is not None and move.giver != move.taker:
        yield Verdict(
            "approved_in_advance", move.approved, "approved" if move.approved else "nobody approved this move"
        )
    if book.travel_rule is not None and move.giver is not None and move.giver != move.taker:
        known = move.units <= book.travel_rule or move.recorded
        yield Verdict("travel_rule", known, f"a record of both sides is needed above {say(book.travel_rule)}")


def _amounts(book: Rulebook, register: Register, move: Move, say: _Said) -> Iterator[Verdict]:
    before = register.held(move.taker)
    after = before + move.units
    if book.minimum_investment and move.giver is None:
        enough = after >= book.minimum_investment
        yield Verdict("minimum_investment", enough, f"who subscribes has {say(book.minimum_investment)} at least")
    if book.minimum_holding:
        yield Verdict(
            "minimum_holding",
            after >= book.minimum_holding and not 0 < _left(register, move) < book.minimum_holding,
            f"at least {say(book.minimum_holding)} or nothing; after the move: {_after(register, move, say)}",
        )
    if book.maximum_holding is not None:
        fits = after <= book.maximum_holding
        yield Verdict("maximum_holding", fits, f"at most {say(book.maximum_holding)}; after the move: {say(after)}")
    if book.share_of_supply is not None:
        most = mul_div_down(register.supply, book.share_of_supply, 10**18)
        fits = after <= most
        yield Verdict("share_of_supply", fits, f"at most {say(most)} of this tranche; after the move: {say(after)}")


def _left(register: Register, move: Move) -> int:
    return register.held(move.giver) - move.units if move.giver is not None else 0


def _after(register: Register, move: Move, say: _Said) -> str:
    taker = f"{move.taker} {say(register.held(move.taker) + move.units)}"
    return taker if move.giver is None else f"{move.giver} {say(_left(register, move))}, {taker}"


def _counts(book: Rulebook, register: Register, move: Move, taker: Investor | None) -> Iterator[Verdict]:
    """Who leaves with this move makes room for who comes."""
    for count in book.counts:
        if taker is None or not _counted(count, taker):
            continue
        there = {each.name for each in register.holders if _counted(count, each)}
        if _left(register, move) == 0:
            there.discard(move.giver or "")
        after = len(there | {taker.name})
        fits = after <= count.at_most or register.held(taker.name) > 0
        yield Verdict("holder_count", fits, f"{_group(count)}: {after} after the move, at most {count.at_most}")


def _counted(count: Count, investor: Investor) -> bool:
    inside = count.countries is None or investor.country in count.countries
    return inside and (count.klass is None or investor.klass == count.klass)


def _group(count: Count) -> str:
    where = f" of {', '.join(count.countries)}" if count.countries else ""
    return f"{count.klass + ' ' if count.klass else ''}holders{where}"


def _giver(book: Rulebook, register: Register, move: Move, say: _Said) -> Iterator[Verdict]:
    giver = move.giver or ""
    if book.lock_up:
        free = register.free(giver, move.at, book.lock_up)
        said = f"{say(free)} of {giver} have been kept for {book.lock_up // _DAY} days; asked: {say(move.units)}"
        yield Verdict("lock_up", move.units <= free, said)
    who = register.investors.get(giver)
    if who is not None and (period := book.hold_period.get(who.klass)):
        free = register.free(giver, move.at, period)
        said = f"{who.klass} investors keep for {period // _DAY} days; free: {say(free)}, asked: {say(move.units)}"
        yield Verdict("hold_period", move.units <= free, said)
    if book.velocity is not None:
        most, period = book.velocity
        gone = register.given_lately(giver, move.at, period)
        said = f"at most {say(most)} within {period // _DAY} days; with this: {say(gone + move.units)}"
        yield Verdict("velocity", gone + move.units <= most, said)
    if book.retention and giver == register.originator:
        kept = book.retained(register.supply)
        left = register.held(giver) - move.units
        yield Verdict("retention", left >= kept, f"the originator keeps {say(kept)}; after the move: {say(left)}")
    if move.units > register.held(giver):
        yield Verdict("balance", False, f"{giver} holds {say(register.held(giver))}; asked: {say(move.units)}")
