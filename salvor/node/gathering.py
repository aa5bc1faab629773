"""Asks the sources, each in a thread of its own, so that a slow one holds up no other and no heartbeat."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from salvor.node.backoff import Backoff
from salvor.node.config import AnySource, Patience
from salvor.node.errors import SourceFailed
from salvor.node.fetching import fetch_file, fetch_http
from salvor.node.observation import Fetched, Observation

Fetch = Callable[[AnySource, int], Fetched]


@dataclass(frozen=True)
class Gathered:
    """What came of one look at a source: observations, and why others, or all, are not there."""

    source: AnySource
    observations: Sequence[Observation]
    failures: Sequence[SourceFailed] = ()

    @property
    def failure(self) -> SourceFailed | None:
        """The first one."""
        return next(iter(self.failures), None)

    @property
    def is_up(self) -> bool:
        """Whether the source gave anything."""
        return bool(self.observations)


def fetch(source: AnySource, now: int) -> Fetched:
    """The bytes of a source, as its settings say."""
    where = source.where
    if where.file:
        return fetch_file(source.name, Path(where.file), now=now)
    headers = {}
    for name, secret in where.headers.items():
        if secret.env not in os.environ:
            raise SourceFailed(source.name, f"headers.{name}", f"the environment has no {secret.env}")
        headers[name] = secret.prefix + os.environ[secret.env]
    url, patience = where.url or "", source.timeout
    return fetch_http(source.name, url, seconds=patience, now=now, headers=headers, ca_file=where.ca_file)


def look(source: AnySource, now: int, by: Fetch = fetch) -> Gathered:
    """One look at a source, whatever happens there."""
    try:
        fetched = by(source, now)
        observations, failures = [], []
        for each in source.read(fetched):
            if isinstance(each, SourceFailed):
                failures.append(each)
            elif each.observed_at > fetched.at:
                failures.append(SourceFailed(source.name, "time", f"{each.reference} is dated later than now"))
            else:
                observations.append(each)
        return Gathered(source, observations, failures)
    except SourceFailed as failure:
        return Gathered(source, (), (failure,))
    except Exception as error:  # a fault of ours in one source must not stop the others; it is told by its kind only
        return Gathered(source, (), (SourceFailed(source.name, "body", f"can't be read ({type(error).__name__})"),))


def look_at_all(sources: Sequence[AnySource], now: int) -> list[Gathered]:
    """One look at each, side by side."""
    with ThreadPoolExecutor(max(1, len(sources))) as pool:
        return list(pool.map(lambda source: look(source, now), sources))


class Gatherer:
    """All sources of a node, each looked at when it is due."""

    def __init__(self, sources: Sequence[AnySource], patience: Patience, random: Random, by: Fetch = fetch) -> None:
        self._by = by
        self._pool = ThreadPoolExecutor(max(1, len(sources)), thread_name_prefix="source")
        self._running: dict[str, Future[Gathered]] = {}
        self._sources = {source.name: source for source in sources}
        self._due = dict.fromkeys(self._sources, 0.0)
        self.backoffs = {name: Backoff(patience.first, patience.most, random) for name in self._sources}

    def start_due(self, now: float) -> None:
        """Begin to look at what is due."""
        for name, source in self._sources.items():
            if name not in self._running and self._due[name] <= now:
                self._running[name] = self._pool.submit(look, source, int(now), self._by)

    def done(self, now: float) -> Iterator[Gathered]:
        """What has come since; sets when each is due again."""
        for name, future in list(self._running.items()):
            if not future.done():
                continue
            del self._running[name]
            gathered = future.result()
            backoff = self.backoffs[name]
            if not gathered.is_up:
                asked = gathered.failure.wait if gathered.failure else 0
                self._due[name] = max(backoff.failed(now), now + asked)
            else:
                backoff.succeeded()
                self._due[name] = now + gathered.source.every
            yield gathered

    def next(self) -> float | None:
        """The second at which the next source is due; None while all are being looked at."""
        waiting = [due for name, due in self._due.items() if name not in self._running]
        return min(waiting, default=None)

    @property
    def busy(self) -> bool:
        """Whether something is being looked at."""
        return bool(self._running)

    def close(self) -> None:
        """Begin nothing more; what runs is left to its own time limit."""
        self._pool.shutdown(wait=False, cancel_futures=True)
