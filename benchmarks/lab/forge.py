"""The peer: forge's invariant runner on `benchmarks/peers/forge`, which is the same deal and the same actions."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lab.drivers import DEPTH, Count
from benchmarks.peers import PeerMissing
from salvor.errors import NotAsExpected
from salvor.toolchain.paths import BIN, ROOT, SOLC_VERSION, SOLCX

PROJECT = ROOT / "benchmarks" / "peers" / "forge"
BOOKS = PROJECT / "test" / "Books.sol"
FIGURES = 42  # that `Books` reads; it says which
CHECKED, UNCHECKED = "CheckedTest", "UncheckedTest"
_FAILURES = ROOT / "out" / "peers" / "forge" / "failures"  # as foundry.toml says
_TRIAL = 4_000  # calls
_FAILURE = re.compile(r'"event":"failure","invariant":"(\w+)".*"reason":"([^"]*)"')
_NANOSECONDS = {"h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "µs": 10**3, "ns": 1}
_LEARNS_NOTHING = (
    ("DICTIONARY_WEIGHT", "0"),
    ("INCLUDE_STORAGE", "false"),
    ("INCLUDE_PUSH_BYTES", "false"),
    ("MAX_FUZZ_DICTIONARY_ADDRESSES", "1"),
    ("MAX_FUZZ_DICTIONARY_VALUES", "1"),
)


@dataclass(frozen=True)
class Settings:
    """How forge is asked to run; what is not named here is in `foundry.toml`, or as forge comes."""

    name: str
    depth: int
    options: tuple[tuple[str, str], ...] = ()


AS_IT_COMES = Settings("forge as it comes, depth 500", 500)
ALL = (
    AS_IT_COMES,
    Settings(f"forge without dictionary, depth {DEPTH}", DEPTH, _LEARNS_NOTHING),
    Settings("forge without dictionary, depth 500", 500, _LEARNS_NOTHING),
)


def compile_all() -> None:
    """So that no later run has to."""
    _forge("build")


def trial(test: str, settings: Settings) -> Count:
    """Short: how many calls fill a turn."""
    return measure(test, settings, calls=_TRIAL, seed=0)


def measure(test: str, settings: Settings, *, calls: int, seed: int) -> Count:
    """About so many calls. The time is what forge itself says of the test: no start, no compilation, no set-up."""
    shutil.rmtree(_FAILURES, ignore_errors=True)  # else forge would begin with what once failed
    runs = max(1, round(calls / settings.depth))
    options = {"RUNS": str(runs), "DEPTH": str(settings.depth), **dict(settings.options)}
    said = _forge("test", "--json", "--match-contract", f"^{test}$", "--fuzz-seed", str(seed + 1), options=options)
    try:
        result = next(iter(next(iter(json.loads(said).values()))["test_results"].values()))
        kind = result["kind"]["Invariant"]
        return Count(kind["calls"], kind["reverts"], _seconds(result))
    except (ValueError, KeyError, StopIteration) as error:
        raise PeerMissing("forge", f"its answer was not understood ({type(error).__name__}: {error})") from None


def _seconds(result: Mapping[str, Any]) -> float:
    parts = re.findall(r"(\d+)(h|ms|µs|ns|m|s)", result["duration"])
    return sum(int(number) * _NANOSECONDS[unit] for number, unit in parts) / 10**9


def _forge(verb: str, *words: str, options: Mapping[str, str] | None = None) -> str:
    solc = SOLCX / f"solc-v{SOLC_VERSION}"
    command = [str(BIN / "forge"), verb, "--root", str(PROJECT), "--use", str(solc), "--threads", "1", *words]
    wanted = {f"FOUNDRY_INVARIANT_{name}": value for name, value in (options or {}).items()}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FOUNDRY_", "DAPP_"))}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=own | wanted, cwd=PROJECT)
    except OSError as error:
        raise PeerMissing("forge", str(error)) from None
    if failure := _FAILURE.search(done.stdout + done.stderr):
        raise NotAsExpected(f"forge: {failure[1]} does not hold: {failure[2]}")
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()
        raise PeerMissing("forge", f"`{Path(command[0]).name} {verb}` says: {lines[-1][:300]}")
    return done.stdout
