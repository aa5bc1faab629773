"""Histories of a few moves, written by hand."""

import pytest

from salvor.supervision.events import Event, People, Person
from salvor.supervision.flags import Alarms, flags

DAY = 86_400


@pytest.fixture
def tell():
    """Events from lines such as `(day, "issue", "", "ann", 100)`; a line stands in a block of its own."""

    def told(*lines, tranche="senior", start=0):
        return tuple(
            Event(start + i, 0, int(day * DAY), tranche, kind, giver, taker, units)
            for i, (day, kind, giver, taker, units) in enumerate(lines, start=1)
        )

    return told


@pytest.fixture
def people():
    def known(**wallets):
        return People({name: Person(name, tuple(theirs), "IT", "professional") for name, theirs in wallets.items()})

    return known


@pytest.fixture
def found():
    """Kind and person of each flag, in order; the threshold is 1,000.00."""

    def flagged(events, people=None, listed=(), **bounds):
        alarms = Alarms(threshold=100_000, **bounds)
        return [(flag.kind, flag.who) for flag in flags(events, people or People(), alarms, 2, frozenset(listed))]

    return flagged
