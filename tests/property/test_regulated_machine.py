"""A regulated note with all its rules beside its model: every call, every refusal with its reason, every count."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from salvor.chain.refusal import CallRefused
from salvor.lab import strategies
from salvor.model.compliance import NOBODY
from salvor.model.compliance_rules import Kind, Rule
from salvor.model.refusal import Refused
from tests.property.regulated_stage import (
    ISSUERS,
    SETS,
    both_claims,
    model_of,
    module_of,
    rules_of,
    set_module,
    set_stage,
)
from tests.utils.regulated import CLASS, COUNTRY, DAY, KYC, Claim, params_of, signed

wallets, people = strategies.actors(5), strategies.actors(3)
units = strategies.amounts(100, around=(10, 20))
countries = st.sampled_from([0, 380, 404, 192])
topics = st.sampled_from([KYC, COUNTRY, CLASS])
names = st.sampled_from(list(SETS))
issuers = strategies.actors(2)
drawn = st.integers(0, 3)


class RegulatedMachine(RuleBasedStateMachine):
    """What holders, agents, issuers and the owner do; each goes to the model first."""

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.lab, cls.stage = lab, set_stage(lab)
        cls.office, cls.signatures = cls.stage.office, {}
        cls.settings_of = rules_of([each.address for each in cls.stage.wallets], cls.office.cash.address)

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.stage.beginning)
        self.model = model_of(self.stage)
        self.memory = {name: module_of(self.stage, name) for name in SETS}

    @property
    def now(self):
        return self.lab.now

    def both(self, expected, method, *args, sender):
        """The same answer, or the same refusal with the same values."""
        try:
            answer, refused = expected(), None
        except Refused as refusal:
            answer, refused = None, (refusal.error, tuple(refusal.values))
        try:
            receipt, given = method(*args, sender=sender), None
        except CallRefused as said:
            receipt, given = None, (said.refusal.error, tuple(said.refusal.values))
        assert given == refused, "CO-02"
        return answer, receipt

    def address(self, wallet):
        return self.stage.wallets[wallet].address

    def claim(self, person, topic, value, issued, until, issuer, epoch):
        claim = Claim(self.stage.identities[person], topic, value, issued, until, ISSUERS[issuer].address, epoch)
        digest = claim.digest(self.office.registry.address)
        if digest not in self.signatures:
            self.signatures[digest] = signed(ISSUERS[issuer], digest)
        return claim, digest, self.signatures[digest]

    # THE BEGINNING

    @initialize(on=st.lists(names, max_size=9), put=st.lists(st.tuples(st.sampled_from(list(Rule)), drawn), max_size=4))
    def begin(self, on, put):
        """Two verified people with a wallet or two hold units; drawn rules and modules are on."""
        for person, (own, country, class_) in enumerate(((0, 380, 2), (2, 404, 3))):
            self.register(own, person, 0)
            for topic, value in ((KYC, 0), (COUNTRY, country), (CLASS, class_)):
                self.add_claim(person, topic, value, 0, 30, 0, True)
        self.register(1, 0, 0)
        for name in sorted(set(on)):
            self.add_module(name)
        for wallet in (0, 2):
            self.mint(wallet, 40)
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

    # IDENTITIES

    @rule(wallet=wallets, person=people, country=countries)
    def register(self, wallet, person, country):
        who, identity = self.address(wallet), self.stage.identities[person]
        self.both(
            lambda: self.model.identities.register(who, identity, country, self.now),
            self.office.registry.registerIdentity,
            who,
            identity,
            country,
            sender=self.office.agent,
        )

    @rule(wallet=wallets, person=st.one_of(st.none(), people))
    def remove_or_give(self, wallet, person):
        who, registry, token = self.address(wallet), self.office.registry, self.office.note.address
        held, identities = self.model.units[who], self.model.identities
        if person is None:
            call = (lambda: identities.remove(who, held, token, self.now), registry.deleteIdentity, who)
        else:
            to = self.stage.identities[person]
            call = (lambda: identities.give(who, to, held, token, self.now), registry.updateIdentity, who, to)
        self.both(*call, sender=self.office.agent)

    @rule(wallet=wallets, country=countries)
    def say_country(self, wallet, country):
        who = self.address(wallet)
        self.both(
            lambda: self.model.identities.state(who, country, self.now),
            self.office.registry.updateCountry,
            who,
            country,
            sender=self.office.agent,
        )

    # CLAIMS

    @rule(
        person=people,
        topic=topics,
        value=st.sampled_from([0, 1, 2, 3, 192, 380, 404, 1000]),
        age=st.sampled_from([-1, 0, 1, 5 * DAY]),
        days=st.sampled_from([0, 1, 30]),
        issuer=issuers,
        good=st.sampled_from([True, True, True, False]),
    )
    def add_claim(self, person, topic, value, age, days, issuer, good):
        issued = self.now - age
        epoch = self.model.identities.epochs[ISSUERS[issuer].address]
        claim, digest, signature = self.claim(person, topic, value, issued, issued + days * DAY, issuer, epoch)
        if not good:
            signature = signature[:-1] + bytes([55 - signature[-1]])  # another account's
        self.both(
            lambda: self.model.identities.add(both_claims(claim), digest, good, self.now),
            self.office.registry.addClaim,
            claim.struct,
            signature,
            sender=self.stage.wallets[person],
        )

    @rule(place=st.integers(0, 20))
    def revoke(self, place):
        kept = [each.claim for each in self.model.identities.kept.values()]
        if not kept:
            return
        claim = kept[place % len(kept)]
        self.model.identities.revoke(claim, self.now)
        struct = (claim.identity, claim.topic, claim.value, claim.issued_at, claim.until, claim.issuer, claim.epoch)
        self.office.registry.revokeClaim(struct, sender=claim.issuer)

    @rule(issuer=issuers, action=st.sampled_from(["epoch", "distrust", "topics"]))
    def issuer_changes(self, issuer, action):
        who, identities = ISSUERS[issuer].address, self.model.identities
        if action == "epoch":
            identities.revoke_all(who)
            self.office.registry.revokeAll(sender=who)
        elif action == "topics" and who in identities.trust.issuers[KYC]:
            identities.distrust(who)
            identities.trust.trust(who, [KYC, COUNTRY, CLASS])
            self.office.issuers.updateIssuerClaimTopics(who, [KYC, COUNTRY, CLASS], sender=self.office.admin)
        elif who in identities.trust.issuers[KYC]:
            identities.distrust(who)
            self.office.issuers.removeTrustedIssuer(who, sender=self.office.admin)
        else:
            identities.trust.trust(who, [KYC, COUNTRY, CLASS])
            self.office.issuers.addTrustedIssuer(who, [KYC, COUNTRY, CLASS], sender=self.office.admin)

    @rule(person=people)
    def refresh(self, person):
        identity = self.stage.identities[person]
        if identity in self.model.identities.people:
            self.model.identities.refresh(identity, self.now)
            self.office.registry.refresh(identity, sender=self.office.agent)

    @rule(seconds=strategies.waits(20 * DAY))
    def wait(self, seconds):
        self.lab.wait(seconds)

    # RULES

    @rule(which=st.sampled_from(list(Rule)), values=drawn)
    def put_rule(self, which, values):
        given = self.settings_of[which][values % len(self.settings_of[which])]
        self.model.table.params[which] = given
        self.office.compliance.setRule(int(which), params_of(which, *given), sender=self.office.admin)

    @rule(which=st.sampled_from(list(Rule)))
    def drop_rule(self, which):
        self.model.table.params.pop(which, None)
        self.office.compliance.dropRule(int(which), sender=self.office.admin)

    @rule(name=names)
    def add_module(self, name):
        contract = self.stage.modules[name]
        if any(address == contract.address for address, _ in self.model.modules.values()):
            return
        self.office.compliance.addModule(contract, sender=self.office.admin)
        place = min(set(range(16)) - set(self.model.modules))
        self.model.modules[place] = (contract.address, self.memory[name])
        if name == "HolderCount" and not contract.isCounted():
            self.recount()

    @rule(name=names)
    def remove_module(self, name):
        contract = self.stage.modules[name]
        for place, (address, _) in list(self.model.modules.items()):
            if address == contract.address:
                del self.model.modules[place]
                self.office.compliance.removeModule(contract, sender=self.office.admin)

    @rule(name=names, values=drawn)
    def set_module(self, name, values):
        contract, given = self.stage.modules[name], self.stage.values(name, values)
        place = [address for address, _ in self.model.modules.values()]
        if contract.address not in place or not given:
            return
        data = contract.set.encode(*given)
        set_module(self.memory[name], given)
        self.office.compliance.callModuleFunction(data, contract, sender=self.office.admin)

    def recount(self):
        """From the token, in two batches; its balances sum to the supply, so nobody was left out."""
        count, agent = self.stage.modules["HolderCount"], self.office.agent
        holders = sorted((each.address for each in self.stage.wallets), key=lambda address: int(address, 16))
        count.rebuild(holders[:2], sender=agent)
        count.rebuild(holders[2:], sender=agent)
        count.finishRebuild(sender=agent)

    @rule(giver=wallets, taker=wallets, units=units, days=st.sampled_from([0, 1, 40]))
    def approve(self, giver, taker, units, days):
        one, other, until = self.address(giver), self.address(taker), self.now + days * DAY
        self.memory["ApprovedTransfers"].until[one, other, units] = until
        self.stage.modules["ApprovedTransfers"].approve(one, other, units, until, sender=self.office.agent)

    @rule(giver=wallets, taker=wallets, units=units)
    def file(self, giver, taker, units):
        one, other = self.address(giver), self.address(taker)
        self.memory["TravelRule"].filed.add((one, other, units))
        self.stage.modules["TravelRule"].file(one, other, units, b"\x01" * 32, sender=self.office.agent)

    @rule(wallet=wallets, sanctioned=st.booleans())
    def write_on_the_board(self, wallet, sanctioned):
        listed = self.memory["SanctionsOracle"].wallets
        (listed.add if sanctioned else listed.discard)(self.address(wallet))
        self.stage.board.set(self.address(wallet), sanctioned, sender=self.office.agent)

    # WHAT ALWAYS HOLDS

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
        if not any(address == count.address for address, _ in self.model.modules.values()):
            return
        there = list(self.model.holders().values())
        assert count.holders() == len(there), "CO-05"
        for class_ in range(4):
            assert count.holdersOfClass(class_) == sum(each[1] == class_ for each in there), "CO-05"
        for country in (0, 380, 404, 192):
            assert count.holdersOfCountry(country) == sum(each[0] == country for each in there), "CO-05"

    @invariant()
    def memories_are_the_model_s(self):
        asked = {address for address, _ in self.model.modules.values()}
        for person in self.model.identities.people.values():
            number = person.number
            for name in ("LockUp", "HoldPeriod"):
                if self.stage.modules[name].address in asked:
                    locked = self.stage.modules[name].lockedOf(number)
                    assert locked == self.memory[name].locked(number, self.now), "CO-06"
            if self.stage.modules["Velocity"].address in asked:
                sent = self.stage.modules["Velocity"].sentBy(number)
                assert sent == self.memory["Velocity"].counted(number, self.now), "CO-06"


@pytest.mark.engines("revm", "anvil")
def test_a_regulated_note_is_its_model(lab, prove):
    RegulatedMachine.set_stage(lab)
    prove(RegulatedMachine, steps=2_000)
