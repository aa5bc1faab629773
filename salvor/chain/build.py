"""Compiled contracts that are as new as their sources: by Ape, once, however many processes ask."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
from pathlib import Path

from salvor.chain.solc import check_project
from salvor.errors import BAD_INPUT, FileUnreadable, SalvorError
from salvor.toolchain.artifacts import is_compiled, keep_compiled, settle, start_afresh
from salvor.toolchain.paths import ROOT


def build(root: Path) -> Path:
    """The project's build folder, after `ape compile` when anything has changed since."""
    folder = root / ".build"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        settle(root)
        if is_compiled(root):
            return folder
        start_afresh(root)  # nobody knows of what is there whether it is old
        check_project(root)
        command = [sys.executable, "-c", "from ape._cli import cli; cli()", "compile"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stdout + done.stderr).strip() or "no output"
            raise FileUnreadable(root / "contracts", "Solidity that compiles", _reason(said))
        keep_compiled(root)
    return folder


def main() -> None:
    """Compile this project; as `python -m salvor.chain.build`."""
    try:
        build(ROOT)
    except SalvorError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(BAD_INPUT)


def _reason(said: str) -> str:
    """What solc found, and where, out of all that Ape prints."""
    lines = [line.strip() for line in said.splitlines()]
    errors = [number for number, line in enumerate(lines) if re.match(r"(ERROR: .*)?\w*Error: ", line)]
    if not errors:
        return lines[-1]
    first = lines[errors[0]]
    place = next((line.removeprefix("-->").strip() for line in lines[errors[0] :] if line.startswith("-->")), "")
    return f"{place} {first}".strip()


if __name__ == "__main__":
    main()
