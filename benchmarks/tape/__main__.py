"""Rows a second and memory of reading and checking, and the tree over many leaves: `make bench NAME=tape`.

Each file is read in a process of its own. The plain loop and ours read the same file by the same rules, and what they
find must be the same, by rule and to the unit; both trees must have the same root.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from benchmarks.tape.files import real_tape, repeated
from benchmarks.tape.measure import Measured, measure
from benchmarks.tape.tree import Trees, compare
from salvor.errors import CHECK_FAILED, NotAsExpected

# The project's own targets.
FASTER, TREE_FASTER = 20, 20
MEMORY_MB = 1_500
LINEAR = 0.8  # of the rate of a fifth of the rows

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
PLAIN = 1_000_000  # of these the plain loop reads those up to here
LEAVES = 100_000
_WIDTH = 140  # of the table in a file or a pipe


@click.command(epilog="Example: python -m benchmarks.tape --rows 10000 --rows 100000 --out tape.json")
@click.option("--rows", "sizes", type=click.IntRange(1), multiple=True, default=SIZES, show_default=True)
@click.option("--leaves", type=click.IntRange(1), default=LEAVES, show_default=True, help="Of the tree.")
@click.option("--out", type=Path, default=RESULTS / "tape.json", show_default=True, help="Where the rows go.")
@click.option("--json", "as_json", is_flag=True, help="Print the file instead of a table.")
def main(sizes: tuple[int, ...], leaves: int, out: Path, as_json: bool) -> None:
    """Measure how fast tapes are read, checked and committed, beside a plain loop and OpenZeppelin's tree in Node.

    Takes about three minutes. Exit code 0 when all targets hold, 1 when one does not (the file is written all the
    same), 3 when the peer can't be had.
    """
    tape = real_tape()
    with TemporaryDirectory() as folder:
        ours, plain, trees = _measure(tape, sorted(sizes), leaves, Path(folder), Console(stderr=True))
    rows = [*_rates(ours, plain), *_growth(ours), _tree(trees, leaves)]
    found = ours[max(ours)].found
    write_rows(rows, out, tape=tape.name, breaches=found["breaches"], root=trees.root)
    if as_json:
        click.echo(out.read_text(), nl=False)
    else:
        console = Console(width=None if sys.stdout.isatty() else _WIDTH)
        print_rows(f"tapes: {tape.name}, repeated with new identifiers", rows, console)
        console.print(f"written to {out}")
    if not all_hold(rows):
        missed = [row.metric for row in rows if row.holds is False]
        click.echo(f"{len(missed)} targets are missed: {'; '.join(missed)}", err=True)
        raise SystemExit(CHECK_FAILED)


def _measure(
    tape: Path, sizes: list[int], leaves: int, folder: Path, console: Console
) -> tuple[dict[int, Measured], dict[int, Measured], Trees]:
    ours, plain, file = dict[int, Measured](), dict[int, Measured](), folder / "tape.csv"
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[said]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tree = progress.add_task("tree", total=1, said=f"{leaves:,} leaves")
        trees = compare(leaves, folder)
        progress.advance(tree)
        for size in sizes:
            task = progress.add_task(f"{size:,} rows", total=3, said="write the file")
            repeated(tape, size, file)
            progress.update(task, advance=1, said="read and check")
            ours[size] = measure("ours", file)
            progress.update(task, advance=1, said="the plain loop" if size <= PLAIN else "")
            if size <= PLAIN:
                plain[size] = measure("plain", file)
                if plain[size].found != ours[size].found:
                    raise NotAsExpected(f"{size:,} rows: ours found {ours[size].found}, the loop {plain[size].found}")
            progress.update(task, completed=3, said=f"{_rate(size, ours[size]):,} rows a second")
    return ours, plain, trees


def _rates(ours: dict[int, Measured], plain: dict[int, Measured]) -> list[Row]:
    """The target is judged where reading takes long enough to matter, on the longest file that both read."""
    judged = max(plain, default=0)
    rows = []
    for size, measured in ours.items():
        beside = _rate(size, plain[size]) if size in plain else None
        target = FASTER if size == judged else None
        rows.append(
            Row(f"read and check {size:,} rows, rows a second", _rate(size, measured), beside, ratio_at_least=target)
        )
    return rows


def _growth(ours: dict[int, Measured]) -> list[Row]:
    rows = [
        Row(f"peak memory at {size:,} rows, MB", measured.peak_mb, ours_at_most=MEMORY_MB)
        for size, measured in ours.items()
    ]
    smaller, *_ = large = sorted(ours)[-2:]
    if len(large) == 2:
        metric = f"rows a second at {large[-1]:,} beside {smaller:,}"
        rates = [_rate(size, ours[size]) for size in large]
        rows.append(Row(metric, rates[1], rates[0], ratio_at_least=LINEAR))
    return rows


def _tree(trees: Trees, leaves: int) -> Row:
    rates = round(leaves / trees.ours), round(leaves / trees.peer)
    metric = f"tree over {leaves:,} leaves, leaves a second, the same root"
    return Row(metric, *rates, ratio_at_least=TREE_FASTER)


def _rate(size: int, measured: Measured) -> int:
    return round(size / measured.seconds)


if __name__ == "__main__":
    main()
