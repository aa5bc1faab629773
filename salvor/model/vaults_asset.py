"""What a vault asks of its asset and of who answers for it; a `Note` and a `Basket` of notes are such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Rule(Protocol):
    """The note's compliance."""

    def can(self, source: str, target: str, units: int) -> bool:
        """Whether so many units may move now."""
        ...


class Token(Protocol):
    """What a vault asks of its asset: a `Note`, or a `Basket` of them."""

    @property
    def supply(self) -> int:
        """All units."""

    @property
    def streams(self) -> Sequence[Any]:
        """What was given, and the index, of interest and of principal."""

    @property
    def holders(self) -> Mapping[str, Any]:
        """Units, what was ever paid, and whether frozen, by account."""

    def claimable(self, account: str) -> tuple[int, int]:
        """Interest and principal that a claim would pay."""

    def settle(self, account: str) -> None:
        """Pay it."""

    def transfer(self, source: str, target: str, units: int) -> None:
        """Move units."""

    def refuse_frozen(self, account: str) -> None:
        """Raise for who is frozen."""
