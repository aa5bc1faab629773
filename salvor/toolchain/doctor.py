"""`make doctor`: what the set-up found, and how to mend what is missing. Exit code 1 when something is.

Runs on the standard library, so that it answers before the set-up has run, too.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from salvor.toolchain import paths
from salvor.toolchain.environment import activate
from salvor.toolchain.paths import BIN, NODE_MODULES, PYTHON, ROOT, SOLCX

MEND = "run `make setup`"
CHAIN = 31337


class Missing(Exception):
    """Something is not there or not as it must be."""


@dataclass(frozen=True)
class Check:
    """One line of the answer."""

    name: str
    find: Callable[[], str]
    mend: str = MEND


def main() -> int:
    """Print a line a check; 1 when one failed."""
    if paths.VENV.exists():
        activate()
    failed = 0
    for check in _checks():
        try:
            print(f"  ok       {check.name:<14} {check.find()}")
        except (Missing, OSError, ValueError) as reason:
            failed += 1
            print(f"  MISSING  {check.name:<14} {reason}; to mend: {check.mend}")
    print("everything is there" if not failed else f"{failed} missing")
    return 1 if failed else 0


def _checks() -> Iterator[Check]:
    yield Check("Python", _python, "install Python 3.11 or newer")
    yield Check("environment", _environment)
    for package in ("eth-ape", "ape-foundry", "ape-solidity"):
        yield Check(package, partial(_package, package))
    yield Check("Node.js", partial(_version, BIN / "node"))
    for tool in paths.FOUNDRY_TOOLS:
        yield Check(tool, partial(_version, BIN / tool))
    yield Check("solc", _solc)
    yield Check("OpenZeppelin", _openzeppelin)
    yield Check("Ape's files", lambda: os.environ.get("APE_DATA_FOLDER") or _raise("no APE_DATA_FOLDER"))
    yield Check("local chain", _chain, f"{MEND}; if it goes on, start {BIN / 'anvil'} by hand and read what it says")


def _python() -> str:
    if sys.version_info < paths.PYTHON_MINIMUM:
        raise Missing(f"{sys.version.split()[0]} is too old")
    return f"{sys.version.split()[0]} at {sys.executable}"


def _environment() -> str:
    if not PYTHON.exists():
        raise Missing(f"no {PYTHON}")
    probe = "import os; print(os.environ.get('SOLCX_BINARY_PATH', ''))"
    if _output([str(PYTHON), "-c", probe]) != str(SOLCX):
        raise Missing(f"{PYTHON} does not switch the project's environment on")
    return str(paths.VENV)


def _package(name: str) -> str:
    probe = f"import importlib.metadata as m; print(m.version('{name}'))"
    if not PYTHON.exists():
        raise Missing(f"no {PYTHON}")
    return _output([str(PYTHON), "-c", probe])


def _version(tool: Path) -> str:
    if not tool.exists():
        raise Missing(f"no {tool}")
    return f"{_output([str(tool), '--version']).splitlines()[0]} at {tool.resolve()}"


def _solc() -> str:
    compiler = SOLCX / f"solc-v{paths.SOLC_VERSION}"
    if not compiler.exists():
        raise Missing(f"no {compiler}")
    said = _output([str(compiler), "--version"])
    match = re.search(r"Version: (\S+)", said)
    if not match or not match[1].startswith(paths.SOLC_VERSION):
        raise Missing(f"{compiler} is not solc {paths.SOLC_VERSION}")
    kind = "by Node.js" if compiler.read_bytes().startswith(b"#!") else "native"
    return f"{match[1]} ({kind}) at {compiler}"


def _openzeppelin() -> str:
    package = NODE_MODULES / "@openzeppelin" / "contracts" / "package.json"
    if not package.exists():
        raise Missing(f"no {package}")
    return f"{json.loads(package.read_text())['version']} at {package.parent}"


def _chain() -> str:
    with _anvil() as port:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}",
            data=b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
            headers={"Content-Type": "application/json"},
        )
        for _ in range(100):
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    chain = int(json.load(answer)["result"], 16)
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise Missing("anvil does not answer")
    if chain != CHAIN:
        raise Missing(f"anvil has chain id {chain}, expected {CHAIN}")
    return f"anvil starts and answers, chain id {chain}"


@contextmanager
def _anvil() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if not (BIN / "anvil").exists():
        raise Missing(f"no {BIN / 'anvil'}")
    process = subprocess.Popen([str(BIN / "anvil"), "--port", str(port), "--silent"], cwd=ROOT)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        said = (done.stderr.strip() or "no output").splitlines()[-1]
        raise Missing(f"`{command[0]}` fails: {said}")
    return done.stdout.strip()


def _raise(reason: str) -> str:
    raise Missing(reason)


if __name__ == "__main__":
    sys.exit(main())
