"""EvergreenFund.settle: prices, who comes in, who leaves, what waits."""

import pytest

from tests.property.evergreen_stage import DAY, PERCENT
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR, refused

NEWEST = 10**9


class TestPrices:
    def test_values_follow_plan_and_seniority(self, played):
        done = played.end_epoch()
        # 95,925 of loans by the plan, 13,150 in the account, 600 in the reserve.
        assert (done.loans, done.nav, done.values) == (95_925, 109_675, (60_000, 25_000, 24_675))
        assert done.units == (60_000, 25_000, 15_000)

    def test_a_loss_comes_from_the_bottom(self, played):
        done = played.end_epoch(written_off=60_000)
        # what is left of the claims, and 13,750 of cash; the mezzanine, written down to 10,000, has its loss back first
        assert (done.loans, done.nav) == (95_925 * 14 // 20, 95_925 * 14 // 20 + 13_750)
        assert done.values == (60_000, done.nav - 60_000, 0)

    def test_collections_behind_plan_lower_what_is_to_come(self, played):
        assert played.end_epoch(7_500).loans == 95_925 * (7_500 + 105_000) * 10**18 // 120_000 // 10**18

    def test_collections_ahead_of_plan_do_not_come_twice(self, played):
        assert played.end_epoch(45_000).loans < 95_925

    def test_a_purchase_moves_no_value(self, played):
        played.end_period()
        before = played.live.fund.value()
        played.buy_loans(10_000, 40_000)
        assert tuple(played.live.fund.value()) == (before[0] + 10_000, before[1])

    def test_a_tranche_worth_nothing_is_closed(self, played):
        played.leave(played.junior, JUNIOR, 100)
        done = played.end_epoch(written_off=150_000)
        assert (done.values[JUNIOR], done.taken[JUNIOR].ended) == (0, 0)
        assert played.position(played.junior, JUNIOR).exit == 100


class TestWhoComesAndLeaves:
    def test_entries_pay_those_who_leave(self, played):
        played.leave(played.senior, SENIOR, 20_000)
        played.enter(played.newcomer, SENIOR, 7_000)
        took = played.end_epoch().taken[SENIOR]
        assert (took.entered, took.made, took.ended, took.paid) == (7_000, 7_000, 20_000, 20_000)
        # 13,150 + 7,000 - 20,000; the reserve is above its target of 1 % of 47,000
        assert played.live.waterfall.revolvingAccount() == 150

    def test_no_cash_leaves_the_rest_waiting(self, played):
        played.leave(played.senior, SENIOR, 60_000)
        took = played.end_epoch(0).taken[SENIOR]
        assert (took.ended, took.paid) == (0, 0)
        assert played.position(played.senior, SENIOR).exit == 60_000

    def test_cash_that_is_short_goes_to_the_senior_first(self, played):
        played.leave(played.mezz, MEZZANINE, 10_000)
        played.leave(played.senior, SENIOR, 10_000)
        done = played.end_epoch()
        assert (done.taken[SENIOR].paid, done.taken[MEZZANINE].paid) == (10_000, 3_150)

    def test_or_pro_rata_where_the_deal_says_so(self, played):
        played.change((0, 0), senior_first=False)
        played.end_epoch(0)  # the terms are those of the next epoch
        played.leave(played.mezz, MEZZANINE, 10_000)
        played.leave(played.senior, SENIOR, 10_000)
        done = played.end_epoch()
        assert done.taken[SENIOR].paid == done.taken[MEZZANINE].paid > 5_000

    def test_no_junior_leaves_below_the_limit(self, played):
        played.leave(played.junior, JUNIOR, 15_000)
        done = played.end_epoch(40_000)
        below = played.mirror._values()
        assert 0 < done.taken[JUNIOR].paid < done.values[JUNIOR]
        assert sum(below[1:]) * 10**18 >= 30 * PERCENT * sum(below)

    def test_no_senior_enters_above_the_limit(self, played):
        played.enter(played.newcomer, SENIOR, NEWEST)
        done = played.end_epoch()
        # what is below, 49,675, is 30 % of 165,583: there is room for 55,908
        assert done.taken[SENIOR].entered == 49_675 * 10**18 // (30 * PERCENT) - 109_675
        assert played.position(played.newcomer, SENIOR).entry > 0

    def test_a_junior_makes_room_for_a_senior_in_the_same_epoch(self, played):
        played.enter(played.newcomer, SENIOR, 80_000)
        played.enter(played.junior, JUNIOR, 30_000)
        assert played.end_epoch().taken[SENIOR].entered == 80_000

    def test_all_units_may_leave_where_no_limit_says_otherwise(self, played):
        played.change((0, 0))
        played.end_epoch()
        played.leave(played.junior, JUNIOR, 15_000)
        done = played.end_epoch(60_000)
        assert done.taken[JUNIOR].ended == 15_000
        assert played.live.notes[JUNIOR].totalSupply() == 0
        played.end_period()  # a residual of nobody's: it stays in the deal
        assert played.live.distributor.given(played.live.notes[JUNIOR]) == (0, 0)

    def test_what_is_nobodys_is_not_caught_by_who_comes_next(self, played):
        played.change((0, 0))
        played.end_epoch()
        played.leave(played.junior, JUNIOR, 15_000)
        played.end_epoch(60_000)
        played.enter(played.newcomer, JUNIOR, 5_000)
        done = played.end_epoch(60_000)
        assert (done.taken[JUNIOR].entered, done.taken[JUNIOR].made) == (5_000, 5_000)
        assert done.ownerless == done.values[JUNIOR] > 0
        played.enter(played.newcomer, JUNIOR, 1)
        nxt = played.end_epoch()
        seller = played.live.parties.seller.address
        assert played.live.gates[JUNIOR].position(seller).claimUnits == done.ownerless
        assert nxt.units[JUNIOR] == 5_000 + done.ownerless

    def test_a_senior_that_has_all_left_is_entered_at_par(self, played):
        played.change((0, 0))
        played.end_epoch()
        played.leave(played.senior, SENIOR, 60_000)
        played.end_epoch(90_000)
        assert played.live.notes[SENIOR].totalSupply() == 0
        played.enter(played.newcomer, SENIOR, 3_000)
        took = played.end_epoch().taken[SENIOR]
        assert (took.entered, took.made) == (3_000, 3_000)

    def test_a_tiny_entry_trips_no_coverage_test(self, played):
        """The account counts beside the pool balance, and the reserve takes what it lacks at once."""
        played.enter(played.newcomer, SENIOR, 50_000)
        played.end_epoch()
        played.end_period()
        assert played.live.waterfall.phase() == 1
        cash, target = played.live.waterfall.reserve()
        assert cash == target == 1_100


class TestWaits:
    def test_until_the_period_is_run(self, played):
        assert refused(played.settle()) == ("EpochNotOver", (1, 0))

    def test_until_all_that_is_reported_is_run(self, played):
        played.end_period()
        played.lab.now = played.deal.terms.end(2)
        played.mirror.report(15_000)
        assert refused(played.settle()) == ("NotRun", (1, 2))

    def test_past_a_period_reported_as_missing(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.lab.now = played.deal.terms.end(1) + 2 * played.deal.terms.grace + 1
        played.mirror.report_missing()
        played.mirror.run()
        assert refused(played.settle()) == ("PeriodMissing", (1,))
        done = played.end_epoch()  # the next report sets the price
        assert (done.period, done.epoch, done.taken[SENIOR].ended) == (2, 1, 100)

    def test_when_the_next_period_is_over(self, played):
        played.end_period()
        played.lab.now = played.deal.terms.end(2)
        assert refused(played.settle()) == ("NextPeriodOver", (2,))

    def test_not_on_the_last_second_before(self, played):
        played.end_period()
        played.lab.now = played.deal.terms.end(2) - 1
        assert played.settle().period == 1

    def test_while_paused(self, played):
        played.end_period()
        played.pause()
        assert refused(played.settle()) == ("RequestsPaused", ())
        played.pause(False)
        assert played.settle().epoch == 1

    def test_for_good_once_the_deal_revolves_no_more(self, played):
        for _ in range(6):
            played.end_period()
        assert refused(played.settle()) == ("NotRevolving", ())

    def test_a_second_settlement_of_the_same_epoch(self, played):
        played.end_epoch()
        assert refused(played.settle()) == ("EpochNotOver", (2, 1))


class TestWriteOffAnnounced:
    def test_closes_each_tranche_that_it_may_reach(self, played):
        played.leave(played.senior, SENIOR, 1_000)
        played.leave(played.mezz, MEZZANINE, 1_000)
        played.leave(played.junior, JUNIOR, 1_000)
        played.announce(40_000)  # the junior is worth 24,675
        done = played.end_epoch()
        assert [took.ended for took in done.taken] == [1_000, 0, 0]

    def test_ends_when_it_is_booked(self, played):
        played.announce(10_000)
        played.leave(played.junior, JUNIOR, 1_000)
        assert played.live.fund.announced() == 10_000
        done = played.end_epoch(written_off=20_000)  # 10,000 at the carrying ratio
        assert (played.live.fund.announced(), done.taken[JUNIOR].ended) == (0, 1_000)

    def test_ends_when_another_word_takes_its_place(self, played):
        played.announce(30_000)
        played.announce(0)
        played.leave(played.junior, JUNIOR, 1_000)
        assert played.end_epoch().taken[JUNIOR].ended == 1_000

    def test_refuses_more_than_the_books_hold(self, played):
        assert refused(played.announce(2**112)) == ("AboveLimit", (2**112, 2**112 - 1))


class TestValueSource:
    @pytest.fixture
    def valued(self, played):
        played.change((0, 0), source=True)
        played.end_epoch()
        played.end_period()
        return played

    def test_sets_the_price(self, valued):
        valued.observe(50_000, 2, valued.lab.now)
        done = valued.settle()
        assert done.loans == 50_000

    @pytest.mark.parametrize(
        ("period", "later"),
        [(1, 0), (3, 0), (2, 1), (2, -1)],
        ids=["earlier", "not run yet", "in the future", "too early"],
    )
    def test_of_another_time_waits(self, valued, period, later):
        valued.observe(50_000, period, valued.lab.now + later)
        assert refused(valued.settle()) == ("ValueNotUsable", (period, valued.lab.now + later))

    def test_from_before_a_purchase_waits(self, valued):
        valued.observe(50_000, 2, valued.lab.now)
        valued.buy_loans(1_000, 5_000)
        assert refused(valued.settle())[0] == "ValueNotUsable"
        valued.lab.now += 1
        valued.observe(51_000, 2, valued.lab.now)
        assert valued.settle().loans == 51_000


class TestChange:
    def test_counts_from_the_epoch_after_the_open_one(self, played):
        played.change((99 * PERCENT, 0))
        played.enter(played.newcomer, SENIOR, 1_000)
        assert played.end_epoch().taken[SENIOR].entered == 1_000
        played.enter(played.newcomer, SENIOR, 1_000)
        assert played.end_epoch().taken[SENIOR].entered == 0
        assert played.position(played.newcomer, SENIOR).entry == 1_000

    def test_a_second_change_before_takes_the_place_of_the_first(self, played):
        played.change((99 * PERCENT, 0))
        played.change((0, 0))
        played.end_epoch()
        played.enter(played.newcomer, SENIOR, 1_000)
        assert played.end_epoch().taken[SENIOR].entered == 1_000

    def test_from_the_cut_off_on_the_open_epoch_is_the_next(self, played):
        """Who can't cancel any more is bound by nothing new."""
        played.enter(played.newcomer, SENIOR, 1_000)
        played.at_cut_off()
        played.change((99 * PERCENT, 0))
        assert played.end_epoch().taken[SENIOR].entered == 1_000
        played.enter(played.newcomer, SENIOR, 1_000)
        played.at_cut_off()
        assert played.end_epoch().taken[SENIOR].entered == 1_000
        played.enter(played.newcomer, SENIOR, 1_000)
        assert played.end_epoch().taken[SENIOR].entered == 0

    def test_one_from_before_the_cut_off_is_not_replaced_after_it(self, played):
        played.change((99 * PERCENT, 0))
        played.at_cut_off()
        assert refused(played.change((0, 0))) == ("ChangePending", (2,))
        played.end_epoch()
        played.change((0, 0))
        played.enter(played.newcomer, SENIOR, 1_000)
        assert played.end_epoch().taken[SENIOR].entered == 0


def test_the_epochs_keep_the_calendar(played):
    number, end, cut_off = played.live.fund.epoch()
    assert (number, end, cut_off) == (1, 1, played.deal.terms.end(1) - 5 * DAY)
    played.end_period()
    played.lab.now = played.deal.terms.end(2) - 5 * DAY  # period 2's cut-off is over when epoch 1 is settled
    played.settle()
    assert tuple(played.live.fund.epoch())[:2] == (2, 3)
