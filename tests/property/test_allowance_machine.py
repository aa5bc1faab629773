"""Allowances of one note beside their model: by a call, by signatures good and bad, used up, and for ever."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.lab import strategies
from salvor.lab.mirror import Mirror
from salvor.model.allowances import UNLIMITED
from salvor.model.holders import Note
from salvor.model.refusal import Refused
from tests.utils.signing import Permission, Signer, parts

EACH = 1_009
HOUR = 3_600
people = strategies.actors(3)
units = st.one_of(st.integers(0, EACH + 1), st.sampled_from([UNLIMITED, UNLIMITED - 1, 2**128]))


class Twin(Note):
    """The model of a note, with its figures in the order in which the machine names them."""

    def __init__(self, addresses) -> None:
        super().__init__(supply=EACH * len(addresses))
        self.addresses = addresses
        for each in addresses:
            self.hand_over(each, EACH)

    def figures(self):
        found = [self.holders[each].units for each in self.addresses]
        found += [self.allowances.used[each] for each in self.addresses]
        return found + [self.allowances.given[one, other] for one in self.addresses for other in self.addresses]


class AllowanceMachine(RuleBasedStateMachine):
    """Three holders who may all be spenders; whatever a note answers, the model said before."""

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.lab, cls.issuer = lab, lab.actor("issuer")
        cls.people = [Signer(role) for role in ("first holder", "second holder", "third holder")]
        cash = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=cls.issuer)
        access = lab.deploy("DealAccess", cls.issuer, sender=cls.issuer)
        rule = lab.deploy("OpenCompliance", sender=cls.issuer)
        distributor = lab.deploy("Distributor", access, cash, sender=cls.issuer)
        names = ("Note", "Other note")
        notes = [lab.deploy("TrancheNote", access, distributor, rule, name, "N", sender=cls.issuer) for name in names]
        cls.note, cls.other_note = notes
        cls.note.issue(EACH * 3, sender=cls.issuer)
        for each in cls.people:
            cls.note.handOver(each, EACH, sender=cls.issuer)
        slots = lab.slots(cls.note)
        cls.places = {f"units of {each}": slots._balances[each] for each in cls.people}
        cls.places |= {f"signatures of {each}": slots._nonces[each] for each in cls.people}
        for one in cls.people:
            cls.places |= {f"{one} for {other}": slots._allowances[one][other] for other in cls.people}
        cls.start = lab.snapshot()

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.start)
        self.twin = Twin([each.address for each in self.people])
        self.mirror = Mirror(self.lab, self.twin, self.places, refusals="WF-06", agreement="NT-08")

    @rule(owner=people, spender=people, amount=units)
    def approve(self, owner, spender, amount) -> None:
        one, other = self.people[owner], self.people[spender]
        allowance = one.address, other.address, amount
        self.mirror.both(lambda: self.twin.allowances.approve(*allowance), self.note.approve, other, amount, sender=one)

    @rule(
        owner=people,
        spender=people,
        amount=units,
        seconds=st.sampled_from([0, 1, HOUR, HOUR, -1]),
        fault=st.sampled_from([*["none"] * 5, "signer", "number", "note", "amount"]),
        by=people,
    )
    def permit(self, owner, spender, amount, seconds, fault, by) -> None:
        """Signed by the owner, or with one thing wrong."""
        one, other, books = self.people[owner], self.people[spender], self.twin.allowances
        deadline = max(0, self.lab.now + seconds)
        meant = Permission(self.note, one.address, other.address, amount, books.used[one.address], deadline)
        wrong = {
            "number": (self.note, amount, meant.nonce + 1),
            "note": (self.other_note, amount, meant.nonce),
            "amount": (self.note, amount ^ 1, meant.nonce),
        }
        note, signed, nonce = wrong.get(fault, (self.note, amount, meant.nonce))
        written = Permission(note, one.address, other.address, signed, nonce, deadline)
        signature = written.signed_by(self.people[(owner + 1) % 3] if fault == "signer" else one)
        args = one.address, meant.recovered(signature), other.address, amount, deadline, self.lab.now
        call = (one, other, amount, deadline, *parts(signature))
        sender = self.people[by]
        answer = self.mirror.both(lambda: books.permit(*args), self.note.permit, *call, sender=sender)
        good = fault == "none" and seconds >= 0
        assert isinstance(answer, Refused) != good, "NT-08"
        if good:  # once
            read = replace(meant, nonce=meant.nonce + 1).recovered(signature)
            args = args[0], read, *args[2:]
            answer = self.mirror.both(lambda: books.permit(*args), self.note.permit, *call, sender=sender)
            assert isinstance(answer, Refused), "NT-08"

    @rule(spender=people, giver=people, taker=people, amount=units)
    def transfer_from(self, spender, giver, taker, amount) -> None:
        by, one, other = (self.people[each] for each in (spender, giver, taker))

        def move():
            self.twin.refuse_frozen(one.address)
            self.twin.allowances.refuse(one.address, by.address, amount)
            self.twin.transfer(one.address, other.address, amount)
            self.twin.allowances.spend(one.address, by.address, amount)

        self.mirror.both(move, self.note.transferFrom, one, other, amount, sender=by)

    @rule(holder=people, frozen=st.booleans())
    def freeze(self, holder, frozen) -> None:
        self.twin.holders[self.people[holder].address].frozen = frozen
        self.note.setFrozen(self.people[holder], frozen, sender=self.issuer)

    @rule(seconds=st.sampled_from([1, HOUR]))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()


@pytest.mark.engines("revm", "anvil")
def test_allowances_are_as_the_model_says(lab, prove):
    AllowanceMachine.set_stage(lab)
    prove(AllowanceMachine, steps=8_000)
