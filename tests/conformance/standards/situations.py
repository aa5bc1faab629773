"""Situations in which a vault can be, each made from a new one by a few calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from salvor.lab import Lab
from tests.utils.basketed import basketed
from tests.utils.vaulted import DAY, KINDS, REINVESTING, UNITS, Vaulted, supervised, vaulted

Change = Callable[[Vaulted], Any]


def _used(stand: Vaulted) -> None:
    """Two have shares, the third sends things unasked."""
    holder, other, third = stand.people
    stand.deposit(holder, 40_001)
    stand.deposit(other, 7)
    stand.note.transfer(stand.vault, 1_013, sender=third)
    stand.cash.transfer(stand.vault, 17, sender=stand.issuer)


def _paid(stand: Vaulted) -> None:
    _used(stand)
    stand.give(100_003, 50_001)


def _harvested(stand: Vaulted) -> None:
    _paid(stand)
    stand.vault.harvest(sender=stand.issuer)


def _sold(stand: Vaulted) -> None:
    """The price of a share is no round number where cash was reinvested."""
    _harvested(stand)
    stand.lab.wait(3 * DAY + 17)
    if stand.kind == REINVESTING:
        stand.vault.sell(stand.vault.waiting(), UNITS, sender=stand.people[2])


def _short(stand: Vaulted) -> None:
    _sold(stand)
    stand.note.forceTransfer(stand.vault, stand.people[2], 13_007, sender=stand.issuer)


def _then(change: Change, before: Change = _sold) -> Change:
    def made(stand: Vaulted) -> None:
        before(stand)
        change(stand)

    return made


REAL: dict[str, Change] = {
    "new": lambda stand: None,
    "in use": _used,
    "notes were paid": _paid,
    "cash was harvested": _harvested,
    "cash was reinvested": _sold,
    "notes were taken": _short,
    "vault frozen": _then(lambda it: it.note.setFrozen(it.vault, True, sender=it.issuer)),
    "holder frozen": _then(lambda it: it.note.setFrozen(it.people[0], True, sender=it.issuer)),
    "holder refused": _then(lambda it: it.board.refuse(it.people[0], True, sender=it.issuer)),
    "vault refused": _then(lambda it: it.board.refuse(it.vault, True, sender=it.issuer)),
    "holdings limited": _then(lambda it: it.board.limit(70_000, sender=it.issuer)),
    "compliance broken": _then(lambda it: it.board.ruin(sender=it.issuer)),
}
SUPERVISED: dict[str, Change] = {
    "paused": _then(lambda it: it.note.pause(True, sender=it.issuer), _used),
    "partly frozen": _then(lambda it: it.note.freeze(it.vault, False, 30_011 + 1_013, sender=it.issuer), _used),
}


def _over_a_basket(lab: Lab, kind: str) -> tuple[Vaulted, dict[str, Change]]:
    """Of two notes; everybody has bundled all they can."""
    ground = basketed(lab)
    stand = ground.vault(kind)
    for each in stand.people:
        ground.bundle(each, UNITS // 3)

    def used(it: Vaulted) -> None:
        it.deposit(it.people[0], 10_001)
        it.deposit(it.people[1], 7)
        it.note.transfer(it.vault, 13, sender=it.people[2])

    def paid(it: Vaulted) -> None:
        used(it)
        ground.first.give(10_007, 5_003)
        ground.second.give(4_001)

    def sold(it: Vaulted) -> None:
        paid(it)
        it.vault.harvest(sender=it.issuer)
        lab.wait(3 * DAY + 17)
        if kind == REINVESTING:
            it.vault.sell(it.vault.waiting(), UNITS, sender=it.people[2])

    second = ground.second
    return stand, {
        "new": lambda it: None,
        "in use": used,
        "notes were paid": paid,
        "cash was reinvested": sold,
        "holder frozen": _then(lambda it: second.note.setFrozen(it.people[0], True, sender=it.issuer), sold),
        "holder refused": _then(lambda it: second.board.refuse(it.people[0], True, sender=it.issuer), sold),
        "vault refused": _then(lambda it: ground.first.board.refuse(it.vault, True, sender=it.issuer), sold),
    }


# Nobody can come in, or nobody out; what the functions must say of it.
CLOSED_IN = {"vault frozen", "holder frozen", "holder refused", "vault refused", "compliance broken", "paused"}
CLOSED_OUT = {"vault frozen", "holder frozen", "holder refused", "compliance broken", "paused"}


@dataclass
class Stages:
    """Every kind of vault on one chain, over a note, a basket, and a token with pause and freezes.

    `each` makes one situation after the other.
    """

    lab: Lab
    stands: list[tuple[Vaulted, dict[str, Change]]] = field(default_factory=list)
    beginning: Any = None

    def each(self) -> Iterator[tuple[str, Vaulted]]:
        """A name that says kind and situation, and the stand in it."""
        for stand, changes in self.stands:
            for name, change in changes.items():
                self.lab.restore(self.beginning)
                change(stand)
                yield name, stand


def stages(lab: Lab) -> Stages:
    """Deployed once."""
    found = Stages(lab)
    for kind in KINDS:
        found.stands.append((vaulted(lab, kind), REAL))
        found.stands.append((supervised(lab, kind), SUPERVISED))
        found.stands.append(_over_a_basket(lab, kind))
    found.beginning = lab.snapshot()
    return found
