"""What looks suspicious: patterns over the moves of a history, each a pure function of events and bounds.

A flag is a reason to look, not a finding. Moves between wallets of one person, forced transfers and recoveries are
nobody's pattern. Everything is exact integers; shares are WAD.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from salvor.amounts import Wad, format_units
from salvor.supervision.events import Event, People, on_a_list

_DAY = 86_400
_WAD = 10**18


@dataclass(frozen=True)
class Alarms:
    """The bounds of the patterns. Units of the note, seconds, WAD."""

    threshold: int  # of the travel rule, above which a move is recorded
    thresholds: Mapping[str, int] = field(default_factory=dict)  # of the tranches that have one of their own
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

    def threshold_of(self, tranche: str) -> int:
        """Above it a move of this tranche is recorded."""
        return self.thresholds.get(tranche, self.threshold)


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
    between = [move for move in moves if move.giver and move.taker]
    on_list = frozenset(people.behind(each) for each in listed) | on_a_list(events, people)
    found = [
        *_structuring(between, alarms, decimals),
        *_rapid(moves, alarms, decimals),
        *_rings(between, alarms, decimals),
        *_listed_holders(moves, on_list),
        *_neighbours(between, alarms, on_list),
    ]
    return tuple(sorted(found))


def _moves(events: Sequence[Event], people: People) -> Iterator[_Move]:
    """Moves between two persons; of an issue nobody is the giver, of a burn nobody the taker."""
    for event in events:
        if event.kind in ("issue", "transfer", "burn"):
            giver = people.behind(event.giver) if event.giver else ""
            taker = people.behind(event.taker) if event.taker else ""
            if giver != taker:
                yield _Move(event, giver, taker)


def _structuring(moves: Sequence[_Move], alarms: Alarms, decimals: int) -> Iterator[Flag]:
    """Many moves of one giver, or to one taker, each just at or below its threshold and together above it.

    Of all tranches together: whoever stays below a threshold can do so in three notes as well as in one.
    """
    groups: dict[tuple[str, str], list[Event]] = {}
    for move in moves:
        threshold = alarms.threshold_of(move.event.tranche)
        if threshold * alarms.near <= move.event.units * _WAD <= threshold * _WAD:
            groups.setdefault((move.giver, "gives"), []).append(move.event)
            groups.setdefault((move.taker, "takes"), []).append(move.event)
    for (who, does), theirs in sorted(groups.items()):
        for run in _runs(theirs, alarms):
            units = sum(event.units for event in run)
            tranches = sorted({event.tranche for event in run})
            most = max(alarms.threshold_of(each) for each in tranches)
            said = (
                f"{who} {does} {format_units(units, decimals)} in {len(run)} moves, none above "
                f"{format_units(most, decimals)}"
            )
            yield _flag("structuring", who, ", ".join(tranches), run, units, said)


def _runs(events: Sequence[Event], alarms: Alarms) -> Iterator[list[Event]]:
    """Events of windows with enough of them, together above one threshold; windows that touch are one run."""
    parts = [Fraction(event.units, alarms.threshold_of(event.tranche)) for event in events]  # of its own threshold
    start, together = 0, Fraction()
    run: tuple[int, int] | None = None
    for end, event in enumerate(events):
        together += parts[end]
        while event.at - events[start].at > alarms.pieces_within:
            together -= parts[start]
            start += 1
        if end - start + 1 < alarms.pieces or together <= 1:
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
    """What comes in and goes out again at once: a move out answers for one flagged move in, the earliest.

    What came in and mostly stayed uses nothing up, else a large holding would hide whatever passes through it.
    """
    given = _by_giver(moves)
    spent: dict[str, int] = {}  # units of a move out that are used up
    for come in moves:
        event = come.event
        if not come.taker or event.units < max(alarms.quick_least, 1):
            continue
        gone, run, uses = 0, [event], dict[str, int]()
        for go in _after(given.get((event.tranche, come.taker), ()), event, event.at + alarms.quick):
            taken = min(go.event.units - spent.get(go.event.place, 0), event.units - gone)
            if taken:
                gone, run = gone + taken, [*run, go.event]
                uses[go.event.place] = taken
        if gone * _WAD >= event.units * alarms.quick_share:
            for place, taken in uses.items():
                spent[place] = spent.get(place, 0) + taken
            takes, gives = format_units(event.units, decimals), format_units(gone, decimals)
            said = f"{come.taker} takes {takes} and gives {gives} on"
            yield _flag("rapid in and out", come.taker, event.tranche, run, gone, said)


def _rings(moves: Sequence[_Move], alarms: Alarms, decimals: int) -> Iterator[Flag]:
    """Units that come back to who gave them, by way of others; of each first move the shortest way round."""
    given = _by_giver(moves)
    for first in moves:
        way = _way_round(first, given, alarms)
        if way is None:
            continue
        names = " -> ".join([first.giver, *(leg.taker for leg in way)])
        units = min(leg.units for leg in way)
        run = sorted(event for leg in way for event in leg.events)
        said = f"{format_units(units, decimals)} go round: {names}"
        yield _flag("ring", first.giver, first.event.tranche, run, units, said)


@dataclass(frozen=True)
class _Leg:
    """A part of a way round: what went from one person to the next, in one move or in pieces."""

    taker: str
    events: tuple[Event, ...]

    @property
    def units(self) -> int:
        return sum(event.units for event in self.events)

    @property
    def arrives(self) -> Event:
        return self.events[-1]


def _way_round(first: _Move, given: dict[tuple[str, str], list[_Move]], alarms: Alarms) -> list[_Leg] | None:
    """Leg by leg outwards, keeping to each person the way that arrives earliest."""
    until, tranche = first.event.at + alarms.ring_within, first.event.tranche
    enough = -(-first.event.units * alarms.ring_share // _WAD)
    start = _Leg(first.taker, (first.event,))
    seen: dict[str, Event] = {first.taker: first.event}
    rim: dict[str, list[_Leg]] = {first.taker: [start]}
    for _ in range(alarms.ring_length - 1):
        further: dict[str, list[_Leg]] = {}
        back: list[_Leg] | None = None
        for name, way in rim.items():
            for leg in _legs(_after(given.get((tranche, name), ()), way[-1].arrives, until), enough):
                if leg.taker == first.giver:
                    if back is None or leg.arrives < back[-1].arrives:
                        back = [*way, leg]
                elif leg.taker not in seen or leg.arrives < seen[leg.taker]:
                    seen[leg.taker] = leg.arrives
                    further[leg.taker] = [*way, leg]
        if back is not None:
            return back
        rim = further
    return None


def _legs(moves: Iterator[_Move], enough: int) -> Iterator[_Leg]:
    """To each taker the earliest moves that are enough together; pieces are looked at as one."""
    pieces: dict[str, list[Event]] = {}
    units: dict[str, int] = {}
    for move in moves:
        if units.get(move.taker, 0) >= enough:
            continue
        pieces.setdefault(move.taker, []).append(move.event)
        units[move.taker] = units.get(move.taker, 0) + move.event.units
        if move.event.units >= enough:
            pieces[move.taker] = [move.event]  # alone it is enough, what came before is no part of it
        if units[move.taker] >= enough:
            yield _Leg(move.taker, tuple(pieces[move.taker]))


def _listed_holders(moves: Sequence[_Move], listed: frozenset[str]) -> Iterator[Flag]:
    """Who stands on a list and took or gave units."""
    for name in sorted(listed):
        run = [move.event for move in moves if name in (move.giver, move.taker)]
        if run:
            tranches = ", ".join(sorted({event.tranche for event in run}))
            said = f"{name} stands on a list and took or gave units {len(run)} times"
            yield _flag("sanctioned holder", name, tranches, run, sum(event.units for event in run), said)


def _neighbours(moves: Sequence[_Move], alarms: Alarms, listed: frozenset[str]) -> Iterator[Flag]:
    """Who is a few moves away from somebody on a list, either way; the shortest way, then the earliest."""
    edges: dict[str, list[tuple[str, _Move]]] = {}
    for move in moves:
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
