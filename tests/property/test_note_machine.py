"""One note beside its model: the shortest suite there is, and the one to copy. `docs/auditing.md` walks through it."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.lab import strategies
from salvor.lab.mirror import Mirror
from salvor.model.holders import Note

SUPPLY = 1_009  # a prime: every distribution leaves a remainder
holders = strategies.actors(3)
units = strategies.amounts(SUPPLY + 1)
cash = strategies.amounts(1_000, around=(999_983, 2**90))


class Twin(Note):
    """The model of a note, with its figures in the order in which `NoteMachine.places` names them."""

    def __init__(self, people) -> None:
        super().__init__(SUPPLY)
        self.people, self.waiting = [person.address for person in people], SUPPLY

    def figures(self):
        interest, principal = self.streams
        found = [interest.distributed, principal.distributed, self.cash_held, self.waiting]
        for each in (self.holders[person] for person in self.people):
            found += [each.units, *each.paid, each.frozen, each.frozen]
        return found


class NoteMachine(RuleBasedStateMachine):
    """Rules are what people do. Each goes to the model first, and the chain must answer exactly alike."""

    @classmethod
    def set_stage(cls, lab) -> None:
        """Deployed once; every run starts from the snapshot. The issuer plays every contract around the note."""
        cls.lab, cls.issuer = lab, lab.actor("issuer")
        cls.people = [lab.actor(role) for role in ("first holder", "second holder", "third holder")]
        cls.cash = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=cls.issuer)
        access = lab.deploy("DealAccess", cls.issuer, sender=cls.issuer)
        rule = lab.deploy("OpenCompliance", sender=cls.issuer)
        cls.distributor = lab.deploy("Distributor", access, cls.cash, sender=cls.issuer)
        cls.note = lab.deploy("TrancheNote", access, cls.distributor, rule, "Note", "NOTE", sender=cls.issuer)
        cls.distributor.appoint(cls.issuer, sender=cls.issuer)  # what no role was given is the admin's
        cls.note.issue(SUPPLY, sender=cls.issuer)
        cls.cash.mint(cls.issuer, 2**110, sender=cls.issuer)
        note, books = lab.slots(cls.note), lab.slots(cls.distributor)
        index = books._books[cls.note]
        names = {"interest given": index.interest, "principal given": index.principal}
        names |= {"cash held": books._heldForHolders, "not handed over": note._balances[cls.issuer]}
        for each in cls.people:
            account = note._accounts[each]
            names |= {f"held by {each}": note._balances[each], f"interest paid to {each}": account.paid.interest}
            names |= {f"principal paid to {each}": account.paid.principal, f"{each} frozen": account.paid.frozen}
            names[f"{each} barred"] = account.seen.barred
        cls.places, cls.start = names, lab.snapshot()

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.start)
        self.twin = Twin(self.people)
        self.mirror = Mirror(self.lab, self.twin, self.places, refusals="WF-06", agreement="WF-02")

    @rule(holder=holders, units=units)
    def hand_over(self, holder, units) -> None:
        to, twin = self.people[holder], self.twin
        if units <= twin.waiting:
            twin.hand_over(to.address, units)
            twin.waiting -= units
            self.note.handOver(to, units, sender=self.issuer)
        else:
            with self.lab.refused("ERC20InsufficientBalance", self.issuer, twin.waiting, units):
                self.note.handOver(to, units, sender=self.issuer)

    @rule(giver=holders, taker=holders, units=units)
    def transfer(self, giver, taker, units) -> None:
        one, other = self.people[giver], self.people[taker]

        def move():
            self.twin.refuse_frozen(one.address)
            self.twin.transfer(one.address, other.address, units)

        self.mirror.both(move, self.note.transfer, other, units, sender=one)

    @rule(interest=cash, principal=cash)
    def distribute(self, interest, principal) -> None:
        self.twin.distribute(interest, principal)
        self.cash.transfer(self.distributor, interest + principal, sender=self.issuer)
        share = (self.note, interest, principal)
        self.distributor.book(interest + principal, [share], [], sender=self.issuer)

    @rule(holder=holders)
    def claim(self, holder) -> None:
        who = self.people[holder]

        def pay():
            self.twin.refuse_frozen(who.address)
            self.twin.settle(who.address)

        self.mirror.both(pay, self.note.claim, sender=who)

    @rule(holder=holders, frozen=st.booleans())
    def freeze(self, holder, frozen) -> None:
        self.twin.holders[self.people[holder].address].frozen = frozen
        self.note.setFrozen(self.people[holder], frozen, sender=self.issuer)

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()
        interest, principal = self.twin.streams
        index = interest.index + principal.index, principal.index, interest.remainder, principal.remainder
        assert tuple(self.distributor.indexOf(self.note))[:4] == index, "WF-02"
        due = [tuple(self.note.claimableApart(person)) for person in self.people]
        assert due == [self.twin.claimable(person) for person in self.twin.people], "NT-01"
        assert sum(map(sum, due)) <= self.twin.cash_held, "NT-02"


@pytest.mark.engines("revm", "anvil")
def test_a_note_is_its_model(lab, prove):
    NoteMachine.set_stage(lab)
    prove(NoteMachine, steps=20_000)


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_claims_does_not_matter(lab, order):
    """A plain test over the same handles."""
    NoteMachine.set_stage(lab)
    machine, (one, other, _) = NoteMachine(), NoteMachine.people
    for holder, held in ((0, 673), (1, 336)):
        machine.hand_over(holder, held)
    machine.distribute(100, 0)
    paid = {place: NoteMachine.note.claim(sender=(one, other)[place]).return_value for place in order}
    assert paid == {0: 66, 1: 33}, "NT-02"
