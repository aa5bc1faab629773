"""Triggers of loans: conditions over values and facts, measured by checkpoints (section 5).

They are others than the waterfall's triggers, which look at the deal. Values come from a `Hub`: the oracle's model, or
what a test teaches.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import Protocol

from salvor.model.liquidation import book
from salvor.model.liquidation.state import Stage, State, Strategy
from salvor.model.refusal import Refused
from salvor.model.terms import ONE

WHOLE = 10**9  # margins are parts of it
HIGHEST = 2**112 - 1  # value that is remembered


class Looks(IntEnum):
    """What a condition looks at, in the order of rule 32."""

    COVERAGE_BELOW = 0
    LOAN_TO_VALUE_ABOVE = 1
    VALUE_ABOVE = 2
    VALUE_BELOW = 3
    VALUE_FELL = 4
    PLAN_BROKEN = 5
    COURT_OVERDUE = 6
    REPORT_MISSED = 7


@dataclass(frozen=True)
class Condition:
    """One condition; `prefix` of the key, without the case's number."""

    looks: Looks
    prefix: str = ""
    level: int = 0
    margin: int = 0
    window: int = 0

    @property
    def is_of_value(self) -> bool:
        """Whether the hub is asked."""
        return self.looks <= Looks.VALUE_FELL

    @property
    def is_of_claim(self) -> bool:
        """Whether it depends on how much is claimed."""
        return self.looks in {Looks.COVERAGE_BELOW, Looks.LOAN_TO_VALUE_ABOVE}

    def overstates(self, noted: int, claim: int) -> bool:
        """Rule 33: it looks at the claim, and the one that was noted is above it by more than the margin."""
        return self.is_of_claim and claim * WHOLE < noted * (WHOLE - self.margin)

    def holds(self, value: int, claim: int, unit: int, reference: int, *, relaxed: bool) -> bool:
        """Rule 32, for a value in WAD; rule 35 where it is relaxed."""
        level = self.level
        if relaxed:
            up = self.looks in {Looks.COVERAGE_BELOW, Looks.VALUE_BELOW}
            level = level * (WHOLE + self.margin if up else WHOLE - self.margin) // WHOLE
        money = value * unit // ONE
        return {
            Looks.COVERAGE_BELOW: money * ONE < level * claim,
            Looks.LOAN_TO_VALUE_ABOVE: claim * ONE > level * money,
            Looks.VALUE_ABOVE: value > level,
            Looks.VALUE_BELOW: value < level,
            Looks.VALUE_FELL: value + level <= reference,
        }[self.looks]


@dataclass(frozen=True)
class TriggerTerms:
    """A trigger as it is declared; clauses are sets of places among its conditions."""

    conditions: tuple[Condition, ...]
    clauses: tuple[frozenset[int], ...]
    way: Strategy = Strategy.FORECLOSURE
    hold: int = 0
    gap: int = 0
    age: int = 0
    cure: int = 0
    fee: int = 0
    schema: bytes = bytes(32)  # of the cases that it is for; none: all


@dataclass(frozen=True)
class Watch:
    """A trigger of a case."""

    since: tuple[int, int, int] = (0, 0, 0)
    last: int = 0
    claim: int = 0
    fired: bool = False
    loans: int = 0


@dataclass(frozen=True)
class Reference:
    """What a value fell from, since when, and the value of the last checkpoint; 0 for none."""

    value: int = 0
    at: int = 0
    last: int = 0


class Hub(Protocol):
    """Values in WAD by key."""

    def last_good(self, key: str) -> tuple[int, int]:
        """The value that was good when it was last poked, and its time; (0, 0) for none."""
        ...

    def good_now(self, key: str, now: int) -> int | None:
        """The value, if it is good at this second."""
        ...

    def struck(self, key: str, second: int) -> bool:
        """Whether a value of then turned out to be wrong."""
        ...


class With(Enum):
    """Whose values a look is made with."""

    LAST_GOOD = 0
    GOOD_NOW = 1
    GOOD_NOW_RELAXED = 2


@dataclass
class Triggers:
    """All that is kept of triggers, beside a `State`."""

    terms: tuple[TriggerTerms, ...]
    hub: Hub
    unit: int
    watches: dict[tuple[int, int], Watch] = field(default_factory=dict)
    references: dict[tuple[int, int, int], Reference] = field(default_factory=dict)  # by case, trigger and condition
    fired_by: dict[int, int] = field(default_factory=dict)

    def watch(self, state: State, case: int, trigger: int) -> None:
        """Rule 33: note the claim; what was counted with one too far above it does not count."""
        if trigger >= len(self.terms):
            raise Refused("NoSuchTrigger", trigger, len(self.terms))
        if case not in state.cases:
            raise Refused("NoSuchCase", case)
        given, needed = state.cases[case].schema, self.terms[trigger].schema
        if any(needed) and given != needed:
            raise Refused("OtherClass", case, given, needed)
        own = self.watches.get((case, trigger))
        loans = state.cases[case].loans
        self.watches[case, trigger] = self._noted(own or Watch(loans=loans), trigger, state.accounts[case].rest, loans)

    def check(self, state: State, case: int, trigger: int, now: int) -> set[int]:
        """Rule 33: a checkpoint; gives the clauses that hold."""
        own = self._watched(case, trigger)
        holds, _ = self._remember(state, case, trigger, own, With.LAST_GOOD, now)
        self.watches[case, trigger] = self._updated(own, trigger, holds, now)
        return clauses(self.terms[trigger], holds)

    def fire(self, state: State, case: int, trigger: int, keeper: str, now: int) -> None:
        """Rule 34."""
        own, terms = self._watched(case, trigger), self.terms[trigger]
        if own.fired:
            raise Refused("AlreadyFired", case, trigger)
        kept = dict(self.references)
        own = self._noted(own, trigger, state.accounts[case].rest, state.cases[case].loans)
        holds, _ = self._remember(state, case, trigger, own, With.GOOD_NOW, now)
        updated = self._updated(own, trigger, holds, now)
        longest = max((now - since for since in updated.since if since), default=0)
        try:
            if not any(updated.since) or longest < terms.hold:
                raise Refused("NotHeld", case, trigger, longest, terms.hold)
            state.attempt(lambda: book.fire(state, case, keeper, terms.fee, terms.cure, terms.way, now))
        except Refused:
            self.references = kept
            raise
        self.watches[case, trigger] = replace(updated, fired=True)
        self.fired_by[case] = trigger

    def calm(self, state: State, case: int, trigger: int, now: int) -> None:
        """Rule 35."""
        own = self._watched(case, trigger)
        if not own.fired:
            raise Refused("NotFired", case, trigger)
        claim = state.accounts[case].rest
        holds, unknown = self._look(state, case, trigger, claim, With.GOOD_NOW_RELAXED, now)
        if clauses(self.terms[trigger], holds | unknown):
            raise Refused("StillHolds", case, trigger)
        self.watches[case, trigger] = replace(own, fired=False, since=(0, 0, 0))
        if self.fired_by.get(case) == trigger and state.cases[case].stage == Stage.CURE:
            book.cured(state, case)

    def _noted(self, own: Watch, trigger: int, claim: int, loans: int) -> Watch:
        terms, joined = self.terms[trigger], loans != own.loans
        above = {
            place
            for place, one in enumerate(terms.conditions)
            if one.overstates(own.claim, claim) or (joined and one.is_of_claim)
        }
        touched = {place for place, clause in enumerate(terms.clauses) if clause & above}
        since = [0 if place in touched else began for place, began in enumerate(own.since)]
        return replace(own, claim=claim, loans=loans, since=(since[0], since[1], since[2]))

    def _remember(
        self, state: State, case: int, trigger: int, own: Watch, how: With, now: int
    ) -> tuple[set[int], set[int]]:
        by_this = own.fired and self.fired_by.get(case) == trigger
        stands = by_this and state.cases[case].stage == Stage.CURE
        for place, one in enumerate(self.terms[trigger].conditions):
            if one.looks == Looks.VALUE_FELL:
                value = self._value(one, case, trigger, how, now)
                kept = self.references.get((case, trigger, place), Reference())
                seen = own.last if now <= own.last + self.terms[trigger].gap else 0
                if stands and not (value is not None and self._is_struck(one, case, kept)):
                    kept = replace(kept, last=min(value or 0, HIGHEST))
                else:
                    kept = self._refer(one, case, kept, value, seen, now)
                self.references[case, trigger, place] = kept
        return self._look(state, case, trigger, own.claim, how, now)

    def _refer(self, one: Condition, case: int, kept: Reference, value: int | None, seen: int, now: int) -> Reference:
        """Rule 32: what is too old gives way to what was seen at the last checkpoint, if that is near enough."""
        if value is None:
            return replace(kept, last=0)
        if now > kept.at + one.window:
            kept = Reference(kept.last, seen) if seen else Reference()
        value = min(value, HIGHEST)
        if value >= kept.value or self._is_struck(one, case, kept):
            kept = Reference(value, now)
        return replace(kept, last=value)

    def _is_struck(self, one: Condition, case: int, kept: Reference) -> bool:
        """Whether what was seen then may have been wrong."""
        return self.hub.struck(f"{one.prefix}{case}", kept.at)

    def _look(
        self, state: State, case: int, trigger: int, claim: int, how: With, now: int
    ) -> tuple[set[int], set[int]]:
        holds, unknown = set[int](), set[int]()
        for place, one in enumerate(self.terms[trigger].conditions):
            if not one.is_of_value:
                if is_fact(state, one, case, now):
                    holds.add(place)
                continue
            value = self._value(one, case, trigger, how, now)
            kept = self.references.get((case, trigger, place), Reference())
            if value is None:
                unknown.add(place)
                continue
            yes = one.holds(value, claim, self.unit, kept.value, relaxed=how == With.GOOD_NOW_RELAXED)
            if yes and not (one.looks == Looks.VALUE_FELL and self._is_struck(one, case, kept)):
                holds.add(place)
        return holds, unknown

    def _value(self, one: Condition, case: int, trigger: int, how: With, now: int) -> int | None:
        key = f"{one.prefix}{case}"
        if how == With.LAST_GOOD:
            value, at = self.hub.last_good(key)
            return value if at and now <= at + self.terms[trigger].age else None
        return self.hub.good_now(key, now)

    def _updated(self, own: Watch, trigger: int, holds: set[int], now: int) -> Watch:
        holding, seen = clauses(self.terms[trigger], holds), now <= own.last + self.terms[trigger].gap
        since = [own.since[c] if own.since[c] and seen else now for c in range(3)]
        kept = tuple(since[c] if c in holding else 0 for c in range(3))
        return replace(own, since=(kept[0], kept[1], kept[2]), last=now)

    def _watched(self, case: int, trigger: int) -> Watch:
        if (case, trigger) not in self.watches:
            raise Refused("NotWatched", case, trigger)
        return self.watches[case, trigger]


def clauses(terms: TriggerTerms, holds: set[int]) -> set[int]:
    """Which clauses hold when these conditions do."""
    return {place for place, clause in enumerate(terms.clauses) if clause and clause <= holds}


def is_fact(state: State, one: Condition, case: int, now: int) -> bool:
    """Rule 32: what is no value."""
    if one.looks == Looks.PLAN_BROKEN:
        return book.plan_broken(state, case, now)
    if one.looks == Looks.COURT_OVERDUE:
        return book.court_overdue(state, case, now)
    pool = state.groups[state.accounts[case].group].pool
    return not pool.is_complete and now > pool.terms.end(pool.reported + 1) + one.window
