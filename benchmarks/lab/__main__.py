"""Calls a second of the lab, beside plain Ape and beside forge's invariants: `make bench NAME=lab`.

Everybody does the same six actions on the same contracts, all on this machine in one run: turn by turn, several rounds,
and the median counts. What is counted and what each contender is: benchmarks/README.md.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.lab import forge
from benchmarks.lab.drivers import Count
from benchmarks.lab.profile import PARTS, Profile
from benchmarks.lab.workers import Turn, Worker, crew, run_together
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.errors import CHECK_FAILED

# The project's own targets.
BESIDE_APE = 100
BESIDE_FORGE = 1
SCALING = 0.9  # of as many times one process

SECONDS = {"revm": 1.5, "anvil": 1.5, "ape": 1.0, "forge": 1.5}  # of a turn, and to the end of its sequence
APE_ROUNDS = 2  # one sequence takes Ape ten seconds
PROFILE_SECONDS = 6.0
_WIDTH = 140  # of the table in a file or a pipe
_CHECKS = {"unchecked": "without checks", "checked": "every call checked"}  # machine: what its rows say


@dataclass
class Measure:
    """One contender at one task, measured once a round."""

    run: Callable[[int], Count]
    rounds: int
    counts: list[Count] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Calls a second: the median; to a tenth where a whole number says too little."""
        rate = statistics.median(each.rate for each in self.counts)
        return round(rate) if rate >= 1_000 else round(rate, 1)

    @property
    def refused(self) -> float:
        """The share of calls that were refused, in percent."""
        calls = max(1, sum(each.calls for each in self.counts))
        return round(100 * sum(each.refused for each in self.counts) / calls, 1)


@dataclass(frozen=True)
class Found:
    """All that a run says; `forge` names the settings with which it was fastest, without checks and with."""

    rows: list[Row]
    profiles: dict[str, Profile]
    forge: dict[str, str]


@click.command(epilog="Example: python -m benchmarks.lab --rounds 3 --out lab.json")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Turns of each contender.")
@click.option("--jobs", type=click.IntRange(2), default=2, show_default=True, help="Processes that run side by side.")
@click.option("--out", type=Path, default=RESULTS / "lab.json", show_default=True, help="Where rows and profile go.")
@click.option("--json", "as_json", is_flag=True, help="Print the file instead of tables.")
def main(rounds: int, jobs: int, out: Path, as_json: bool) -> None:
    """Measure how many calls a second the lab makes and checks, beside plain Ape and forge.

    Takes about five minutes. Exit code 0 when all targets hold, 1 when one does not (the file is written all the same),
    3 for trouble with a chain or with forge.
    """
    found = _measure(Console(stderr=True), rounds, jobs)
    rows, profiles = found.rows, {name: each.as_json() for name, each in found.profiles.items()}
    write_rows(rows, out, forge=found.forge, profile=profiles)
    if as_json:
        click.echo(out.read_text(), nl=False)
    else:
        console = Console(width=None if sys.stdout.isatty() else _WIDTH)
        print_rows(f"the lab, calls a second, medians of {rounds} rounds", rows, console)
        console.print(f"forge was at its fastest: {'; '.join(found.forge.values())}\n")
        _print_profiles(found.profiles, console)
        console.print(f"written to {out}")
    if not all_hold(rows):
        missed = [row.metric for row in rows if row.holds is False]
        click.echo(f"{len(missed)} targets are missed: {'; '.join(missed)}", err=True)
        raise SystemExit(CHECK_FAILED)


def _measure(console: Console, rounds: int, jobs: int) -> Found:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        preparing = progress.add_task("prepare", total=5, said="compile for forge")
        forge.compile_all()
        progress.update(preparing, advance=1, said="see how fast forge is")
        rates = {(machine, each): forge.trial(_TESTS[machine], each).rate for machine in _TESTS for each in forge.ALL}
        progress.update(preparing, advance=1, said="deploy the deal in each process")
        with crew(jobs, lambda kind: progress.update(preparing, advance=1, said=f"{kind} is ready")) as team:
            profiling, profiles = progress.add_task("profile", total=len(_PROFILES), said=""), {}
            for name, (driver, machine) in _PROFILES.items():
                turn = Turn(driver, machine, seed=1, seconds=PROFILE_SECONDS, profiled=True)
                profiles[name] = team["revm"][0].run(turn)
                progress.update(profiling, advance=1)
            measures = _measures(team, rates, rounds)
            tasks = {key: progress.add_task(key, total=each.rounds, said="") for key, each in measures.items()}
            for number in range(rounds):
                for key, measure in measures.items():
                    if number >= measure.rounds:
                        continue
                    measure.counts.append(measure.run(number))
                    progress.update(tasks[key], advance=1, said=f"{measure.rate:,}/s")
            figures = team["revm"][0].figures
    best = {machine: _fastest(measures, machine) for machine in _CHECKS}
    return Found(list(_rows(measures, best, jobs, figures)), profiles, best)


# CONTENDERS

_TESTS = {"unchecked": forge.UNCHECKED, "checked": forge.CHECKED}
_DRIVEN = {
    "plain ape": ("ape", "dice"),
    "anvil": ("anvil", "search"),
    "blocks": ("revm", "search"),
    "dice": ("revm", "dice"),
}
_PROFILES = {
    "before: rule by rule, checked by views": ("rules", "viewed"),
    "now: in blocks, checked by storage": ("search", "checked"),
    "now: the suite's own machine": ("search", "whole"),
}


def _measures(
    team: dict[str, list[Worker]], rates: dict[tuple[str, forge.Settings], float], rounds: int
) -> dict[str, Measure]:
    """By contender and what is checked, in the order in which they take turns."""
    first, runs = team["revm"][0], dict[str, Callable[[int], Count]]()
    for machine, test in _TESTS.items():
        for name, (kind, driver) in _DRIVEN.items():
            runs[f"{name}, {machine}"] = partial(_one, team[kind][0], driver, machine)
        for settings in forge.ALL:
            calls = round(rates[machine, settings] * SECONDS["forge"])
            runs[f"{settings.name}, {machine}"] = partial(_by_forge, test, settings, calls)
    runs["rule by rule, unchecked"] = partial(_one, first, "rules", "unchecked")
    runs["rule by rule, checked by views"] = partial(_one, first, "rules", "viewed")
    runs["one process"] = partial(_one, first, "search", "checked")
    runs["side by side"] = partial(_side_by_side, team["revm"], "search")
    runs["one empty loop"] = partial(_one, first, "loop", "checked")
    runs["empty loops side by side"] = partial(_side_by_side, team["revm"], "loop")
    return {
        key: Measure(run, min(rounds, APE_ROUNDS) if key.startswith("plain ape") else rounds)
        for key, run in runs.items()
    }


def _one(worker: Worker, driver: str, machine: str, seed: int) -> Count:
    counted: Count = worker.run(Turn(driver, machine, seed, SECONDS[worker.kind]))
    return counted


def _by_forge(test: str, settings: forge.Settings, calls: int, seed: int) -> Count:
    return forge.measure(test, settings, calls=calls, seed=seed)


def _side_by_side(workers: list[Worker], driver: str, seed: int) -> Count:
    return run_together(workers, Turn(driver, "checked", seed, SECONDS["revm"]))


def _fastest(measures: dict[str, Measure], machine: str) -> str:
    """The name of forge's best among its settings."""
    return max((f"{each.name}, {machine}" for each in forge.ALL), key=lambda name: measures[name].rate)


# ROWS


def _rows(measures: dict[str, Measure], best: dict[str, str], jobs: int, figures: int) -> Iterator[Row]:
    def row(metric: str, ours: str, peer: str, at_least: float | None = None) -> Row:
        return Row(metric, measures[ours].rate, measures[peer].rate, ratio_at_least=at_least)

    for machine, checks in _CHECKS.items():
        ours, ape, peer = f"blocks, {machine}", f"plain ape, {machine}", best[machine]
        yield row(f"{checks}: in blocks beside plain Ape", ours, ape, BESIDE_APE)
        yield row(f"{checks}: in blocks beside forge at its fastest", ours, peer, BESIDE_FORGE)
        yield row(f"{checks}: in blocks beside forge as it comes", ours, f"{forge.AS_IT_COMES.name}, {machine}")
        yield row(f"{checks}: plain dice beside forge at its fastest", f"dice, {machine}", peer)
        yield row(f"{checks}: raw anvil beside plain Ape", f"anvil, {machine}", ape)
    yield row("without checks: in blocks beside rule by rule", "blocks, unchecked", "rule by rule, unchecked")
    yield row(
        "every call checked: in blocks beside rule by rule with views",
        "blocks, checked",
        "rule by rule, checked by views",
    )
    yield row(f"every call checked: {jobs} processes beside one", "side by side", "one process", SCALING * jobs)
    yield row(f"an empty loop: {jobs} processes beside one", "empty loops side by side", "one empty loop")
    yield Row("figures that a check compares, beside forge's", figures, forge.FIGURES)
    for machine, checks in _CHECKS.items():
        refused = [measures[name].refused for name in (f"blocks, {machine}", best[machine])]
        yield Row(f"{checks}: calls refused, percent, in blocks beside forge", *refused)


# PROFILE


def _print_profiles(profiles: dict[str, Profile], console: Console) -> None:
    """A line a part; a part that a run does not have is left out."""
    table = Table(title="where a step's time goes, microseconds", title_justify="left")
    table.add_column("part", ratio=1)
    for name in profiles:
        table.add_column(name, justify="right")
    seen = {part for each in profiles.values() for part in each.parts}
    for part in sorted(seen, key=lambda part: (part.startswith("check"), [*PARTS, part].index(part))):
        table.add_row(part, *(_micro(each.parts.get(part)) for each in profiles.values()))
    table.add_section()
    table.add_row("sum", *(_micro(sum(each.parts.values())) for each in profiles.values()))
    table.add_row("a step without the stopwatch", *(_micro(each.unwatched) for each in profiles.values()))
    table.add_row("stopwatch, taken off above", *(_micro(each.stopwatch) for each in profiles.values()))
    console.print(table)


def _micro(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


if __name__ == "__main__":
    main()
