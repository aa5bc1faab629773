"""What looks suspicious: four patterns over the moves of a history, each a pure function of events and bounds.

A flag is a reason to look, not a finding. Moves between wallets of one person, forced transfers and recoveries are
nobody's pattern. Everything is exact integers; shares are WAD.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from salvor.amounts import Wad, format_units
from salvor.supervision.events import Event, People

_DAY = 86_400
_WAD = 10**18


@dataclass(frozen=True)
class Alarms:
    """The bounds of the patterns. Units of the note, seconds, WAD."""

    threshold: int  # of the travel rule, above which a move is recorded
    near: Wad = Wad(5 * 10**17)  # noqa: RUF009 - a number with a name: from this share of the threshold on, a move is near
    pieces: int = 3  # so many near moves
    pieces_within: int = 7 * _DAY
    quick: int = 3 * _DAY  # between in and out
    quick_share: Wad = Wad(8 * 10**17)  # noqa: RUF009 - of what came in
    quick_least: int = 0  # what comes in below this is nobody's business
    ring_within: int = 30 * _DAY
    ring_length: int = 5  # moves at most
    ring_share: Wad = Wad(8 * 10**17)  # noqa: RUF009 - of the first move, each of the others
    hops: int = 2  # moves between a holder and somebody on a list


@dataclass(frozen=True, order=True)
class Flag:
    """One pattern that was found."""

    first: int  # time of its first event
    kind: str
    who: str
    tranche: str
    last: int
    units: int
    events: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class _Move:
    event: Event
    giver: str
    taker: str


def flags(
    events: Sequence[Event], people: People, alarms: Alarms, decimals: int, listed: frozenset[str] = frozenset()
) -> tuple[Flag, ...]:
    """All flags of a history, in order; `listed` are names or wallets on a list beside those that events list."""
    moves = list(_moves(events, people))
    on_list = listed | _listed(events, people)
    found = [
        *_structuring(moves, alarms, decimals),
        *_rapid(moves, alarms, decimals),
        *_rings(moves, alarms, decimals),
        *_neighbours(moves, alarms, frozenset(people.behind(each) for each in on_list)),
    ]
    return tuple(sorted(found))


def _moves(events: Sequence[Event], people: People) -> Iterator[_Move]:
    """Moves between two persons; of an issue nobody is the giver."""
    for event in events:
        if event.kind in ("issue", "transfer"):
            giver = people.behind(event.giver) if event.giver else ""
            taker = people.behind(event.taker)
            if giver != taker:
                yield _Move(event, giver, taker)


def _listed(events: Sequence[Event], people: People) -> frozenset[str]:
    names: set[str] = set()
    for event in events:
        if event.kind == "listed":
            names.add(people.behind(event.taker))
        elif event.kind == "unlisted":
            names.discard(people.behind(event.taker))
    return frozenset(names)


def _structuring(moves: Sequence[_Move], alarms: Alarms, decimals: int) -> Iterator[Flag]:
    """Many moves of one giver, or to one taker, each just at or below the threshold and together above it."""
    groups: dict[tuple[str, str, str], list[Event]] = {}
    for move in moves:
        near = move.event.units * _WAD >= alarms.threshold * alarms.near
        if move.giver and near and move.event.units <= alarms.threshold:
            groups.setdefault((move.event.tranche, move.giver, "gives"), []).append(move.event)
            groups.setdefault((move.event.tranche, move.taker, "takes"), []).append(move.event)
    for (tranche, who, does), theirs in sorted(groups.items()):
        for run in _runs(theirs, alarms):
            units = sum(event.units for event in run)
            said = (
                f"{who} {does} {format_units(units, decimals)} in {len(run)} moves, none above "
                f"{format_units(alarms.threshold, decimals)}"
            )
            yield _flag("structuring", who, tranche, run, units, said)


def _runs(events: Sequence[Event], alarms: Alarms) -> Iterator[list[Event]]:
    """Events of windows with enough of them, together above the threshold; windows that touch are one run."""
    start, units = 0, 0
    run: tuple[int, int] | None = None
    for end, event in enumerate(events):
        units += event.units
        while event.at - events[start].at > alarms.pieces_within:
            units -= events[start].units
            start += 1
        if end - start + 1 < alarms.pieces or units <= alarms.threshold:
            continue
        if run is not None and start > run[1]:
            yield list(events[run[0] : run[1] + 1])
            run = None
        run = (start if run is None else run[0], end)
    if run is not None:
        yield list(events[run[0] : run[1] + 1])


def _by_giver(moves: Sequence[_Move]) -> dict[tuple[str, str], list[_Move]]:
    """Moves of one tranche and giver, in order."""
    given: dict[tuple[str, str], list[_Move]] = {}
    for move in moves:
        given.setdefault((move.event.tranche, move.giver), []).append(move)
    return given


def _after(moves: Sequence[_Move], event: Event, until: int) -> Iterator[_Move]:
    """Of some moves in order, those after an event and not after a time."""
    for move in moves[bisect_right(moves, event, key=lambda each: each.event) :]:
        if move.event.at > until:
            return
        yield move


def _rapid(moves: Sequence[_Move], alarms: Alarms, decimals: int) -> Iterator[Flag]:
    """What comes in and goes out again at once: a move out answers for one move in, the earliest."""
    given = _by_giver(moves)
    spent: dict[str, int] = {}  # units of a move out that are used up
    for come in moves:
        event = come.event
        if event.units < max(alarms.quick_least, 1):
            continue
        gone, run = 0, [event]
        for go in _after(given.get((event.tranche, come.taker), ()), event, event.at + alarms.quick):
            taken = min(go.event.units - spent.get(go.event.place, 0), event.units - gone)
            if taken:
                gone, run = gone + taken, [*run, go.event]
                spent[go.event.place] = spent.get(go.event.place, 0) + taken
        if gone * _WAD >= event.units * alarms.quick_share:
            takes, gives = format_units(event.units, decimals), format_units(gone, decimals)
            said = f"{come.taker} takes {takes} and gives {gives} on"
            yield _flag("rapid in and out", come.taker, event.tranche, run, gone, said)


def _rings(moves: Sequence[_Move], alarms: Alarms, decimals: int) -> Iterator[Flag]:
    """Units that come back to who gave them, by way of others; of each first move the shortest way round."""
    given = _by_giver(moves)
    for first in moves:
        way = _way_round(first, given, alarms) if first.giver else None
        if way is None:
            continue
        names = " -> ".join([first.giver, *(each.taker for each in way)])
        units = min(each.event.units for each in way)
        run = [each.event for each in way]
        said = f"{format_units(units, decimals)} go round: {names}"
        yield _flag("ring", first.giver, first.event.tranche, run, units, said)


def _way_round(first: _Move, given: dict[tuple[str, str], list[_Move]], alarms: Alarms) -> list[_Move] | None:
    """Move by move outwards, keeping to each person the way that arrives earliest."""
    until, tranche = first.event.at + alarms.ring_within, first.event.tranche
    seen: dict[str, Event] = {first.taker: first.event}
    rim: dict[str, list[_Move]] = {first.taker: [first]}
    for _ in range(alarms.ring_length - 1):
        further: dict[str, list[_Move]] = {}
        back: list[_Move] | None = None
        for name, way in rim.items():
            for move in _after(given.get((tranche, name), ()), way[-1].event, until):
                if move.event.units * _WAD < first.event.units * alarms.ring_share:
                    continue
                if move.taker == first.giver:
                    if back is None or move.event < back[-1].event:
                        back = [*way, move]
                elif move.taker not in seen or move.event < seen[move.taker]:
                    seen[move.taker] = move.event
                    further[move.taker] = [*way, move]
        if back is not None:
            return back
        rim = further
    return None


def _neighbours(moves: Sequence[_Move], alarms: Alarms, listed: frozenset[str]) -> Iterator[Flag]:
    """Who is a few moves away from somebody on a list, either way; the shortest way, then the earliest."""
    edges: dict[str, list[tuple[str, _Move]]] = {}
    for move in moves:
        if move.giver:
            edges.setdefault(move.giver, []).append((move.taker, move))
            edges.setdefault(move.taker, []).append((move.giver, move))
    ways: dict[str, tuple[str, list[_Move]]] = {name: (name, []) for name in sorted(listed)}
    rim = sorted(listed)
    for _ in range(alarms.hops):
        further = []
        for name in rim:
            origin, way = ways[name]
            for other, move in edges.get(name, []):
                if other not in ways:
                    ways[other] = (origin, [*way, move])
                    further.append(other)
        rim = further
    for name, (origin, way) in sorted(ways.items()):
        if way:
            run = sorted(move.event for move in way)
            steps = f"{len(way)} move{'s' if len(way) > 1 else ''}"
            said = f"{name} is {steps} away from {origin}, who stands on a list"
            yield _flag("sanctioned neighbour", name, way[-1].event.tranche, run, way[-1].event.units, said)


def _flag(kind: str, who: str, tranche: str, run: Sequence[Event], units: int, said: str) -> Flag:
    return Flag(run[0].at, kind, who, tranche, run[-1].at, units, tuple(each.place for each in run), said)
