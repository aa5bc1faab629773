"""Files that are written whole or not at all, beside the target first, then renamed; and what a file is known by."""

from __future__ import annotations

import hashlib
from pathlib import Path


def write_whole(target: Path, text: str, *, mode: int | None = None) -> None:
    """Write a text file and its folder; an interrupted run leaves the last whole one. `mode` is set before the text."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.tmp")
    if mode is not None:
        beside.unlink(missing_ok=True)
        beside.touch(mode=mode)
    beside.write_text(text, encoding="utf-8")
    beside.replace(target)


def sha256_of(path: Path) -> str:
    """Of a file's bytes, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
