"""Attack: a module, or a registry that was left behind, makes others pay, stop or count wrong.

A module's long answer was copied whole into the memory of whoever asked: sixteen of them used up a block, and burns
with it. One that stammered when asked why it refuses took away the reasons of all others. A count of holders went on
while nobody told it anything, ran below zero, and with that held up the registry: no claim of such a person could be
taken back. After a change of registry a number of the old one was taken for somebody else's of the new.
"""

import pytest

from tests.utils.regulated import CLASS, COUNTRY, CUBA, DAY, ITALY, KENYA, KYC, NO_LIMIT, open_office
from tests.utils.signing import Signer

REVERTS, NOTHING, FLOODS = 1, 3, 6
USES = 7
NO_LIMITS = (NO_LIMIT, [NO_LIMIT] * 4, [], [])


@pytest.fixture
def office(lab):
    office = open_office(lab)
    for name in "AB":
        office.holder(name, 50)
    return office


def bad_modules(lab, office, number):
    for _ in range(number):
        module = lab.deploy("BadModule", USES, sender=office.admin)
        office.compliance.addModule(module, sender=office.admin)
        yield module


class TestFlood:
    """Sixteen modules that answer, and refuse, with 190,000 bytes each."""

    @pytest.fixture
    def caller(self, lab, office):
        for module in bad_modules(lab, office, 16):
            module.behave(FLOODS, FLOODS, sender=office.admin)
        caller = lab.deploy("StingyCaller", sender=office.admin)
        office.note.addAgent(caller, sender=office.admin)
        return caller

    def test_holds_up_no_burn_and_no_force(self, lab, office, caller):
        """Each module needs some 90,000, and has 400,000 at most."""
        for call in (
            office.note.burn.encode(lab.actor("A"), 10),
            office.note.forcedTransfer.encode(lab.actor("A"), lab.actor("B"), 10),
        ):
            assert caller.act(office.note, call, 2_500_000, sender=office.admin).return_value
        assert [office.note.balanceOf(lab.actor(name)) for name in "AB"] == [30, 60]

    def test_is_no_dearer_than_what_the_modules_use(self, lab, office, caller):
        call = office.compliance.canTransfer.encode(lab.actor("A"), lab.actor("B"), 1)
        assert tuple(caller.ask(office.compliance, call, 2_000_000)) == (True, 1), "CO-03"


class TestWords:
    @pytest.mark.parametrize("manner", [REVERTS, NOTHING, FLOODS])
    def test_that_do_not_come_take_away_no_reason(self, lab, office, manner):
        first, second = bad_modules(lab, office, 2)
        board = lab.deploy("SanctionsBoard", sender=office.admin)
        board.set(lab.actor("B"), True, sender=office.admin)
        oracle = office.module("SanctionsOracle", board)
        first.behave(4, 0, sender=office.admin)  # a "no"
        first.speak(manner, sender=office.admin)
        told = [tuple(each) for each in office.note.refusals(lab.actor("A"), lab.actor("B"), 1)]
        assert [each[:2] for each in told] == [(128, first.address), (132, oracle.address)], "CO-04"
        assert all(each[2] for each in told), "CO-04"
        with lab.refused("TransferRefused", code=128, module=first.address):
            office.note.transfer(lab.actor("B"), 1, sender=lab.actor("A"))
        assert second.words() == "Bad."


class TestCountThatIsToldNothing:
    @pytest.fixture
    def count(self, lab, office):
        count = office.module("HolderCount", *NO_LIMITS)
        office.registry.watch(count, sender=office.admin)
        self.recount(lab, office, count, "AB")
        return count

    @staticmethod
    def recount(lab, office, count, names):
        count.rebuild(sorted((lab.actor(name) for name in names), key=lambda one: one.word), sender=office.agent)
        count.finishRebuild(sender=office.agent)

    @pytest.mark.parametrize("way", ["suspended", "taken out"])
    def test_holds_up_no_registry(self, lab, office, count, way):
        """C of Kenya began to hold untold; a change of C's country took one from none."""
        if way == "suspended":
            office.compliance.suspendModule(count, sender=office.agent)
        else:
            office.compliance.removeModule(count, sender=office.admin)
        wallet = office.person("C", KENYA)
        office.note.transfer(wallet, 10, sender=lab.actor("A"))
        lab.wait(1)
        office.add(office.claim(office.identity("C"), COUNTRY, CUBA))
        assert office.registry.investorCountry(wallet) == CUBA
        office.registry.revokeAll(sender=office.issuer)
        office.registry.refresh(office.identity("C"), sender=wallet)
        assert not office.registry.isVerified(wallet)

    def test_is_none_until_it_was_made_again(self, lab, office, count):
        office.compliance.suspendModule(count, sender=office.agent)
        office.note.transfer(office.person("C"), 10, sender=lab.actor("A"))
        office.compliance.resumeModule(count, sender=office.admin)
        assert not count.isCounted()
        self.recount(lab, office, count, "ABC")
        assert count.holders() == 3, "CO-05"

    def test_begun_before_the_note_was_bound_is_none(self, lab, office):
        """It began with no note and counted none; then a note came that had holders."""
        waiting = lab.deploy("RegulatedCompliance", office.access, office.registry, sender=office.admin)
        office.registry.watch(waiting, sender=office.admin)
        count = lab.deploy("HolderCount", waiting, *NO_LIMITS, sender=office.admin)
        office.registry.watch(count, sender=office.admin)
        waiting.addModule(count, sender=office.admin)
        waiting.bindToken(office.note, sender=office.admin)
        office.note.setCompliance(waiting, sender=office.admin)
        assert not count.isCounted()
        self.recount(lab, office, count, "AB")
        assert count.holders() == 2, "CO-05"

    def test_is_not_ended_by_claims_that_change_nothing_in_it(self, lab, office, count):
        """A holder who has claims to spare hands one in after another."""
        wallets = sorted((lab.actor(name) for name in "AB"), key=lambda one: one.word)
        for place, wallet in enumerate(wallets):
            count.rebuild([wallet], sender=office.agent)
            lab.wait(1)
            office.add(office.claim(office.identity("A"), KYC, until=lab.now + (place + 1) * DAY))
            office.registry.registerIdentity(lab.actor(f"new {place}"), office.identity("A"), 0, sender=office.agent)
        count.finishRebuild(sender=office.agent)
        assert count.holders() == 2, "CO-05"


class TestAnotherRegistry:
    """Where the numbers of identities mean others: whoever was first is second."""

    @pytest.fixture
    def other(self, lab, office):
        """A registry with the same issuers, in which B was registered before A."""
        other = lab.deploy("IdentityRegistry", office.access, COUNTRY, CLASS, sender=office.admin)
        office.issuers.tell(other, sender=office.admin)
        other.setTrustedIssuersRegistry(office.issuers, sender=office.admin)
        other.setClaimTopicsRegistry(office.issuers, sender=office.admin)
        other.watch(office.compliance, sender=office.admin)
        for agent in (office.agent, office.note):
            other.addAgent(agent, sender=office.admin)
        for name in "BA":
            other.registerIdentity(lab.actor(name), office.identity(name), ITALY, sender=office.agent)
            claim = office.claim(office.identity(name), KYC)
            other.addClaim(claim.struct, office.sign(claim, registry=other), sender=office.agent)
        return other

    def test_knows_whose_lots_they_are(self, lab, office, other):
        lock = office.module("LockUp", 10 * DAY, 0)
        office.note.mint(lab.actor("A"), 30, sender=office.agent)
        office.note.setIdentityRegistry(other, sender=office.admin)
        assert lock.lockedOf(office.identity("A")) == 30
        a, b = lab.actor("A"), lab.actor("B")
        assert [office.code(a, b, units) for units in (50, 51)] == [0, 128], "CO-06"
        assert office.code(b, a, 50) == 0, "CO-06"

    def test_knows_who_sent_what(self, lab, office, other):
        velocity = office.module("Velocity", 40, DAY)
        a, b = lab.actor("A"), lab.actor("B")
        office.note.transfer(b, 30, sender=a)
        office.note.setIdentityRegistry(other, sender=office.admin)
        assert [velocity.sentBy(office.identity(name)) for name in "AB"] == [30, 0], "CO-06"
        assert [office.code(a, b, 11), office.code(b, a, 40)] == [128, 0]

    def test_lets_nobody_send_whom_it_does_not_know(self, lab, office, other):
        """What a stranger has sent and may send nobody knows; registered it is known again."""
        office.module("LockUp", 10 * DAY, 0)
        stranger = office.holder("C", 20)
        office.note.setIdentityRegistry(other, sender=office.admin)
        assert office.code(stranger, lab.actor("B"), 1) == 128
        other.registerIdentity(stranger, office.identity("C"), ITALY, sender=office.agent)
        assert office.code(stranger, lab.actor("B"), 1) == 128  # its lot
        lab.wait(11 * DAY)
        assert office.code(stranger, lab.actor("B"), 1) == 0

    def test_counts_anew_and_the_old_one_goes_on(self, lab, office, other):
        count = office.module("HolderCount", *NO_LIMITS)
        for registry in (office.registry, other):
            registry.watch(count, sender=office.admin)
        TestCountThatIsToldNothing.recount(lab, office, count, "AB")
        office.note.setIdentityRegistry(other, sender=office.admin)
        assert not count.isCounted()
        lab.wait(1)
        office.add(office.claim(office.identity("A"), COUNTRY, CUBA))  # at the old registry, which serves other notes
        assert office.registry.investorCountry(lab.actor("A")) == CUBA
        TestCountThatIsToldNothing.recount(lab, office, count, "AB")
        assert (count.holders(), count.holdersOfCountry(ITALY)) == (2, 2), "CO-05"

    def test_that_asks_other_issuers_by_now_keeps_no_issuer_in(self, lab, office, other):
        others = lab.deploy("TrustedIssuers", office.access, sender=office.admin)
        others.tell(other, sender=office.admin)
        other.setTrustedIssuersRegistry(others, sender=office.admin)
        other.setClaimTopicsRegistry(others, sender=office.admin)
        office.issuers.addClaimTopic(CLASS, sender=office.admin)
        office.issuers.removeTrustedIssuer(office.issuer.address, sender=office.admin)
        assert not office.registry.isVerified(lab.actor("A")), "RG-01"


class TestIssuer:
    def test_that_dies_and_dies_blocks_nobody_else(self, lab, office):
        """Each life of an issuer takes one of 64 bits; after the last all who rest on others were blocked too."""
        evil = Signer("a trusted issuer with a grudge")
        office.issuers.addTrustedIssuer(evil.address, [KYC], sender=office.admin)
        victim, own = lab.actor("A"), office.identity("own")
        office.wallet("own")
        for epoch in range(70):
            claim = office.claim(own, KYC, epoch=epoch, issuer=evil.address)
            office.add(claim, office.sign(claim, evil))
            assert office.registry.isVerified(lab.actor("own")) == (epoch < 2), "RG-01"
            office.registry.revokeAll(sender=evil.address)
        assert office.registry.isVerified(victim), "RG-01"
        lab.wait(DAY)
        claim = office.claim(own, KYC, epoch=70, issuer=evil.address)
        office.add(claim, office.sign(claim, evil))
        assert office.registry.isVerified(lab.actor("own")), "RG-01"
