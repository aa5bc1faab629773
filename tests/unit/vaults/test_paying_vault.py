"""PayingNoteVault: a share is a note, and its holder gets what the note earns."""

import pytest

from tests.utils.vaulted import PAYING, UNITS, vaulted

ALL = 3 * UNITS  # units of the note


@pytest.fixture
def shared(paying, holder, other):
    """300 shares with the holder, 100 with the other."""
    paying.deposit(holder, 300)
    paying.deposit(other, 100)
    return paying


def claim(stand, who):
    before = stand.cash.balanceOf(who)
    stand.vault.claimCash(sender=who)
    return stand.cash.balanceOf(who) - before


class TestCash:
    def test_is_what_as_many_notes_would_have_earned(self, shared, holder, other, third):
        shared.give(2 * ALL, 3 * ALL)
        assert [shared.vault.claimableCash(each) for each in (holder, other, third)] == [1_500, 500, 0]
        assert [claim(shared, each) for each in (holder, other, third)] == [1_500, 500, 0]
        assert (shared.vault.cashHeld(), shared.cash.balanceOf(shared.vault)) == (0, 0)

    def test_is_paid_once(self, shared, holder):
        shared.give(ALL)
        assert [claim(shared, holder), claim(shared, holder)] == [300, 0]

    def test_goes_to_the_holder_whoever_claims(self, shared, holder, outsider):
        shared.give(ALL)
        receipt = shared.vault.claimCashFor(holder, sender=outsider)
        (log,) = receipt.events_of(shared.vault, "CashPaid")
        assert (log.holder, log.cash, shared.cash.balanceOf(holder)) == (holder.address, 300, 300)

    def test_of_the_past_stays_with_who_sends_shares(self, shared, holder, other):
        shared.give(ALL)
        shared.vault.transfer(other, 300, sender=holder)
        shared.give(ALL)
        assert [claim(shared, each) for each in (holder, other)] == [300, 500]

    def test_of_the_past_is_not_a_newcomer_s(self, shared, third):
        shared.give(ALL)
        shared.deposit(third, 1_000)
        assert claim(shared, third) == 0

    def test_of_the_past_stays_with_who_redeems(self, shared, holder, other):
        shared.give(ALL)
        assert shared.redeem(holder) == 300
        shared.give(ALL)
        assert [claim(shared, each) for each in (holder, other)] == [300, 200]

    def test_that_somebody_claimed_at_the_note_is_found(self, shared, holder, outsider):
        shared.give(ALL)
        shared.note.claimFor(shared.vault, sender=outsider)
        shared.note.claimMany([shared.vault], sender=outsider)
        assert claim(shared, holder) == 300

    def test_is_refused_to_a_frozen_holder_who_goes_on_earning(self, lab, shared, holder):
        shared.note.setFrozen(holder, True, sender=shared.issuer)
        shared.give(ALL)
        with lab.refused("HolderFrozen", holder):
            shared.vault.claimCash(sender=holder)
        shared.note.setFrozen(holder, False, sender=shared.issuer)
        assert claim(shared, holder) == 300

    def test_that_an_asset_refuses_to_pay_stays(self, lab, shared, holder, other):
        shared.give(ALL)
        shared.cash.refuse(holder, True, sender=holder)
        with lab.refused("Refused", holder):
            shared.vault.claimCash(sender=holder)
        assert claim(shared, other) == 100
        shared.cash.refuse(holder, False, sender=holder)
        assert claim(shared, holder) == 300

    def test_fractions_stay_to_the_holder_s_credit(self, lab, holder, other):
        """Three notes, a unit of cash a run: a third and two thirds."""
        stand = vaulted(lab, PAYING, units=1)
        for each, third in ((holder, holder), (other, other), (lab.actor("third"), other)):
            stand.vault.deposit(1, third, sender=each)
        found = []
        for _ in range(3):
            stand.give(1)
            found.append([claim(stand, each) for each in (holder, other)])
        assert found == [[0, 0], [0, 1], [1, 1]]

    def test_of_gifts_is_nobody_s(self, shared, holder, other, third):
        shared.note.transfer(shared.vault, 7_000, sender=third)
        shared.cash.transfer(shared.vault, 999, sender=shared.issuer)
        shared.give(ALL)
        assert [claim(shared, each) for each in (holder, other)] == [300, 100], "VT-07"

    def test_waits_for_nobody_where_nobody_has_a_share(self, paying, holder, third):
        paying.note.transfer(paying.vault, 500, sender=third)
        paying.give(ALL)
        paying.vault.harvest(sender=third)
        paying.deposit(holder, 100)
        assert (paying.vault.cashHeld(), claim(paying, holder)) == (0, 0), "VT-07"


class TestHarvest:
    def test_claims_what_the_notes_earned(self, shared, outsider):
        shared.give(ALL)
        receipt = shared.vault.harvest(sender=outsider)
        assert receipt.return_value == shared.vault.cashHeld() == 400
        (log,) = receipt.events_of(shared.vault, "Harvested")
        assert log.cash == 400

    def test_finds_nothing_twice(self, shared, outsider):
        shared.give(ALL)
        shared.vault.harvest(sender=outsider)
        assert shared.vault.harvest(sender=outsider).return_value == 0

    def test_does_nothing_while_the_vault_can_t_claim(self, shared, holder, other):
        shared.give(ALL)
        shared.note.setFrozen(shared.vault, True, sender=shared.issuer)
        assert shared.vault.harvest(sender=holder).return_value == 0
        assert shared.vault.claimableCash(holder) == 0
        shared.note.setFrozen(shared.vault, False, sender=shared.issuer)
        assert [claim(shared, each) for each in (holder, other)] == [300, 100]

    def test_owes_no_more_than_arrived(self, lab, holder):
        """An asset that takes a fee tomorrow: what the note paid is not what came."""
        stand = vaulted(lab, PAYING, cash="LateFeeToken")
        stand.deposit(holder, 300)
        stand.give(ALL)
        stand.cash.charge(10, sender=holder)
        stand.vault.harvest(sender=holder)
        assert stand.vault.cashHeld() == stand.cash.balanceOf(stand.vault) == 290, "VT-06"


class TestAnAssetThatRefusesTheVault:
    def test_holds_up_the_cash_and_lets_the_notes_go(self, lab, shared, holder, third):
        shared.give(ALL)
        shared.cash.refuse(shared.vault, True, sender=holder)
        assert shared.redeem(holder) == 300
        with lab.refused("CashOutOfReach"):
            shared.vault.deposit(1, third, sender=third)

    def test_keeps_what_was_not_harvested_for_who_holds_the_shares_then(self, shared, holder, other):
        shared.give(ALL)
        shared.cash.refuse(shared.vault, True, sender=holder)
        shared.vault.transfer(other, 300, sender=holder)
        shared.cash.refuse(shared.vault, False, sender=holder)
        assert [claim(shared, each) for each in (holder, other)] == [0, 400]


class TestShort:
    """The transfer agent takes 100 of the vault's 400 notes."""

    @pytest.fixture
    def short(self, shared, third):
        shared.note.forceTransfer(shared.vault, third, 100, sender=shared.issuer)
        return shared

    def test_everybody_bears_the_same(self, short, holder, other):
        assert short.vault.totalAssets() == 300
        assert short.redeem(other) == 75
        assert short.redeem(holder) == 225

    def test_nobody_comes_in(self, lab, short, third):
        assert short.vault.maxDeposit(third, sender=third) == short.vault.maxMint(third, sender=third) == 0
        with lab.refused("BooksMoved", 301, 401):
            short.vault.deposit(1, third, sender=third)

    def test_cash_is_shared_as_far_as_it_comes(self, short, holder, other):
        short.give(ALL)
        assert [claim(short, each) for each in (holder, other)] == [225, 75]

    def test_cash_from_before_is_carried_along_in_part(self, shared, holder, other, third):
        shared.give(ALL)
        shared.note.forceTransfer(shared.vault, third, 100, sender=shared.issuer)
        assert [claim(shared, each) for each in (holder, other)] == [225, 75]
        assert shared.note.claimable(third) == UNITS + 100

    def test_notes_that_come_back_make_it_whole(self, short, holder, other, third):
        short.note.transfer(short.vault, 100, sender=third)
        assert [short.redeem(each) for each in (other, holder)] == [100, 300]
