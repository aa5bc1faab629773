"""RegulatedNote: what holders and agents do, with papers and without, and every reason told."""

import pytest

from tests.utils.regulated import CUBA, ITALY, KYC, NOBODY, Rule, open_office

FREEZE, UNFREEZE, FREEZE_UNITS, UNFREEZE_UNITS, FORCE, RECOVER = range(6)
REF, REASON = b"case 7".ljust(32, b"\0"), b"\x07" * 32
MOST = 2**112 - 1


@pytest.fixture
def giver(office):
    return office.holder("giver", 100)


@pytest.fixture
def taker(office):
    return office.person("taker")


class TestTransfer:
    def test_refused_tells_every_reason_and_reverts_with_the_first(self, lab, office, giver):
        taker = office.person("taker", CUBA, 1)
        office.rule(Rule.COUNTRY_DENY, [CUBA])
        office.rule(Rule.INVESTOR_CLASS, 0b1100)
        office.rule(Rule.MAX_HOLDING, 10)
        module = office.module("TravelRule", 5)
        told = office.note.refusals(giver, taker, 11)
        assert [(each.code, each.module) for each in told] == [
            (18, NOBODY),
            (19, NOBODY),
            (22, NOBODY),
            (128, module.address),
        ], "CO-04"
        assert told[0].words == "The receiver's country is denied."
        assert told[3].words == "No travel-rule record was filed for this transfer."
        with lab.refused("TransferRefused", giver, taker, 11, 18, NOBODY, told[0].words):
            office.note.transfer(taker, 11, sender=giver)

    def test_has_reasons_of_its_own(self, office, giver, taker):
        agent = office.agent
        office.note.pause(sender=agent)
        for wallet in (giver, taker):
            office.note.setAddressFrozen(wallet, True, sender=agent)
        office.note.freezePartialTokens(giver, 95, sender=agent)
        assert [each.code for each in office.note.refusals(giver, taker, 6)] == [1, 2, 5, 3]
        assert [each.code for each in office.note.refusals(giver, taker, 101)] == [4, 1, 2, 3]
        assert all(each.words for each in office.note.refusals(giver, taker, 101))
        assert office.code(giver, NOBODY, 1) == office.code(NOBODY, taker, 0) == 6

    @pytest.mark.parametrize("units", [MOST + 1, 2**256 - 1])
    def test_of_more_than_there_can_be_is_refused_without_an_overflow(self, office, giver, taker, units):
        office.rule(Rule.MAX_HOLDING, 10)
        assert office.compliance.detectTransferRestriction(giver, taker, units) == 7
        assert not office.compliance.canTransfer(giver, taker, units)

    def test_moves_frozen_units_of_nobody(self, lab, office, giver, taker):
        office.note.freezePartialTokens(giver, 60, sender=office.agent)
        office.note.transfer(taker, 40, sender=giver)
        with lab.refused("UnitsFrozen", giver, 1, 0):
            office.note.transfer(taker, 1, sender=giver)
        office.note.approve(taker, 1, sender=giver)
        with lab.refused("UnitsFrozen", giver, 1, 0):
            office.note.transferFrom(giver, taker, 1, sender=taker)

    def test_goes_on_for_a_sender_whose_claims_ran_out(self, lab, office, giver, taker):
        office.registry.revokeClaim(office.claim(office.identity("giver"), KYC).struct, sender=office.issuer)
        assert not office.registry.isVerified(giver)
        office.note.transfer(taker, 100, sender=giver)
        with lab.refused("TransferRefused", code=11):
            office.note.transfer(giver, 1, sender=taker)

    def test_with_little_gas_changes_no_answer(self, lab, office, taker):
        thrifty = lab.deploy("ThriftyHolder", sender=office.admin)
        office.registry.registerIdentity(thrifty, office.identity("taker"), 0, sender=office.agent)
        office.note.mint(thrifty, 10, sender=office.agent)
        office.module("TravelRule", 5)
        with lab.refused("NotEnoughGas"):
            thrifty.send(office.note, taker, 1, 150_000, sender=taker)
        thrifty.send(office.note, taker, 1, 900_000, sender=taker)


class TestMintAndBurn:
    def test_are_an_agent_s(self, lab, office, giver, taker):
        office.note.mint(taker, 5, sender=office.agent)
        office.note.batchBurn([giver, taker], [99, 5], sender=office.agent)
        assert office.note.totalSupply() == 1
        with lab.refused("ERC20InsufficientBalance", giver, 1, 2):
            office.note.burn(giver, 2, sender=office.agent)

    def test_fill_the_books_to_the_limit(self, lab, office, giver, taker):
        with lab.refused("AboveLimit", MOST - 99, MOST - 100):
            office.note.mint(taker, MOST - 99, sender=office.agent)
        office.note.mint(taker, MOST - 100, sender=office.agent)

    def test_burn_frees_what_was_frozen(self, office, giver):
        office.note.freezePartialTokens(giver, 90, sender=office.agent)
        office.note.burn(giver, 30, sender=office.agent)
        assert office.note.getFrozenTokens(giver) == 70

    def test_are_refused_where_an_offering_issues(self, lab):
        office = open_office(lab, by_agents=False)
        holder = office.person("holder")
        for call in (office.note.mint, office.note.burn):
            with lab.refused("OtherIssue", False):
                call(holder, 1, sender=office.agent)
        office.note.issue(10, sender=office.admin)
        office.note.handOver(holder, 4, sender=office.admin)
        assert office.note.balanceOf(holder) == 4
        with lab.refused("TransferRefused", code=10):
            office.note.handOver(lab.actor("stranger"), 1, sender=office.admin)
        with lab.refused("AlreadyIssued", 10):
            office.note.issue(10, sender=office.admin)

    def test_issue_is_refused_where_agents_make(self, lab, office):
        with lab.refused("OtherIssue", True):
            office.note.issue(10, sender=office.admin)


class TestSupervise:
    def act(self, office, *order):
        receipt = office.note.supervise((*order, REF, REASON), sender=office.agent)
        (told,) = receipt.events_of(office.note, "Supervision")
        assert (told.ref, told.reason) == (REF, REASON)
        return told

    def test_freezes_with_papers(self, office, giver):
        assert self.act(office, FREEZE, giver.address, NOBODY, 0).act == FREEZE
        assert office.note.isFrozen(giver)
        self.act(office, UNFREEZE, giver.address, NOBODY, 0)
        self.act(office, FREEZE_UNITS, giver.address, NOBODY, 30)
        self.act(office, UNFREEZE_UNITS, giver.address, NOBODY, 10)
        assert (office.note.isFrozen(giver), office.note.getFrozenTokens(giver)) == (False, 20)

    def test_forces_and_says_which_rule_it_went_against(self, office, giver, taker):
        assert self.act(office, FORCE, giver.address, taker.address, 10).refusedBy == 0
        office.rule(Rule.MAX_HOLDING, 10)
        told = self.act(office, FORCE, giver.address, taker.address, 10)
        assert (told.refusedBy, told.units) == (22, 10), "RG-03"
        assert office.note.balanceOf(taker) == 20

    def test_forces_to_nobody_who_is_not_verified(self, lab, office, giver):
        for stranger, code in ((lab.actor("stranger"), 10), (office.wallet("unverified"), 11)):
            with lab.refused("TransferRefused", code=code):
                self.act(office, FORCE, giver.address, stranger.address, 10)

    def test_recovers_what_is_frozen_as_it_is(self, lab, office, giver):
        self.act(office, FREEZE_UNITS, giver.address, NOBODY, 30)
        self.act(office, FREEZE, giver.address, NOBODY, 0)
        new = lab.actor("new wallet")
        assert self.act(office, RECOVER, giver.address, new.address, 0).units == 100
        assert (office.note.balanceOf(new), office.note.getFrozenTokens(new)) == (100, 30)
        assert office.note.isFrozen(new)
        with lab.refused("RecoveryNotPossible"):  # everything moves once
            self.act(office, RECOVER, giver.address, new.address, 0)

    def test_moves_nothing_out_of_nowhere(self, lab, office, taker):
        with lab.refused("HolderFrozen", NOBODY):
            self.act(office, FORCE, NOBODY, taker.address, 1)

    def test_has_no_papers_by_the_calls_of_the_standard(self, office, giver):
        receipt = office.note.setAddressFrozen(giver, True, sender=office.agent)
        (told,) = receipt.events_of(office.note, "Supervision")
        assert (told.ref, told.reason) == (bytes(32), bytes(32))


class TestSetFrozenUnits:
    def test_refuses_more_than_is_there(self, lab, office, giver):
        with lab.refused("UnitsFrozen", giver, 101, 100):
            office.note.freezePartialTokens(giver, 101, sender=office.agent)
        with lab.refused("FewerFrozen", giver, 1, 0):
            office.note.unfreezePartialTokens(giver, 1, sender=office.agent)


class TestBatches:
    def test_refuse_lists_of_two_lengths(self, lab, office, giver, taker):
        with lab.refused("DifferentLengths", 1, 2):
            office.note.batchTransfer([taker], [1, 2], sender=giver)
        with lab.refused("DifferentLengths", 2, 1):
            office.note.batchMint([taker, giver], [1], sender=office.agent)
        with lab.refused("DifferentLengths", 1, 0):
            office.note.batchForcedTransfer([giver], [taker], [], sender=office.agent)


class TestRecovery:
    def test_keeps_a_wallet_that_holds_another_note(self, lab, office, giver):
        other = lab.deploy("RegulatedCompliance", office.access, office.registry, sender=office.admin)
        values = office.access, office.distributor, other, True, "Other", "OTHER"
        note = lab.deploy("RegulatedNote", *values, sender=office.admin)
        other.bindToken(note, sender=office.admin)
        office.registry.watch(other, sender=office.admin)
        for agency, who in ((note, office.agent), (office.registry, note)):
            agency.addAgent(who, sender=office.admin)
        note.mint(giver, 7, sender=office.agent)
        owner, new = office.identity("giver"), lab.actor("new wallet")
        office.note.recoveryAddress(giver, new, owner, sender=office.agent)
        assert office.registry.contains(giver)
        note.recoveryAddress(giver, new, owner, sender=office.agent)
        assert not office.registry.contains(giver)
        assert (office.note.balanceOf(new), note.balanceOf(new)) == (100, 7)

    def test_helps_who_is_no_longer_verified(self, lab, office, giver):
        office.registry.revokeAll(sender=office.issuer)
        new = lab.actor("new wallet")
        office.note.recoveryAddress(giver, new, office.identity("giver"), sender=office.agent)
        assert office.note.balanceOf(new) == 100


class TestConstructor:
    def test_asks_the_registry_of_its_compliance(self, office):
        assert office.compliance.getTokenBound() == office.note.address
        assert office.note.identityRegistry() == office.registry.address
        assert office.note.byAgents()
        assert office.person("investor", ITALY)
