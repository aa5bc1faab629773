"""Cases with numbers that others have published, played by the model; `cases/README.md` names the sources."""

import csv
from datetime import UTC, date, datetime
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
    Rate,
    RateKind,
    Step,
    StepKind,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    When,
)
from tests.utils.modelled import PERCENT, closed, due, paid, tranche

CASE = Path(__file__).parent / "cases/waterfall-sequential-27-periods.csv"


def cents(text):
    return int(Decimal(text or 0) * 100)


def seconds(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


class TestSequentialOver27Periods:
    """AbsBox, test china/test01. Cash and interest due are taken from it, for it rounds accruals to cents."""

    @pytest.fixture
    def rows(self):
        with CASE.open() as file:
            return list(csv.DictReader(file))

    @pytest.fixture
    def played(self, rows):
        ends = tuple(seconds(date.fromisoformat(row["pay_date"])) for row in rows)
        steps = (
            Step(StepKind.FEE, level=ONE),
            Step(StepKind.INTEREST, 0),
            Step(StepKind.PRINCIPAL, 0),
            Step(StepKind.PRINCIPAL, 1),
        )
        played = closed(
            tranches=(tranche(100_00), tranche(20_00)),
            price=120_00,
            steps=steps,
            fees=(FeeLine("bank", FeeKind.FIXED),),
            period_ends=ends,
            plan=(0,) * len(ends),
            closing=ends[0] - 30 * 86_400,
        )
        played.books.fees[0].total = 10_00  # due once, from the beginning
        return played

    def test_every_step_of_every_period(self, rows, played):
        for row in rows:
            first, second = played.tranches
            first.deferred = cents(row["a1_interest_paid"]) + cents(row["a1_interest_still_due"])
            if not row["a1_interest_still_due"]:
                first.deferred = 0  # before any cash the case shows no interest
            outcome = played.run(cents(row["cash_in"]))
            columns = ("fee_paid", "a1_interest_paid", "a1_principal_paid", "b_principal_paid")
            assert paid(outcome) == [cents(row[name]) for name in columns], row["pay_date"]
            if not played.books.wound_up:
                assert first.principal == cents(row["a1_balance"])
                assert second.principal == cents(row["b_balance"])
            assert played.books.fees[0].total == cents(row["fee_still_due"])
            assert first.deferred == cents(row["a1_interest_still_due"])
        assert (first.principal_paid, first.interest_paid, second.principal_paid) == (100_00, 10_35, 6_51)
        assert (played.deal.credits["bank"], second.loss) == (10_00, 13_49)

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

    def play(self, net=NET, closed_value=(1_073, 1_049)):
        floating = TrancheTerms(30_000_000, 30_000_000, Rate(RateKind.FLOATING, margin=7 * PERCENT))
        played = closed(
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

    def test_the_published_ratios(self):
        played, *_ = self.play()
        totals = played.deal.pool.totals[1:]
        nearest = [
            [(one + ONE // 2_000) // (ONE // 1_000) for one in ratios]
            for ratios in (
                [period.collection_ratio for period in totals],
                [period.profitability_ratio for period in totals],
            )
        ]
        assert nearest == [[1_129, 1_127], [1_073, 1_049]]

    def test_no_event_so_7_percent_stands_before_senior_principal(self):
        played, first, second = self.play()
        assert (first.triggers_on, second.triggers_on) == ((False, False), (False, False))
        up_to = [due(30_000_000, 7, days) for days in (226, 335)]
        assert [first.tranches[1], second.tranches[1]] == [(up_to[0], 0), (up_to[1], 0)]
        assert [first.tranches[0], second.tranches[0]] == [
            (0, self.NET[0] - up_to[0]),
            (0, self.NET[1] - self.NET[0] - up_to[1]),
        ]
        excess = 30_000_000 * 15 * 226 // 73_000 + 30_000_000 * 15 * 335 // 73_000 - sum(up_to)
        assert played.tranches[1].interest_paid == sum(up_to)
        assert played.deal.terms.end(2) == seconds(self.ENDS[1])
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
    def test_either_trigger_puts_class_b_behind(self, net, closed_value, on):
        _, first, second = self.play(net, closed_value)
        assert first.triggers_on == on
        assert (first.tranches[1] == (0, 0)) is any(on)
        # Cured in the second period, class B gets that period's 7 % again and not what was deferred.
        assert second.tranches[1] == (due(30_000_000, 7, 335), 0)
