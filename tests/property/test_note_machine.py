"""One note beside its model: the shortest suite there is, and the one to copy. `docs/auditing.md` walks through it."""

from collections import defaultdict

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.lab import strategies
from salvor.lab.mirror import Mirror
from salvor.model.note import Admissions, Note

LARGEST = 2**112 - 1  # where the books end
FOREVER = 2**40
holders = strategies.actors(3)
units = strategies.amounts(1_000, around=(LARGEST,))
cash = strategies.amounts(1_000, around=(999_983,))


class Twin(Note):
    """The model of a note, with its figures in the order in which `NoteMachine.places` names them."""

    def __init__(self, people) -> None:
        super().__init__(Admissions(defaultdict(lambda: FOREVER)))  # everybody is admitted
        self.people = [person.address for person in people]

    def figures(self):
        books = [self.index, self.remainder, self.distributed, self.claimed, self.supply]
        return books + [book[each] for each in self.people for book in (self.held, self.seen, self.earned)]


class NoteMachine(RuleBasedStateMachine):
    """Rules are what people do. Each goes to the model first, and the chain must answer exactly alike."""

    @classmethod
    def set_stage(cls, lab) -> None:
        """Deployed once; every run starts from the snapshot."""
        cls.lab, cls.issuer = lab, lab.actor("issuer")
        cls.people = [lab.actor(role) for role in ("first holder", "second holder", "third holder")]
        cash = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=cls.issuer)
        access = lab.deploy("DealAccess", cls.issuer, sender=cls.issuer)
        rule = lab.deploy("OpenCompliance", sender=cls.issuer)
        cls.note = lab.deploy("TrancheNote", access, cash, rule, "Note", "NOTE", sender=cls.issuer)
        cash.mint(cls.issuer, 10**30, sender=cls.issuer)
        cash.approve(cls.note, 10**30, sender=cls.issuer)
        slots = lab.slots(cls.note)
        names = {"index": slots.index, "remainder": slots.remainder, "distributed": slots._distributed}
        names |= {"claimed": slots._claimed, "supply": slots._totalSupply}
        for each in cls.people:
            names[f"held by {each}"] = slots._balances[each]
            names[f"index seen by {each}"] = slots._credits[each].index
            names[f"earned by {each}"] = slots._credits[each].earned
        cls.places, cls.start = names, lab.snapshot()

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.start)
        self.twin = Twin(self.people)
        self.mirror = Mirror(self.lab, self.twin, self.places, refusals="WF-06", agreement="WF-02")

    @rule(holder=holders, units=units)
    def mint(self, holder, units) -> None:
        to, twin = self.people[holder], self.twin
        if twin.supply + units <= LARGEST:
            self.mirror.both(lambda: twin.mint(to.address, units, 0), self.note.mint, to, units, sender=self.issuer)
        else:
            with self.lab.refused("AboveLimit", twin.supply + units, LARGEST):
                self.note.mint(to, units, sender=self.issuer)

    @rule(holder=holders, units=units)
    def burn(self, holder, units) -> None:
        who = self.people[holder]
        self.mirror.both(lambda: self.twin.burn(who.address, units), self.note.burn, who, units, sender=self.issuer)

    @rule(giver=holders, taker=holders, units=units)
    def transfer(self, giver, taker, units) -> None:
        one, other = self.people[giver], self.people[taker]
        move = (lambda: self.twin.transfer(one.address, other.address, units, 0), self.note.transfer, other, units)
        self.mirror.both(*move, sender=one)

    @rule(cash=cash)
    def distribute(self, cash) -> None:
        if cash and self.twin.supply:
            self.mirror.both(lambda: self.twin.distribute(cash), self.note.distribute, cash, sender=self.issuer)
        else:
            with self.lab.refused("NoHolders" if cash else "NothingToDistribute"):
                self.note.distribute(cash, sender=self.issuer)

    @rule(holder=holders)
    def claim(self, holder) -> None:
        who = self.people[holder]
        assert self.note.claimable(who) == self.twin.claimable(who.address), "NT-01"
        self.mirror.both(lambda: self.twin.claim(who.address), self.note.claim, sender=who)

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()
        assert sum(map(self.twin.claimable, self.twin.people)) <= self.twin.cash_held, "NT-02"


@pytest.mark.engines("revm", "anvil")
def test_a_note_is_its_model(lab, prove):
    NoteMachine.set_stage(lab)
    prove(NoteMachine, steps=20_000)


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_claims_does_not_matter(lab, order):
    """A plain test over the same handles."""
    NoteMachine.set_stage(lab)
    note, issuer, (one, other, _) = NoteMachine.note, NoteMachine.issuer, NoteMachine.people
    for holder, held in ((one, 2), (other, 1)):
        note.mint(holder, held, sender=issuer)
    note.distribute(100, sender=issuer)
    paid = {place: note.claim(sender=(one, other)[place]).return_value for place in order}
    assert paid == {0: 66, 1: 33}, "NT-02"
