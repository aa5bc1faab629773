"""How the model says no: the same error with the same values that the contract must give."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The call must be refused with this custom error."""

    def __init__(self, error: str, *values: Any) -> None:
        super().__init__(f"{error}{values}")
        self.error, self.values = error, values
