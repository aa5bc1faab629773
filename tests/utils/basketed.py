"""A basket of two notes in two deals of one settlement asset, for tests of one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from salvor.chain.handles import Contract
from salvor.lab import Actor, Lab
from tests.utils.vaulted import BID, UNLIMITED, Vaulted, deploy_vault, vaulted

WEIGHTS = (3, 2)


@dataclass
class Basketed:
    """`first` and `second` have the notes, each with three holders; all have approved the basket."""

    lab: Lab
    first: Vaulted
    second: Vaulted
    basket: Contract

    @property
    def people(self) -> list[Actor]:
        """The holders of both notes."""
        return self.first.people

    def bundle(self, who: Actor, units: int) -> None:
        """For oneself."""
        self.basket.bundle(units, who, sender=who)

    def vault(self, kind: str) -> Vaulted:
        """A vault over the basket, which all have approved."""
        vault = deploy_vault(self.lab, kind, self.first.access, self.basket, BID)
        for each in self.people:
            self.basket.approve(vault, UNLIMITED, sender=each)
        return replace(self.first, kind=kind, note=self.basket, vault=vault, distributor=None)


def basketed(lab: Lab, weights: Any = WEIGHTS, *, cash: str = "RefusingToken") -> Basketed:
    """Real notes; the second deal pays in the first one's asset."""
    first = vaulted(lab, "PayingNoteVault", cash=cash)
    second = vaulted(lab, "PayingNoteVault", token=first.cash)
    parts = list(zip((first.note, second.note), weights, strict=True))
    basket = lab.deploy("NoteBasket", first.access, parts, "Basket", "BASKET", sender=first.issuer)
    for stand in (first, second):
        for each in stand.people:
            stand.note.approve(basket, UNLIMITED, sender=each)
    return Basketed(lab, first, second, basket)
