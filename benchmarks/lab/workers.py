"""Each contender that is ours runs in a process of its own, which sets everything up and then waits for its turns."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks.lab import deal
from benchmarks.lab.drivers import DRIVERS, Count, count
from benchmarks.lab.profile import Profile, profile
from salvor.errors import ChainTrouble, SalvorError
from salvor.lab import open_lab
from tests.property.stage import set_stage
from tests.property.waterfall_figures import places
from tests.property.waterfall_stage import prepare

_LAB_MACHINES = {"unchecked": deal.Unchecked, "checked": deal.Mirrored, "viewed": deal.Viewed, "whole": deal.Whole}
_WARM = 0.2  # seconds
_context = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Turn:
    """What a worker is asked to run. Those that run together begin at the same moment."""

    driver: str
    machine: str
    seed: int
    seconds: float
    together: bool = False
    profiled: bool = False


class Worker:
    """A process with a deal on one chain. `figures` says how many of them a check compares."""

    figures = 0

    def __init__(self, kind: str, barrier: Barrier | None = None) -> None:
        self.kind = kind
        self._line, theirs = _context.Pipe()
        self._process = _context.Process(target=_serve, args=(kind, theirs, barrier), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, turn: Turn) -> None:
        """Begin; the answer is waited for apart, so that several can run at once."""
        self._line.send(turn)

    def answer(self) -> Any:
        """Of the last turn; the first one comes unasked, when the deal stands. Raises what went wrong."""
        try:
            answer = self._line.recv()
        except EOFError:
            raise ChainTrouble(f"the worker on {self.kind} ended without a word") from None
        if isinstance(answer, _Trouble):
            raise answer.as_error()
        return answer

    def run(self, turn: Turn) -> Any:
        """A count, or when it was asked for a profile."""
        self.ask(turn)
        return self.answer()

    def close(self) -> None:
        """Let it end its chain."""
        with suppress(OSError):  # it is gone already
            self._line.send(None)
        self._process.join(timeout=10)
        if self._process.is_alive():
            self._process.terminate()


def run_together(workers: Sequence[Worker], turn: Turn) -> Count:
    """The same turn on all of them at once, each with its own seed; the counts together, the longest time."""
    for number, worker in enumerate(workers):
        worker.ask(replace(turn, seed=turn.seed + number, together=True))
    counts: list[Count] = [worker.answer() for worker in workers]
    calls, refused = sum(each.calls for each in counts), sum(each.refused for each in counts)
    return Count(calls, refused, max(each.seconds for each in counts))


@contextmanager
def crew(jobs: int, each: Callable[[str], None]) -> Iterator[dict[str, list[Worker]]]:
    """`jobs` workers in process, one on raw anvil, one on Ape; `each` is told who is ready. All end with the block."""
    barrier = _context.Barrier(jobs)
    with ExitStack() as stack:
        team: dict[str, list[Worker]] = {}
        for kind, number in (("revm", jobs), ("anvil", 1), ("ape", 1)):
            for _ in range(number):
                worker = Worker(kind, barrier if kind == "revm" else None)
                stack.callback(worker.close)
                worker.figures = worker.answer()  # one after the other: the first one compiles
                team.setdefault(kind, []).append(worker)
            each(kind)
        yield team


@dataclass(frozen=True)
class _Trouble:
    """What went wrong in a worker, in one line."""

    message: str
    exit_code: int

    def as_error(self) -> SalvorError:
        error = SalvorError(self.message)
        error.exit_code = self.exit_code
        return error


def _serve(kind: str, line: Connection, barrier: Barrier | None) -> None:
    try:
        with _machines(kind) as machines:
            if kind == "revm":  # elsewhere a sequence takes seconds
                _warm_up(machines)
            line.send(len(getattr(machines["checked"], "figures", ())))
            while turn := line.recv():
                line.send(_do(turn, machines, barrier))
    except (KeyboardInterrupt, EOFError):
        pass  # the one who asked is gone
    except SalvorError as error:
        line.send(_Trouble(error.message, error.exit_code))
    except Exception as error:
        line.send(_Trouble(f"{kind}: {type(error).__name__}: {error}", 1))


def _warm_up(machines: dict[str, Any]) -> None:
    for name in ("unchecked", "checked", "viewed"):
        for driver in DRIVERS.values():
            count(driver, machines[name], seed=0, seconds=_WARM)


def _do(turn: Turn, machines: dict[str, Any], barrier: Barrier | None) -> Count | Profile:
    driver, machine = DRIVERS[turn.driver], machines[turn.machine]
    if turn.profiled:
        return profile(driver, machine, seconds=turn.seconds)
    if turn.together and barrier:
        barrier.wait()
    return count(driver, machine, seed=turn.seed, seconds=turn.seconds)


def _say_nothing() -> None:
    """Ape prints a trace of every call that is refused."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


@contextmanager
def _machines(kind: str) -> Iterator[dict[str, Any]]:
    """The machines by name, on a deal that stands."""
    if kind == "ape":
        from benchmarks.lab.ape import Plain, PlainChecked, on_ape

        _say_nothing()
        with on_ape():
            yield {"unchecked": Plain, "checked": PlainChecked}
        return
    with closing(open_lab(kind)) as lab, closing(open_lab(kind)) as second:
        deal.Unchecked.stage = stage = deal.ready(lab)
        deal.Whole.stage = set_stage(second)  # of its own: restoring one deal's snapshot would drop the other
        deal.Whole.ground = prepare(second)
        deal.Mirrored.figures = places(stage.drawn)
        yield _LAB_MACHINES
