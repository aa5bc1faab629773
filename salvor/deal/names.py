"""Names that a deal file gives and uses again: one that is not there is told with its near match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

Place = tuple[str | int, ...]
Finding = tuple[Place, str]


def unknown(what: str, name: str, names: Sequence[str]) -> str:
    """The sentence on a name that nothing has."""
    match = get_close_matches(name, names, n=1)
    return f"no {what} is called '{name}'" + (f"; did you mean '{match[0]}'?" if match else f" ({', '.join(names)})")


def each_is_there(place: Place, what: str, given: Sequence[str] | None, names: Sequence[str]) -> Iterator[Finding]:
    """A list of names: each must be there, and stand once."""
    for i, name in enumerate(given or ()):
        if name not in names:
            yield (*place, i), unknown(what, name, names)
        elif name in (given or ())[:i]:
            yield (*place, i), f"'{name}' stands twice"


def is_there(place: Place, what: str, name: str | None, names: Sequence[str]) -> Iterator[Finding]:
    """One name, when it is given."""
    if name is not None and name not in names:
        yield place, unknown(what, name, names)
