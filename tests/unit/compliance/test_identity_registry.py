"""IdentityRegistry and TrustedIssuers: whose a wallet is, who is told, and what a compliance copies of it."""

import pytest

from tests.utils.regulated import CLASS, CUBA, ITALY, KENYA, KYC, NOBODY, Rule


@pytest.fixture
def giver(office):
    return office.holder("giver", 100)


class TestRegister:
    def test_again_does_nothing_and_another_identity_s_is_refused(self, lab, office):
        wallet = office.wallet("wallet", "owner")
        receipt = office.registry.registerIdentity(wallet, office.identity("owner"), 0, sender=office.agent)
        assert receipt.events_of(office.registry, "IdentityRegistered") == []
        with lab.refused("WalletTaken", wallet, office.identity("owner")):
            office.registry.registerIdentity(wallet, office.identity("other"), 0, sender=office.agent)

    def test_refuses_nobody_and_a_ninth_wallet(self, lab, office):
        registry, owner = office.registry, office.identity("owner")
        with lab.refused("ZeroWallet"):
            registry.registerIdentity(NOBODY, owner, 0, sender=office.agent)
        with lab.refused("ZeroIdentity"):
            registry.registerIdentity(lab.actor("wallet"), NOBODY, 0, sender=office.agent)
        wallets = [office.wallet(f"wallet {place}", "owner") for place in range(8)]
        assert list(registry.walletsOf(registry.numberOf(owner))) == [each.address for each in wallets]
        with lab.refused("TooManyWallets", owner, 8):
            office.wallet("wallet 9", "owner")

    def test_refuses_lists_of_two_lengths_and_claims_of_somebody_else(self, lab, office):
        wallet, owner = lab.actor("wallet"), office.identity("owner")
        with lab.refused("DifferentLengths", 1, 2):
            office.registry.batchRegisterIdentity([wallet], [owner, owner], [0], sender=office.agent)
        claim = office.claim(office.identity("other"), KYC)
        row = wallet.address, owner, 0, [claim.struct], [office.sign(claim)]
        with lab.refused("OtherIdentity", office.identity("other"), owner):
            office.registry.register([row], sender=office.agent)
        with lab.refused("DifferentLengths", 1, 0):
            office.registry.register([(*row[:4], [])], sender=office.agent)

    def test_takes_the_country_that_an_agent_says_until_a_claim_says_one(self, office):
        wallet = office.wallet("wallet", "owner")
        office.registry.updateCountry(wallet, KENYA, sender=office.agent)
        assert office.registry.investorCountry(wallet) == KENYA
        office.add(office.claim(office.identity("owner"), 2, ITALY))
        office.registry.updateCountry(wallet, CUBA, sender=office.agent)
        assert office.registry.investorCountry(wallet) == ITALY

    @pytest.mark.parametrize("country", [1_000, 65_535])
    def test_refuses_a_country_that_is_none(self, lab, office, country):
        wallet = office.wallet("wallet")
        with lab.refused("ValueOutOfRange", 2, country):
            office.registry.updateCountry(wallet, country, sender=office.agent)


class TestGive:
    def test_gives_an_empty_wallet_to_another_identity(self, office):
        wallet = office.wallet("wallet", "owner")
        office.person("other")
        office.registry.updateIdentity(wallet, office.identity("other"), sender=office.agent)
        assert office.registry.identity(wallet) == office.identity("other")
        assert office.registry.isVerified(wallet)

    def test_refuses_a_wallet_that_nobody_registered(self, lab, office):
        for call in (
            lambda: office.registry.deleteIdentity(lab.actor("stranger"), sender=office.agent),
            lambda: office.registry.updateIdentity(lab.actor("stranger"), office.identity("x"), sender=office.agent),
            lambda: office.registry.updateCountry(lab.actor("stranger"), ITALY, sender=office.agent),
        ):
            with lab.refused("WalletUnknown", lab.actor("stranger")):
                call()
        with lab.refused("IdentityUnknown", office.identity("x")):
            office.registry.refresh(office.identity("x"), sender=office.agent)


class TestCopies:
    """A compliance copies what the registry knows of who receives: it must never be older than the registry."""

    def test_follow_every_change(self, office, giver):
        taker = office.person("taker")
        office.note.transfer(taker, 10, sender=giver)
        office.rule(Rule.COUNTRY_DENY, [CUBA])
        assert office.code(giver, taker, 1) == 0
        office.registry.revokeAll(sender=office.issuer)
        office.registry.refresh(office.identity("taker"), sender=office.agent)
        assert office.code(giver, taker, 1) == 11
        office.registry.updateCountry(taker, CUBA, sender=office.agent)
        assert [each.code for each in office.note.refusals(giver, taker, 1)] == [11, 18]

    def test_count_wallets_that_join_later(self, office, giver):
        office.rule(Rule.MAX_HOLDING, 15)
        taker = office.person("taker")
        office.note.transfer(taker, 10, sender=giver)
        second = office.wallet("second", "taker")
        moves = ((second, 5), (second, 6), (taker, 6))
        assert [office.code(giver, wallet, units) for wallet, units in moves] == [0, 22, 22]

    def test_of_a_wallet_that_left_are_gone(self, office, giver):
        taker = office.person("taker")
        office.note.transfer(taker, 10, sender=giver)
        office.note.transfer(giver, 10, sender=taker)
        office.registry.deleteIdentity(taker, sender=office.agent)
        assert office.code(giver, taker, 1) == 10

    def test_are_worth_nothing_while_nobody_is_told(self, office, giver):
        taker = office.person("taker")
        office.note.transfer(taker, 10, sender=giver)
        office.registry.unwatch(office.compliance, sender=office.admin)
        assert office.code(giver, taker, 1) == 11
        office.registry.updateCountry(taker, KENYA, sender=office.agent)
        office.registry.revokeClaim(office.claim(office.identity("taker"), KYC).struct, sender=office.issuer)
        office.registry.watch(office.compliance, sender=office.admin)
        assert office.code(giver, taker, 1) == 11, "RG-01"
        assert office.code(taker, giver, 1) == 0

    def test_of_another_registry_do_not_count(self, lab, office, giver):
        taker = office.person("taker")
        office.note.transfer(taker, 10, sender=giver)
        other = lab.deploy("IdentityRegistry", office.access, 2, CLASS, sender=office.admin)
        office.issuers.tell(other, sender=office.admin)
        other.setTrustedIssuersRegistry(office.issuers, sender=office.admin)
        other.setClaimTopicsRegistry(office.issuers, sender=office.admin)
        other.watch(office.compliance, sender=office.admin)
        office.note.setIdentityRegistry(other, sender=office.admin)
        assert office.code(giver, taker, 1) == 10
        office.note.setIdentityRegistry(office.registry, sender=office.admin)
        assert office.code(giver, taker, 1) == 0


class TestTrustedIssuers:
    def test_refuses_what_is_twice_or_nothing(self, lab, office):
        issuers, admin = office.issuers, office.admin
        with lab.refused("TopicTwice", KYC):
            issuers.addClaimTopic(KYC, sender=admin)
        with lab.refused("IssuerTwice", office.issuer.address):
            issuers.addTrustedIssuer(office.issuer.address, [KYC], sender=admin)
        with lab.refused("ZeroIssuer"):
            issuers.addTrustedIssuer(NOBODY, [KYC], sender=admin)
        with lab.refused("NoTopics", lab.actor("new")):
            issuers.addTrustedIssuer(lab.actor("new"), [], sender=admin)
        with lab.refused("TopicTwice", KYC):
            issuers.addTrustedIssuer(lab.actor("new"), [KYC, KYC], sender=admin)
        for call in (issuers.removeTrustedIssuer, issuers.getTrustedIssuerClaimTopics):
            with lab.refused("IssuerUnknown", lab.actor("new")):
                call(lab.actor("new"), sender=admin)

    def test_trusts_at_most_32_and_asks_for_at_most_15(self, lab, office):
        for place in range(31):
            office.issuers.addTrustedIssuer(lab.actor(f"issuer {place}"), [KYC], sender=office.admin)
        with lab.refused("TooMany", 32):
            office.issuers.addTrustedIssuer(lab.actor("one more"), [KYC], sender=office.admin)
        for topic in range(100, 114):
            office.issuers.addClaimTopic(topic, sender=office.admin)
        with lab.refused("TooMany", 15):
            office.issuers.addClaimTopic(999, sender=office.admin)
        office.issuers.removeClaimTopic(113, sender=office.admin)
        assert len(office.issuers.getClaimTopics()) == 14
        assert len(office.issuers.getTrustedIssuers()) == 32

    def test_is_asked_only_when_it_tells(self, lab, office):
        silent = lab.deploy("TrustedIssuers", office.access, sender=office.admin)
        for call in (office.registry.setTrustedIssuersRegistry, office.registry.setClaimTopicsRegistry):
            with lab.refused("NotTold", silent):
                call(silent, sender=office.admin)


class TestATokenOfAnotherKind:
    def test_tells_after_its_balances_changed(self, lab, office):
        """T-REX's order: the compliance reckons what was held before."""
        compliance = lab.deploy("RegulatedCompliance", office.access, office.registry, sender=office.admin)
        office.registry.watch(compliance, sender=office.admin)
        token = lab.deploy("CallingToken", sender=office.admin)

        def tell(method, *values):
            token.act(compliance, method.encode(*values), sender=office.admin)

        compliance.bindToken(token, sender=office.admin)
        with lab.refused("TokenIsBound", token):
            compliance.bindToken(token, sender=office.admin)
        count = lab.deploy("HolderCount", compliance, 9, [9] * 4, [], [], sender=office.admin)
        office.registry.watch(count, sender=office.admin)
        compliance.addModule(count, sender=office.admin)
        first, second = office.person("first"), office.person("second")
        token.mint(first, 10, sender=office.admin)
        tell(compliance.created, first, 10)
        token.transfer(second, 4, sender=first)
        tell(compliance.transferred, first, second, 4)
        assert count.holders() == 2
        token.transfer(second, 6, sender=first)
        tell(compliance.transferred, first, second, 6)
        assert (count.holders(), compliance.canTransfer(second, first, 1)) == (1, True)
        compliance.unbindToken(token, sender=office.admin)
        assert compliance.getTokenBound() == NOBODY
