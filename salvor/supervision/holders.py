"""The register of holders: what the moves of a history leave with whom, by person and by tranche."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salvor.errors import HistoryBroken
from salvor.supervision.events import MOVES, Event, People


@dataclass(frozen=True)
class Holding:
    """What one person has of one tranche. Units of the note, times in seconds since 1970."""

    tranche: str
    holder: str
    country: str
    klass: str
    wallets: tuple[str, ...]  # those with units
    units: int
    supply: int  # of the tranche
    since: int  # of the first units of those who have held without a break
    last: int  # of the last move
    frozen: bool  # a wallet, whole
    frozen_units: int  # of those that are not


def balances(events: Sequence[Event]) -> dict[tuple[str, str], int]:
    """Units by tranche and wallet; raises HistoryBroken where somebody gives what nothing brought."""
    held: dict[tuple[str, str], int] = {}
    for event in events:
        if event.kind not in MOVES:
            continue
        if event.giver:
            left = held.get((event.tranche, event.giver), 0) - event.units
            if left < 0:
                raise HistoryBroken(
                    f"at {event.place} {event.giver} gives {event.units} units of {event.tranche} and holds "
                    f"{left + event.units}: events are missing"
                )
            held[event.tranche, event.giver] = left
        if event.taker:
            held[event.tranche, event.taker] = held.get((event.tranche, event.taker), 0) + event.units
    return {key: units for key, units in held.items() if units}


def holders(events: Sequence[Event], people: People) -> tuple[Holding, ...]:
    """Everybody who holds something in the end, by tranche and name."""
    held = balances(events)
    supply: dict[str, int] = {}
    wallets: dict[tuple[str, str], list[str]] = {}
    for (tranche, wallet), units in held.items():
        supply[tranche] = supply.get(tranche, 0) + units
        wallets.setdefault((tranche, people.behind(wallet)), []).append(wallet)
    times = _times(events, people)
    frozen, parts = frozen_by(events, people), frozen_units(events)
    found = []
    for (tranche, name), theirs in sorted(wallets.items()):
        person = people.persons.get(name)
        units = sum(held[tranche, wallet] for wallet in theirs)
        since, last = times[tranche, name]
        country, klass = (person.country, person.klass) if person else ("", "")
        theirs = sorted(theirs)
        barred, part = (tranche, name) in frozen, sum(parts.get((tranche, wallet), 0) for wallet in theirs)
        of_all = supply[tranche]
        found.append(Holding(tranche, name, country, klass, tuple(theirs), units, of_all, since, last, barred, part))
    return tuple(found)


def _times(events: Sequence[Event], people: People) -> dict[tuple[str, str], tuple[int, int]]:
    """Since when somebody holds without a break, and when they last moved anything."""
    held: dict[tuple[str, str], int] = {}
    times: dict[tuple[str, str], tuple[int, int]] = {}
    for event in events:
        if event.kind not in MOVES:
            continue
        sides = [(event.giver, -event.units), (event.taker, event.units)]
        if event.giver and event.taker and people.behind(event.giver) == people.behind(event.taker):
            sides = [(event.taker, 0)]  # from one pocket to another is no break
        for wallet, units in sides:
            if not wallet:
                continue
            key = (event.tranche, people.behind(wallet))
            if held.get(key, 0) == 0:
                times[key] = (event.at, event.at)
            held[key] = held.get(key, 0) + units
            times[key] = (times[key][0], event.at)
    return times


def frozen_by(events: Sequence[Event], people: People) -> set[tuple[str, str]]:
    """Tranche and name of everybody of whom a wallet is frozen."""
    wallets: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == "freeze":
            wallets.add((event.tranche, event.taker))
        elif event.kind == "unfreeze":
            wallets.discard((event.tranche, event.taker))
        elif event.kind == "recovery" and (event.tranche, event.giver) in wallets:
            wallets.add((event.tranche, event.taker))  # a freeze goes along
    return {(tranche, people.behind(wallet)) for tranche, wallet in wallets}


def frozen_units(events: Sequence[Event]) -> dict[tuple[str, str], int]:
    """Units by tranche and wallet that a supervisor froze beside whole wallets; a recovery takes them along."""
    frozen: dict[tuple[str, str], int] = {}
    for event in events:
        place = (event.tranche, event.taker)
        if event.kind == "units_frozen":
            frozen[place] = frozen.get(place, 0) + event.units
        elif event.kind == "units_unfrozen":
            frozen[place] = max(frozen.get(place, 0) - event.units, 0)
    return frozen
