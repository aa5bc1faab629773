"""Cases with numbers that others have published, on the contracts and in the model; `cases/README.md` has the sources.

Dates are later by whole days than in the sources, so that the deal is still to come; actual day counts are the same.
"""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from salvor.model.accrual import for_a_period
from salvor.model.terms import (
    ONE,
    DayCount,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Losses,
    Rate,
    RateKind,
    Step,
    StepKind,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    When,
)
from salvor.report.returns import irr
from tests.utils.beside import closed_beside
from tests.utils.modelled import DAY, PERCENT, due, paid, tranche

CASE = Path(__file__).parent / "cases/waterfall-sequential-27-periods.csv"


def cents(text):
    return int(Decimal(text or 0) * 100)


def seconds(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


class TestSequentialOver27Periods:
    """AbsBox, test china/test01. Cash and interest due are taken from it, for it rounds accruals to cents.

    The index is told so that a period's interest, down, is the case's; the fee, due once, is a rate of a pool that is
    written off in the first period and carried at next to nothing.
    """

    POOL = 12_000_00  # of which a month at 1 % a year, Actual/360, is the fee of 10.00

    @pytest.fixture
    def rows(self):
        with CASE.open() as file:
            return list(csv.DictReader(file))

    @pytest.fixture
    def played(self, lab, rows):
        ends = tuple(seconds(date.fromisoformat(row["pay_date"])) for row in rows)
        steps = (
            Step(StepKind.FEE, level=ONE),
            Step(StepKind.INTEREST, 0),
            Step(StepKind.PRINCIPAL, 0),
            Step(StepKind.PRINCIPAL, 1),
        )
        return closed_beside(
            lab,
            tranches=(TrancheTerms(100_00, 100_00, Rate(RateKind.FLOATING)), tranche(20_00)),
            price=120_00,
            steps=steps,
            fees=(FeeLine("bank", FeeKind.OF_POOL, rate=PERCENT, count=DayCount.ACTUAL_360),),
            gross_balance=self.POOL,
            carrying_ratio=1,
            period_ends=ends,
            plan=(0,) * len(ends),
            closing=ends[0] - 30 * DAY,
        )

    def index_for(self, played, period, interest):
        """The index at which the period's interest, rounded down, is this."""
        principal, terms = played.tranches[0].principal, played.deal.terms
        time = terms.end(period) - terms.begin(period)
        return -(-interest * 365 * DAY * ONE // (principal * time)) if principal else 0

    def test_every_step_of_every_period(self, rows, played):
        first, second = played.tranches
        for period, row in enumerate(rows, start=1):
            interest = cents(row["a1_interest_paid"]) + cents(row["a1_interest_still_due"]) - first.deferred
            played.tell_index(period, self.index_for(played, period, interest))
            outcome = played.run(cents(row["cash_in"]), written_off=self.POOL if period == 1 else 0)
            columns = ("fee_paid", "a1_interest_paid", "a1_principal_paid", "b_principal_paid")
            assert paid(outcome) == [cents(row[name]) for name in columns], row["pay_date"]
            if not played.books.wound_up:
                assert first.principal == cents(row["a1_balance"])
                assert second.principal == cents(row["b_balance"])
            assert played.books.fees[0].total == cents(row["fee_still_due"])
            assert first.deferred == cents(row["a1_interest_still_due"])
        assert (first.principal_paid, first.interest_paid, second.principal_paid) == (100_00, 10_35, 6_51)
        bank = played.parties.account("bank").address
        assert (played.deal.credits[bank], second.loss) == (10_00, 13_49)

    def test_its_interest_is_ours_but_for_its_cents(self, rows):
        dated = [row for row in rows if row["a1_interest_still_due"]]
        for before, row in pairwise(dated):
            begin, end = (seconds(date.fromisoformat(one["pay_date"])) for one in (before, row))
            ours = for_a_period(cents(before["a1_balance"]), 7 * PERCENT, DayCount.ACTUAL_365, begin, end)
            theirs = cents(row["a1_interest_paid"]) + cents(row["a1_interest_still_due"])
            theirs -= cents(before["a1_interest_still_due"])
            assert theirs - 1 <= ours <= theirs, row["pay_date"]


class TestRiviera:
    """Riviera NPL as Scope reported it: two triggers at 90 %, and class B interest up to 7 % before A principal.

    Balances are those of December 2020, in euros. The index, 0.5 %, and the cash of each period are assumed.
    """

    TRIGGERS = (
        TriggerTerms(TriggerKind.COLLECTION_RATIO, 90 * PERCENT),
        TriggerTerms(TriggerKind.PROFITABILITY_RATIO, 90 * PERCENT),
    )
    BOTH = frozenset({0, 1})
    STEPS = (
        Step(StepKind.INTEREST, 0),
        Step(StepKind.INTEREST_UP_TO, 1, level=7 * PERCENT, when=When.NONE_ON, triggers=BOTH),
        Step(StepKind.PRINCIPAL, 0),
        Step(StepKind.INTEREST, 1),
        Step(StepKind.PRINCIPAL, 1),
        Step(StepKind.RESIDUAL, 2),
    )
    ENDS = (date(2019, 7, 31), date(2020, 6, 30))
    NET = (28_000_000, 57_900_000)  # to date; the first is assumed
    PLAN = (28_000_000 * 1_000 // 1_129, 57_900_000 * 1_000 // 1_127)  # to date

    @pytest.fixture
    def play(self, lab):
        """Both periods, on the contracts beside the model."""
        return lambda *given: self.played(lab, *given)

    def played(self, lab, net=NET, closed_value=(1_073, 1_049)):
        floating = TrancheTerms(30_000_000, 30_000_000, Rate(RateKind.FLOATING, margin=7 * PERCENT))
        played = closed_beside(
            lab,
            tranches=(tranche(130_625_097), floating, tranche(10_000_000)),
            price=170_625_097,
            steps=self.STEPS,
            triggers=self.TRIGGERS,
            closing=seconds(date(2018, 12, 17)),
            period_ends=tuple(seconds(day) for day in self.ENDS),
            plan=(self.PLAN[0], self.PLAN[1] - self.PLAN[0]),
            gross_balance=963_300_000,
            first_index=PERCENT // 2,
        )
        value = closed_value
        first = played.run(net[0], closed_value=value[0], closed_plan=1_000)
        # To date 1,049 of 1,000 would undo more than was closed; so the second period closes as much again.
        second = played.run(net[1] - net[0], closed_value=2 * value[1] - value[0], closed_plan=1_000)
        return played, first, second

    def test_the_published_ratios(self, play):
        played, *_ = play()
        totals = played.deal.pool.totals[1:]
        nearest = [
            [(one + ONE // 2_000) // (ONE // 1_000) for one in ratios]
            for ratios in (
                [period.collection_ratio for period in totals],
                [period.profitability_ratio for period in totals],
            )
        ]
        assert nearest == [[1_129, 1_127], [1_073, 1_049]]

    def test_no_event_so_7_percent_stands_before_senior_principal(self, play):
        played, first, second = play()
        assert (first.triggers_on, second.triggers_on) == ((False, False), (False, False))
        up_to = [due(30_000_000, 7, days) for days in (226, 335)]
        assert [first.tranches[1], second.tranches[1]] == [(up_to[0], 0), (up_to[1], 0)]
        assert [first.tranches[0], second.tranches[0]] == [
            (0, self.NET[0] - up_to[0]),
            (0, self.NET[1] - self.NET[0] - up_to[1]),
        ]
        excess = 30_000_000 * 15 * 226 // 73_000 + 30_000_000 * 15 * 335 // 73_000 - sum(up_to)
        assert played.tranches[1].interest_paid == sum(up_to)
        # Behind A principal, of which some is left, comes nothing; what is deferred is lost with the last run.
        assert played.tranches[1].deferred == excess

    @pytest.mark.parametrize(
        ("net", "closed_value", "on"),
        [
            ((PLAN[0] * 90 // 100, 57_900_000), (1_073, 1_049), (True, False)),
            (NET, (899, 1_049), (False, True)),
            ((PLAN[0] * 90 // 100 + 1, 57_900_000), (900, 1_049), (False, False)),
        ],
    )
    def test_either_trigger_puts_class_b_behind(self, play, net, closed_value, on):
        _, first, second = play(net, closed_value)
        assert first.triggers_on == on
        assert (first.tranches[1] == (0, 0)) is any(on)
        # Cured in the second period, class B gets that period's 7 % again and not what was deferred.
        assert second.tranches[1] == (due(30_000_000, 7, 335), 0)


class TestSeniorAndJuniorPrice:
    """Tinlake's assessor.sol: the senior's value is its claim, at most what there is, and the junior has the rest.

    With losses by net asset value a note's pool factor is that price. Senior 700, junior 300; what the case counts as
    net assets and reserve, 1,000 at first, falls by write-offs.
    """

    HOLD = (Step(StepKind.TOP_UP),)  # without a reserve: no cash is paid

    @pytest.mark.parametrize(
        ("value", "senior", "junior"),
        [(800 + 200, ONE, ONE), (600 + 200, ONE, ONE // 3), (500 + 100, 6 * ONE // 7, 0)],
    )
    def test_is_the_pool_factor(self, lab, value, senior, junior):
        nav = Losses.BY_NET_ASSET_VALUE
        played = closed_beside(
            lab, tranches=(tranche(700), tranche(300)), price=1_000, gross_balance=1_000, steps=self.HOLD, losses=nav
        )
        played.run(written_off=1_000 - value)
        assert [played.live.figures.poolFactor(place) for place in range(2)] == [senior, junior]
        assert [played.deal.pool_factor(place) for place in range(2)] == [senior, junior]


class TestPurchasedCreditImpaired:
    """An amortised cost schedule of loans bought impaired (IFRS 9, POCI): price 500, 120/180/200/120/60 expected.

    A hurdle at the credit-adjusted effective rate is that schedule: it begins at the price, grows by the year's income
    and falls by its cash. Amounts are in millionths, and compared to the cent as they were published.
    """

    UNIT = 1_000_000
    RATE = 122_867_189_677_515_180  # WAD a year
    CASH = (120, 180, 200, 120, 60)
    STEPS = (Step(StepKind.RESIDUAL, 0),)

    @pytest.fixture
    def carrying(self, lab):
        """What a hurdle of a price stands at after each year's cash, to the cent, on the contracts and in the model."""

        def to_the_cent(units):
            return Decimal((units + 5_000) // 10_000) / 100

        def play(price, cash):
            units, closing = int(price * self.UNIT), seconds(date(2026, 12, 31))
            played = closed_beside(
                lab,
                tranches=(tranche(units),),
                price=units,
                gross_balance=units,
                steps=self.STEPS,
                hurdles=(HurdleTerms(0, self.RATE),),
                closing=closing,
                period_ends=tuple(closing + 365 * DAY * year for year in range(1, 7)),
                plan=(0,) * 6,
            )
            for each in cash:
                played.run(each * self.UNIT)
                balance = played.deal.books.hurdles[0].left
                assert played.live.waterfall.hurdle(0)[1] == balance
                yield to_the_cent(balance)

        return play

    def test_is_written_down_to_nothing_at_its_effective_rate(self, carrying):
        closes = [Decimal(text) for text in ("441.43", "315.67", "154.46", "53.43", "0.00")]
        assert list(carrying(Decimal(500), self.CASH)) == closes

    def test_of_a_year_with_less_cash_keeps_what_did_not_come(self, carrying):
        assert list(carrying(Decimal(500), (120, 150))) == [Decimal("441.43"), Decimal("345.67")]

    def test_after_the_revision_is_written_down_at_the_same_rate(self, carrying):
        later_years = list(carrying(Decimal("339.57"), (210, 130, 70)))
        assert later_years == [Decimal(text) for text in ("171.29", "62.34", "0.00")]

    def test_has_the_effective_rate_as_its_irr(self):
        bought = date(2026, 12, 31)
        flows = [(bought + timedelta(days=365 * year), cash) for year, cash in enumerate((-500, *self.CASH))]
        assert irr(flows) == Decimal("0.122867")
