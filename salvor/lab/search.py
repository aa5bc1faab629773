"""Search in blocks, shrink in steps: hypothesis does both, each on what it is fast at.

A search draws short binaries, from each of which four sequences of up to four blocks of 50 steps are spread. A failure
is rewritten as its steps and saved in hypothesis' database; there hypothesis finds it, leaves out and simplifies steps,
and keeps the smallest for the next run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
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

from salvor.errors import EngineGone, NotAsExpected
from salvor.lab.choices import Drawn, Recorder
from salvor.lab.sequences import Example, Record, Sequences

BLOCK = 50  # steps; longer ones shrink worse, shorter ones cost more
_BLOCKS = 4  # at most, in a sequence
_TOGETHER = 4  # sequences that hypothesis draws at once: to it, each drawing costs as much as ten steps
_SEED = 16  # bytes, from which they are spread
_SHRINK_ATTEMPTS = 5_000
_ROUND = 500  # drawings of one run of hypothesis: it remembers them all
_LONGEST = BLOCK * _BLOCKS
_MOST = 2 * _LONGEST  # steps of an example that is replayed


@dataclass(frozen=True)
class Failure:
    """The smallest example that was found for a failure."""

    example: Example
    error: Exception


class Stop(Exception):
    """The time of a search is over."""


def default_database(root: Path) -> ExampleDatabase:
    """Where hypothesis keeps examples."""
    return DirectoryBasedExampleDatabase(root / ".hypothesis" / "examples")


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
        """Run so many steps or a few more, or until a moment of `time.monotonic`; a failure is saved and shrunk."""
        found, seeds, before = None, random.Random(seed), -1
        goal = self._sequences.steps + steps
        while found is None and before < self._sequences.steps < goal and not self._over(until):
            before = self._sequences.steps  # a machine none of whose rules applies makes no step, and comes to an end
            found = self._search(goal, seeds.getrandbits(64), until)
        if found is None:
            return None
        example, first = found
        reason, unshrunk = reason_of(first), self._key + b".secondary"  # hypothesis shrinks what is only there
        self._database.save(unshrunk, as_choices(example))
        own = InMemoryExampleDatabase()  # other workers shrink in the database
        own.save(unshrunk, as_choices(self._thin_out(example, reason)))
        failure = self._find_again(own, lambda error: reason_of(error) == reason) or Failure(example, first)
        self._database.delete(unshrunk, as_choices(example))
        self._database.save(self._key, as_choices(failure.example))
        return failure

    def _thin_out(self, example: Example, reason: tuple[str, str]) -> Example:
        """Leave out what is not needed, large pieces first: hypothesis would take a hundred times as long for it."""
        records, size = example.records, len(example.records) // 2
        while size:
            start = 0
            while start < len(records):
                fewer = Example(example.head, records[:start] + records[start + size :])
                self._beat()
                error = failed(partial(self._sequences.run, fewer))
                if error is not None and reason_of(error) == reason:
                    records = fewer.records
                else:
                    start += size
            size //= 2
        return Example(example.head, records)

    def _over(self, until: float | None) -> bool:
        """Whether somebody wants no more."""
        return self.stopped or (until is not None and time.monotonic() > until)

    def _search(self, goal: int, seed: int, until: float | None) -> tuple[Example, Exception] | None:
        sequences = self._sequences
        drawn = st.binary(min_size=_SEED, max_size=_SEED)
        failing: list[tuple[bytes, list[bytes], Exception]] = []

        def fails(example: bytes) -> bool:
            if failing:  # hypothesis asks once more, when the last step may be done and the time over
                return True
            dice = random.Random(example)
            for _ in range(_TOGETHER):
                if self._over(until) or sequences.steps >= goal:
                    raise Stop
                self._beat()
                head, blocks = self._spread(dice)
                if error := failed(partial(sequences.run_blocks, head, blocks)):
                    failing[:] = [(head, blocks, error)]
                    return True
            return False

        with suppress(Stop):
            _find(drawn, fails, settings(_QUIET, max_examples=_ROUND, phases=[Phase.generate]), seed)
        if not failing:
            return None
        head, blocks, first = failing[0]
        example, error = sequences.record(head, blocks)
        if error is None:
            said = f"{type(first).__name__}: {first}".splitlines()[0]
            raise NotAsExpected(
                f"{sequences.name} failed once and not again: something in it is not the same twice; it was {said}"
            )
        return example, error

    def _spread(self, dice: random.Random) -> tuple[bytes, list[bytes]]:
        """The head and the blocks of a sequence. hypothesis takes a millisecond to draw as many bytes itself."""
        size = self._sequences.block_size(BLOCK)
        head = dice.randbytes(self._sequences.head)
        return head, [dice.randbytes(size) for _ in range(dice.randint(1, _BLOCKS))]

    def _find_again(self, database: ExampleDatabase, wanted: Callable[[Exception], bool]) -> Failure | None:
        """The smallest example that grows from a database."""
        failures: list[Failure] = []

        def fails(example: Example) -> bool:
            self._beat()
            error = failed(lambda: self._sequences.run(example))
            if error is None or not wanted(error):
                return False
            failures.append(Failure(example, error))
            return True

        phases = [Phase.reuse, Phase.shrink]
        options = settings(_QUIET, max_examples=_SHRINK_ATTEMPTS, phases=phases, database=database)
        found = _find(self._examples(), fails, options, None, key=self._key)
        return next((each for each in reversed(failures) if each.example == found), None)

    def _examples(self) -> st.SearchStrategy[Example]:
        """Examples as hypothesis draws them, number by number.

        The head comes last: what is drawn first is made small first, and fewer steps are worth more than a simpler
        start.
        """
        sequences = self._sequences

        @st.composite
        def record(draw: Any) -> Record:
            source = Recorder(Drawn(draw))
            sequences.rules[source.pick(len(sequences.rules))].values(source)
            return tuple(source.numbers)

        @st.composite
        def begin(draw: Any) -> Record:
            source = Recorder(Drawn(draw))
            for rule in sequences.begin:
                rule.values(source)
            return tuple(source.numbers)

        records = st.lists(record(), max_size=_MOST)
        return st.builds(lambda records, head: Example(head, tuple(records)), records, begin())


def failed(action: Callable[[], None]) -> Exception | None:
    """The error in which it ends. An engine that dies is no finding: it is raised."""
    try:
        action()
    except EngineGone:
        raise
    except Exception as error:
        return error
    return None


def as_choices(example: Example) -> bytes:
    """As hypothesis saves what it drew: `True` and its numbers for each record of the list, `False`, then the head."""
    choices: list[int | bool] = []
    for record in example.records:
        choices += [True, *record]
    return choices_to_bytes([*choices, False, *example.head])


def reason_of(error: Exception) -> tuple[str, str]:
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
