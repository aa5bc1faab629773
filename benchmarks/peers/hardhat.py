"""The peer: Hardhat Ignition's engine, fetched once by npm into `out/peers/ignition`."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers import run_peer
from salvor.toolchain.paths import BIN, ROOT

VERSION = "3.1.9"
_NAME = "@nomicfoundation/ignition-core"
_FOLDER = ROOT / "out" / "peers" / "ignition"
_SCRIPT = Path(__file__).with_name("ignition.mjs")


@dataclass(frozen=True)
class Ignited:
    """What its run took."""

    seconds: float
    requests: int
    addresses: list[str]


def ignite(asked: dict[str, Any]) -> Ignited:
    """Deploy with a journal in a folder of its own; only its own `deploy` is timed, not the start of Node."""
    _install()
    script = _FOLDER / _SCRIPT.name  # Node looks for packages beside the script
    shutil.copyfile(_SCRIPT, script)
    journal = _FOLDER / "deployment"
    shutil.rmtree(journal, ignore_errors=True)
    said = run_peer([str(BIN / "node"), str(script)], peer=_NAME, stdin=json.dumps(asked | {"folder": str(journal)}))
    return Ignited(**json.loads(said))


def _install() -> None:
    package = _FOLDER / "node_modules" / _NAME / "package.json"
    if package.exists() and json.loads(package.read_text())["version"] == VERSION:
        return
    _FOLDER.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [str(BIN / "npm"), "install", "--prefix", str(_FOLDER), *quiet, f"{_NAME}@{VERSION}"]
    run_peer(command, peer=_NAME)
