"""Whether the pinned compiler may compile a source and all that it imports, told in one line before it is asked.

A compiler that is chosen by the root's pragma alone fails deep in a vendored file, with pages. The rules of versions
are solc's own (`SemVerHandler.cpp`), which are not npm's: a test compares them with the compiler.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from salvor.errors import PragmaUnmet

Version = tuple[int, ...]

_COMMENT = r"//[^\n]*|/\*.*?\*/"
_TEXT = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
_REST = rf"(?:{_COMMENT}|{_TEXT}|[^;])*+"  # of a statement; what is passed is not tried again in another way
_STATEMENT = rf"\bpragma\s+solidity\b(?P<pragma>{_REST});|\bimport\b(?P<imported>{_REST});"
_PIECE = re.compile(rf"{_COMMENT}|{_TEXT}|{_STATEMENT}", re.DOTALL)
_QUOTED = re.compile(rf"{_COMMENT}|(?P<text>{_TEXT})", re.DOTALL)
_NUMBER = r"[0-9xX*]+(?:\s*\.\s*[0-9xX*]+){0,2}"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*-\s*({_NUMBER})\s*")
_TERM = re.compile(rf"\s*(\^|~|>=|<=|>|<|=)?\s*({_NUMBER})\s*")


def check_pragmas(root: Path, sources: Mapping[str, str], *, version: str, remappings: Sequence[str]) -> None:
    """Raises for the first source, in the order of their names, that the version may not compile."""
    compiler = tuple(map(int, version.split(".")))
    for name, text in sorted(closure(root, sources, remappings).items()):
        for pragma in _found(text, "pragma"):
            if not allows(pragma, compiler):
                raise PragmaUnmet(name, " ".join(pragma.split()), version)


def allows(pragma: str, compiler: Version) -> bool:
    """Whether the condition holds for a compiler; one that can't be read is the compiler's to judge."""
    plain = re.sub(rf"{_COMMENT}|[\"']", " ", pragma, flags=re.DOTALL)
    return any(_holds(each, compiler) for each in plain.split("||"))


def _holds(condition: str, compiler: Version) -> bool:
    if between := _RANGE.fullmatch(condition):
        return _compare(">=", between[1], compiler) and _compare("<=", between[2], compiler)
    terms, end = [], 0
    while end < len(condition) and (term := _TERM.match(condition, end)):
        terms.append((term[1] or "=", term[2]))
        end = term.end()
    return end < len(condition) or all(_compare(*each, compiler) for each in terms)


def _compare(operator: str, wanted: str, compiler: Version) -> bool:
    """As many places as are given are compared; x and * stand for any number."""
    parts = [None if set(part.strip()) <= set("xX*") else int(part) for part in wanted.split(".")]
    if operator in "~^":
        kept = 1 if len(parts) == 1 or (operator == "^" and parts[0] != 0) else 2
        return _order(parts, compiler) >= 0 and _order(parts[:kept], compiler) <= 0
    order = _order(parts, compiler)
    return {"=": order == 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _order(parts: Sequence[int | None], compiler: Version) -> int:
    """Whether the compiler is below (negative), within or above what is given."""
    return next((ours - part for ours, part in zip(compiler, parts, strict=False) if part not in (None, ours)), 0)


def closure(root: Path, sources: Mapping[str, str], remappings: Sequence[str]) -> dict[str, str]:
    """The sources and all that they import, by name; what is not there, the compiler will miss."""
    known, ahead = dict(sources), list(sources)
    while ahead:
        name = ahead.pop()
        for imported in _imports(name, known[name], remappings):
            if imported not in known and (root / imported).is_file():
                known[imported] = (root / imported).read_text(encoding="utf-8")
                ahead.append(imported)
    return known


def _imports(name: str, text: str, remappings: Sequence[str]) -> Iterator[str]:
    for imported in _found(text, "imported"):
        for path in (piece["text"][1:-1] for piece in _QUOTED.finditer(imported) if piece["text"]):
            if path.startswith(("./", "../")):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            pairs = [each.rpartition(":")[2].partition("=") for each in remappings]
            fitting = [(prefix, target) for prefix, _, target in pairs if path.startswith(prefix)]
            prefix, target = max(fitting, key=lambda pair: len(pair[0]), default=("", ""))
            yield target + path.removeprefix(prefix)


def _found(text: str, what: str) -> Iterator[str]:
    """Every pragma or import outside comments and texts."""
    return (piece[what] for piece in _PIECE.finditer(text) if piece[what] is not None)
