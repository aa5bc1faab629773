"""Reports, totals, ratios and the pool balance (rules 6 to 10)."""

import pytest

from salvor.model.deal import Deal
from salvor.model.pool import Correction, Report
from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, ONE, TriggerKind, TriggerTerms
from tests.utils.modelled import CLOSING, DAY, closed, small_terms

ROOT = b"\1" * 32
END = CLOSING + 30 * DAY


@pytest.fixture
def played():
    return closed(grace=5 * DAY)


def refused(call, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.error, caught.value.values


class TestReport:
    def test_net_is_the_cash_that_arrives(self, played):
        played.report(10_000, costs=1_500)
        assert played.deal.asset.balances["pool"] == 8_500
        assert played.deal.pool.totals[1].gross == 10_000

    def test_a_root_may_hold_zero_bytes(self, played):
        played.report(10, root=bytes(31) + b"\1")
        assert played.deal.pool.reported == 1

    def test_no_cash_is_a_valid_report(self, played):
        played.report(0)
        assert played.deal.pool.reported == 1

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"period": 2}, ("WrongPeriod", (2, 1))),
            ({"costs": 101}, "ReportDoesNotAddUp"),
            ({"costs": 50, "recovered": 51}, "ReportDoesNotAddUp"),
            ({"root": bytes(32)}, "ReportDoesNotAddUp"),
            ({"loans": 0}, "ReportDoesNotAddUp"),
            ({"loans": 0, "root": bytes(32)}, "ReportDoesNotAddUp"),
            ({"loans": 11}, "ReportDoesNotAddUp"),
            ({"correction": Correction(1, ROOT, 1)}, ("CorrectionDoesNotAddUp", (Correction(1, ROOT, 1), 0))),
            ({"written_off": LARGEST + 1}, ("AboveLimit", (LARGEST + 1, LARGEST))),
            ({"closed_plan": LARGEST + 1}, ("AboveLimit", (LARGEST + 1, LARGEST))),
            ({"gross": LARGEST // 4 + 1}, ("AboveLimit", (LARGEST // 4 + 1, LARGEST // 4))),
            ({"last": True}, ("PoolNotEmpty", (200_000,))),
            ({"last": True, "written_off": 200_000}, ("PoolNotEmpty", (200_000,))),
        ],
    )
    def test_refuses(self, played, fields, error):
        report = Report(**{"period": 1, "gross": 100, "root": ROOT, "loans": 1} | fields)
        played.deal.asset.mint("servicer", 2**113)
        if error == "ReportDoesNotAddUp":
            error = error, (report, 10)
        assert refused(played.deal.report, report, END) == error
        assert played.deal.pool.reported == 0
        assert played.deal.asset.balances["pool"] == 0

    def test_exactly_the_largest_amount_is_taken(self, played):
        played.report(LARGEST // 4, written_off=LARGEST)
        assert played.deal.pool.totals[1].written_off == LARGEST

    def test_the_largest_in_every_period_leaves_room_for_the_last(self, played):
        for _ in range(4):
            played.report(LARGEST // 4, recovered=LARGEST // 4)
        totals = played.deal.pool.totals[4]
        assert totals.gross == totals.net == totals.recovered == LARGEST // 4 * 4

    def test_refuses_before_the_end_of_the_period(self, played):
        assert refused(played.deal.report, Report(1), END - 1) == ("TooEarly", (END - 1, END))

    def test_refuses_cash_that_is_not_there(self, played):
        report = Report(1, 100, root=ROOT, loans=1)
        assert refused(played.deal.report, report, END) == ("ERC20InsufficientBalance", ("servicer", 0, 100))
        assert played.deal.pool.reported == 0

    def test_refuses_an_asset_that_takes_a_toll(self, played):
        played.deal.asset.toll = 3
        played.deal.asset.mint("servicer", 100)
        assert refused(played.deal.report, Report(1, 100, root=ROOT, loans=1), END) == ("CashArrivedShort", (97, 100))

    def test_refuses_more_than_all_periods(self, played):
        for _ in range(4):
            played.report()
        assert refused(played.deal.report, Report(5), END * 2) == ("NoSuchPeriod", (5, 4))


class TestLastReport:
    def test_an_empty_pool_may_end_early(self, played):
        played.run(150_000, written_off=50_000)
        assert played.run(last=True).wound_up
        assert refused(played.deal.report, Report(3), END * 2)[0] == "LastReportIsIn"

    def test_nothing_is_reported_after_it(self, played):
        played.run(150_000, written_off=50_000)
        played.report(last=True)
        assert refused(played.deal.report, Report(3), END * 2) == ("LastReportIsIn", (2,))
        assert refused(played.deal.report_missing, 3, END * 9) == ("LastReportIsIn", (2,))

    def test_waits_for_the_run_that_shows_the_pool_empty(self, played):
        played.report(150_000, written_off=50_000)
        end = played.deal.terms.end(2)
        assert refused(played.deal.report, Report(2, last=True), end) == ("PoolNotEmpty", (200_000,))
        played.deal.run(1)
        played.deal.report(Report(2, last=True), end)
        assert played.deal.pool.is_complete

    def test_a_clean_up_trigger_lets_the_rest_be_sold(self):
        played = closed(triggers=(TriggerTerms(TriggerKind.CLEAN_UP, ONE // 10),))
        played.run(180_001)
        assert played.trigger().on
        assert played.run(5_000, last=True).wound_up

    def test_exactly_at_its_share_it_does_not(self):
        played = closed(triggers=(TriggerTerms(TriggerKind.CLEAN_UP, ONE // 10),))
        played.run(180_000)
        played.deal.asset.mint("servicer", 5_000)
        report = Report(2, 5_000, root=ROOT, loans=1, last=True)
        assert refused(played.deal.report, report, END * 2) == ("PoolNotEmpty", (20_000,))


class TestReportMissing:
    def test_is_a_late_report_of_nothing(self):
        played = closed(grace=3 * DAY)
        earliest = END + 6 * DAY + 1
        assert refused(played.deal.report_missing, 1, earliest - 1) == ("TooEarly", (earliest - 1, earliest))
        played.deal.report_missing(1, earliest)
        assert (played.deal.pool.reports, played.deal.pool.late) == ([Report(1)], [True])
        assert played.deal.run(1).cash == 0

    @pytest.mark.parametrize(("period", "error"), [(2, ("WrongPeriod", (2, 1))), (5, ("NoSuchPeriod", (5, 4)))])
    def test_refuses_another_period(self, played, period, error):
        assert refused(played.deal.report_missing, period, END * 9) == error

    def test_what_was_collected_comes_with_the_next(self, played):
        played.deal.report_missing(1, END + 2 * played.deal.terms.grace + 1)
        played.deal.run(1)
        correction = Correction(1, ROOT, 1)
        assert played.run(7_000, correction=correction).cash == 7_000
        assert (played.deal.pool.roots[0], played.deal.pool.totals[2].net) == (ROOT, 7_000)

    def test_refuses_before_closing(self):
        assert refused(Deal(small_terms()).report_missing, 1, END) == ("NotPurchased", ())


class TestPoolBalance:
    def test_recovered_counts_as_far_as_written_off(self, played):
        played.report(40_000, recovered=30_000)
        played.report(written_off=10_000)
        played.report(written_off=25_000)
        balances = [one.balance(200_000) for one in played.deal.pool.totals[1:]]
        assert balances == [160_000, 160_000, 155_000]

    def test_a_correction_may_take_what_was_written_off_back(self, played):
        played.report(40_000, recovered=30_000, written_off=30_000)
        played.report(correction=Correction(1, ROOT, 1, written_off=-30_000))
        assert [one.balance(200_000) for one in played.deal.pool.totals[1:]] == [160_000, 160_000]


class TestTotals:
    def test_ratios_to_date(self, played):
        played.report(50_000, costs=5_000, closed_value=900, closed_plan=1_000)
        played.report(31_000, costs=0, closed_value=50, closed_plan=1_000)
        totals = played.deal.pool.totals
        assert [one.collection_ratio for one in totals[1:]] == [ONE * 45 // 40, ONE * 76 // 80]
        assert [one.profitability_ratio for one in totals[1:]] == [ONE * 90 // 100, ONE * 475 // 1_000]

    def test_nothing_planned_is_well(self, played):
        assert (played.deal.pool.totals[0].collection_ratio, played.deal.pool.totals[0].profitability_ratio) == (
            ONE,
            ONE,
        )

    def test_the_pool_balance(self, played):
        played.report(30_000, costs=2_000, written_off=10_000)
        played.report(7_000, recovered=4_000)
        balances = [totals.balance(200_000) for totals in played.deal.pool.totals]
        assert balances == [200_000, 160_000, 157_000]

    def test_it_is_not_below_zero(self, played):
        played.report(30_000, written_off=190_000)
        assert played.deal.pool.totals[1].balance(200_000) == 0


class TestCorrection:
    def test_replaces_the_root_and_moves_the_totals_forward_only(self, played):
        played.report(100, written_off=500, closed_value=90, closed_plan=100)
        played.report(0, correction=Correction(1, b"\2" * 32, 3, -200, -40, 10))
        pool = played.deal.pool
        assert (pool.roots, pool.loans) == ([b"\2" * 32, bytes(32)], [3, 0])
        assert (pool.totals[1].written_off, pool.totals[2].written_off) == (500, 300)
        assert pool.totals[2].profitability_ratio == 50 * ONE // 110

    @pytest.mark.parametrize("field", ["written_off", "closed_value", "closed_plan"])
    def test_refuses_a_total_below_zero(self, played, field):
        played.report(0, **{field: 5})
        report = Report(2, correction=Correction(1, **{field: -6}))
        assert refused(played.deal.report, report, END * 2) == ("TotalBelowZero", (2,))

    @pytest.mark.parametrize(
        "correction",
        [
            Correction(2),  # its own period
            Correction(0, written_off=-1),  # of no period
            Correction(1, ROOT),  # a root without loans
            Correction(1, loans=1),  # loans without a root
            Correction(1),  # nothing, where there was a collection
            Correction(1, ROOT, 11),  # more loans than there are
        ],
    )
    def test_refuses_what_does_not_add_up(self, played, correction):
        played.report(100)
        report = Report(2, correction=correction)
        assert refused(played.deal.report, report, END * 2) == ("CorrectionDoesNotAddUp", (correction, 1))

    def test_totals_are_within_the_limit_before_it_too(self, played):
        played.report(0, written_off=LARGEST)
        report = Report(2, written_off=1, correction=Correction(1, written_off=-2))
        assert refused(played.deal.report, report, END * 2) == ("AboveLimit", (LARGEST + 1, LARGEST))


class TestOverdue:
    def test_from_the_second_after_the_grace(self, played):
        assert not played.deal.pool.overdue(END + 5 * DAY)
        assert played.deal.pool.overdue(END + 5 * DAY + 1)

    def test_not_once_it_is_in(self, played):
        played.report(days_late=9)
        assert not played.deal.pool.overdue(END + 10 * DAY)
        assert played.deal.pool.late == [True]

    def test_never_after_the_last(self, played):
        for _ in range(4):
            played.report()
        assert not played.deal.pool.overdue(END * 2)
