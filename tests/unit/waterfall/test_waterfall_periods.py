"""The small deal's waterfall over its periods, with numbers worked out by hand.

60,000 at 7 %, 25,000 at 11 %, 15,000 of equity; fee 6 %; plan 40,000, 40,000, 30,000, 20,000 in periods of 30 days.
A period's interest is 345 and 226 while nothing is repaid. Mezzanine interest is step 2 unless collections to date are
below 90 % of plan, and step 4 behind senior principal (step 3) always.
"""

import pytest

from salvor.chain.send import send
from tests.utils.books import Books, books, step_payments, tranche_payments
from tests.utils.world import EQUITY, MEZZANINE, SENIOR, SIZES

ONE = 10**18


@pytest.fixture
def run(closed, waterfall):
    """Report and run a period; gives the receipt of the run."""

    def report_and_run(period, cash):
        closed.report(period, cash)
        return send(waterfall.run, period, sender=closed.outsider)

    return report_and_run


class TestEvents:
    def test_say_what_each_step_and_tranche_got(self, closed, waterfall, run):
        receipt = run(1, 40_000)
        (ran,) = receipt.decode_logs(waterfall.PeriodRun)
        told = (ran.period, ran.cash, ran.accelerated, ran.revolving, ran.on, ran.passedOver)
        assert told == (1, 40_000, False, False, 0, 0)
        assert step_payments(receipt, closed) == [
            (0, 2_400, 2_400),
            (1, 345, 345),
            (2, 226, 226),
            (3, 60_000, 37_029),
            (4, 0, 0),
            (5, 25_000, 0),
            (6, 0, 0),
        ]
        assert tranche_payments(receipt, closed) == {SENIOR: (345, 37_029), MEZZANINE: (226, 0)}
        assert list(receipt.decode_logs(waterfall.LossBooked)) == []

    def test_say_when_the_trigger_turns(self, closed, waterfall, run):
        (on,) = run(1, 30_000).decode_logs(waterfall.TriggerTurned)
        assert (on.period, on.trigger, on.on, on.figure) == (1, 0, True, ONE * 3 // 4)
        assert list(run(2, 30_000).decode_logs(waterfall.TriggerTurned)) == []
        (off,) = run(3, 39_000).decode_logs(waterfall.TriggerTurned)
        assert (off.period, off.trigger, off.on, off.figure) == (3, 0, False, ONE * 9 // 10)


class TestDeferral:
    def test_pays_mezzanine_interest_first_at_exactly_the_trigger(self, closed, waterfall, run):
        receipt = run(1, 36_000)  # 90 % of 40,000; 36,000 - 2,160 - 345 - 226 = 33,269
        assert (waterfall.trigger(0).figure, waterfall.trigger(0).on) == (9 * ONE // 10, False)
        assert tranche_payments(receipt, closed) == {SENIOR: (345, 33_269), MEZZANINE: (226, 0)}
        assert books(closed, MEZZANINE) == Books(25_000, 0, 226)

    def test_defers_mezzanine_interest_one_unit_below_the_trigger(self, closed, waterfall, run):
        receipt = run(1, 35_999)  # 35,999 - 2,159 - 345 = 33,495
        assert [log.on == 1 for log in receipt.decode_logs(waterfall.PeriodRun)] == [True]
        assert tranche_payments(receipt, closed) == {SENIOR: (345, 33_495)}, "WF-05"
        assert books(closed, MEZZANINE) == Books(25_000, 226)

    def test_tells_which_step_was_passed_over(self, closed, run):
        receipt = run(1, 35_999)
        assert step_payments(receipt, closed) == [
            (0, 2_159, 2_159),
            (1, 345, 345),
            (3, 60_000, 33_495),
            (4, 226, 0),
            (5, 25_000, 0),
            (6, 0, 0),
        ]

    def test_pays_what_was_deferred_once_back_on_plan(self, closed, waterfall, run):
        run(1, 35_999)  # senior 26,505 outstanding, mezzanine interest 226 due
        # To date 72,000 of 80,000: 90 %. Senior interest 26,505 x 7 % x 30 / 365 = 152.5.
        # 36,001 - 2,160 - 152 - (226 + 226) - 26,505 = 6,732
        receipt = run(2, 36_001)
        assert tranche_payments(receipt, closed) == {SENIOR: (152, 26_505), MEZZANINE: (452, 6_732)}
        assert books(closed, MEZZANINE) == Books(18_268, 0, 452, 6_732)

    def test_looks_at_collections_to_date_and_not_of_the_period(self, closed, waterfall, run):
        run(1, 40_000)
        receipt = run(2, 32_000)  # 80 % of the period's plan, 90 % to date
        assert [log.on == 1 for log in receipt.decode_logs(waterfall.PeriodRun)] == [False]
        assert books(closed, MEZZANINE).interest_due == 0

    def test_pays_mezzanine_interest_behind_senior_principal_while_behind_plan(self, deal):
        world = deal(plan=(1_000_000, 0, 0, 0))
        world.report(1, 65_000)  # 65,000 - 3,900 - 345 - 60,000 - 226 = 529
        waterfall = world.live.waterfall
        receipt = send(waterfall.run, 1, sender=world.outsider)
        assert step_payments(receipt, world) == [
            (0, 3_900, 3_900),
            (1, 345, 345),
            (3, 60_000, 60_000),
            (4, 226, 226),
            (5, 25_000, 529),
            (6, 0, 0),
        ]

    def test_is_not_behind_plan_where_nothing_was_planned(self, deal):
        world = deal(plan=(0, 0, 0, 0))
        world.run(1, 1_000)
        assert books(world, MEZZANINE) == Books(25_000, 0, 226)

    def test_lets_deferred_interest_earn_nothing(self, closed, run):
        run(1, 0)
        run(2, 0)
        run(3, 0)
        assert books(closed, MEZZANINE).interest_due == 3 * 226  # 228 and 230 if it earned 11 % itself


class TestPeriodWithoutCash:
    def test_keeps_all_interest_due(self, closed, waterfall, run):
        run(1, 0)
        assert [books(closed, place) for place in range(3)] == [Books(60_000, 345), Books(25_000, 226), Books(15_000)]
        run(2, 0)
        assert [books(closed, place) for place in range(3)] == [Books(60_000, 690), Books(25_000, 452), Books(15_000)]
        assert (waterfall.lastRun(), waterfall.feeLine(0)[0]) == (2, 0)

    def test_pays_nobody(self, closed, waterfall, run):
        receipt = run(1, 0)
        begun = [(log.cash, log.on) for log in receipt.decode_logs(waterfall.PeriodRun)]
        assert begun == [(0, 1)]
        assert tranche_payments(receipt, closed) == {}
        assert closed.live.distributor.heldForHolders() == 0

    def test_is_made_up_for_by_the_next_cash(self, closed, waterfall, run):
        run(1, 0)
        run(2, 0)
        receipt = run(3, 1_000)  # 1,000 - 60 = 940 of 3 x 345 = 1,035
        assert tranche_payments(receipt, closed) == {SENIOR: (940, 0)}
        assert [books(closed, place) for place in (SENIOR, MEZZANINE)] == [Books(60_000, 95, 940), Books(25_000, 678)]


class TestLastPeriod:
    @pytest.fixture
    def short(self, run):
        """Much too little comes: 40,000 and nothing for two periods."""
        run(1, 40_000)  # senior 22,971 outstanding, 132.2 interest a period from here
        run(2, 0)
        run(3, 0)

    def test_books_what_is_outstanding_as_loss(self, closed, waterfall, run, short):
        receipt = run(4, 1_000)  # 1,000 - 60 - 3 x 132 = 544
        assert tranche_payments(receipt, closed) == {SENIOR: (396, 544)}
        losses = [(log.tranche, log.loss) for log in receipt.decode_logs(waterfall.LossBooked)]
        assert losses == [(SENIOR, 22_427), (MEZZANINE, 25_000), (EQUITY, 15_000)]
        assert [books(closed, place) for place in range(3)] == [
            Books(0, 0, 741, 37_573, 22_427),
            Books(0, 678, 226, 0, 25_000),
            Books(0, 0, 0, 0, 15_000),
        ]

    def test_books_no_loss_before(self, closed, waterfall, short):
        assert [books(closed, place).loss for place in range(3)] == [0, 0, 0]
        assert [books(closed, place).principal for place in range(3)] == [22_971, 25_000, 15_000]

    def test_books_no_loss_where_all_is_repaid(self, closed, waterfall, run):
        run(1, 120_000)
        run(2, 0)
        run(3, 0)
        receipt = run(4, 0)
        assert list(receipt.decode_logs(waterfall.LossBooked)) == []
        assert [books(closed, place).loss for place in range(3)] == [0, 0, 0]

    def test_books_a_loss_of_the_junior_tranches_alone(self, closed, waterfall, run):
        run(1, 65_000)  # senior is repaid, 529 of mezzanine principal too
        run(2, 0)
        run(3, 0)
        receipt = run(4, 0)
        losses = [(log.tranche, log.loss) for log in receipt.decode_logs(waterfall.LossBooked)]
        assert losses == [(MEZZANINE, 24_471), (EQUITY, 15_000)]

    def test_leaves_no_principal_unaccounted_for(self, closed, run, short):
        run(4, 1_000)
        found = [books(closed, place) for place in range(3)]
        assert [each.principal + each.principal_paid + each.loss for each in found] == list(SIZES)


class TestEquityReturn:
    def test_comes_after_all_principal(self, closed, waterfall, run):
        receipt = run(1, 120_000)  # 120,000 - 7,200 - 345 - 226 - 85,000 = 27,229
        assert tranche_payments(receipt, closed)[EQUITY] == (12_229, 15_000)
        assert books(closed, EQUITY) == Books(0, 0, 12_229, 15_000)

    def test_is_all_that_fees_leave_from_then_on(self, closed, waterfall, run):
        run(1, 120_000)
        receipt = run(2, 1_000)
        assert tranche_payments(receipt, closed) == {EQUITY: (940, 0)}
        assert books(closed, EQUITY) == Books(0, 0, 13_169, 15_000)

    def test_reaches_the_holder(self, closed, run):
        run(1, 120_000)
        run(2, 1_000)
        assert closed.live.notes[EQUITY].claimable(closed.holders[EQUITY]) == 28_169
