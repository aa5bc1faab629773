"""A basket of two notes beside its model, and a vault over it, in any order (docs/vaults.md, section 6)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.lab import strategies
from salvor.lab.mirror import Mirror
from salvor.model.holders import Note
from salvor.model.vaults_basket import Basket
from salvor.model.vaults_paying import PayingNoteVault
from salvor.model.vaults_reinvesting import ReinvestingNoteVault
from tests.property.vault_mirror import BID, PAYING, REINVESTING, Board

UNITS = 9_001  # of each note, of each holder
WEIGHTS = (3, 2)
people = strategies.actors(3)
units = strategies.amounts(UNITS // 3 + 1)
cash = strategies.amounts(100_000, around=(999_983, 2**90))
places = st.integers(0, 1)
UNLIMITED = 2**256 - 1


class Ground:
    """Two deals of one settlement asset; three people hold both notes and have approved basket and vault."""

    def __init__(self, lab, kind: str) -> None:
        self.lab, self.kind, self.issuer = lab, kind, lab.actor("issuer")
        self.people = [lab.actor(role) for role in ("first holder", "second holder", "third holder")]
        by = self.issuer
        self.cash = lab.deploy("RefusingToken", sender=by)
        self.cash.mint(by, 2**110, sender=by)
        self.access = lab.deploy("DealAccess", by, sender=by)
        self.boards, self.books, self.notes = [], [], []
        for name in ("First note", "Second note"):
            board = lab.deploy("RuleBoard", sender=by)
            books = lab.deploy("Distributor", self.access, self.cash, sender=by)
            note = lab.deploy("TrancheNote", self.access, books, board, name, name, sender=by)
            lab.call_it(note, name)
            board.watch(note, sender=by)
            books.appoint(by, sender=by)
            note.issue(UNITS * 3, sender=by)
            self.boards.append(board), self.books.append(books), self.notes.append(note)
        parts = list(zip(self.notes, WEIGHTS, strict=True))
        self.basket = lab.deploy("NoteBasket", self.access, parts, "Basket", "BASKET", sender=by)
        own = ((BID.lowest, BID.ceiling, BID.rise),) if kind == REINVESTING else ()
        self.vault = lab.deploy(kind, self.access, self.basket, "Vault", "VAULT", *own, sender=by)
        for person in self.people:
            self.basket.approve(self.vault, UNLIMITED, sender=person)
            for note in self.notes:
                note.handOver(person, UNITS, sender=by)
                note.approve(self.basket, UNLIMITED, sender=person)
        self.places, self.start = self._places(), lab.snapshot()

    def twin(self):
        """Basket and vault of the model."""
        notes = [Note(3 * UNITS), Note(3 * UNITS)]
        for note in notes:
            for person in self.people:
                note.hand_over(person.address, UNITS)
        rules = [Board(note) for note in notes]
        names = [note.address for note in self.notes]
        basket = Basket(notes, names, list(WEIGHTS), rules, self.basket.address)
        if self.kind == PAYING:
            return PayingNoteVault(basket, self.vault.address, basket)
        return ReinvestingNoteVault(basket, self.vault.address, basket, bid=BID)

    def _places(self):
        basket, vault = self.lab.slots(self.basket), self.lab.slots(self.vault)
        names = {"supply": basket._totalSupply, "index": basket._index, "remainder": basket._remainder}
        names["cash held"] = basket.cashHeld
        for place, note in enumerate(self.notes):
            kept, held = self.lab.slots(note), basket._held[place]
            names |= {f"{place} mark": held.mark, f"{place} taken": held.taken, f"{place} index": held.interestIndex}
            names |= {f"{place} principal": held.principalIndex, f"{place} rest": held.interestRest}
            names[f"{place} rest of principal"] = held.principalRest
            for each in (*self.people, self.basket):
                names[f"{place} of {each}"] = kept._balances[each]
        for each in (*self.people, self.vault):
            one = basket._holders[each]
            names |= {f"units of {each}": basket._balances[each], f"parts of {each}": one.parts}
            names |= {f"seen of {each}": one.seen, f"paid to {each}": one.paid}
        names |= {"vault's supply": vault._totalSupply, "vault's cash": vault._cash.held, "taken": vault._cash.taken}
        names |= {f"shares of {each}": vault._balances[each] for each in self.people}
        return names

    def figures(self, twin):
        """In the order of the places."""
        basket = twin.note
        found = [basket.supply, basket.index, basket.remainder, basket.held]
        for note, one in zip(basket.notes, basket.harvested, strict=True):
            found += [one.mark, one.taken, *one.indices, *one.rest]
            found += [note.holders[each.address].units for each in (*self.people, self.basket)]
        for each in (*self.people, self.vault):
            member = basket.members[each.address]
            found += [member.units, member.parts, member.seen, member.paid[0]]
        found += [twin.supply, twin.held, twin.taken]
        return found + [twin.shares[each.address] for each in self.people]


class BasketMachine(RuleBasedStateMachine):
    """Bundle and unbundle, hold units or put them into the vault, while notes earn and agents freeze and take."""

    @classmethod
    def set_stage(cls, lab, kind: str) -> None:
        cls.ground = Ground(lab, kind)

    def __init__(self) -> None:
        super().__init__()
        ground = self.ground
        self.lab, self.vault, self.basket, self.issuer = ground.lab, ground.vault, ground.basket, ground.issuer
        self.people = ground.people
        self.lab.restore(ground.start)
        self.twin = ground.twin()
        self.model = self.twin.note
        told = SimpleNamespace(figures=lambda: ground.figures(self.twin))
        self.mirror = Mirror(self.lab, told, ground.places, refusals="BK-02", agreement="BK-01")

    def both(self, expected, method, *args, by):
        if hasattr(self.twin, "now"):
            self.twin.now = self.lab.now
        return self.mirror.both(expected, method, *args, sender=by)

    # units

    @rule(caller=people, receiver=people, wanted=units)
    def bundle(self, caller, receiver, wanted) -> None:
        who, to = self.people[caller], self.people[receiver]
        self.both(lambda: self.model.bundle(who.address, wanted, to.address), self.basket.bundle, wanted, to, by=who)

    @rule(caller=people, receiver=people, given=units)
    def unbundle(self, caller, receiver, given) -> None:
        who, to = self.people[caller], self.people[receiver]
        self.both(lambda: self.model.unbundle(who.address, given, to.address), self.basket.unbundle, given, to, by=who)

    @rule(giver=people, taker=people, given=units)
    def transfer(self, giver, taker, given) -> None:
        one, other = self.people[giver], self.people[taker]
        self.both(
            lambda: self.model.send(one.address, other.address, given), self.basket.transfer, other, given, by=one
        )

    @rule(giver=people, taker=people, given=units, all_of_it=st.booleans())
    def force_units(self, giver, taker, given, all_of_it) -> None:
        one, other = self.people[giver], self.people[taker]
        if all_of_it:
            call = lambda: self.model.recover(one.address, other.address)  # noqa: E731
            self.both(call, self.basket.recover, one, other, by=self.issuer)
            return
        call = lambda: self.model.force_transfer(one.address, other.address, given)  # noqa: E731
        self.both(call, self.basket.forceTransfer, one, other, given, by=self.issuer)

    # the vault over it

    @rule(actor=people, assets=units)
    def deposit(self, actor, assets) -> None:
        who = self.people[actor]
        call = self.twin.deposit
        self.both(lambda: call(who.address, assets, who.address), self.vault.deposit, assets, who, by=who)

    @rule(actor=people, part=st.integers(0, 3))
    def redeem(self, actor, part) -> None:
        who, call = self.people[actor], self.twin.redeem
        given = self.twin.shares[who.address] * part // 3
        self.both(
            lambda: call(who.address, given, who.address, who.address), self.vault.redeem, given, who, who, by=who
        )

    @rule(seller=people, part=st.integers(1, 3))
    def sell(self, seller, part) -> None:
        if self.ground.kind == PAYING:
            return
        who, twin = self.people[seller], self.twin
        twin.now = self.lab.now
        asked = (twin.waits + twin.to_come()) * part // 3
        self.both(lambda: twin.sell(who.address, asked, UNLIMITED), self.vault.sell, asked, UNLIMITED, by=who)

    # cash

    @rule(place=places, interest=cash, principal=cash)
    def distribute(self, place, interest, principal) -> None:
        ground = self.ground
        self.model.notes[place].distribute(interest, principal)
        ground.cash.transfer(ground.books[place], interest + principal, sender=self.issuer)
        share = (ground.notes[place], interest, principal)
        ground.books[place].book(interest + principal, [share], [], sender=self.issuer)

    @rule(of_vault=st.booleans())
    def harvest(self, of_vault) -> None:
        if of_vault:
            self.both(self.twin.harvest, self.vault.harvest, by=self.issuer)
        else:
            self.both(self.model.harvest, self.basket.harvest, by=self.issuer)

    @rule(holder=people, of_vault=st.booleans())
    def claim(self, holder, of_vault) -> None:
        who = self.people[holder]
        if of_vault:
            self.both(lambda: self.twin.claim(who.address), self.vault.claimCashFor, who, by=self.issuer)
        else:
            self.both(lambda: self.model.settle(who.address), self.basket.claimFor, who, by=self.issuer)

    # what others do

    @rule(place=places, giver=people, given=units)
    def send_notes_unasked(self, place, giver, given) -> None:
        note, rule_, who = self.model.notes[place], self.model.rules[place], self.people[giver]
        held, before = self.basket.address, self._claims()
        may = not note.holders[who.address].frozen and rule_.can(who.address, held, given)
        if may and note.holders[who.address].units >= given:
            note.transfer(who.address, held, given)
            self.ground.notes[place].transfer(self.basket, given, sender=who)
            assert self._claims() == before, "VT-07"

    @rule(place=places, who=st.integers(0, 4), frozen=st.booleans())
    def freeze(self, place, who, frozen) -> None:
        target = (*self.people, self.basket, self.vault)[who]
        self.model.notes[place].holders[target.address].frozen = frozen
        self.ground.notes[place].setFrozen(target, frozen, sender=self.issuer)

    @rule(place=places, who=st.integers(0, 4), refused=st.booleans())
    def admit(self, place, who, refused) -> None:
        target, board = (*self.people, self.basket, self.vault)[who], self.model.rules[place]
        (board.refused.add if refused else board.refused.discard)(target.address)
        self.ground.boards[place].refuse(target, refused, sender=self.issuer)

    @rule(shut=st.booleans())
    def shut_out(self, shut) -> None:
        """The settlement asset refuses the basket."""
        self.model.shut = shut
        self.ground.cash.refuse(self.basket, shut, sender=self.issuer)

    @rule(place=places, taker=people, given=units)
    def force_notes(self, place, taker, given) -> None:
        """An agent takes notes from the basket."""
        note, board, other = self.model.notes[place], self.model.rules[place], self.people[taker]
        here = note.holders[self.basket.address].units
        if 0 < given <= here and board.can(self.basket.address, other.address, given):
            note.force_transfer(self.basket.address, other.address, given)
            self.ground.notes[place].forceTransfer(self.basket, other, given, sender=self.issuer)

    @rule(seconds=strategies.waits(BID.rise + 1))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    # always

    def _claims(self):
        due = [self.basket.claimable(each) for each in (*self.people, self.vault)]
        return due + [self.vault.claimableCash(each) for each in self.people]

    @invariant()
    def chain_equals_model(self) -> None:
        model, twin, basket = self.model, self.twin, self.basket
        self.mirror.check()
        everybody = (*self.people, self.vault)
        due = [basket.claimable(each) for each in everybody]
        assert due == [model.claimable(each.address)[0] for each in everybody], "BK-01"
        assert sum(due) <= model.cash_here + sum(sum(note.claimable(basket.address)) for note in model.notes), "BK-03"
        assert model.held <= model.cash_here == self.ground.cash.balanceOf(basket), "BK-03"
        assert basket.indexOf(basket)[0] == model.streams[0].index, "BK-01"
        assert basket.mark(basket)[0] == model.streams[0].distributed, "BK-01"
        if hasattr(twin, "now"):
            twin.now = self.lab.now
        claims = [self.vault.claimableCash(each) for each in self.people]
        assert claims == [twin.claimable(each.address) for each in self.people], "BK-01"
        assert twin.held <= twin.cash_here == self.ground.cash.balanceOf(self.vault), "VT-06"
        for each in self.people:
            assert self.vault.maxDeposit(each, sender=each) == twin.max_deposit(each.address, each.address), "VT-03"
            assert self.vault.maxRedeem(each) == twin.max_redeem(each.address), "VT-03"


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("kind", [PAYING, REINVESTING])
def test_a_basket_is_its_model_and_carries_a_vault(lab, prove, kind):
    BasketMachine.set_stage(lab, kind)
    prove(BasketMachine, steps=2_000)
