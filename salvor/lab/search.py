"""Search in blocks, shrink in steps: hypothesis does both, each on what it is fast at.

A search draws blocks of 50 steps as one binary each. A failure is rewritten as its steps and saved in hypothesis'
database; there hypothesis finds it, leaves out and simplifies steps, and keeps the smallest for the next run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import SkipTest

from hypothesis import Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.database import (
    DirectoryBasedExampleDatabase,
    ExampleDatabase,
    InMemoryExampleDatabase,
    choices_to_bytes,
)
from hypothesis.errors import NoSuchExample

from salvor.errors import EngineGone
from salvor.lab.sequences import Example, Sequences

BLOCK = 50  # steps; longer ones shrink worse, shorter ones cost more
_BLOCKS = 4  # at most, in an example
_SHRINK_ATTEMPTS = 5_000
_LONGEST = BLOCK * _BLOCKS
_MOST = 2 * _LONGEST  # steps of an example that is replayed
_USUAL = _LONGEST // 2  # steps of an example, on average


@dataclass(frozen=True)
class Failure:
    """The smallest example that was found for a failure."""

    example: Example
    error: BaseException


class Stop(Exception):
    """The time of a search is over."""


def default_database() -> ExampleDatabase:
    """Where hypothesis keeps examples, below the working directory."""
    return DirectoryBasedExampleDatabase(".hypothesis/examples")


class Search:
    """Failures of one machine, old and new."""

    def __init__(
        self,
        sequences: Sequences,
        *,
        database: ExampleDatabase,
        key: str,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """`beat` is called after each example; whoever sets `stopped` ends the search after the next one."""
        self.stopped = False
        self._sequences, self._database, self._key, self._beat = sequences, database, key.encode(), beat

    def known(self) -> Failure | None:
        """A failure that an earlier run has saved and that still fails; those that do not are forgotten."""
        return self._find_again(self._database, lambda error: True)

    def new(self, *, steps: int, seed: int, until: float | None = None) -> Failure | None:
        """Run about so many steps, or until a moment of `time.monotonic`; a failure is saved and shrunk."""
        examples = max(1, steps // _USUAL)
        found = self._search(examples, seed, until)
        if found is None:
            return None
        example, first = found
        reason, unshrunk = reason_of(first), self._key + b".secondary"  # hypothesis shrinks what is only there
        self._database.save(unshrunk, as_choices(example))
        failure = Failure(example, first)
        # First with the start as it was: from a simpler one, more steps would be needed.
        for keep in (example.head, None):
            own = InMemoryExampleDatabase()  # other workers shrink in the database
            own.save(unshrunk, as_choices(failure.example))
            failure = self._find_again(own, lambda error: reason_of(error) == reason, head=keep) or failure
        self._database.delete(unshrunk, as_choices(example))
        self._database.save(self._key, as_choices(failure.example))
        return failure

    def _search(self, examples: int, seed: int, until: float | None) -> tuple[Example, BaseException] | None:
        sequences = self._sequences
        size = sequences.block_size(BLOCK)
        blocks = st.lists(st.binary(min_size=size, max_size=size), min_size=1, max_size=_BLOCKS)
        drawn = st.tuples(st.binary(min_size=sequences.head, max_size=sequences.head), blocks)
        failing: list[tuple[Example, BaseException]] = []

        def fails(example: tuple[bytes, list[bytes]]) -> bool:
            if self.stopped or (until is not None and time.monotonic() > until):
                raise Stop
            done: list[bytes] = []
            self._beat()
            try:
                sequences.run_blocks(*example, done)
            except EngineGone:
                raise
            except Exception as error:
                failing[:] = [(Example(example[0], tuple(done)), error)]
                return True
            return False

        try:
            _find(drawn, fails, settings(_QUIET, max_examples=examples, phases=[Phase.generate]), seed)
        except Stop:
            return None
        return failing[0] if failing else None

    def _find_again(
        self, database: ExampleDatabase, wanted: Callable[[BaseException], bool], *, head: bytes | None = None
    ) -> Failure | None:
        """The smallest example that grows from a database; with a fixed `head` when there is one."""
        sequences = self._sequences
        record = st.binary(min_size=sequences.width, max_size=sequences.width)
        heads = st.binary(min_size=sequences.head, max_size=sequences.head)
        # The head last: what is drawn first is made small first, and fewer steps are worth more than a simpler start.
        drawn = st.builds(
            lambda records, drawn: Example(drawn if head is None else head, tuple(records)),
            st.lists(record, max_size=_MOST),
            heads,
        )
        failures: list[Failure] = []

        def fails(example: Example) -> bool:
            self._beat()
            try:
                sequences.run(example)
            except EngineGone:
                raise
            except Exception as error:
                if not wanted(error):
                    return False
                failures.append(Failure(example, error))
                return True
            return False

        phases = [Phase.reuse, Phase.shrink]
        options = settings(_QUIET, max_examples=_SHRINK_ATTEMPTS, phases=phases, database=database)
        found = _find(drawn, fails, options, None, key=self._key)
        return next((each for each in reversed(failures) if each.example == found), None)


def as_choices(example: Example) -> bytes:
    """As hypothesis saves what it drew: `True` before each record of the list, then `False`, then the head."""
    choices: list[bytes | bool] = []
    for record in example.records:
        choices += [True, record]
    return choices_to_bytes([*choices, False, example.head])


def reason_of(error: BaseException) -> tuple[str, str]:
    """What must stay the same while an example shrinks: the kind of error, and the property's id ahead of its text."""
    text = str(error).strip()
    return type(error).__name__, text.split()[0].rstrip(":") if text else ""


_QUIET = settings(deadline=None, database=None, verbosity=Verbosity.quiet, derandomize=False)


def _find(
    drawn: st.SearchStrategy[Any],
    fails: Callable[[Any], bool],
    options: settings,
    seed: int | None,
    key: bytes | None = None,
) -> Any:
    from hypothesis import find

    # With a seed, hypothesis leaves its database alone.
    dice = None if seed is None else random.Random(seed)
    try:
        return find(drawn, fails, settings=options, random=dice, database_key=key)
    except (NoSuchExample, SkipTest):  # the second when nothing is saved under the key
        return None
