"""Distributor: cash by index over all units of a note, credits, and whose word it takes."""

import pytest

from tests.utils.full_deal import Terms, Tranche, build, step

PARTS = 2**34 * 3**10 * 5**28 * 7**4
ODD = 59_999  # a prime: divides no power of small primes
OPEN = 1  # a day long past: no vote is open


class TestBook:
    def test_keeps_what_does_not_divide_for_the_next_distribution(self, sold):
        deal = sold(ODD)
        deal.run(7)
        growth, first = divmod(7 * PARTS, ODD)
        index = deal.distributor.indexOf(deal.notes[0])
        assert (index.total, index.principal, index.interestRemainder) == (growth, 0, first)
        deal.run(11)
        more, second = divmod(11 * PARTS + first, ODD)
        index = deal.distributor.indexOf(deal.notes[0])
        assert (index.total, index.interestRemainder) == (growth + more, second)

    def test_keeps_a_remainder_of_principal_apart(self, sold):
        deal = sold(ODD, principal=True)
        deal.run(ODD + 5)
        index = deal.distributor.indexOf(deal.notes[0])
        growth, rest = divmod(5 * PARTS, ODD)
        assert (index.principal, index.total) == (PARTS, PARTS + growth)
        assert (index.principalRemainder, index.interestRemainder) == (0, rest)

    def test_says_what_waits_of_principal(self, sold):
        deal = sold(ODD, principal=True)
        deal.run(7)
        index = deal.distributor.indexOf(deal.notes[0])
        assert (index.principal, index.principalRemainder, index.interestRemainder) == (*divmod(7 * PARTS, ODD), 0)

    def test_says_what_it_did(self, sold):
        deal = sold(ODD, principal=True)
        deal.run(ODD + 5)
        (log,) = deal.receipt.events_of(deal.distributor, "Distributed")
        index = deal.distributor.indexOf(deal.notes[0])
        assert tuple(log.values.values()) == (deal.notes[0].address, 5, ODD, index.total, index.principal)

    def test_moves_the_index_by_one_unit_of_cash_at_the_largest_supply(self, sold):
        deal = sold(2**112 - 1)
        deal.run(1)
        assert deal.distributor.indexOf(deal.notes[0]).total == PARTS // (2**112 - 1) > 0

    def test_touches_no_note_that_got_nothing(self, lab):
        deal = build(lab, Terms((Tranche(10), Tranche(10)), (step("principal", 0), step("residual", 1)))).sell()
        deal.run(10)
        indices = [deal.distributor.indexOf(note) for note in deal.notes]
        assert [(index.total, index.principal) for index in indices] == [(PARTS, PARTS), (0, 0)]

    def test_takes_nobody_s_word_but_the_waterfall_s(self, lab, deal):
        outsider = lab.actor("outsider")
        with lab.refused("NotTheWaterfall", outsider, deal.waterfall):
            deal.distributor.book(0, [], [], sender=outsider)


class TestGrowthSince:
    def test_is_both_indices_less_those_of_what_was_given_by_then(self, sold):
        """Each rounded down: of 70 and of 81 units over a supply that divides neither."""
        deal = sold(ODD, principal=True)
        deal.run(ODD + 70)
        deal.run(11)
        interest = 81 * PARTS // ODD - 70 * PARTS // ODD
        assert interest != 11 * PARTS // ODD
        assert tuple(deal.distributor.growthSince(deal.notes[0], 70, 4)) == (interest, PARTS - 4 * PARTS // ODD)
        assert tuple(deal.distributor.growthSince(deal.notes[0], 81, ODD)) == (0, 0)

    @pytest.mark.parametrize("more", [(1, 0), (0, 1)])
    def test_refuses_more_than_was_given(self, lab, sold, more):
        deal = sold(ODD, principal=True)
        deal.run(ODD + 7)
        seen = 7 + more[0], ODD + more[1]
        with lab.refused("NotGivenYet", deal.notes[0], *seen):
            deal.distributor.growthSince(deal.notes[0], *seen)


class TestOpenBook:
    def test_is_done_by_each_note_when_it_is_issued(self, lab, deal):
        note = deal.notes[0]
        books = lab.slots(deal.distributor)._books[note]
        assert lab.sheet(books.watchedTo, books.units).read() == [OPEN, note.totalSupply()]

    def test_is_done_once(self, lab, deal):
        stranger = lab.actor("outsider")
        deal.distributor.openBook(5, sender=stranger)
        with lab.refused("AlreadyOpen", stranger):
            deal.distributor.openBook(6, sender=stranger)

    def test_by_a_stranger_gives_the_stranger_nothing(self, lab, deal):
        stranger = lab.actor("outsider")
        deal.run(600)
        deal.distributor.openBook(1, sender=stranger)
        assert tuple(deal.distributor.growthSince(stranger, 0, 0)) == tuple(deal.distributor.given(stranger)) == (0, 0)
        with lab.refused("NotANote", stranger):
            deal.distributor.payHolder(stranger, 600, sender=stranger)

    def test_refuses_cash_for_a_note_that_has_said_nothing(self, lab):
        waterfall = lab.actor("waterfall")
        token = lab.deploy("SettlementToken", "Euro", "EUR", 2, sender=waterfall)
        access = lab.deploy("DealAccess", waterfall, sender=waterfall)
        distributor = lab.deploy("Distributor", access, token, sender=waterfall)
        distributor.appoint(waterfall, sender=waterfall)
        with lab.refused("NoUnits", token):
            distributor.book(10, [(token, 4, 6)], [], sender=waterfall)


class TestOpenAccounts:
    def test_changes_nothing_that_anybody_sees(self, lab, deal):
        seller, stranger = lab.actor("seller"), lab.actor("outsider")
        deal.distributor.openAccounts([seller, stranger], sender=stranger)
        assert [deal.distributor.creditOf(each) for each in (seller, stranger)] == [60_000, 0]
        assert deal.distributor.heldForCredits() == 60_000


class TestGiven:
    def test_is_all_that_a_note_ever_had_claimed_or_not(self, sold):
        deal = sold(ODD, principal=True)
        deal.run(ODD + 5)
        deal.notes[0].claim(sender=deal.holders[0])
        deal.run(4)
        assert tuple(deal.distributor.given(deal.notes[0])) == (9, ODD)


class TestPayCredit:
    def test_pays_the_account_whoever_calls(self, lab, deal):
        seller = lab.actor("seller")
        assert deal.distributor.creditOf(seller) == 60_000
        (log,) = deal.distributor.payCredit(seller, sender=lab.actor("outsider")).events_of(
            deal.distributor, "CreditPaid"
        )
        assert tuple(log.values.values()) == (seller.address, 60_000)
        assert (deal.token.balanceOf(seller), deal.distributor.heldForCredits()) == (60_000, 0)

    def test_pays_nothing_a_second_time(self, lab, deal):
        seller = lab.actor("seller")
        for _ in range(2):
            deal.distributor.payCredit(seller, sender=seller)
        assert deal.token.balanceOf(seller) == 60_000

    def test_of_one_who_can_not_receive_holds_up_nobody(self, lab):
        token = lab.deploy("RefusingToken", sender=lab.actor("admin"))
        deal = build(lab, Terms((Tranche(100),), (step("residual", 0),)), token=token).sell()
        seller = lab.actor("seller")
        token.refuse(seller, True, sender=seller)
        with lab.refused("Refused", seller):
            deal.distributor.payCredit(seller, sender=seller)
        deal.run(150)
        deal.notes[0].claim(sender=deal.holders[0])
        assert (token.balanceOf(deal.holders[0]), deal.distributor.creditOf(seller)) == (150, 100)


class TestPayHolder:
    @pytest.mark.parametrize("function", ["payHolder", "tryPayHolder"])
    def test_is_for_notes_alone(self, lab, deal, function):
        deal.run(600)
        outsider = lab.actor("outsider")
        with lab.refused("NotANote", outsider):
            getattr(deal.distributor, function)(outsider, 600, sender=outsider)
