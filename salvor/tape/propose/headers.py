"""Where the header of a table stands: titles and group headings above it are passed over, and kept as words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from salvor.errors import FileUnreadable

TITLES = 50  # records in which the header is looked for
_VALUE = re.compile(r"^[^A-Za-z]*[0-9][^A-Za-z]*$")  # a number or a day, which no column is called


@dataclass(frozen=True)
class Header:
    """The place of the header among the records, from 0, and what stands above it."""

    place: int
    titles: str


def header_in(records: Sequence[Sequence[str]], width: int) -> Header | None:
    """The first record of this width most of which reads like names and not like values."""
    for place, record in enumerate(records[:TITLES]):
        if _is_header(record, width):
            return Header(place, " ".join(cell for above in records[:place] for cell in above if cell))
    return None


def no_header(path: Path) -> FileUnreadable:
    """The error where there is none."""
    reason = f"none of its first {TITLES} rows reads like column names; name it with --header-row"
    return FileUnreadable(path, "a tape with a header", reason)


def _is_header(record: Sequence[str], width: int) -> bool:
    filled = [cell for cell in map(str.strip, record) if cell]
    values = [cell for cell in filled if _VALUE.match(cell)]
    return len(record) == width and len(filled) * 2 > width and len(values) * 4 < len(filled)
