"""EnglishAuction: bids and their steps, the end that moves, who gets the lot."""

import pytest

from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import CASH
from tests.utils.world import DAY, WAD

HOUR = 3_600


class TestBid:
    def test_brings_its_cash_and_frees_that_of_the_one_before(self, climbing):
        climbing.bid(30_500, climbing.first)
        climbing.bid(32_025, climbing.second)
        assert climbing.house.owed(climbing.first) == 30_500
        assert climbing.held == 30_500 + 32_025
        assert climbing.english.least(1) == 32_025 + 1_602  # 5 %, up

    def test_refuses_less_than_the_floor(self, climbing, lab):
        for amount in (0, 1, 30_499):
            with lab.refused("BidTooLow", amount, 30_500):
                climbing.bid(amount, climbing.first)

    def test_refuses_less_than_the_step(self, climbing, lab):
        climbing.bid(30_500, climbing.first)
        with lab.refused("BidTooLow", 32_024, 32_025):
            climbing.bid(32_024, climbing.second)

    def test_refuses_who_is_not_admitted(self, climbing, lab):
        climbing.remove(climbing.first)
        with lab.refused("NotEligible", climbing.first):
            climbing.bid(30_500, climbing.first)

    def test_refuses_from_the_end_on(self, climbing, lab):
        end = climbing.now + 2 * DAY
        lab.now = end
        with lab.refused("RoundOver", end, end):
            climbing.bid(30_500, climbing.first)

    def test_before_the_window_moves_nothing(self, climbing, lab):
        end = climbing.now + 2 * DAY
        lab.now = end - HOUR
        climbing.bid(30_500, climbing.first)
        assert climbing.english.roundOf(1).end == end

    def test_within_the_window_moves_the_end_up_to_a_cap(self, climbing, lab):
        end = climbing.now + 2 * DAY
        lab.now = end - 1
        climbing.bid(climbing.english.least(1), climbing.first)
        assert climbing.english.roundOf(1).end == end - 1 + HOUR
        for _ in range(9):  # each in the last second: without the cap, for ever
            now = climbing.english.roundOf(1).end - 1
            lab.now = now
            climbing.bid(climbing.english.least(1), climbing.second)
            if climbing.english.roundOf(1).end == end + 6 * HOUR:
                break
        assert climbing.english.roundOf(1).end == end + 6 * HOUR
        lab.now = end + 6 * HOUR - 1
        climbing.bid(climbing.english.least(1), climbing.first)
        assert climbing.english.roundOf(1).end == end + 6 * HOUR


class TestSettle:
    def test_gives_the_lot_to_the_best_and_the_loss_to_the_pool(self, climbing, lab):
        climbing.bid(30_500, climbing.first)
        climbing.bid(40_000, climbing.second)
        lab.wait(2 * DAY)
        climbing.settle()
        assert (climbing.stage(), climbing.house.titleOf(1, climbing.second)) == (Stage.CLOSED, 1)
        assert climbing.open_period() == (39_903, 40_000, 50_000 - 39_903, 0)
        assert climbing.house.owed(climbing.servicer) == 97
        climbing.house.payOut(climbing.first, sender=climbing.outsider)
        assert climbing.token.balanceOf(climbing.first) == CASH
        assert climbing.held == 97

    def test_refuses_before_the_end_and_without_a_bid(self, climbing, lab):
        with lab.refused("NotOver"):
            climbing.settle()
        lab.wait(2 * DAY)
        with lab.refused("NoBid", 1):
            climbing.settle()

    def test_never_gives_title_to_who_is_no_longer_admitted(self, climbing, lab):
        climbing.bid(30_500, climbing.first)
        climbing.remove(climbing.first)
        lab.wait(2 * DAY)
        with lab.refused("NotEligible", climbing.first):
            climbing.settle()
        climbing.relist()
        assert (climbing.house.titleOf(1, climbing.first), climbing.house.owed(climbing.first)) == (0, 30_500 - 1_525)
        assert climbing.open_period() == (1_525 - 97, 1_525, 0, 0)
        assert climbing.english.roundOf(1).floor == 27_450

    def test_is_what_a_round_with_a_buyer_ends_in(self, climbing, lab):
        climbing.bid(30_500, climbing.first)
        lab.wait(2 * DAY)
        with lab.refused("HasBuyer", climbing.first):
            climbing.relist()

    def test_above_all_claims_leaves_the_debtor_the_rest(self, climbing, lab):
        climbing.bid(60_000, climbing.first)
        lab.wait(2 * DAY)
        climbing.settle()
        assert climbing.open_period() == (50_000, 50_097, 0, 0)
        assert climbing.house.owed(climbing.debtor) == 9_903


class TestConstructor:
    GOOD = (DAY, HOUR, HOUR, 1, 0)

    def test_keeps_what_it_was_given(self, sales, lab):
        made = lab.deploy("EnglishAuction", sales.house, self.GOOD, sender=sales.outsider)
        assert (tuple(made.terms()), made.longest()) == (self.GOOD, DAY + HOUR)

    @pytest.mark.parametrize(
        "given", [(0, 0, 0, 1, 0), (DAY, DAY + 1, 0, 1, 0), (DAY, 0, 0, 0, 0), (DAY, 0, 0, 1, WAD + 1)]
    )
    def test_refuses_bids_that_would_not_climb(self, sales, lab, given):
        with lab.refused("WrongEnglishTerms", given):
            lab.deploy("EnglishAuction", sales.house, given, sender=sales.outsider)
