"""Values, times and lengths of time as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from salvor.amounts import format_units
from salvor.model.oracle_keys import name_of
from salvor.node.gathering import Gathered

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def shown(wad: int) -> str:
    """A value without the zeros behind it."""
    text = format_units(wad, 18)
    return text.rstrip("0").rstrip(".")


def told_time(at: int) -> str:
    """A second as a date and a time, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def length(seconds: int) -> str:
    """The two largest units: 1 d 3 h."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def rows_of(found: Sequence[Gathered]) -> Iterator[tuple[str, ...]]:
    """A line a value."""
    for each in found:
        for told in each.observations:
            yield (
                each.source.name,
                name_of(told.key),
                shown(told.value),
                told_time(told.observed_at),
                told.reference,
            )


def as_json_of(found: Gathered) -> dict[str, object]:
    """A source for machines; values are WAD as text."""
    values = [
        {"key": name_of(t.key), "value": str(t.value), "at": t.observed_at, "reference": t.reference}
        for t in found.observations
    ]
    failures = [failure.message for failure in found.failures]
    return {"source": found.source.name, "kind": found.source.kind, "failures": failures, "values": values}
