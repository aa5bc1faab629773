"""What makes a machine run: hypothesis in blocks, hypothesis rule by rule, or plain dice; each for some seconds."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.lab.deal import Over, Tally, Unchecked
from salvor.lab.search import BLOCK, Search
from salvor.lab.sequences import Sequences

DEPTH = 200  # actions of a sequence at most; the search draws one to four blocks of 50
_ENDLESS = 10**9
_LOOP = 1_000  # empty turns that count as one call
_BLOCKS = DEPTH // BLOCK


@dataclass(frozen=True)
class Count:
    """Actions of one measurement, done and refused, and the time that they took with all around them."""

    calls: int
    refused: int
    seconds: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds


def search(machine: type[Unchecked], seed: int, until: float) -> None:
    """As `prove` does it: hypothesis draws blocks."""
    one = Search(Sequences(machine), database=InMemoryExampleDatabase(), key="benchmark")
    if failure := one.new(steps=_ENDLESS, seed=seed, until=until):
        raise failure.error


def dice(machine: type[Unchecked], seed: int, until: float) -> None:
    """Bytes from a seeded generator, hypothesis has no part in it."""
    sequences, source = Sequences(machine), random.Random(seed)
    size = sequences.block_size(BLOCK)
    while time.monotonic() < until:
        sequences.run_blocks(source.randbytes(sequences.head), [source.randbytes(size) for _ in range(_BLOCKS)])


def rules(machine: type[Unchecked], seed: int, until: float) -> None:
    """As hypothesis runs a state machine by itself: each rule and each argument is drawn one by one."""
    hypothesis.seed(seed)(machine)
    machine.ends = until
    try:
        run_state_machine_as_test(machine, settings=_ONE_BY_ONE)
    except Over:
        pass
    finally:
        machine.ends = math.inf


def loop(machine: type[Unchecked], seed: int, until: float) -> None:
    """Nothing but Python: what several processes on this machine can gain at best."""
    while time.monotonic() < until:
        for _ in range(_LOOP):
            pass
        machine.tally.calls += 1


_ONE_BY_ONE = settings(
    max_examples=_ENDLESS,
    stateful_step_count=DEPTH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


Driver = Callable[[type[Unchecked], int, float], None]


def count(driver: Driver, machine: type[Unchecked], *, seed: int, seconds: float) -> Count:
    """Run a machine for so many seconds and finish the sequence that is under way."""
    machine.tally = tally = Tally()
    began = time.perf_counter()
    driver(machine, seed, time.monotonic() + seconds)
    return Count(tally.calls, tally.refused, time.perf_counter() - began)


DRIVERS: dict[str, Driver] = {"search": search, "dice": dice, "rules": rules, "loop": loop}
