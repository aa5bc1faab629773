"""When each key is due: a heap, so that ten thousand keys cost what the few that are due cost.

A key moved to another time leaves its old entry in the heap, which is passed over when it comes up.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable


class Schedule:
    """Keys by the second at which something must happen to them."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, bytes]] = []
        self._due: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._due)

    def set(self, key: bytes, at: float) -> None:
        """The key is due at this second, and not at any that was set before."""
        if self._due.get(key) != at:
            self._due[key] = at
            heapq.heappush(self._heap, (at, key))
            if len(self._heap) > 64 + 4 * len(self._due):  # what was passed over piles up: begin anew
                self._heap = [(due, each) for each, due in self._due.items()]
                heapq.heapify(self._heap)

    def sooner(self, keys: Iterable[bytes], at: float) -> None:
        """Keys that are due at this second at the latest."""
        for key in keys:
            if self._due[key] > at:
                self.set(key, at)

    def due(self, key: bytes) -> float:
        """The second of a key."""
        return self._due[key]

    def take(self, now: float) -> list[bytes]:
        """Keys that are due, the longest due first; each must be set again, else it is never due any more."""
        taken = []
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._due.get(key) == at:
                del self._due[key]
                taken.append(key)
        return taken

    def next(self) -> float | None:
        """The second at which the next key is due; None when none is."""
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
