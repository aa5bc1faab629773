"""Hypothesis strategies as decoders of bytes: what a rule draws in 300 microseconds is cut from a block in one.

Low bytes mean simple values, so that hypothesis, which makes bytes small, makes examples simple. What can't be cut from
a fixed number of bytes (filters, composites, bundles) is refused by name, and never drawn in another way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies._internal.collections import ListStrategy, TupleStrategy
from hypothesis.strategies._internal.lazy import LazyStrategy
from hypothesis.strategies._internal.misc import BooleansStrategy
from hypothesis.strategies._internal.numbers import IntegersStrategy
from hypothesis.strategies._internal.strategies import MappedStrategy, OneOfStrategy, SampledFromStrategy
from hypothesis.strategies._internal.strings import BytesStrategy

from salvor.errors import StrategyNotCut

Cut = Callable[[bytes, int], tuple[Any, int]]  # (bytes, place) -> (value, next place)

_FLAT = 0x80  # bit of an integer's first byte: all values alike, else small ones more often
_LONGEST_LIST = 32


def cutter(strategy: st.SearchStrategy[Any], where: str) -> tuple[Cut, int]:
    """How to cut a value of the strategy from bytes, and how many bytes it takes at most."""
    while isinstance(strategy, LazyStrategy):
        strategy = strategy.wrapped_strategy
    match strategy:
        case SampledFromStrategy():
            return _sampled(strategy, where)
        case BooleansStrategy():
            return lambda data, at: (data[at] & 1 == 1, at + 1), 1
        case IntegersStrategy():
            return _integer(strategy, where)
        case BytesStrategy() if strategy.min_size == strategy.max_size:
            size = strategy.min_size
            return lambda data, at: (data[at : at + size], at + size), size
        case OneOfStrategy():
            return _one_of([cutter(each, where) for each in strategy.element_strategies])
        case MappedStrategy():
            inner, width = cutter(strategy.mapped_strategy, where)
            return _mapped(inner, strategy.pack), width
        case TupleStrategy():
            return _tuple([cutter(each, where) for each in strategy.element_strategies])
        case ListStrategy() if type(strategy) is ListStrategy and strategy.max_size <= _LONGEST_LIST:
            return _list(cutter(strategy.element_strategy, where), strategy.min_size, int(strategy.max_size))
    raise StrategyNotCut(where, repr(strategy))


def _sampled(strategy: Any, where: str) -> tuple[Cut, int]:
    values = list(strategy.elements)
    if any(isinstance(value, st.SearchStrategy) for value in values):
        raise StrategyNotCut(where, repr(strategy))
    count = len(values)
    width = 0 if count == 1 else 1 if count <= 0x100 else 2
    cut: Cut = {
        0: lambda data, at: (values[0], at),
        1: lambda data, at: (values[data[at] % count], at + 1),
        2: lambda data, at: (values[(data[at] << 8 | data[at + 1]) % count], at + 2),
    }[width]
    for kind, function, _ in strategy._transformations:
        if kind != "map":
            raise StrategyNotCut(where, repr(strategy))
        cut = _mapped(cut, function)
    return cut, width


def _integer(strategy: Any, where: str) -> tuple[Cut, int]:
    low, high = strategy.start, strategy.end
    if low is None or high is None:
        raise StrategyNotCut(where, f"{strategy!r}; give it both bounds")
    if high - low < 0x100:
        values = sorted(range(low, high + 1), key=lambda value: (abs(value), value < 0))
        count = len(values)
        return lambda data, at: (values[data[at] % count], at + 1), 1
    nearest = max(low, min(high, 0))
    up, down = high - nearest, nearest - low
    bits = max(up, down).bit_length()
    size = (bits + 7) // 8 + 1  # a byte more than needed makes all values nearly alike

    def cut(data: bytes, at: int) -> tuple[int, int]:
        first, end = data[at], at + 1 + size
        number = int.from_bytes(data[at + 1 : end])
        if not first & _FLAT:
            number &= (1 << (first % (bits + 1))) - 1
        if up and down:
            sign, number = number & 1, number >> 1
            return (nearest - number % (down + 1) if sign else nearest + number % (up + 1)), end
        return (nearest + number % (up + 1) if up else nearest - number % (down + 1)), end

    return cut, size + 1


def _one_of(choices: list[tuple[Cut, int]]) -> tuple[Cut, int]:
    cuts, count = [cut for cut, _ in choices], len(choices)
    return lambda data, at: cuts[data[at] % count](data, at + 1), 1 + max(width for _, width in choices)


def _mapped(inner: Cut, function: Callable[[Any], Any]) -> Cut:
    def cut(data: bytes, at: int) -> tuple[Any, int]:
        value, end = inner(data, at)
        return function(value), end

    return cut


def _tuple(members: list[tuple[Cut, int]]) -> tuple[Cut, int]:
    cuts = [cut for cut, _ in members]

    def cut(data: bytes, at: int) -> tuple[Any, int]:
        values = []
        for member in cuts:
            value, at = member(data, at)
            values.append(value)
        return tuple(values), at

    return cut, sum(width for _, width in members)


def _list(element: tuple[Cut, int], low: int, high: int) -> tuple[Cut, int]:
    inner, width = element

    def cut(data: bytes, at: int) -> tuple[Any, int]:
        count, at = low + data[at] % (high - low + 1), at + 1
        values = []
        for _ in range(count):
            value, at = inner(data, at)
            values.append(value)
        return values, at

    return cut, 1 + high * width
