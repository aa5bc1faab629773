"""What auditors draw: amounts with their edges first, rates, dates around those that matter, actors, day counts.

All of them can be cut from blocks (`salvor/lab/choices.py`). Bounds come from the specification.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from salvor.amounts import WAD

DAY = 86_400  # seconds
_RECENT = 16  # among so many values the same one is kept once
_WIDTHS = (8, 16, 32, 64, 96, 112, 128, 160, 192, 256)  # of unsigned types


class Seen:
    """Values that appeared on chain in this run: what a bug compares with is seldom a round number.

    A machine notes what it reads, and forgets when it starts; draws are by place, so that a replay meets the same.
    """

    def __init__(self) -> None:
        self._values: list[int] = []

    def note(self, *values: int) -> None:
        """Remember values that are not among the last ones."""
        for value in values:
            if value not in self._values[-_RECENT:]:
                self._values.append(value)

    def forget(self) -> None:
        """A new run."""
        self._values.clear()

    def pick(self, place: int) -> int:
        """Counted from the newest; zero while nothing was seen."""
        return self._values[-1 - place % len(self._values)] if self._values else 0


def amounts(limit: int, *, around: Sequence[int] = (), seen: Seen | None = None) -> st.SearchStrategy[int]:
    """Units from 0 to `limit` (inclusive), and a few beyond a type's end that must be refused.

    Edges come first: 0, 1, 2, powers of two and ten and their neighbours, the limit, values `around` with their
    neighbours; then anything; then what was `seen`, with its neighbours.
    """
    edges = [0, 1, 2, limit, limit + 1, limit - 1]
    edges += [value + beside for value in around for beside in (0, 1, -1)]
    edges += [2**bits + beside for bits in _WIDTHS for beside in (-1, 0) if 2**bits <= limit + 1]
    edges += [10**digits for digits in range(1, 78) if 10**digits <= limit]
    choices = [st.sampled_from(list(dict.fromkeys(max(0, edge) for edge in edges))), st.integers(0, limit)]
    if seen is not None:
        near = st.tuples(st.integers(0, 255), st.sampled_from([0, -1, 1]))
        choices.append(near.map(lambda drawn: max(0, seen.pick(drawn[0]) + drawn[1])))
    return st.one_of(choices)


def rates(limit: int = WAD) -> st.SearchStrategy[int]:
    """WAD from 0 to `limit`: nothing, the smallest, whole percents, anything."""
    percents = [WAD // 100 * percent for percent in range(1, 101) if WAD // 100 * percent <= limit]
    return st.one_of(st.sampled_from([0, 1, *percents, limit]), st.integers(0, limit))


def dates(*moments: int) -> st.SearchStrategy[int]:
    """Seconds around the moments that matter: the last before, the moment itself, the first after, a day beside."""
    beside = (0, -1, 1, -DAY, DAY)
    return st.sampled_from([moment + step for moment in moments for step in beside])


def waits(longest: int = 365 * DAY) -> st.SearchStrategy[int]:
    """Seconds that pass: none, one, a day, and anything to the longest."""
    return st.one_of(st.sampled_from([0, 1, DAY - 1, DAY, DAY + 1, 30 * DAY, longest]), st.integers(0, longest))


def day_counts(longest: int = 3_660) -> st.SearchStrategy[int]:
    """Whole days of an interest period: none, one, months of each length, years with and without a leap day."""
    return st.one_of(st.sampled_from([0, 1, 28, 29, 30, 31, 360, 365, 366]), st.integers(0, longest))


def actors(count: int) -> st.SearchStrategy[int]:
    """The place of an actor among so many: a number shrinks and prints better than an address."""
    return st.integers(0, count - 1)
