"""VT-07: the same life with and without gifts of a stranger ends alike for everybody else, to the unit.

In the models, which the machines hold equal to the contracts.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from salvor.model.holders import Note
from salvor.model.refusal import Refused
from salvor.model.vaults_basket import Basket
from salvor.model.vaults_paying import PayingNoteVault
from salvor.model.vaults_reinvesting import Bid, ReinvestingNoteVault
from tests.property.vault_mirror import Board

PEOPLE, STRANGER = ("anna", "ben", "carl"), "stranger"
UNITS, EACH = 1_009, 300  # a prime in all; the stranger has the rest
BID = Bid(3 * 10**17, 11 * 10**17, 1_000)


def small_note() -> Note:
    note = Note(UNITS)
    for person in PEOPLE:
        note.hand_over(person, EACH)
    note.hand_over(STRANGER, UNITS - 3 * EACH)
    return note


@dataclass
class Life:
    """A vault, what was told to everybody, and whether the stranger gives."""

    kind: str
    gifts: bool
    told: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notes = [small_note()]
        asset, rule = self.notes[0], Board(self.notes[0])
        if "basket" in self.kind:
            self.notes.append(small_note())
            rules = [Board(note) for note in self.notes]
            asset = rule = Basket(self.notes, ["one", "other"], [2, 1], rules, "basket")
            for person in PEOPLE:
                asset.bundle(person, 140, person)
            asset.bundle(STRANGER, 40, STRANGER)
        if "paying" in self.kind:
            self.vault = PayingNoteVault(asset, "vault", rule)
        else:
            self.vault = ReinvestingNoteVault(asset, "vault", rule, bid=BID)

    def do(self, dice: random.Random) -> None:
        """One step; the dice fall the same in both lives."""
        who, other, amount = dice.choice(PEOPLE), dice.choice(PEOPLE), dice.randrange(120)
        part, step = dice.randrange(4), dice.randrange(10)
        vault = self.vault
        shares = vault.shares[who] * part // 3
        acts = [
            lambda: vault.deposit(who, amount, other),
            lambda: vault.deposit(who, amount, who),
            lambda: vault.redeem(who, shares, other, who),
            lambda: vault.transfer(who, other, shares),
            lambda: vault.claim(who),
            lambda: dice.choice(self.notes).distribute(amount * 7, amount * part),
            lambda: vault.harvest(),
            lambda: self.sell(who, part),
            lambda: vault.claim_at_note(),
            lambda: self.give(amount % 9),
        ]
        if isinstance(vault, ReinvestingNoteVault):
            vault.now += amount
        try:
            answer = acts[step]()
        except Refused as refused:
            answer = str(refused)
        self.told.append((step, None if step == 9 else answer))

    def sell(self, who: str, part: int) -> int:
        """As much of the waiting cash as the part says."""
        if not isinstance(self.vault, ReinvestingNoteVault):
            return 0
        return self.vault.sell(who, (self.vault.waits + self.vault.to_come()) * part // 3, 10**9)

    def give(self, amount: int) -> None:
        """Notes to the vault and, where there is one, to the basket; cash to both."""
        if not self.gifts:
            return
        vault, basket = self.vault, self.vault.note
        vault.cash_here += amount
        if isinstance(basket, Basket):
            basket.cash_here += amount
            for note in self.notes:
                note.transfer(STRANGER, "basket", min(1, note.holders[STRANGER].units))
        if basket.holders[STRANGER].units >= amount:
            basket.transfer(STRANGER, vault.address, amount)

    def ends(self) -> object:
        """What everybody has."""
        vault = self.vault
        return [
            (vault.shares[who], vault.claimable(who), vault.note.holders[who].units, vault.note.claimable(who))
            for who in PEOPLE
        ]


@pytest.mark.parametrize("kind", ["paying", "reinvesting", "paying basket", "reinvesting basket"])
def test_gifts_change_nobody_s_result(kind):
    given = 0
    for seed in range(60):
        lives = [Life(kind, gifts) for gifts in (False, True)]
        for life in lives:
            dice = random.Random(seed)
            for _ in range(60):
                life.do(dice)
        plain, gifted = lives
        assert plain.told == gifted.told, "VT-07"
        assert plain.ends() == gifted.ends(), "VT-07"
        given += gifted.vault.here - plain.vault.here
    assert given > 100
