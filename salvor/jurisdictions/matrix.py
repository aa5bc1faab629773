"""Cases made from a book of rules, each with its expected answer: who may do what, at and beside every border.

Profiles are crossed with subscribing and buying; then each rule in force is tried just inside and just outside. The
answers are reckoned by `answers`; `ape run investors matrix` asks the contracts the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from salvor.amounts import mul_div_down, timestamp
from salvor.jurisdictions.answers import refusing, verdicts
from salvor.jurisdictions.book import Count, Rulebook
from salvor.jurisdictions.of_deal import DealRules
from salvor.jurisdictions.register import Investor, Move, Register, freed, knows, moved
from salvor.jurisdictions.rules import CLASSES, CountryAllow, InvestorClass

MOST_HOLDERS = 200  # a case that fills a group with more is left out
_DAY = 86_400
_ELSEWHERE = ("JP", "CH", "AU", "CA", "ZA")
_FOREVER = 100 * 365 * _DAY


@dataclass(frozen=True)
class Case:
    """A profile and an action: what came before, the move that is asked for, and the rules that refuse it."""

    tranche: str
    profile: str
    action: str
    before: Register  # all that stands when the move is asked for
    move: Move
    expected: tuple[str, ...]

    @property
    def name(self) -> str:
        """For people and for test ids."""
        return f"{self.tranche}: {self.profile}: {self.action}"


@dataclass(frozen=True)
class _Stage:
    """What all cases of a book share."""

    book: Rulebook
    supply: int
    decimals: int
    start: int  # when the first lots came
    now: int
    every_country: bool

    @property
    def step(self) -> int:
        return self.book.denomination

    @property
    def entry(self) -> int:
        """The least with which somebody may begin."""
        least = max(self.book.minimum_investment, self.book.minimum_holding, self.step)
        return -(-least // self.step) * self.step

    def investor(self, name: str, country: str | None = None, klass: InvestorClass | None = None) -> Investor:
        home = country or self.book.may_enter[0]
        return Investor(name, home, klass or self.book.classes[0], self.now + _FOREVER)

    def with_seller(self, units: int, at: int | None = None) -> Register:
        """A tranche in which one holder, `seller`, has held for long."""
        return issued(Register(self.supply), self.investor("seller"), units, self.start if at is None else at)

    def sells(self, units: int, giver: str = "seller") -> Move:
        return Move(giver, "newcomer", units, self.now)

    def enters(self, units: int) -> Move:
        return Move(None, "newcomer", units, self.now)

    def case(self, profile: str, action: str, before: Register, move: Move) -> Case:
        expected = refusing(verdicts(self.book, before, move, self.decimals))
        return Case(self.book.tranche, profile, action, before, move, expected)


def issued(register: Register, to: Investor, units: int, at: int) -> Register:
    """The register after units were issued to somebody, without a question."""
    return moved(knows(register, to), Move(None, to.name, units, at))


def matrix(
    book: Rulebook, supply: int, decimals: int, closing: int, *, every_country: bool = False
) -> tuple[Case, ...]:
    """All cases of a tranche of so many units that closes at a time; no two have one name.

    Investors come from one country of each line that opens some, or from every country that is opened.
    """
    waits = [book.lock_up, max(book.hold_period.values(), default=0), book.velocity[1] if book.velocity else 0]
    now = max(closing + 2 * sum(waits) + 10 * _DAY, timestamp(book.first) if book.first else 0)
    stage = _Stage(book, supply, decimals, closing, now, every_country)
    return tuple(case for case in _all(stage) if _could_come_about(stage, case))


def cases_of(rules: DealRules, *, every_country: bool = False) -> tuple[Case, ...]:
    """The cases of all tranches of a deal."""
    closing = timestamp(rules.deal.calendar.closing)
    cases: list[Case] = []
    for book, tranche in zip(rules.books, rules.deal.tranches, strict=True):
        size = rules.deal.units(tranche.size)
        cases += matrix(book, size, rules.deal.settlement.decimals, closing, every_country=every_country)
    return tuple(cases)


def _could_come_about(stage: _Stage, case: Case) -> bool:
    """Whether the book itself allows what came before; who stands on a list now was put there later."""
    clean = {name: replace(each, lists=()) for name, each in case.before.investors.items()}
    register = replace(case.before, investors=clean, lots={}, given={}, history=())
    for move in sorted(case.before.history, key=lambda each: each.at):
        if refusing(verdicts(stage.book, register, move, stage.decimals)):
            return False
        register = moved(register, move)
    return sum(register.held(name) for name in clean) <= stage.supply


def _all(stage: _Stage) -> Iterator[Case]:
    yield from _profiles(stage)
    yield from _amounts(stage)
    for count in stage.book.counts:
        yield from _count(stage, count)
    yield from _ages(stage)
    yield from _flows(stage)
    yield from _moments(stage)
    yield from _own_wallets(stage)


def _profiles(stage: _Stage) -> Iterator[Case]:
    book = stage.book
    for country, klass in product(_countries(stage), CLASSES):
        yield from _ways_in(stage, f"{klass} of {country}", stage.investor("newcomer", country, klass))
    base = stage.investor("newcomer")
    yield from _ways_in(stage, "claims ran out a second ago", replace(base, until=stage.now - 1))
    yield from _ways_in(stage, "claims run out this second", replace(base, until=stage.now))
    yield from _ways_in(stage, "claims run out in a second", replace(base, until=stage.now + 1))
    yield from _ways_in(stage, "no claim", replace(base, until=None))
    for name in book.sanctions:
        yield from _ways_in(stage, f"on {name}", replace(base, lists=(name,)))
        listed = replace(stage.investor("seller"), lists=(name,))
        before = knows(knows(stage.with_seller(2 * stage.entry), listed), base)
        yield stage.case(f"holder on {name}", "sell", before, stage.sells(stage.entry))


def _countries(stage: _Stage) -> list[str]:
    """One country for each line that opens some, or all of them, each that was closed, and one nobody speaks of."""
    book = stage.book
    opens = [choice for choice in book.choices if choice.rule == "country_allow"]
    lines = [line.rule for choice in opens for line in choice.by]
    firsts = [rule.countries[0] for rule in lines if isinstance(rule, CountryAllow)]
    elsewhere = next(each for each in _ELSEWHERE if each not in book.opened)
    return list(dict.fromkeys([*(book.opened if stage.every_country else firsts), *book.closed, elsewhere]))


def _ways_in(stage: _Stage, profile: str, newcomer: Investor) -> Iterator[Case]:
    alone = knows(Register(stage.supply), newcomer)
    yield stage.case(profile, "subscribe", alone, Move(None, newcomer.name, stage.entry, stage.now))
    before = knows(stage.with_seller(2 * stage.entry), newcomer)
    yield stage.case(profile, "buy", before, Move("seller", newcomer.name, stage.entry, stage.now))


def _amounts(stage: _Stage) -> Iterator[Case]:
    book, entry, step = stage.book, stage.entry, stage.step
    newcomer = stage.investor("newcomer")
    alone = knows(Register(stage.supply), newcomer)
    least = "the least that may begin"
    yield stage.case(least, "subscribe exactly", alone, stage.enters(entry))
    if entry > step:
        yield stage.case(least, "subscribe a step less", alone, stage.enters(entry - step))
    if book.minimum_holding:
        holds = knows(stage.with_seller(2 * entry), newcomer)
        yield stage.case("who holds twice the least", "sell all", holds, stage.sells(2 * entry))
        rest = 2 * entry - book.minimum_holding + step
        yield stage.case("who holds twice the least", "keep too little", holds, stage.sells(rest))
    if step > 1:
        yield stage.case(least, "subscribe half a step more", alone, stage.enters(entry + 1))
    shares = [] if book.share_of_supply is None else [mul_div_down(stage.supply, book.share_of_supply, 10**18)]
    for most in [*([] if book.maximum_holding is None else [book.maximum_holding]), *shares]:
        full = most // step * step
        if entry <= full < stage.supply:
            yield stage.case(f"the most, {full} units", "subscribe exactly", alone, stage.enters(full))
            above = stage.enters(full + step)
            yield stage.case(f"the most, {full} units", "subscribe a step more", alone, above)
    if book.retention:
        yield from _retention(stage, newcomer)


def _retention(stage: _Stage, newcomer: Investor) -> Iterator[Case]:
    kept = -(-stage.book.retained(stage.supply) // stage.step) * stage.step
    held = kept + 2 * stage.entry
    if held > stage.supply:
        return
    before = issued(Register(stage.supply, originator="originator"), stage.investor("originator"), held, stage.start)
    before = knows(before, newcomer)
    for action, units in (("sell what is free", 2 * stage.entry), ("sell a step more", 2 * stage.entry + stage.step)):
        yield stage.case("the originator", action, before, Move("originator", "newcomer", units, stage.now))


def _count(stage: _Stage, count: Count) -> Iterator[Case]:
    """A group is filled to its last place."""
    inside = [each for each in stage.book.may_enter if count.countries is None or each in count.countries]
    klass = count.klass or stage.book.classes[0]
    if not inside or klass not in stage.book.classes or count.at_most > MOST_HOLDERS:
        return
    if stage.entry * (count.at_most + 1) > stage.supply:
        return
    last = Register(stage.supply)
    for i in range(1, count.at_most):
        last = issued(last, stage.investor(f"holder {i}", inside[0], klass), stage.entry, stage.start)
    before = issued(last, stage.investor("holder 0", inside[0], klass), stage.entry, stage.start)
    newcomer = stage.investor("newcomer", inside[0], klass)
    profile = f"{klass} of {inside[0]}, {count.at_most} places"
    entry = stage.enters(stage.entry)
    yield stage.case(profile, "take the last", knows(last, newcomer), entry)
    full = knows(before, newcomer)
    yield stage.case(profile, "come when all are taken", full, entry)
    yield stage.case(profile, "buy out a holder", full, Move("holder 0", "newcomer", stage.entry, stage.now))
    yield stage.case(profile, "one who holds buys more", full, Move(None, "holder 0", stage.entry, stage.now))


def _ages(stage: _Stage) -> Iterator[Case]:
    book = stage.book
    periods = [("lock-up", book.lock_up, book.classes[0])] if book.lock_up else []
    periods += [(f"hold period of {klass}", time, klass) for klass, time in book.hold_period.items()]
    for name, period, klass in periods:
        if klass not in book.classes:
            continue
        seller, newcomer = stage.investor("seller", klass=klass), stage.investor("newcomer")
        end = freed(stage.start, period)
        first = issued(Register(stage.supply), seller, 2 * stage.entry, stage.start)
        for action, at in (("sell a second early", end - 1), ("sell when it ends", end)):
            yield stage.case(name, action, knows(first, newcomer), Move("seller", "newcomer", stage.entry, at))
        later = stage.start + period // 2
        mixed = knows(issued(first, seller, stage.entry, later), newcomer)
        for action, units in (("sell the old lot", 2 * stage.entry), ("sell both lots", 3 * stage.entry)):
            yield stage.case(name, action, mixed, Move("seller", "newcomer", units, end))


def _flows(stage: _Stage) -> Iterator[Case]:
    book = stage.book
    newcomer = stage.investor("newcomer")
    if book.velocity is not None:
        most, period = book.velocity
        full = most // stage.step * stage.step
        before = knows(stage.with_seller(full + stage.entry), newcomer)
        yield stage.case("velocity", "give the most", before, stage.sells(full))
        yield stage.case("velocity", "give a step more", before, stage.sells(full + stage.step))
        gave = moved(before, Move("seller", "newcomer", full - stage.entry, stage.now))
        eighth = max(-(-period // 8), 1)
        over = (stage.now // eighth + 9) * eighth
        for action, at in (("again a second early", over - 1), ("again when it is over", over)):
            yield stage.case("velocity", action, gave, Move("seller", "newcomer", 2 * stage.entry, at))
    if book.travel_rule is not None:
        above = max(stage.entry, (book.travel_rule // stage.step + 1) * stage.step)
        before = knows(stage.with_seller(2 * above), newcomer)
        for action, recorded in (("sell with a record", True), ("sell without one", False)):
            yield stage.case("travel rule", action, before, Move("seller", "newcomer", above, stage.now, recorded))
        if stage.entry <= (most := above - stage.step) <= book.travel_rule:
            move = Move("seller", "newcomer", most, stage.now, recorded=False)
            yield stage.case("travel rule", "sell the most that needs none", before, move)
    if book.approved_in_advance:
        before = knows(stage.with_seller(2 * stage.entry), newcomer)
        for action, approved in (("sell as approved", True), ("sell unapproved", False)):
            move = Move("seller", "newcomer", stage.entry, stage.now, approved=approved)
            yield stage.case("approval", action, before, move)


def _moments(stage: _Stage) -> Iterator[Case]:
    book = stage.book
    moments: list[tuple[str, int]] = []
    if book.first:
        moments += [("the last second before", timestamp(book.first) - 1), ("the first second", timestamp(book.first))]
    if book.last:
        over = timestamp(book.last) + _DAY
        moments += [("the last second", over - 1), ("the first second after", over)]
    before = knows(stage.with_seller(2 * stage.entry), stage.investor("newcomer"))
    for action, at in moments:
        if at < stage.start:
            continue
        yield stage.case("transfer window", f"sell in {action}", before, Move("seller", "newcomer", stage.entry, at))


def _own_wallets(stage: _Stage) -> Iterator[Case]:
    before = stage.with_seller(2 * stage.entry, at=stage.now - 1)
    yield stage.case("one investor", "move to another wallet", before, Move("seller", "seller", stage.entry, stage.now))


def counted(cases: Iterable[Case]) -> dict[str, int]:
    """How many cases each rule refuses; `allowed` counts those that none does."""
    found: dict[str, int] = {"allowed": 0}
    for case in cases:
        for rule in case.expected or ("allowed",):
            found[rule] = found.get(rule, 0) + 1
    return found
