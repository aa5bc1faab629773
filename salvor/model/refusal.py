"""How the model says no: the same error with the same values that the contract must give."""

from __future__ import annotations

from dataclasses import is_dataclass
from enum import Enum
from typing import Any


class Refused(Exception):
    """The call must be refused with this custom error."""

    def __init__(self, error: str, *values: Any) -> None:
        super().__init__(f"{error}: {', '.join(map(_shown, values))}" if values else error)
        self.error, self.values = error, values


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, Enum):
        return value.name.lower()
    return type(value).__name__.lower() if is_dataclass(value) else str(value)
