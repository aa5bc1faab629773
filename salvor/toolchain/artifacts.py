"""No stale bytecode: compiled contracts are dropped when anything they were made from has changed.

Ape compiles a file again when that file changed, but not the files that import it, and not when compiler settings or
OpenZeppelin changed: after an edit to a library, tests would run the old code of the contracts around it. And a process
of Ape that began before an edit may write what it holds over what was compiled since, beside the new sources: only the
contracts themselves show it, so their hash is kept with that of the sources.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

from salvor.toolchain.paths import ROOT

_NONE, _CUT_OFF = "none", "cut off"  # in the place of a hash
_LOOKS, _BETWEEN = 50, 0.1  # seconds; Ape takes less than one to write


def drop_stale(root: Path = ROOT) -> bool:
    """Delete Ape's manifest when what it was made from changed, or it was written over since; says whether it did."""
    stamp = _build(root) / "made-from"
    current = fingerprint(root)
    if stamp.is_file() and stamp.read_text() == current and not _was_written_over(root, current):
        return False
    start_afresh(root)
    return True


def start_afresh(root: Path = ROOT) -> None:
    """Delete Ape's manifest, and write down of which sources the next one is."""
    _manifest(root).unlink(missing_ok=True)
    (_build(root) / "compiled").unlink(missing_ok=True)
    _stamp(root, "made-from", fingerprint(root))


def drop_outlived(began_with: str, root: Path = ROOT) -> bool:
    """At the end of a process of Ape: delete a manifest that may be its own, when there are other sources by now.

    `began_with` is their fingerprint when it began. Says whether it did.
    """
    if fingerprint(root) == began_with or is_compiled(root):
        return False
    _manifest(root).unlink(missing_ok=True)
    return True


def is_compiled(root: Path = ROOT) -> bool:
    """Whether all contracts were compiled as the sources stand, and nobody wrote over them since."""
    return _compiled(root) == (fingerprint(root), _contracts_of(_manifest(root)))


def keep_compiled(root: Path = ROOT) -> None:
    """Write down that the contracts that are there were compiled from the sources that are there."""
    _stamp(root, "compiled", f"{fingerprint(root)} {_contracts_of(_manifest(root))}")


def fingerprint(root: Path = ROOT) -> str:
    """Of all that compiled contracts are made from."""
    sources = [path for folder in ("contracts", "interfaces") for path in sorted((root / folder).rglob("*.sol"))]
    digest = hashlib.sha256()
    for path in (*sources, root / "ape-config.yaml", root / "package-lock.json"):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def settle(root: Path = ROOT) -> None:
    """Wait while Ape writes its manifest: it deletes the old one first, and a process beside it would see none."""
    sources, _ = _compiled(root)
    if not sources or sources != fingerprint(root):
        return
    for _ in range(_LOOKS):
        if _contracts_of(_manifest(root)) not in (_NONE, _CUT_OFF):
            return
        time.sleep(_BETWEEN)


def _was_written_over(root: Path, current: str) -> bool:
    """Whether other contracts are there than were compiled from these sources; not known before `keep_compiled`.

    Where none are there, Ape is writing them, or will compile them: nothing old is left to drop.
    """
    sources, contracts = _compiled(root)
    return sources == current and _contracts_of(_manifest(root)) not in (contracts, _NONE)


def _compiled(root: Path) -> tuple[str, str]:
    stamp = _build(root) / "compiled"
    sources, _, contracts = stamp.read_text().partition(" ") if stamp.is_file() else ("", "", "")
    return sources, contracts


def _contracts_of(manifest: Path) -> str:
    """Hash of interfaces and creation code, which ends with a hash of all sources; without a manifest a word."""
    try:
        types = json.loads(manifest.read_text()).get("contractTypes") or {}
    except FileNotFoundError:
        return _NONE
    except ValueError:
        return _CUT_OFF
    kept = {name: [each.get("abi"), each.get("deploymentBytecode")] for name, each in types.items()}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _stamp(root: Path, name: str, text: str) -> None:
    """A stamp that is cut off is that of nothing."""
    _build(root).mkdir(exist_ok=True)
    (_build(root) / name).write_text(text)


def _build(root: Path) -> Path:
    return root / ".build"


def _manifest(root: Path) -> Path:
    return _build(root) / "__local__.json"
