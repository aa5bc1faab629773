"""What adapters make of what outside systems say: rules 14 to 19 of docs/oracles.md."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.amounts import WAD
from salvor.model.oracle import LARGEST, UNREACHABLE, Answer, Reason

MOST_DATE = 2**40 - 1


@dataclass(frozen=True)
class Round:
    """What a Chainlink feed says last."""

    number: int
    answer: int
    started_at: int
    updated_at: int
    answered_in: int


@dataclass(frozen=True)
class Feed:
    """What is known of a Chainlink feed."""

    decimals: int
    lowest: int = -(2**191)
    highest: int = 2**191 - 1
    has_uptime: bool = False
    grace: int = 0


def in_wad(value: int, decimals: int) -> Answer:
    """A number of so many decimals; without a time."""
    if value < 0:
        return Answer(Reason.NEGATIVE)
    wad = value * 10 ** (18 - decimals) if decimals <= 18 else value // 10 ** (decimals - 18)
    return Answer(Reason.NONE, wad) if wad <= LARGEST else Answer(Reason.TOO_LARGE)


def dated(answer: Answer, at: int) -> Answer:
    """With its time."""
    return Answer(answer.reason, answer.value, answer.confidence, min(at, MOST_DATE))


def chainlink(feed: Feed, said: Round | None, uptime: Round | None, now: int) -> Answer:
    """Of a feed that said this last; None where it does not answer."""
    if said is None:
        return UNREACHABLE
    if said.updated_at == 0 or said.answered_in < said.number or said.number == 0:
        given = Answer(Reason.INCOMPLETE)
    elif not feed.lowest < said.answer < feed.highest:
        given = Answer(Reason.NEGATIVE if said.answer < 0 else Reason.AT_LIMIT)
    else:
        given = in_wad(said.answer, feed.decimals)
    if given.reason is Reason.NONE and feed.has_uptime and sequencer_down(uptime, feed.grace, now):
        given = Answer(Reason.SEQUENCER_DOWN, given.value)
    return dated(given, said.updated_at)


def sequencer_down(uptime: Round | None, grace: int, now: int) -> bool:
    """Down, or back for no longer than the grace time."""
    if uptime is None or uptime.answer != 0 or uptime.started_at == 0 or uptime.started_at > now:
        return True
    return now - uptime.started_at <= grace


def band(rate: int, base_at: int, quote_at: int) -> Answer:
    """A rate with 18 decimals; as old as its older side."""
    if min(base_at, quote_at) == 0:
        return Answer(Reason.NO_VALUE)
    return dated(in_wad(rate, 18), min(base_at, quote_at))


def pyth(price: int, confidence: int, exponent: int, at: int, most_uncertain: int) -> Answer:
    """Price and confidence times 10^exponent, exponent from -36 to 0."""
    if at == 0:
        return Answer(Reason.NO_VALUE)
    if not -36 <= exponent <= 0:
        return dated(UNREACHABLE, at)
    given = in_wad(price, -exponent)
    if given.reason is Reason.NONE:
        wide = confidence * 10**18
        wad = -(-wide // 10**-exponent)
        reason = Reason.UNCERTAIN if confidence * WAD > price * most_uncertain else Reason.NONE
        given = Answer(reason, given.value, min(wad, LARGEST))
    return dated(given, at)


@dataclass(frozen=True)
class Pair:
    """What a market says: reserves, sums of price times seconds (112 binary places, modulo 2^256), last change."""

    reserve0: int
    reserve1: int
    cumulative0: int
    cumulative1: int
    changed: int

    def at(self, now: int) -> tuple[int, int]:
        """The sums at a later second."""
        if not self.reserve0 or not self.reserve1:
            return self.cumulative0, self.cumulative1
        since = now - self.changed
        sum0 = self.cumulative0 + (self.reserve1 << 112) // self.reserve0 * since
        sum1 = self.cumulative1 + (self.reserve0 << 112) // self.reserve1 * since
        return sum0 % 2**256, sum1 % 2**256


@dataclass(frozen=True)
class MarketTerms:
    """Which of its prices, averaged over how many seconds."""

    of_token1: bool
    base_decimals: int
    quote_decimals: int
    window: int
    least_reserve: int = 0


@dataclass(frozen=True)
class Mark:
    """The sums of a pair at a second."""

    cumulative0: int
    cumulative1: int
    at: int


def market(own: MarketTerms, pair: Pair, marks: tuple[Mark | None, Mark | None], now: int) -> Answer:
    """Averaged since the newer mark that is old enough; `marks` are the older and the newer one."""
    fitting = [mark for mark in marks if mark and now - mark.at >= own.window]
    if not fitting or (pair.reserve0 if own.of_token1 else pair.reserve1) < own.least_reserve:
        return dated(Answer(Reason.TOO_THIN), pair.changed)
    since, place = fitting[-1], int(own.of_token1)
    before = (since.cumulative0, since.cumulative1)[place]
    price = (pair.at(now)[place] - before) % 2**256 // (now - since.at)
    scale = own.base_decimals + 18 - own.quote_decimals
    value = price * 10**scale >> 112 if scale >= 0 else price // 10**-scale >> 112
    answer = Answer(Reason.NONE, value) if value <= LARGEST else Answer(Reason.TOO_LARGE)
    return dated(answer, pair.changed)
