"""Investors come and go in notes with rules: no pause, limit, lapsed claim or recovery loses what is on its way."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from salvor.lab import strategies
from salvor.model.compliance_identities import Claim as ModelClaim
from salvor.model.compliance_rules import Rule
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.regulated_gate_stage import set_regulated_stage
from tests.property.test_evergreen_machine import MovingEvergreenMachine, actors, part, parts, places
from tests.utils.regulated import DAY, KYC, Claim, params_of, signed
from tests.utils.regulated_fund import ISSUER, MOST

people = strategies.actors(3)


class RegulatedGateMachine(MovingEvergreenMachine):
    """The evergreen machine with a registry, rules and an agent in the place of an allow-list."""

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.stage = set_regulated_stage(lab)

    def _mirror(self) -> EvergreenMirror:
        return EvergreenMirror(self.stage)

    @rule(giver=actors, taker=actors, place=places, drawn=parts)
    def transfer(self, giver, taker, place, drawn) -> None:
        one, other = self._who(giver, taker)
        note = self.live.notes[place]
        units = part(drawn, self.m.deal.notes[place].holders[one.address].units)
        call, args = self.calls.transfer, (one.address, other.address, place, units, self.m.now)
        self.m.both(lambda: call(*args), note.transfer, other, units, sender=one)

    @rule(lost=actors, place=places)
    def recover_to_the_spare_wallet(self, lost, place) -> None:
        """Whichever is nobody's, if any."""
        owner = self.calls.rules.notes[place].identities.owner
        for spare in [number for number, each in enumerate(self.people) if each.address not in owner]:
            self.recover(lost, spare, place)

    @rule(place=places, paused=st.booleans())
    def pause_note(self, place, paused) -> None:
        note = self.live.notes[place]
        self.calls.rules.notes[place].paused = paused
        (note.pause if paused else note.unpause)(sender=self.live.parties.transfer_agent)

    @rule(place=places, most=st.sampled_from([0, 100, 10_000, MOST]))
    def limit(self, place, most) -> None:
        self.calls.rules.notes[place].table.params[Rule.MAX_HOLDING] = (most,)
        compliance, number = self.live.regulated.compliances[place], int(Rule.MAX_HOLDING)
        compliance.setRule(number, params_of(Rule.MAX_HOLDING, most), sender=self.live.parties.admin)

    @rule(actor=people, admitted=st.booleans())
    def admit(self, actor, admitted) -> None:
        """By a claim of a year from now, or taking back the one that counts."""
        who, registry = self.people[actor].address, self.live.regulated.registry
        identities = self.calls.rules.notes[0].identities
        if admitted:
            claim = Claim(who, KYC, 0, self.m.now, self.m.now + 365 * DAY, ISSUER.address)
            signature = signed(ISSUER, digest := claim.digest(registry.address))
            told = ModelClaim(*claim.struct)
            call = registry.addClaim
            self.m.both(
                lambda: identities.add(told, digest, True, self.m.now),
                call,
                claim.struct,
                signature,
                sender=self.people[-1],
            )
            return
        told = identities.kept[who, KYC, ISSUER.address].claim
        identities.revoke(told, self.m.now)
        struct = told.identity, told.topic, told.value, told.issued_at, told.until, told.issuer, told.epoch
        registry.revokeClaim(struct, sender=told.issuer)

    @invariant()
    def wallets_are_whose_the_model_says(self) -> None:
        if hasattr(self, "m"):
            owner, registry = self.calls.rules.notes[0].identities.owner, self.live.regulated.registry
            for each in self.people:
                assert registry.contains(each) == (each.address in owner), "RG-01"


@pytest.mark.engines("revm")
def test_gates_of_regulated_notes_are_their_model(lab, prove):
    RegulatedGateMachine.set_stage(lab)
    prove(RegulatedGateMachine, steps=700)
