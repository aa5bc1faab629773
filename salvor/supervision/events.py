"""The event table: what happened to the notes, in one order, whatever order it was read in.

An event is known by its block and its place in the block. Here it is of wallets; `people` says who stands behind them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
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


def with_identities(people: People, events: Iterable[Event]) -> People:
    """The same people with the wallets that a registry or a recovery joins to theirs, and whom it joins beside them.

    A file of investors knows who is in it today; a wallet that left it, or was never in it, is still the wallet of
    whoever moved units with it. Where the wallets of one identity are of two persons of the file, the file is believed.
    """
    joined: dict[str, str] = {}  # wallet to identity, the last one counts
    found: dict[str, str] = {}  # wallet to the wallet that it was recovered from
    for event in events:
        if event.kind == "registered" and event.reference:
            joined[event.taker] = event.reference
        elif event.kind == "recovery":
            found[event.taker] = event.giver
    for taker, giver in found.items():
        identity = joined.get(giver) or joined.get(taker) or giver
        joined.setdefault(giver, identity)
        joined.setdefault(taker, identity)
    groups: dict[str, list[str]] = {}
    for wallet, identity in sorted(joined.items()):
        groups.setdefault(identity, []).append(wallet)
    persons = dict(people.persons)
    for identity, wallets in sorted(groups.items()):
        known = {people.behind(each) for each in wallets} & set(persons)
        name = min(known) if len(known) == 1 else identity
        strangers = tuple(each for each in wallets if people.behind(each) not in persons)
        if strangers:
            person = persons.get(name, Person(name, ()))
            persons[name] = replace(person, wallets=(*person.wallets, *strangers))
    return People(persons)


def on_a_list(events: Iterable[Event], people: People) -> frozenset[str]:
    """Who stands on a list in the end. Each note has its own list, and each wallet is taken off by itself."""
    places: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == "listed":
            places.add((event.tranche, event.taker))
        elif event.kind == "unlisted":
            places.discard((event.tranche, event.taker))
    return frozenset(people.behind(wallet) for _, wallet in places)


def history(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each event once, in the chain's order; raises HistoryBroken for two at one place or a clock that goes back."""
    ordered = sorted(set(events))
    for before, after in pairwise(ordered):
        if (before.block, before.index) == (after.block, after.index):
            raise HistoryBroken(f"two different events stand at block {after.block}, place {after.index}")
        if after.block == before.block and after.at != before.at:
            raise HistoryBroken(f"block {after.block} has two times, {before.at} and {after.at}")
        if after.at < before.at:
            raise HistoryBroken(f"block {after.block} is older than block {before.block}")
    return tuple(ordered)


def fingerprint(events: Iterable[Event]) -> str:
    """A hash of a whole history: two reports with the same one were made from the same events."""
    digest = hashlib.sha256()
    for event in history(events):
        digest.update(
            json.dumps(astuple(event), ensure_ascii=True).encode() + b"\n"
        )  # no text can look like two fields
    return digest.hexdigest()
