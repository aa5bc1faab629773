"""Which value is worth a report now: one that moved by enough, or the newest when its heartbeat is due.

A new observation is one with a later time than all that was signed for its key. The same time with another value is a
contradiction: it is counted, told, and never signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from salvor.amounts import WAD
from salvor.node.errors import WouldContradict
from salvor.node.journal import Journal
from salvor.node.observation import Observation
from salvor.node.schedule import Schedule
from salvor.node.sources.common import Watched


class Watch:
    """All keys of a node. `ready` holds the newest observation of each key that is to be signed, the first first."""

    def __init__(self, watched: Iterable[Watched], journal: Journal, now: float) -> None:
        self._journal = journal
        self._watched = {each.key: each for each in watched}
        self._latest: dict[bytes, Observation] = {}
        self.ready: dict[bytes, Observation] = {}
        self.ready_since = 0.0
        self.overdue: set[bytes] = set()
        self._schedule = Schedule()
        for key, each in self._watched.items():
            last = journal.last(key)
            self._schedule.set(key, last.signed_at + each.heartbeat if last else now + each.heartbeat)

    def __len__(self) -> int:
        return len(self._watched)

    def observe(self, observations: Sequence[Observation], now: float) -> list[tuple[bytes, WouldContradict]]:
        """Take in what a source said; gives what contradicts what was signed, by key."""
        contradictions = []
        for each in observations:
            if not self._journal.is_news(each):
                if found := self._journal.contradiction(each):
                    contradictions.append((each.key, found))
                continue
            self._latest[each.key] = each
            if each.key in self.ready or each.key in self.overdue or self._moved(each):
                self._get_ready(each.key, now)
        return contradictions

    def tick(self, now: float) -> None:
        """See to the keys whose heartbeat is due: with nothing new to report they are overdue."""
        for key in self._schedule.take(now):
            if key in self._latest:
                self._get_ready(key, now)
            else:
                self.overdue.add(key)
            self._schedule.set(key, now + self._watched[key].heartbeat)

    def take(self, most: int, *, dated_by: int) -> list[Observation]:
        """Up to so many that are ready and speak of no later second than this; they are ready no more."""
        keys = [key for key, told in self.ready.items() if told.observed_at <= dated_by][:most]
        return [self.ready.pop(key) for key in keys]

    def signed(self, keys: Iterable[bytes], now: float) -> None:
        """These were signed: their next heartbeat counts from now."""
        for key in keys:
            self.overdue.discard(key)
            if (latest := self._latest.get(key)) and not self._journal.is_news(latest):
                del self._latest[key]
            self._schedule.set(key, now + self._watched[key].heartbeat)

    def next(self) -> float | None:
        """The second of the next heartbeat."""
        return self._schedule.next()

    def _get_ready(self, key: bytes, now: float) -> None:
        if not self.ready:
            self.ready_since = now
        self.ready[key] = self._latest[key]

    def _moved(self, told: Observation) -> bool:
        last = self._journal.last(told.key)
        if last is None:
            return True
        return abs(told.value - last.value) * WAD >= self._watched[told.key].deviation * last.value
