"""Hypothesis strategies as plans of small choices: what a rule draws in 300 microseconds is cut from a block in one.

A value follows from a few whole numbers, each below a known count, low ones meaning simple values. They come from the
bytes of a block while a search runs, from a recorded example in a replay, and from hypothesis itself, number by number,
while it makes a failure small. What has no such plan (filters, composites, bundles) is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hypothesis import strategies as st
from hypothesis.strategies._internal.collections import ListStrategy, TupleStrategy
from hypothesis.strategies._internal.lazy import LazyStrategy
from hypothesis.strategies._internal.misc import BooleansStrategy
from hypothesis.strategies._internal.numbers import IntegersStrategy
from hypothesis.strategies._internal.strategies import MappedStrategy, OneOfStrategy, SampledFromStrategy

from salvor.errors import StrategyNotCut

_BYTE = 0x100
_FLAT = 0x80  # bit of a wide number's first byte: all values alike, else small ones more often
_LONGEST_LIST = 32


class Source(Protocol):
    """Where choices come from."""

    def pick(self, count: int) -> int:
        """A number below `count`."""
        ...


Plan = Callable[[Source], Any]


class Block:
    """Choices from bytes."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def pick(self, count: int) -> int:
        """One byte, or for wide numbers as many as they need, two more that make all values nearly alike."""
        at = self.at
        if count <= _BYTE:
            self.at = at + 1
            return self.data[at] % count
        end = self.at = at + width_of(count)
        first, number = self.data[at], int.from_bytes(self.data[at + 1 : end])
        if not first & _FLAT:
            number &= (1 << (first % count.bit_length() + 1)) - 1
        return number % count


class Recorded:
    """Choices as they were made before. One that is too large, or missing, is cut down: a replay never ends early."""

    __slots__ = ("_numbers", "_place")

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers, self._place = numbers, 0

    def pick(self, count: int) -> int:
        """The next one."""
        place, self._place = self._place, self._place + 1
        return self._numbers[place] % count if place < len(self._numbers) else 0


class Recorder:
    """Writes down what another source gives."""

    __slots__ = ("_source", "numbers")

    def __init__(self, source: Source) -> None:
        self._source, self.numbers = source, list[int]()

    def pick(self, count: int) -> int:
        """Passed through."""
        number = self._source.pick(count)
        self.numbers.append(number)
        return number


class Drawn:
    """Choices that hypothesis makes, and can make smaller."""

    __slots__ = ("_draw",)

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self._draw = draw

    def pick(self, count: int) -> int:
        """One integer of hypothesis' own."""
        return self._draw(st.integers(0, count - 1))


def width_of(count: int) -> int:
    """Bytes that a block holds for a number below `count`."""
    return 1 if count <= _BYTE else 2 + (count.bit_length() + 7) // 8


def plan(strategy: st.SearchStrategy[Any], where: str) -> tuple[Plan, int]:
    """How a value of the strategy follows from choices, and how many bytes of a block they take at most."""
    while isinstance(strategy, LazyStrategy):
        strategy = strategy.wrapped_strategy
    match strategy:
        case SampledFromStrategy():
            return _sampled(strategy, where)
        case BooleansStrategy():
            return lambda source: source.pick(2) == 1, 1
        case IntegersStrategy():
            return _integer(strategy, where)
        case OneOfStrategy():
            return _one_of([plan(each, where) for each in strategy.element_strategies])
        case MappedStrategy():
            inner, width = plan(strategy.mapped_strategy, where)
            function = strategy.pack
            return lambda source: function(inner(source)), width
        case TupleStrategy():
            members = [plan(each, where) for each in strategy.element_strategies]
            return lambda source: tuple([member(source) for member, _ in members]), sum(width for _, width in members)
        case ListStrategy() if type(strategy) is ListStrategy and strategy.max_size <= _LONGEST_LIST:
            return _list(plan(strategy.element_strategy, where), strategy.min_size, int(strategy.max_size))
    raise StrategyNotCut(where, repr(strategy))


def _sampled(strategy: Any, where: str) -> tuple[Plan, int]:
    values = list(strategy.elements)
    if any(isinstance(value, st.SearchStrategy) for value in values):
        raise StrategyNotCut(where, repr(strategy))
    for kind, function, _ in strategy._transformations:
        if kind != "map":
            raise StrategyNotCut(where, repr(strategy))
        values = [function(value) for value in values]
    count = len(values)
    if count == 1:
        return lambda source: values[0], 0
    return lambda source: values[source.pick(count)], width_of(count)


def _integer(strategy: Any, where: str) -> tuple[Plan, int]:
    low, high = strategy.start, strategy.end
    if low is None or high is None:
        raise StrategyNotCut(where, repr(strategy))
    count: int = high - low + 1
    if low >= 0 or high <= 0:
        nearest, step = (low, 1) if low >= 0 else (high, -1)
        return (lambda source: nearest + step * source.pick(count) if count > 1 else nearest), width_of(count)
    # Zero, 1, -1, 2, -2 ...; beyond the nearer bound only one way.
    both: int = min(high, -low)
    step = 1 if high > -low else -1

    def signed(source: Source) -> int:
        number = source.pick(count)
        if number > 2 * both:
            return step * (number - both)
        return (number + 1) // 2 if number % 2 else -(number // 2)

    return signed, width_of(count)


def _one_of(choices: list[tuple[Plan, int]]) -> tuple[Plan, int]:
    plans, count = [each for each, _ in choices], len(choices)
    width = max(width for _, width in choices)
    return lambda source: plans[source.pick(count)](source), 1 + width


def _list(element: tuple[Plan, int], low: int, high: int) -> tuple[Plan, int]:
    inner, width = element
    span = high - low + 1
    return lambda source: [inner(source) for _ in range(low + source.pick(span))], 1 + high * width
