"""What owner, agents and issuers do with rules, modules, identities and claims: half of the machine of a note."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from salvor.chain.refusal import CallRefused
from salvor.lab import strategies
from salvor.model.compliance import NOBODY
from salvor.model.compliance_rules import Rule
from salvor.model.refusal import Refused
from salvor.tape.merkle import keccak
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


class RegulatedRules(RuleBasedStateMachine):
    """Five wallets of three people, two issuers, every rule and module there is; each call goes to the model first."""

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
                self.model.suspended.discard(place)
                self.office.compliance.removeModule(contract, sender=self.office.admin)

    @rule(name=names)
    def suspend_or_resume_module(self, name):
        contract, compliance = self.stage.modules[name], self.office.compliance
        for place, (address, _) in self.model.modules.items():
            if address != contract.address:
                continue
            if place in self.model.suspended:
                self.model.suspended.remove(place)
                compliance.resumeModule(contract, sender=self.office.admin)
                if name == "HolderCount" and not contract.isCounted():
                    self.recount()
            else:
                self.model.suspended.add(place)
                compliance.suspendModule(contract, sender=self.office.agent)

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

    @rule(wallet=wallets, act=st.sampled_from(["flag", "clear", "clear the person"]))
    def flag(self, wallet, act):
        who, agent, root = self.stage.wallets[wallet], self.office.agent, self.stage.modules["SanctionsRoot"]
        memory, number = self.memory["SanctionsRoot"], self.model.identities.facts_of(who.address)[0]
        person = self.model.identities.owner.get(who.address, NOBODY)
        if act == "flag":
            memory.wallets.add(who.address)
            memory.identities |= {number} - {0}
            root.publish(keccak(keccak(who.word)), sender=agent)
            root.flag(who, [], sender=who)
        elif act == "clear":
            memory.wallets.discard(who.address)
            root.clear(who, sender=agent)
        else:
            memory.identities.discard(number)
            root.clearPerson(person, sender=agent)

    @rule(wallet=wallets, sanctioned=st.booleans())
    def write_on_the_board(self, wallet, sanctioned):
        listed = self.memory["SanctionsOracle"].wallets
        (listed.add if sanctioned else listed.discard)(self.address(wallet))
        self.stage.board.set(self.address(wallet), sanctioned, sender=self.office.agent)
