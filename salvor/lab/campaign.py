"""A night's work: one suite, every core, a live line; whatever fails is kept for the next `make test`.

    python -m salvor.lab.campaign waterfall_machine --minutes 60

Each worker is a pytest of its own with its own seed and its own engine. One that dies is named, the others go on.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from salvor.chain.build import build
from salvor.chain.engines import ENGINES
from salvor.errors import BAD_INPUT, CHAIN_TROUBLE, CHECK_FAILED, OptionInvalid, near

_TICK = 0.5  # seconds between two looks at the workers
_PERIOD = 10  # seconds between two lines where there is no terminal
_GRACE = 60  # seconds after which a worker that was asked to stop is stopped
_DISPROVED, _DIED = 1, -1
_EXAMPLE = (
    "  make campaign SUITE=waterfall_machine MINUTES=60\n  python -m salvor.lab.campaign waterfall_machine --minutes 1"
)


@dataclass
class Worker:
    """One process and where it says how far it is."""

    process: subprocess.Popen[str]
    tally: Path
    output: Path
    last: dict[str, Any] = field(default_factory=dict)
    failed: bool = False  # by itself, not because it was stopped

    def look(self) -> dict[str, Any]:
        """The newest progress; what was there before while it is being written."""
        with contextlib.suppress(OSError, ValueError):
            self.last = json.loads(self.tally.read_text())
        return self.last

    def trouble(self) -> str:
        """Why it ended without having found anything."""
        said = self.output.read_text().strip().splitlines()
        return str(self.last.get("trouble") or "\n".join(said[-5:]))


@dataclass(frozen=True)
class Outcome:
    """What a campaign found; `as_json` for machines."""

    suite: str
    engine: str
    seconds: float
    calls: int
    steps: int
    sequences: int
    refused: Counter[str]
    failures: list[str]
    died: list[str]
    seed: int  # of the first worker

    @property
    def exit_code(self) -> int:
        """0 when nothing failed, 1 when a property did, 3 when only a worker died, 2 when nothing was searched."""
        return CHECK_FAILED if self.failures else CHAIN_TROUBLE if self.died else 0 if self.steps else BAD_INPUT

    def as_json(self) -> str:
        """One object."""
        return json.dumps(self.__dict__, indent=2)


def run(root: Path, suite: str, *, engine: str, minutes: float, jobs: int, seed: int, console: Console) -> Outcome:
    """Start the workers, watch them, stop them cleanly on Ctrl-C; everything they found is in the outcome."""
    path = find_suite(root, suite)
    build(root)  # once, instead of each worker waiting for the first
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        workers = [_start(root, path, Path(folder), engine, minutes, seed, number) for number in range(jobs)]
        try:
            _watch(workers, suite, engine, began, minutes, console)
        except KeyboardInterrupt:
            console.print("stopping: each worker ends the example it is at ...")
            _stop(workers)
        finally:
            _kill(workers)
        return _outcome(suite, engine, time.monotonic() - began, workers, seed)


def find_suite(root: Path, suite: str) -> Path:
    """`note_machine` is tests/property/test_note_machine.py."""
    folder = root / "tests" / "property"
    path = folder / f"test_{suite.removeprefix('test_').removesuffix('.py')}.py"
    known = sorted(each.stem.removeprefix("test_") for each in folder.glob("test_*.py"))
    if not path.is_file():
        hint = near(suite, known) or f"; there is: {', '.join(known)}"
        raise OptionInvalid(f"no suite '{suite}' in tests/property{hint}")
    return path


def _start(root: Path, path: Path, folder: Path, engine: str, minutes: float, seed: int, number: int) -> Worker:
    tally, output = folder / f"{number}.json", folder / f"{number}.txt"
    command = [
        *(sys.executable, "-m", "pytest", str(path.relative_to(root)), "-q", "--engine", engine),
        *("--minutes", str(minutes), "--search-seed", str(seed + number * 1_000_003), "--tally", str(tally)),
        *(() if engine == "ape" else ("-p", "no:ape_test")),  # Ape takes seconds to load and starts a node
    ]
    with output.open("w") as out:
        # A session of its own: Ctrl-C reaches this process only, which then asks each worker to stop.
        process = subprocess.Popen(
            command, cwd=root, stdout=out, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    return Worker(process, tally, output)


def _watch(workers: Sequence[Worker], suite: str, engine: str, began: float, minutes: float, console: Console) -> None:
    """A line that is rewritten on a terminal, and written now and then anywhere else."""
    told = 0.0
    with Live(console=console, refresh_per_second=2) if console.is_terminal else nullcontext() as live:
        while any(worker.process.poll() is None for worker in workers):
            line = _line(workers, suite, engine, time.monotonic() - began, minutes)
            if live:
                live.update(line)
            elif any(worker.last for worker in workers) and time.monotonic() - told > _PERIOD:
                told = time.monotonic()
                console.print(line, soft_wrap=True)
            for number, worker in enumerate(workers):
                if worker.process.poll() not in (None, 0) and not worker.failed:
                    worker.failed = True
                    console.print(f"worker {number + 1} ended with a failure; the others go on")
            time.sleep(_TICK)
    for worker in workers:
        worker.failed = worker.process.returncode != 0


def _line(workers: Sequence[Worker], suite: str, engine: str, seconds: float, minutes: float) -> Text:
    """Calls a second, sequences, and which functions refused most."""
    seen = [worker.look() for worker in workers]
    rate = sum(each["calls"] / each["seconds"] for each in seen if each.get("seconds"))
    running = sum(worker.process.poll() is None for worker in workers)
    refused: Counter[str] = Counter()
    for each in seen:
        refused.update(each.get("refused", {}))
    most = ", ".join(f"{name} {count:,}" for name, count in refused.most_common(4))
    sequences, calls = (sum(each.get(what, 0) for each in seen) for what in ("sequences", "calls"))
    where = f"{suite} on {engine}, {running} running, {seconds:.0f} of {minutes * 60:.0f} s"
    text = f"{where}: {rate:,.0f} calls/s, {sequences:,} sequences, {calls:,} calls\n  refused: {most or 'none'}"
    return Text(text, no_wrap=True, overflow="ellipsis")


def _stop(workers: Sequence[Worker]) -> None:
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.send_signal(signal.SIGINT)
    until = time.monotonic() + _GRACE
    while any(worker.process.poll() is None for worker in workers) and time.monotonic() < until:
        time.sleep(_TICK / 5)


def _kill(workers: Sequence[Worker]) -> None:
    """Nothing is left behind, whatever happened."""
    for worker in workers:
        if worker.process.poll() is None:
            os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()


def _outcome(suite: str, engine: str, seconds: float, workers: Sequence[Worker], seed: int) -> Outcome:
    seen = [worker.look() for worker in workers]
    refused: Counter[str] = Counter()
    for each in seen:
        refused.update(each.get("refused", {}))
    # Two workers that found the same failure have shrunk it to the same example.
    disproved = {text.split("see it again:")[-1]: text for each in seen if (text := each.get("disproved"))}
    died = [
        worker.trouble()
        for worker, each in zip(workers, seen, strict=True)
        if worker.failed and "disproved" not in each
    ]
    return Outcome(
        suite,
        engine,
        round(seconds, 1),
        sum(each.get("calls", 0) for each in seen),
        sum(each.get("steps", 0) for each in seen),
        sum(each.get("sequences", 0) for each in seen),
        refused,
        list(disproved.values()),
        died,
        seed,
    )


@click.command(epilog=f"\b\nExample:\n{_EXAMPLE}")
@click.argument("suite")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=10, show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count(), show_default="all cores")
@click.option("--engine", type=click.Choice(ENGINES), default="revm", show_default=True)
@click.option("--seed", type=int, default=None, help="The first worker's seed.  [default: another each time]")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, the live line on stderr.")
def cli(suite: str, minutes: float, jobs: int, engine: str, seed: int | None, as_json: bool) -> None:
    """Search SUITE (tests/property/test_SUITE.py) for a long time on all cores."""
    console = Console(stderr=as_json)
    first = time.time_ns() % 2**32 if seed is None else seed
    outcome = run(Path.cwd(), suite, engine=engine, minutes=minutes, jobs=jobs, seed=first, console=console)
    if as_json:
        print(outcome.as_json())
    else:
        _tell(outcome, console)
    sys.exit(outcome.exit_code)


def _tell(outcome: Outcome, console: Console) -> None:
    for report in outcome.failures:
        console.print(f"\n{report}", markup=False, highlight=False, soft_wrap=True)
    for report in outcome.died:
        console.print(f"\na worker died:\n{report}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"\n{outcome.suite} on {outcome.engine}, first seed {outcome.seed}: {outcome.sequences:,} sequences, "
        f"{outcome.steps:,} steps, {outcome.calls:,} calls in {outcome.seconds:.0f} s",
        soft_wrap=True,
    )
    if not (outcome.steps or outcome.failures or outcome.died):
        console.print("nothing was searched: no test of this suite calls `prove`")
    for name, count in outcome.refused.most_common():
        console.print(f"  refused {count:>10,}  {name}", highlight=False)
    if outcome.failures:
        console.print("The failing examples are saved; `make test` runs them first.")


if __name__ == "__main__":
    cli()
