"""One measurement in a process of its own, so that its memory is its own: `python -m benchmarks.tape.measure`.

Prints one JSON object: seconds, the process's peak in MB, and what was found, for comparison.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tape.files import MAPPING, ROOT
from salvor.errors import NotAsExpected


@dataclass(frozen=True)
class Measured:
    """Of one reading of one file."""

    seconds: float
    peak_mb: int
    found: dict[str, dict[str, int]]


def measure(who: str, path: Path) -> Measured:
    """`ours` or `plain`, in a new process."""
    command = [sys.executable, "-m", "benchmarks.tape.measure", who, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise NotAsExpected(f"measuring '{who}' ended with: {done.stderr.strip().splitlines()[-1:]}")
    return Measured(**json.loads(done.stdout))


def _ours(path: Path, out: Path) -> tuple[float, dict[str, dict[str, int]]]:
    from salvor.deal.load import load_tape_mapping
    from salvor.tape.check import check_tape

    mapping = load_tape_mapping(MAPPING)
    began = time.perf_counter()
    checked = check_tape(path, mapping, decimals=2, out=out)
    seconds, totals = time.perf_counter() - began, checked.totals
    rows = {"read": totals.rows_read, "accepted": totals.rows_accepted, "rejected": totals.rows_rejected}
    units = {"read": totals.units_read, "accepted": totals.units_accepted, "rejected": totals.units_rejected}
    return seconds, {"rows": rows, "units": units, "breaches": dict(checked.breaches)}


def _plain(path: Path, out: Path) -> tuple[float, dict[str, dict[str, int]]]:
    from benchmarks.tape import plain

    began = time.perf_counter()
    found = plain.check(path, out)
    seconds = time.perf_counter() - began
    return seconds, {"rows": dict(found.rows), "units": dict(found.units), "breaches": dict(found.breaches)}


if __name__ == "__main__":
    run = {"ours": _ours, "plain": _plain}[sys.argv[1]]
    with TemporaryDirectory() as folder:
        took, what = run(Path(sys.argv[2]), Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({"seconds": took, "peak_mb": peak, "found": what}))
