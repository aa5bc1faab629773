"""The oracle hub in exact integers: rules 2 to 13 of docs/oracles.md. Answers of sources come in, readings go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from salvor.amounts import WAD
from salvor.model.refusal import Refused

LARGEST = 2**128 - 1
DAY = 86_400
MOST_SOURCES = 15
GAS = (20_000, 500_000)  # least and most with which a source is asked
Strike = tuple[int, int]  # since when values may have been wrong, and when that was said
MOST_STRIKES = 3


class Reason(IntEnum):
    """Why an answer does not count."""

    NONE = 0
    UNREACHABLE = 1
    NO_VALUE = 2
    NEGATIVE = 3
    INCOMPLETE = 4
    AT_LIMIT = 5
    TOO_LARGE = 6
    SEQUENCER_DOWN = 7
    UNCERTAIN = 8
    STALE = 9
    FROM_FUTURE = 10
    OUT_OF_BOUNDS = 11
    DEVIATES = 12
    DISPUTED = 13
    SIGNER_REMOVED = 14
    TOO_THIN = 15


class OnFailure(IntEnum):
    """What stands while a value is not good."""

    REFUSE = 0
    HOLD_LOWER = 1
    HOLD_HIGHER = 2


class Status(IntEnum):
    """How far a value can be relied on."""

    REFUSED = 0
    HELD = 1
    GOOD = 2


class Failure(IntEnum):
    """Why a value is not good."""

    NONE = 0
    NO_POLICY = 1
    NO_QUORUM = 2
    TOO_FAR_APART = 3
    TOO_FAST = 4


@dataclass(frozen=True)
class Answer:
    """What one source says: WAD, and when it was observed."""

    reason: Reason = Reason.NONE
    value: int = 0
    confidence: int = 0
    at: int = 0

    @property
    def words(self) -> tuple[int, int, int, int]:
        """As the contract gives it."""
        return (self.reason, self.value, self.confidence, self.at)


UNREACHABLE = Answer(Reason.UNREACHABLE)


@dataclass(frozen=True)
class Source:
    """Whom to ask: an adapter by its address, with its config."""

    adapter: str
    config: bytes
    max_age: int
    gas_limit: int = 100_000

    @property
    def words(self) -> tuple[str, int, int, bytes]:
        """As the contract takes it."""
        return (self.adapter, self.max_age, self.gas_limit, self.config)


@dataclass(frozen=True)
class Policy:
    """How a value is made; shares are WAD."""

    sources: tuple[Source, ...]
    quorum: int
    max_deviation: int = WAD // 10
    max_change: int = WAD // 2
    change_window: int = 0
    lowest: int = 1
    highest: int = LARGEST
    on_failure: OnFailure = OnFailure.REFUSE
    haircut: int = 0
    haircut_growth: int = 0
    hold_at_most: int = 0

    @property
    def words(self) -> tuple[Any, ...]:
        """As the contract takes it."""
        paces = (self.quorum, self.max_deviation, self.max_change, self.change_window)
        held = (int(self.on_failure), self.haircut, self.haircut_growth, self.hold_at_most)
        return ([source.words for source in self.sources], *paces, self.lowest, self.highest, *held)

    def haircut_at(self, age: int) -> int:
        """WAD of a held value that old."""
        return self.haircut + self.haircut_growth * age // DAY


@dataclass(frozen=True)
class Reading:
    """A value, and how far it can be relied on."""

    value: int = 0
    confidence: int = 0
    at: int = 0
    age: int = 0
    counted: int = 0
    quorum: int = 0
    status: Status = Status.REFUSED
    why: Failure = Failure.NONE

    @property
    def words(self) -> tuple[int, ...]:
        """As the contract gives it."""
        return (self.value, self.confidence, self.at, self.age, self.counted, self.quorum, self.status, self.why)


@dataclass(frozen=True)
class Kept:
    """The last good value and the anchor; all 0 before the first."""

    value: int = 0
    at: int = 0
    kept_at: int = 0
    anchor: int = 0
    anchored_at: int = 0


def with_strike(strikes: tuple[Strike, ...], since: int, now: int) -> tuple[Strike, ...]:
    """One more span that ends now: those that meet it are part of it, and of more than three the oldest are one."""
    met = [each for each in strikes if each[1] >= since]
    apart = [each for each in strikes if each[1] < since]
    found = [(min([since, *(each[0] for each in met)]), now), *apart]
    if len(found) > MOST_STRIKES:
        found[MOST_STRIKES - 1 :] = [(found[-1][0], found[MOST_STRIKES - 1][1])]
    return tuple(found)


@dataclass
class Hub:
    """Policies and what is kept, by key."""

    policies: dict[bytes, Policy] = field(default_factory=dict)
    kept: dict[bytes, Kept] = field(default_factory=dict)
    strikes: dict[bytes, tuple[Strike, ...]] = field(default_factory=dict)  # the newest first

    def set_policy(self, key: bytes, policy: Policy, now: int) -> None:
        """In the place of what was there before."""
        check_policy(policy)
        if key in self.policies:
            self._strike(key, now)
        self.policies[key] = policy
        self.kept.setdefault(key, Kept())

    def drop_policy(self, key: bytes, now: int) -> None:
        """No value from now on."""
        self._known(key)
        del self.policies[key]
        self._strike(key, now)

    def forget(self, key: bytes, now: int) -> None:
        """The last good value was wrong."""
        self._known(key)
        self._strike(key, now)

    def _strike(self, key: bytes, now: int) -> None:
        self.kept[key] = Kept()
        self.strikes[key] = with_strike(self.strikes.get(key, ()), 0, now)

    def forget_between(self, key: bytes, start: int, end: int, now: int) -> None:
        """A report stood then that was wrong (rules 13 and 26)."""
        self.strikes[key] = with_strike(self.strikes.get(key, ()), start, now)
        kept = self.kept.get(key, Kept())
        if start <= kept.kept_at <= end:
            kept = replace(kept, value=0, at=0, kept_at=0)
        if start <= kept.anchored_at <= end:
            kept = replace(kept, anchor=kept.value, anchored_at=kept.kept_at)
        self.kept[key] = kept

    def struck(self, key: bytes, second: int) -> bool:
        """Whether a value that was kept then may have been wrong (rule 13)."""
        return any(since <= second <= at for since, at in self.strikes.get(key, ()))

    def peek(self, key: bytes, given: Sequence[Answer], now: int) -> Reading:
        """What stands now, of these answers."""
        if key not in self.policies:
            return Reading(why=Failure.NO_POLICY)
        policy, kept = self.policies[key], self.kept[key]
        _, reading = judge(policy, given, now)
        if reading.status is Status.GOOD:
            if not too_fast(policy, reading.value, kept, now):
                return reading
            reading = replace(reading, why=Failure.TOO_FAST)
        return hold(policy, kept, reading, now)

    def poke(self, key: bytes, given: Sequence[Answer], now: int) -> tuple[list[Answer], Reading]:
        """As `peek`, and a good value is kept; with what is wrong with each answer."""
        reading = self.peek(key, given, now)
        if key not in self.policies:
            return [], reading
        policy, before = self.policies[key], self.kept[key]
        if reading.status is Status.GOOD:
            anchored = before.anchored_at != 0 and now - before.anchored_at < policy.change_window
            anchor = (before.anchor, before.anchored_at) if anchored else (reading.value, now)
            self.kept[key] = Kept(reading.value, reading.at, now, *anchor)
        return judge(policy, given, now)[0], reading

    def read(self, key: bytes, given: Sequence[Answer], now: int, *, fresh: bool = False) -> Reading:
        """Good, or held unless it must be fresh; raises else."""
        reading = self.peek(key, given, now)
        if reading.status < (Status.GOOD if fresh else Status.HELD):
            raise Refused("NotGoodEnough", key, reading.status, reading.why, reading.counted, reading.quorum)
        return reading

    def _known(self, key: bytes) -> None:
        if key not in self.policies:
            raise Refused("NoSuchPolicy", key)


def check_policy(policy: Policy) -> None:
    """Raises when it can't be set (rules 2 and 11)."""
    count = len(policy.sources)
    if not 1 <= count <= MOST_SOURCES:
        raise Refused("SourceCount", count, MOST_SOURCES)
    if not 1 <= policy.quorum <= count:
        raise Refused("QuorumImpossible", policy.quorum, count)
    if policy.lowest >= policy.highest:
        raise Refused("BoundsEmpty", policy.lowest, policy.highest)
    if policy.on_failure is OnFailure.HOLD_LOWER and (last := policy.haircut_at(policy.hold_at_most)) >= WAD:
        raise Refused("HaircutTooLarge", last, WAD)
    for number, source in enumerate(policy.sources):
        if not GAS[0] <= source.gas_limit <= GAS[1]:
            raise Refused("GasLimitOutside", source.gas_limit, *GAS)
        for before in range(number):
            other = policy.sources[before]
            if (other.adapter, other.config) == (source.adapter, source.config):
                raise Refused("SourceTwice", before, number)


def judge(policy: Policy, given: Sequence[Answer], now: int) -> tuple[list[Answer], Reading]:
    """Each answer with what is wrong with it, and what they make together, change apart (rules 4 to 7)."""
    looked = [_looked_at(policy, number, answer, now) for number, answer in enumerate(given)]
    fresh = sorted(answer.value for answer in looked if answer.reason is Reason.NONE)
    if len(fresh) < policy.quorum:
        return looked, Reading(counted=len(fresh), quorum=policy.quorum, why=Failure.NO_QUORUM)
    median = (fresh[(len(fresh) - 1) // 2] + fresh[len(fresh) // 2]) // 2
    allowed = median * policy.max_deviation // WAD
    looked = [_near(answer, median, allowed) for answer in looked]
    counted = [answer for answer in looked if answer.reason is Reason.NONE]
    if len(counted) < policy.quorum:
        return looked, Reading(counted=len(counted), quorum=policy.quorum, why=Failure.TOO_FAR_APART)
    at = min(answer.at for answer in counted)
    width = min(LARGEST, max(abs(answer.value - median) + answer.confidence for answer in counted))
    return looked, Reading(median, width, at, now - at, len(counted), policy.quorum, Status.GOOD)


def without(policy: Policy, given: Sequence[Answer], adapter: str, config: bytes, now: int) -> Reading:
    """What the others say, where one source is not asked."""
    left = [number for number, s in enumerate(policy.sources) if (s.adapter, s.config) != (adapter, config)]
    fewer = replace(policy, sources=tuple(policy.sources[number] for number in left))
    return judge(fewer, [given[number] for number in left], now)[1]


def too_fast(policy: Policy, median: int, kept: Kept, now: int) -> bool:
    """Farther from the anchor than the time since allows (rule 8)."""
    if not policy.change_window or not kept.anchor:
        return False
    span = max(now - kept.anchored_at, policy.change_window)
    return abs(median - kept.anchor) > kept.anchor * policy.max_change * span // (policy.change_window * WAD)


def hold(policy: Policy, kept: Kept, failed: Reading, now: int) -> Reading:
    """What stands instead (rule 11)."""
    failed = Reading(counted=failed.counted, quorum=failed.quorum, why=failed.why)
    age = now - kept.at
    if policy.on_failure is OnFailure.REFUSE or not kept.at or age > policy.hold_at_most:
        return failed
    haircut = policy.haircut_at(age)
    if policy.on_failure is OnFailure.HOLD_LOWER:
        value = kept.value * (WAD - haircut) // WAD
    else:
        value = min(LARGEST, -(-kept.value * (WAD + haircut) // WAD))
    return replace(failed, value=value, confidence=abs(value - kept.value), at=kept.at, age=age, status=Status.HELD)


def _looked_at(policy: Policy, number: int, answer: Answer, now: int) -> Answer:
    if answer.reason is not Reason.NONE:
        return answer
    if answer.at > now:
        return replace(answer, reason=Reason.FROM_FUTURE)
    if answer.at == 0 or now - answer.at > policy.sources[number].max_age:
        return replace(answer, reason=Reason.STALE)
    if not policy.lowest <= answer.value <= policy.highest:
        return replace(answer, reason=Reason.OUT_OF_BOUNDS)
    return answer


def _near(answer: Answer, median: int, allowed: int) -> Answer:
    if answer.reason is Reason.NONE and abs(answer.value - median) > allowed:
        return replace(answer, reason=Reason.DEVIATES)
    return answer
