"""The event table: what happened to the notes, in one order, whatever order it was read in.

An event is known by its block and its place in the block. Here it is of wallets; `people` says who stands behind them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from itertools import pairwise
from typing import Literal, get_args

from salvor.errors import HistoryBroken

Kind = Literal[
    "issue",
    "transfer",
    "burn",
    "forced_transfer",
    "recovery",
    "freeze",
    "unfreeze",
    "units_frozen",
    "units_unfrozen",
    "pause",
    "unpause",
    "registered",
    "removed",
    "claim_added",
    "claim_revoked",
    "listed",
    "unlisted",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOVES = ("issue", "transfer", "burn", "forced_transfer", "recovery")


@dataclass(frozen=True, order=True)
class Event:
    """One thing that happened; times in seconds since 1970, units of the note. What does not apply is empty or 0."""

    block: int
    index: int
    at: int
    tranche: str
    kind: Kind
    giver: str = ""
    taker: str = ""
    units: int = 0
    reference: str = ""  # of the order or the file behind it
    reason: str = ""  # hash of the reason, or the reason itself

    @property
    def place(self) -> str:
        """Where on chain it stands."""
        return f"{self.block}:{self.index}"


@dataclass(frozen=True)
class Person:
    """Who stands behind some wallets."""

    name: str
    wallets: tuple[str, ...]
    country: str = ""
    klass: str = ""


@dataclass(frozen=True)
class People:
    """Everybody who is known; a wallet of nobody stands for itself."""

    persons: Mapping[str, Person] = field(default_factory=dict)

    def behind(self, wallet: str) -> str:
        """The name of a wallet's owner, or the wallet."""
        return self._owners.get(wallet.lower(), wallet)

    @property
    def _owners(self) -> dict[str, str]:
        owners: dict[str, str] | None = self.__dict__.get("owners")
        if owners is None:
            owners = {wallet.lower(): each.name for each in self.persons.values() for wallet in each.wallets}
            object.__setattr__(self, "owners", owners)
        return owners


def history(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each event once, in the chain's order; raises HistoryBroken for two at one place or a clock that goes back."""
    ordered = sorted(set(events))
    for before, after in pairwise(ordered):
        if (before.block, before.index) == (after.block, after.index):
            raise HistoryBroken(f"two different events stand at block {after.block}, place {after.index}")
        if after.at < before.at:
            raise HistoryBroken(f"block {after.block} is older than block {before.block}")
    return tuple(ordered)


def fingerprint(events: Iterable[Event]) -> str:
    """A hash of a whole history: two reports with the same one were made from the same events."""
    digest = hashlib.sha256()
    for event in history(events):
        digest.update("\x1f".join(str(each) for each in astuple(event)).encode() + b"\n")
    return digest.hexdigest()
