"""Work on a few items at once, results in order: within one batch of a tape much is done by one thread only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_TOGETHER = 2  # each holds a batch in memory


def ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What `work` makes of each item, in their order; it must not mind being called from two threads."""
    under_way = deque[Future[Result]]()
    with ThreadPoolExecutor(_TOGETHER) as threads:
        for item in items:
            under_way.append(threads.submit(work, item))
            if len(under_way) == _TOGETHER:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
