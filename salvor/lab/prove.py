"""One machine, proved: saved failures first, then a search, and a failure told so that a person can act on it."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hypothesis.database import ExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine

from salvor.chain.engines import ENGINES
from salvor.errors import SalvorError
from salvor.files import write_whole
from salvor.lab.lab import Lab
from salvor.lab.script import describe
from salvor.lab.search import Failure, Search
from salvor.lab.sequences import Sequences

# How many steps an engine does while the fastest does one: a suite takes about as long on each.
_SHARE = {"revm": 1, "anvil": 25, "ape": 400}
_ENDLESS = 10**15  # steps: a campaign ends by its time
_BEAT = 0.5  # seconds between two progress lines


@dataclass(frozen=True)
class Options:
    """What the command line asks for; without anything, a short search with a new seed."""

    steps: int | None = None
    seed: int | None = None
    minutes: float | None = None  # a campaign: search until the time is over
    replay: str | None = None
    tally: Path | None = None  # where a campaign's worker writes how far it is


class Disproved(Exception):
    """A property does not hold; the text is for people."""


class Tally:
    """How far a worker is, for whoever watches the file."""

    def __init__(self, lab: Lab, sequences: Sequences, file: Path | None) -> None:
        self._lab, self._sequences, self._file = lab, sequences, file
        self._began = self._last = time.monotonic()
        self.examples = 0

    def beat(self) -> None:
        """After each example."""
        self.examples += 1
        if self._file and time.monotonic() - self._last > _BEAT:
            self.write()

    def write(self, **outcome: object) -> None:
        """Whole or not at all: it is read at any moment. `outcome` comes with the last one."""
        self._last = time.monotonic()
        record = self._lab.engine.record
        if self._file:
            content = {
                "seconds": self._last - self._began,
                "calls": record.calls,
                "steps": self._sequences.steps,
                "sequences": self.examples,
                "refused": record.refused,
            }
            write_whole(self._file, json.dumps(content | outcome))


def prove(
    machine: type[RuleBasedStateMachine],
    lab: Lab,
    *,
    steps: int,
    options: Options,
    command: str,
    database: ExampleDatabase,
) -> int:
    """Raises `Disproved` when the machine fails; returns how many steps were run.

    `steps` is for the engine in this process, others do fewer; `command` runs the test once more, and gets
    `--engine` and `--replay`.
    """
    sequences = Sequences(machine)
    if options.replay is not None:
        _replay(sequences, lab, options.replay, command)
        return sequences.steps
    key = f"{machine.__module__}.{machine.__qualname__}"
    tally = Tally(lab, sequences, options.tally)
    search = Search(sequences, database=database, key=key, beat=tally.beat)
    try:
        failure = search.known() or _search(search, lab, options, steps)
    except SalvorError as trouble:
        tally.write(trouble=str(trouble))
        raise
    if failure:
        text = describe(sequences, failure, lab, commands=_commands(command, sequences, failure))
        tally.write(disproved=text)
        raise Disproved(text)
    tally.write()
    return sequences.steps


def _search(search: Search, lab: Lab, options: Options, steps: int) -> Failure | None:
    seed = random.randrange(2**32) if options.seed is None else options.seed
    if options.minutes is None:
        return search.new(steps=options.steps or steps // _SHARE[lab.engine.name], seed=seed)
    until = time.monotonic() + options.minutes * 60

    def stop(*_: object) -> None:
        """Ctrl-C ends the search between two examples; a second one ends it at once."""
        search.stopped = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        return search.new(steps=_ENDLESS, seed=seed, until=until)
    finally:
        signal.signal(signal.SIGINT, before)


def _replay(sequences: Sequences, lab: Lab, text: str, command: str) -> None:
    example = sequences.of_text(text)
    try:
        sequences.run(example)
    except Exception as error:
        failure = Failure(example, error)
        raise Disproved(describe(sequences, failure, lab, commands=_commands(command, sequences, failure))) from None


def _commands(command: str, sequences: Sequences, failure: Failure) -> Sequence[str]:
    text = sequences.as_text(failure.example)
    return [f"{command} --engine {name} --replay {text}" for name in ENGINES]
