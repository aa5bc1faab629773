"""ReinvestingNoteVault: cash waits for somebody who sells notes at the bid."""

import pytest

from tests.utils.vaulted import BID, DAY, REINVESTING, UNITS, WAD, deploy_vault, vaulted

ALL = 3 * UNITS
SCALE = 10**6


@pytest.fixture
def waiting(reinvesting, holder, other):
    """1,000 notes, 750 of them the holder's; 400 of cash waits since this second."""
    reinvesting.deposit(holder, 750)
    reinvesting.deposit(other, 250)
    reinvesting.give(ALL * 2 // 5)
    reinvesting.vault.harvest(sender=holder)
    return reinvesting


class TestBid:
    @pytest.mark.parametrize(("days", "price"), [(0, WAD // 2), (5, WAD * 3 // 4), (10, WAD), (11, WAD), (4_000, WAD)])
    def test_rises_evenly_to_the_ceiling(self, lab, waiting, days, price):
        lab.wait(days * DAY)
        assert waiting.vault.bid() == price

    def test_starts_again_with_new_cash(self, lab, waiting, holder):
        lab.wait(8 * DAY)
        waiting.give(ALL)
        assert waiting.vault.bid() == WAD * 9 // 10
        waiting.vault.harvest(sender=holder)
        assert waiting.vault.bid() == WAD // 2

    @pytest.mark.parametrize("bid", [(0, WAD, DAY), (WAD + 1, WAD, DAY), (WAD, WAD, 0)])
    def test_refuses_terms_that_make_no_sense(self, lab, reinvesting, bid):
        with lab.refused("BidOutOfRange", *bid):
            deploy_vault(lab, REINVESTING, reinvesting.access, reinvesting.note, bid)

    def test_tells_its_terms(self, reinvesting):
        assert tuple(reinvesting.vault.terms()) == BID


class TestSell:
    def test_gives_cash_for_notes(self, lab, waiting, third):
        lab.wait(5 * DAY)
        receipt = waiting.vault.sell(300, 400, sender=third)
        assert receipt.return_value == 400
        (log,) = receipt.events_of(waiting.vault, "Bought")
        assert (log.seller, log.notes, log.cash) == (third.address, 400, 300)
        assert (waiting.cash.balanceOf(third), waiting.note.balanceOf(third)) == (300, UNITS - 400)
        assert (waiting.vault.totalAssets(), waiting.vault.waiting(), waiting.vault.cashHeld()) == (1_400, 100, 100)

    def test_rounds_the_notes_up(self, lab, waiting, third):
        lab.wait(5 * DAY)
        assert waiting.vault.sell(1, 2, sender=third).return_value == 2  # 1 / 0.75

    def test_raises_what_every_share_converts_to(self, lab, waiting, holder, other, third):
        lab.wait(5 * DAY)
        waiting.vault.sell(300, 400, sender=third)
        assert [waiting.redeem(each) for each in (holder, other)] == [1_049, 350]  # 1,049.7 and, of what is left, 350.6

    def test_harvests_first(self, reinvesting, holder, third):
        reinvesting.deposit(holder, 1_000)
        reinvesting.give(ALL)
        assert reinvesting.vault.sell(1_000, 2_000, sender=third).return_value == 2_000

    def test_takes_no_more_notes_than_the_seller_gives(self, lab, waiting, third):
        with lab.refused("BidTooLow", 800, 799):
            waiting.vault.sell(400, 799, sender=third)

    @pytest.mark.parametrize("cash", [0, 401])
    def test_refuses_cash_that_does_not_wait(self, lab, waiting, third, cash):
        with lab.refused("CashOutOfRange", cash, 400):
            waiting.vault.sell(cash, UNITS, sender=third)

    def test_refuses_a_frozen_seller(self, lab, waiting, third):
        waiting.note.setFrozen(third, True, sender=waiting.issuer)
        with lab.refused("HolderFrozen", third):
            waiting.vault.sell(400, 800, sender=third)


class TestWhileCashWaits:
    def test_nobody_comes_in(self, lab, waiting, third):
        assert waiting.vault.maxDeposit(third, sender=third) == 0
        with lab.refused("CashWaits", 400):
            waiting.vault.deposit(1, third, sender=third)

    def test_nobody_comes_in_before_it_is_harvested_either(self, lab, reinvesting, holder, third):
        reinvesting.deposit(holder, 1_000)
        reinvesting.give(ALL)
        assert reinvesting.vault.maxMint(third, sender=third) == 0
        with lab.refused("CashWaits", 1_000):
            reinvesting.vault.mint(1, third, sender=third)

    def test_who_leaves_gets_a_part_of_it(self, waiting, holder, other):
        assert waiting.redeem(holder) == 750
        assert (waiting.vault.claimableCash(holder), waiting.vault.waiting()) == (300, 100)
        waiting.vault.claimCash(sender=holder)
        assert waiting.cash.balanceOf(holder) == 300
        assert (waiting.redeem(other), waiting.vault.claimableCash(other), waiting.vault.waiting()) == (250, 100, 0)

    def test_selling_for_all_of_it_opens_the_door(self, waiting, third):
        waiting.vault.sell(400, 800, sender=third)
        assert waiting.deposit(third, 1_801) == 1_801 * (1_000 * SCALE + SCALE) // 1_801

    def test_a_transfer_carries_its_part(self, waiting, holder, third):
        waiting.vault.transfer(third, 750 * SCALE, sender=holder)
        waiting.redeem(third)
        assert waiting.vault.claimableCash(third) == 300


class TestNotesTakenByForce:
    def test_are_written_off_by_the_next_who_leaves(self, reinvesting, holder, other, third):
        reinvesting.deposit(holder, 600)
        reinvesting.deposit(other, 200)
        reinvesting.note.forceTransfer(reinvesting.vault, third, 400, sender=reinvesting.issuer)
        assert reinvesting.vault.maxDeposit(third, sender=third) == 0
        shares = reinvesting.vault.balanceOf(other)
        receipt = reinvesting.vault.redeem(shares, other, other, sender=other)
        (log,) = receipt.events_of(reinvesting.vault, "WrittenDown")
        assert (log.booked, log.left, receipt.return_value) == (800, 400, 100)
        assert reinvesting.redeem(holder) == 300

    def test_are_written_off_by_a_harvest_and_the_door_is_open_again(self, lab, reinvesting, holder, third):
        reinvesting.deposit(holder, 600)
        reinvesting.note.forceTransfer(reinvesting.vault, third, 400, sender=reinvesting.issuer)
        with lab.refused("BooksMoved", 201, 601):
            reinvesting.vault.deposit(1, third, sender=third)
        reinvesting.vault.harvest(sender=third)
        assert reinvesting.deposit(third, 201) == 201 * 601 * SCALE // 201


class TestTheWorkedExampleOfThePage:
    def test_is_what_the_chain_does(self, lab):
        anna, ben, carl = (lab.actor(role) for role in ("holder", "other", "third"))
        stand = vaulted(lab, REINVESTING)
        assert stand.deposit(anna, 1_000) == 1_000_000_000
        stand.give(ALL * 9 // 100)
        assert (stand.vault.maxDeposit(ben, sender=ben), stand.vault.waiting()) == (0, 90)
        stand.vault.harvest(sender=ben)
        lab.wait(5 * DAY)
        assert stand.vault.sell(90, 120, sender=carl).return_value == 120
        assert stand.vault.totalAssets() == 1_120
        assert stand.deposit(ben, 560) == 500_053_523
        assert stand.redeem(anna) == 1_119
