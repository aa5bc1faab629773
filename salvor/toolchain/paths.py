"""Where the set-up puts things: all of it inside the checkout, nothing in the user's home."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
SOLCX = VENV / "solcx"  # where py-solc-x looks for compilers
APE_DATA = ROOT / ".ape"  # accounts and caches of Ape; outlives a rebuilt .venv
NODE_MODULES = ROOT / "node_modules"
RECEIPT = VENV / "setup.json"  # which step of the set-up was done with which inputs

SOLC_VERSION = "0.8.37"
UV_VERSION = "0.13.9"
PYTHON_MINIMUM = (3, 11)
NODE_MINIMUM = 18
FOUNDRY_TOOLS = ("anvil", "cast", "forge")
