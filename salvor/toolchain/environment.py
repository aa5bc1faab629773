"""The environment that Ape and its plugins look at, set inside the virtual environment.

ape-foundry finds anvil on PATH, ape-solidity finds solc through SOLCX_BINARY_PATH and Ape keeps its files in
APE_DATA_FOLDER. A `.pth` line in the virtual environment calls `activate` whenever its Python starts, so plain
`ape compile` works without an `export` and without touching `~/.ape` or `~/.solcx`.
"""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path

from salvor.toolchain.paths import APE_DATA, BIN, SOLCX


def activate() -> None:
    """Point this process and its children at the project's own tools; safe to call again."""
    path = os.environ.get("PATH", "").split(os.pathsep)
    if path[0] != str(BIN):
        os.environ["PATH"] = os.pathsep.join([str(BIN), *(p for p in path if p != str(BIN))])
    os.environ["SOLCX_BINARY_PATH"] = str(SOLCX)
    os.environ.setdefault("APE_DATA_FOLDER", str(APE_DATA))
    os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")  # five times faster than the pure-Python default
    if "ape" in (Path(argument).name for argument in sys.orig_argv[:2]):
        from salvor.toolchain.artifacts import drop_outlived, drop_stale, fingerprint

        drop_stale()
        atexit.register(drop_outlived, fingerprint())
