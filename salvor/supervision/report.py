"""The supervisor's files: holders, audit trail and flags as CSV and JSON; one history, one set of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from salvor.amounts import format_units
from salvor.files import write_whole
from salvor.supervision.events import Event, People, fingerprint, history
from salvor.supervision.flags import Alarms, Flag, flags
from salvor.supervision.holders import Holding, holders
from salvor.supervision.table import as_csv, events_as_csv


@dataclass(frozen=True)
class Supervision:
    """What a history shows. Units of the note."""

    decimals: int
    events: tuple[Event, ...]
    holders: tuple[Holding, ...]
    flags: tuple[Flag, ...]
    people: People
    fingerprint: str


def supervise(
    events: Iterable[Event], people: People, alarms: Alarms, decimals: int, listed: frozenset[str] = frozenset()
) -> Supervision:
    """Reads a history once more from the start; raises HistoryBroken when it can't be whole."""
    ordered = history(events)
    found = flags(ordered, people, alarms, decimals, listed)
    return Supervision(decimals, ordered, holders(ordered, people), found, people, fingerprint(ordered))


def write_supervision(found: Supervision, folder: Path) -> tuple[Path, ...]:
    """Write all files, each whole or not at all; with the last, `supervision.json`, all are of one history."""
    files = {
        "events.csv": events_as_csv(found.events),
        "holders.csv": as_csv(_HOLDERS, (_holder(found, each) for each in found.holders)),
        "audit.csv": as_csv(_AUDIT, (_audited(found, each) for each in found.events)),
        "flags.csv": as_csv(_FLAGS, (_flagged(found, each) for each in found.flags)),
        "supervision.json": json.dumps(as_data(found), indent=2, ensure_ascii=False) + "\n",
    }
    for name in reversed(files):
        (folder / name).unlink(missing_ok=True)  # a run that is cut off leaves nothing of an older one beside its own
    for name, text in files.items():
        write_whole(folder / name, text)
    return tuple(folder / name for name in files)


def as_data(found: Supervision) -> dict[str, object]:
    """The same as data; without the moment or the machine of the report, so that it can be compared."""
    return {
        "fingerprint": found.fingerprint,
        "events": len(found.events),
        "last_block": found.events[-1].block if found.events else None,
        "holders": [dict(zip(_HOLDERS, _holder(found, each), strict=True)) for each in found.holders],
        "audit": [dict(zip(_AUDIT, _audited(found, each), strict=True)) for each in found.events],
        "flags": [dict(zip(_FLAGS, _flagged(found, each), strict=True)) for each in found.flags],
    }


_HOLDERS = (
    "tranche",
    "holder",
    "country",
    "class",
    "amount",
    "share",
    "since",
    "last_move",
    "frozen",
    "frozen_amount",
    "wallets",
)
_AUDIT = ("place", "time", "tranche", "event", "giver", "taker", "amount", "reference", "reason")
_FLAGS = ("kind", "who", "tranche", "from", "to", "amount", "said", "events")


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _holder(found: Supervision, each: Holding) -> tuple[str, ...]:
    amount, part = (format_units(units, found.decimals).replace(",", "") for units in (each.units, each.frozen_units))
    share = f"{each.units * 10**6 // each.supply // 10**4}.{each.units * 10**6 // each.supply % 10**4:04} %"
    state = "yes" if each.frozen else "no"
    times = (_time(each.since), _time(each.last))
    who = (each.tranche, each.holder, each.country, each.klass)
    return *who, amount, share, *times, state, part, " ".join(each.wallets)


def _audited(found: Supervision, event: Event) -> tuple[str, ...]:
    giver, taker = (f"{found.people.behind(each)} ({each})" if each else "" for each in (event.giver, event.taker))
    amount = format_units(event.units, found.decimals).replace(",", "") if event.units else ""
    kind = event.kind.replace("_", " ")
    return event.place, _time(event.at), event.tranche, kind, giver, taker, amount, event.reference, event.reason


def _flagged(found: Supervision, flag: Flag) -> tuple[str, ...]:
    amount = format_units(flag.units, found.decimals).replace(",", "")
    times = (_time(flag.first), _time(flag.last))
    return flag.kind, flag.who, flag.tranche, *times, amount, flag.said, " ".join(flag.events)
