"""No stale bytecode: compiled contracts are dropped when anything they were made from has changed.

Ape compiles a file again when that file changed, but not the files that import it, and not when compiler settings or
OpenZeppelin changed: after an edit to a library, tests would run the old code of the contracts around it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from salvor.toolchain.paths import ROOT


def drop_stale(root: Path = ROOT) -> bool:
    """Delete Ape's manifest when what it was made from has changed; says whether it did."""
    build = root / ".build"
    stamp = build / "made-from"
    current = fingerprint(root)
    if stamp.is_file() and stamp.read_text() == current:
        return False
    (build / "__local__.json").unlink(missing_ok=True)
    build.mkdir(exist_ok=True)
    stamp.write_text(current)
    return True


def fingerprint(root: Path = ROOT) -> str:
    """Of all that compiled contracts are made from."""
    sources = [path for folder in ("contracts", "interfaces") for path in sorted((root / folder).rglob("*.sol"))]
    digest = hashlib.sha256()
    for path in (*sources, root / "ape-config.yaml", root / "package-lock.json"):
        digest.update(str(path.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
