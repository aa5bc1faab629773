"""From a bank's bytes to UTF-8: which encoding it is, and never a letter replaced.

Marks and NULs tell UTF-16, a strict pass over the whole file tells UTF-8; what is neither is read as cp1252, and the
reader says so. A file that is plain UTF-8 is left where it is, any other is written out once, in pieces.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from salvor.errors import FileUnreadable

_PIECE = 1 << 20
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_KNOWN = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")


@dataclass(frozen=True)
class Encoding:
    """What a file's bytes mean, and how that is known: `declared`, by its `mark`, or `guessed`."""

    name: str
    known_by: str


def as_utf8(path: Path, *, declared: str | None, scratch: Path) -> tuple[Path, Encoding]:
    """The text in UTF-8 without a mark: the file itself, or a copy in the folder `scratch`. Raises `FileUnreadable`."""
    with path.open("rb") as file:
        start = file.read(4096)
    mark, marked = next(((m, name) for m, name in _MARKS.items() if start.startswith(m)), (b"", None))
    encoding = _decide(path, start, declared, marked)
    if encoding is None:
        try:
            for _ in _decoded(path, "utf-8", mark):
                pass
            encoding = Encoding("utf-8", "guessed")
        except UnicodeDecodeError:
            encoding = Encoding("cp1252", "guessed")
    if encoding.name == "utf-8" and not mark:
        _check(path, encoding, mark)
        return path, encoding
    copy = scratch / f"{path.name}.utf8"
    with copy.open("w", encoding="utf-8", newline="") as out:
        for text in _strictly(path, encoding, mark):
            out.write(text)
    return copy, encoding


def _decide(path: Path, start: bytes, declared: str | None, marked: str | None) -> Encoding | None:
    """Before the whole file is looked at; None when only that can tell."""
    name = _normal(path, declared)
    if name and marked and name != marked:
        raise FileUnreadable(path, f"text in {declared}", f"its mark says {marked}; change `encoding` in the mapping")
    if name:
        return Encoding(name, "declared")
    if marked:
        return Encoding(marked, "mark")
    odd, even = start[1::2].count(0), start[0::2].count(0)
    if odd > len(start) // 8 and even == 0:
        return Encoding("utf-16-le", "guessed")
    if even > len(start) // 8 and odd == 0:
        return Encoding("utf-16-be", "guessed")
    if odd or even:
        raise FileUnreadable(path, "a text file", "it holds binary data; export the sheet as CSV, XLSX or Parquet")
    return None


def _normal(path: Path, declared: str | None) -> str | None:
    if declared is None:
        return None
    name = {"utf-16": "utf-16-le", "utf8": "utf-8", "windows-1252": "cp1252"}.get(declared.lower(), declared.lower())
    if name not in _KNOWN:
        raise FileUnreadable(path, "text in a known encoding", f"'{declared}' is none of {', '.join(_KNOWN)}")
    return name


def _check(path: Path, encoding: Encoding, mark: bytes) -> None:
    for _ in _strictly(path, encoding, mark):
        pass


def _strictly(path: Path, encoding: Encoding, mark: bytes) -> Iterator[str]:
    """Pieces of text; the first byte that can't be read is told with row and offset."""
    rows = 1
    try:
        for text in _decoded(path, encoding.name, mark):
            rows += text.count("\n")
            yield text
    except UnicodeDecodeError as error:
        rows += bytes(error.object[: error.start]).count(b"\n")
        bad = bytes(error.object[error.start : error.start + 1]).hex()
        place = f"row {rows} has byte 0x{bad} (offset {error.reason})"
        raise FileUnreadable(
            path, f"text in {encoding.name}", f"{place}; name the right `encoding` in the mapping"
        ) from None


def _decoded(path: Path, name: str, mark: bytes) -> Iterator[str]:
    """Raises a UnicodeDecodeError whose `reason` is the offset in the file."""
    decoder, done = codecs.getincrementaldecoder(name)("strict"), len(mark)
    with path.open("rb") as file:
        file.seek(done)
        while True:
            piece = file.read(_PIECE)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                error.reason = f"{done - held + error.start:,}"
                raise
            done += len(piece)
            if text:
                yield text
            if not piece:
                return
