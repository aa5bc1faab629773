"""A regulated note with all its rules beside its model: every call, every refusal with its reason, every count."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from salvor.model.compliance import NOBODY
from salvor.model.compliance_rules import Kind, Rule
from tests.property.regulated_rules import RegulatedRules, drawn, names, units, wallets
from tests.utils.regulated import CLASS, COUNTRY, KYC


class RegulatedMachine(RegulatedRules):
    """What holders and agents of the note do, and what always holds."""

    # THE BEGINNING

    @initialize(
        on=st.lists(st.tuples(names, drawn), max_size=12),
        put=st.lists(st.tuples(st.sampled_from(list(Rule)), drawn), max_size=12),
    )
    def begin(self, on, put):
        """Two verified people with a wallet or two hold units; rules and modules are on, with parameters, as drawn."""
        for person, (own, country, class_) in enumerate(((0, 380, 2), (2, 404, 3))):
            self.register(own, person, 0)
            for topic, value in ((KYC, 0), (COUNTRY, country), (CLASS, class_)):
                self.add_claim(person, topic, value, 0, 30, 0, True)
        self.register(1, 0, 0)
        for name, _ in on:
            self.add_module(name)
        for wallet in (0, 2):
            self.mint(wallet, 40)
        for name, values in on:
            self.set_module(name, values)
        for each, values in put:
            self.put_rule(each, values)

    # HOLDERS

    @rule(giver=wallets, taker=wallets, units=units)
    def transfer(self, giver, taker, units):
        one, other = self.address(giver), self.address(taker)
        expected = [int(code) for code in self.model.reasons(one, other, units, self.now)]
        told = [tuple(each) for each in self.office.note.refusals(one, other, units)]
        assert [each[0] for each in told] == expected, "CO-04"
        assert all(each[2] for each in told), "CO-04"
        first = self.office.note.detectTransferRestriction(one, other, units)
        assert first == (expected[0] if expected else 0), "CO-04"
        can = self.office.compliance.canTransfer(one, other, units)
        own = self.model.own_refusals(one, other, units)
        assert can == (expected == own), "CO-03"
        sender = self.stage.wallets[giver]
        moved = self.both(
            lambda: self.model.transfer(one, other, units, self.now),
            self.office.note.transfer,
            other,
            units,
            sender=sender,
        )
        assert (moved[1] is not None) == (not expected), "CO-03"
        assert moved[1] is None or self.office.registry.isVerified(other), "RG-02"

    # AGENTS

    @rule(taker=wallets, units=units)
    def mint(self, taker, units):
        to, agent = self.address(taker), self.office.agent
        can = self.office.compliance.canTransfer(NOBODY, to, units)
        expected = self.model.refusals(self.model.movement(Kind.MINT, NOBODY, to, units), self.now)
        assert can == (not expected), "CO-03"
        made = self.both(lambda: self.model.mint(to, units, self.now), self.office.note.mint, to, units, sender=agent)
        assert made[1] is None or self.office.registry.isVerified(to), "RG-02"

    @rule(giver=wallets, units=units)
    def burn(self, giver, units):
        of, agent = self.address(giver), self.office.agent
        self.both(lambda: self.model.burn(of, units, self.now), self.office.note.burn, of, units, sender=agent)

    @rule(giver=wallets, taker=wallets, units=units)
    def force(self, giver, taker, units):
        one, other = self.address(giver), self.address(taker)
        code, receipt = self.both(
            lambda: self.model.force(one, other, units, self.now),
            self.office.note.forcedTransfer,
            one,
            other,
            units,
            sender=self.office.agent,
        )
        if receipt:
            (told,) = receipt.events_of(self.office.note, "Supervision")
            assert told.refusedBy == code, "RG-03"

    @rule(lost=wallets, new=wallets)
    def recover(self, lost, new):
        one, other = self.address(lost), self.address(new)
        owner = self.model.identities.owner.get(one, NOBODY)
        self.both(
            lambda: self.model.recover(one, other, self.now),
            self.office.note.recoveryAddress,
            one,
            other,
            owner,
            sender=self.office.agent,
        )

    @rule(wallet=wallets, frozen=st.booleans())
    def freeze(self, wallet, frozen):
        (self.model.frozen.add if frozen else self.model.frozen.discard)(self.address(wallet))
        self.office.note.setAddressFrozen(self.address(wallet), frozen, sender=self.office.agent)

    @rule(wallet=wallets, units=units, more=st.booleans())
    def freeze_units(self, wallet, units, more):
        of, note = self.address(wallet), self.office.note
        act = self.model.freeze_units if more else self.model.free_units
        method = note.freezePartialTokens if more else note.unfreezePartialTokens
        self.both(lambda: act(of, units), method, of, units, sender=self.office.agent)

    @rule(paused=st.booleans())
    def pause(self, paused):
        self.model.paused = paused
        (self.office.note.pause if paused else self.office.note.unpause)(sender=self.office.agent)

    # WHAT ALWAYS HOLDS

    def is_asked(self, contract):
        modules = self.model.modules.items()
        return any(each[0] == contract.address and place not in self.model.suspended for place, each in modules)

    @invariant()
    def chain_is_the_model(self):
        note, registry = self.office.note, self.office.registry
        identities = self.model.identities
        for wallet in self.stage.wallets:
            who = wallet.address
            assert note.balanceOf(who) == self.model.units[who], "CO-02"
            assert note.getFrozenTokens(who) == self.model.frozen_units[who], "CO-02"
            assert registry.isVerified(who) == identities.verified(who, self.now), "RG-01"
            assert registry.investorCountry(who) == identities.facts_of(who)[1].country, "RG-01"

    @invariant()
    def counts_are_a_recount(self):
        count = self.stage.modules["HolderCount"]
        if not self.is_asked(count):
            return
        there = list(self.model.holders().values())
        assert count.holders() == len(there), "CO-05"
        for class_ in range(4):
            assert count.holdersOfClass(class_) == sum(each[1] == class_ for each in there), "CO-05"
        for country in (0, 380, 404, 192):
            assert count.holdersOfCountry(country) == sum(each[0] == country for each in there), "CO-05"

    @invariant()
    def memories_are_the_model_s(self):
        for identity, person in self.model.identities.people.items():
            number = person.number
            for name in ("LockUp", "HoldPeriod"):
                locked = self.stage.modules[name].lockedOf(identity)
                assert locked == self.memory[name].locked(number, self.now), "CO-06"
            sent = self.stage.modules["Velocity"].sentBy(identity)
            assert sent == self.memory["Velocity"].counted(number, self.now), "CO-06"


@pytest.mark.engines("revm", "anvil")
def test_a_regulated_note_is_its_model(lab, prove):
    RegulatedMachine.set_stage(lab)
    prove(RegulatedMachine, steps=2_000)
