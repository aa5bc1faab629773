"""Claims of trusted issuers: what is refused at the door, what runs out, what is taken back, for which registry."""

import pytest

from salvor.chain.engine import CHAIN_ID
from tests.utils.regulated import CLASS, COUNTRY, DAY, ITALY, KENYA, KYC, NOBODY, YEAR, signed
from tests.utils.signing import Signer

SECP256K1 = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
STRANGER = Signer("nobody's issuer")


@pytest.fixture
def wallet(office):
    return office.wallet("investor")


@pytest.fixture
def identity(office):
    return office.identity("investor")


class TestAddClaim:
    def test_verifies_an_identity_in_all_its_wallets_by_whoever_hands_it_in(self, office, wallet, identity):
        second = office.wallet("second wallet", "investor")
        assert not office.registry.isVerified(wallet)
        receipt = office.add(claim := office.claim(identity, KYC))
        (event,) = receipt.events_of(office.registry, "ClaimAdded")
        assert (event.identity, event.topic, event.issuer) == (identity, KYC, office.issuer.address)
        assert office.registry.digestOf(claim.struct) == claim.digest(office.registry.address)
        assert [office.registry.isVerified(each) for each in (wallet, second)] == [True, True], "RG-01"

    def test_waits_for_the_first_wallet(self, office, identity):
        office.add(office.claim(identity, KYC))
        assert office.registry.isVerified(office.wallet("investor"))

    def test_says_country_and_class(self, office, wallet, identity):
        office.add(office.claim(identity, KYC))
        office.add(office.claim(identity, COUNTRY, ITALY))
        office.add(office.claim(identity, CLASS, 2))
        assert office.registry.investorCountry(wallet) == ITALY

    def test_twice_does_nothing(self, office, wallet, identity):
        claim = office.claim(identity, KYC)
        office.add(claim)
        assert office.add(claim).events_of(office.registry, "ClaimAdded") == []

    @pytest.mark.parametrize("left", [1, 0])
    def test_counts_until_its_last_second(self, lab, office, wallet, identity, left):
        claim = office.claim(identity, KYC)
        office.add(claim)
        lab.now = claim.until - left
        assert office.registry.isVerified(wallet) == bool(left), "RG-01"

    def test_refuses_what_has_run_out(self, lab, office, identity):
        claim = office.claim(identity, KYC, until=lab.now + 5)
        lab.now = claim.until
        with lab.refused("ClaimExpired", claim.until, lab.now):
            office.add(claim)

    def test_refuses_what_is_of_tomorrow(self, lab, office, identity):
        claim = office.claim(identity, KYC, issued=lab.now + DAY)
        with lab.refused("ClaimFromTheFuture", claim.issued_at, lab.now):
            office.add(claim)

    def test_refuses_what_ends_before_it_begins(self, lab, office, identity):
        claim = office.claim(identity, KYC, until=lab.now)
        with lab.refused("ClaimNeverValid", claim.issued_at, claim.until):
            office.add(claim)

    @pytest.mark.parametrize(("topic", "value"), [(COUNTRY, 0), (COUNTRY, 1_000), (CLASS, 0), (CLASS, 4)])
    def test_refuses_a_country_or_class_that_is_none(self, lab, office, identity, topic, value):
        with lab.refused("ValueOutOfRange", topic, value):
            office.add(office.claim(identity, topic, value))

    def test_refuses_the_zero_address(self, lab, office):
        with lab.refused("ZeroIdentity"):
            office.add(office.claim(NOBODY, KYC))

    @pytest.mark.parametrize("topic", [KYC, 9])
    def test_refuses_an_issuer_who_is_not_trusted_for_the_topic(self, lab, office, identity, topic):
        signer = STRANGER if topic == KYC else office.issuer
        claim = office.claim(identity, topic, issuer=signer.address)
        with lab.refused("IssuerNotTrusted", signer.address, topic):
            office.add(claim, office.sign(claim, signer))

    def test_refuses_another_signer(self, lab, office, identity):
        claim = office.claim(identity, KYC)
        with lab.refused("WrongSignature", office.issuer.address):
            office.add(claim, office.sign(claim, STRANGER))

    def test_refuses_the_other_half_of_the_curve(self, lab, office, identity):
        claim = office.claim(identity, KYC)
        good = office.sign(claim)
        high = SECP256K1 - int.from_bytes(good[32:64])
        with lab.refused("WrongSignature", office.issuer.address):
            office.add(claim, good[:32] + high.to_bytes(32) + bytes([55 - good[64]]))

    @pytest.mark.parametrize("length", [0, 1, 64, 66])
    def test_refuses_a_signature_that_is_none(self, lab, office, identity, length):
        claim = office.claim(identity, KYC)
        with lab.refused("WrongSignature", office.issuer.address):
            office.registry.addClaim(claim.struct, (office.sign(claim) * 2)[:length], sender=office.agent)

    @pytest.mark.parametrize("what", ["chain", "registry", "identity"])
    def test_refuses_a_claim_replayed_from_elsewhere(self, lab, office, identity, what):
        claim = office.claim(identity, KYC)
        registry = office.note if what == "registry" else office.registry
        signature = office.sign(claim, registry=registry, chain_id=CHAIN_ID + (what == "chain"))
        if what == "identity":
            claim = office.claim(office.identity("somebody else"), KYC)
        with lab.refused("WrongSignature", office.issuer.address):
            office.add(claim, signature)

    def test_takes_the_later_of_two_and_refuses_the_older(self, lab, office, wallet, identity):
        first = office.claim(identity, COUNTRY, ITALY)
        office.add(first)
        lab.wait(1)
        office.add(second := office.claim(identity, COUNTRY, KENYA))
        assert office.registry.investorCountry(wallet) == KENYA
        with lab.refused("OlderClaim", first.issued_at, second.issued_at):
            office.add(first)

    def test_asks_a_contract_that_issues(self, lab, office, wallet, identity):
        issuer = lab.deploy("ObligingIssuer", sender=office.admin)
        office.issuers.addTrustedIssuer(issuer, [KYC], sender=office.admin)
        claim = office.claim(identity, KYC, issuer=issuer.address)
        issuer.tell(b"\0\0\0\1", False, sender=office.admin)
        with lab.refused("WrongSignature", issuer):
            office.add(claim, b"anything")
        issuer.tell(bytes.fromhex("1626ba7e"), True, sender=office.admin)
        with lab.refused("WrongSignature", issuer):
            office.add(claim, b"anything")
        issuer.tell(bytes.fromhex("1626ba7e"), False, sender=office.admin)
        office.add(claim, b"anything")
        assert office.registry.isVerified(wallet)


class TestRevokeClaim:
    def test_blocks_from_that_call_on_and_keeps_older_ones_out(self, lab, office, wallet, identity):
        older = office.claim(identity, KYC)
        lab.wait(1)
        office.add(claim := office.claim(identity, KYC))
        office.registry.revokeClaim(claim.struct, sender=office.issuer)
        assert not office.registry.isVerified(wallet), "RG-01"
        with lab.refused("ClaimIsRevoked", claim.digest(office.registry.address)):
            office.add(claim)
        with lab.refused("OlderClaim", older.issued_at, claim.issued_at):
            office.add(older)

    def test_before_it_came_in_keeps_older_ones_out(self, lab, office, wallet, identity):
        older = office.claim(identity, KYC)
        lab.wait(1)
        claim = office.claim(identity, KYC)
        office.registry.revokeClaim(claim.struct, sender=office.issuer)
        with lab.refused("OlderClaim", older.issued_at, claim.issued_at):
            office.add(older)
        lab.wait(1)
        office.add(office.claim(identity, KYC))
        assert office.registry.isVerified(wallet), "RG-01"

    def test_comes_before_the_claim(self, lab, office, identity):
        claim = office.claim(identity, KYC)
        office.registry.revokeClaim(claim.struct, sender=office.issuer)
        with lab.refused("ClaimIsRevoked"):
            office.add(claim)

    def test_refuses_everybody_but_the_issuer(self, lab, office, identity):
        claim = office.claim(identity, KYC)
        with lab.refused("NotTheIssuerOfTheClaim", lab.actor("outsider"), office.issuer.address):
            office.registry.revokeClaim(claim.struct, sender=lab.actor("outsider"))


class TestRevokeAll:
    def test_blocks_everybody_who_rests_on_the_issuer_and_nobody_else(self, lab, office):
        other = Signer("other issuer")
        office.issuers.addTrustedIssuer(other.address, [KYC], sender=office.admin)
        first, second = office.person("first"), office.wallet("second")
        claim = office.claim(office.identity("second"), KYC, issuer=other.address)
        office.add(claim, office.sign(claim, other))
        office.registry.revokeAll(sender=office.issuer)
        assert [office.registry.isVerified(each) for each in (first, second)] == [False, True], "RG-01"
        again = office.claim(office.identity("first"), KYC)
        with lab.refused("WrongEpoch", office.issuer.address, 0, 1):
            office.add(again)
        office.add(office.claim(office.identity("first"), KYC, epoch=1))
        assert office.registry.isVerified(first)


class TestTrust:
    def test_that_ends_blocks_from_the_next_call_on(self, office, lab):
        giver, taker = office.holder("giver", 100), office.person("taker")
        office.note.transfer(taker, 1, sender=giver)
        office.issuers.removeTrustedIssuer(office.issuer.address, sender=office.admin)
        with lab.refused("TransferRefused", code=11):
            office.note.transfer(taker, 1, sender=giver)

    def test_in_another_issuer_verifies_again_after_a_refresh(self, office):
        other = Signer("other issuer")
        office.issuers.addTrustedIssuer(other.address, [KYC, COUNTRY, CLASS], sender=office.admin)
        wallet, identity = office.person("investor"), office.identity("investor")
        for topic, value in ((KYC, 0), (COUNTRY, ITALY)):
            claim = office.claim(identity, topic, value, issuer=other.address)
            office.add(claim, office.sign(claim, other))
        office.issuers.removeTrustedIssuer(office.issuer.address, sender=office.admin)
        office.registry.refresh(identity, sender=other.address)
        assert office.registry.isVerified(wallet)
        assert office.registry.investorCountry(wallet) == ITALY

    def test_asks_one_topic_more_of_everybody(self, office):
        wallet = office.person("investor")
        office.issuers.addClaimTopic(CLASS, sender=office.admin)
        assert not office.registry.isVerified(wallet)
        office.registry.refresh(office.identity("investor"), sender=office.agent)
        assert office.registry.isVerified(wallet), "RG-01"

    def test_has_always_a_bit_left_for_a_new_issuer(self, lab, office):
        """64 bits a generation: the 65th life of an issuer frees them all, and everybody is to be refreshed."""
        wallet, identity = office.person("investor"), office.identity("investor")
        for epoch in range(1, 70):
            lab.wait(DAY)
            office.registry.revokeAll(sender=office.issuer)
            office.add(office.claim(identity, KYC, epoch=epoch))
            assert office.registry.isVerified(wallet), "RG-01"
        assert office.registry.standing()[1] > 3


class TestExpiry:
    def test_of_the_first_of_several_claims_ends_verification(self, lab, office):
        wallet, identity = office.wallet("investor"), office.identity("investor")
        office.add(office.claim(identity, KYC, until=lab.now + YEAR))
        office.add(office.claim(identity, COUNTRY, ITALY, until=lab.now + DAY))
        lab.wait(DAY)
        assert not office.registry.isVerified(wallet)
        office.registry.refresh(identity, sender=office.agent)
        assert office.registry.isVerified(wallet)
        assert office.registry.investorCountry(wallet) == 0


def test_a_signature_is_made_over_the_page_s_digest(office):
    claim = office.claim(office.identity("investor"), KYC)
    assert signed(office.issuer, claim.digest(office.registry.address)) == office.sign(claim)
