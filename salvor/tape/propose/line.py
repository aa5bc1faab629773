"""What is proposed, line by line: keys of the mapping file, each with a value or with the choices somebody must make.

An open key is written as `? this or that`; `salvor/tape/plan.py` refuses it, so nothing is read by a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from salvor.tape.plan import OPEN


@dataclass(frozen=True)
class Key:
    """A key of the mapping: its value, or None and what it may be; `says` stands beside it as a comment."""

    name: str
    value: str | None
    says: str = ""
    choices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it stands in the file."""
        return self.value if self.value is not None else f"{OPEN} {' or '.join(self.choices)}".strip()


@dataclass(frozen=True)
class Line:
    """A column, the field it is taken for (none: None), and how its values are to be read.

    A field that is needed and that no column fits has a line without a column.
    """

    column: str | None
    samples: tuple[str, ...]
    shown: bool  # whether samples may be written to a file: nothing about living people is
    field: str | None = None
    confidence: int = 0  # 0 to 100
    keys: tuple[Key, ...] = ()  # the column first
    values: tuple[Key, ...] = ()  # of codes: the bank's word, then ours
    notes: tuple[str, ...] = ()

    def open(self) -> Iterator[tuple[str, Key]]:
        """Places in the mapping that must be decided."""
        yield from ((f"fields.{self.field}.{key.name}", key) for key in self.keys if key.value is None)
        yield from ((f"fields.{self.field}.values.{key.name}", key) for key in self.values if key.value is None)
