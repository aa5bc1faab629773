"""Each kind of step against numbers worked out by hand (rules 15 to 19 and 23)."""

import pytest

from salvor.model.terms import (
    ONE,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Rate,
    RateKind,
    ReserveTerms,
    Step,
    StepKind,
    TrancheTerms,
    Unpaid,
)
from tests.utils.modelled import EQUITY, MEZZANINE, PERCENT, SENIOR, SEQUENTIAL, closed, due, one_run, paid, tranche

ALL = frozenset({SENIOR, MEZZANINE, EQUITY})
NO_INTEREST = tuple(tranche(cap) for cap in (60_000, 25_000, 15_000))


def fixed(amount, **changes):
    return FeeLine("servicer's bank", FeeKind.FIXED, amount=amount, **changes)


class TestFee:
    def test_a_share_first_and_the_whole_further_down(self):
        steps = (Step(StepKind.FEE, level=70 * PERCENT), Step(StepKind.INTEREST, SENIOR), Step(StepKind.FEE, level=ONE))
        _, outcome = one_run(*steps, gross=10_000, fees=(fixed(999),))
        # 70 % of 999 is 699.3; 60,000 x 7 % x 30 / 365 is 345.2; the whole less what was paid is 300.
        assert paid(outcome) == [699, 345, 300]
        assert outcome.credits == {"servicer's bank": 999}

    def test_a_smaller_share_further_down_has_nothing_due(self):
        steps = (Step(StepKind.FEE, level=ONE), Step(StepKind.FEE, level=ONE // 2))
        _, outcome = one_run(*steps, gross=10_000, fees=(fixed(10),))
        assert [(step.due, step.paid) for step in outcome.steps] == [(10, 10), (0, 0)]

    @pytest.mark.parametrize(("carried_on", "second"), [(True, 170), (False, 100)])
    def test_unpaid_is_carried_or_lost(self, carried_on, second):
        played = closed(steps=(Step(StepKind.FEE, level=ONE),), fees=(fixed(100, carried_on=carried_on),))
        assert paid(played.run(30)) == [30]
        assert paid(played.run(500)) == [second]

    def test_the_pool_balance_is_that_of_the_start(self):
        line = FeeLine("payee", FeeKind.OF_POOL, rate=10 * PERCENT)
        played = closed(steps=(Step(StepKind.FEE, level=ONE),), fees=(line,))
        # 200,000 then 150,000 at 10 % for 30 days.
        assert [played.run(50_000).steps[0].due, played.run().steps[0].due] == [1_643, 1_232]

    def test_a_premium_is_reckoned_before_losses_and_payments(self):
        line = FeeLine("guarantor", FeeKind.OF_TRANCHE, rate=10 * PERCENT)
        steps = (Step(StepKind.PRINCIPAL, SENIOR), Step(StepKind.FEE, level=ONE))
        _, outcome = one_run(*steps, gross=70_000, fees=(line,))
        assert outcome.steps[1].due == due(60_000, 10)


class TestInterest:
    def test_the_deferred_part_comes_first(self):
        played = closed(steps=(Step(StepKind.INTEREST, SENIOR),))
        played.run(0)
        played.run(400)
        own = played.tranches[SENIOR]
        assert (own.interest_paid, own.deferred) == (400, 2 * 345 - 400)

    @pytest.mark.parametrize(
        ("unpaid", "expected"),
        [
            (Unpaid.MISSED, 2 * 9_863),
            (Unpaid.DEFERRED, 2 * 9_863),
            (Unpaid.DEFERRED_WITH_INTEREST, 2 * 9_863 + 97),  # 9,863 x 12 % x 30 / 365 = 97.3
        ],
    )
    def test_what_deferred_interest_earns(self, unpaid, expected):
        own = (tranche(1_000_000, 12, unpaid=unpaid),)
        played = closed(tranches=own, steps=(Step(StepKind.INTEREST),), price=1_000_000)
        played.run(0)
        assert played.run(0).steps[0].due == expected


class TestInterestUpTo:
    UP_TO = Step(StepKind.INTEREST_UP_TO, MEZZANINE, level=7 * PERCENT)

    def test_pays_up_to_the_rate_and_the_rest_behind(self):
        _, outcome = one_run(self.UP_TO, Step(StepKind.INTEREST, MEZZANINE), gross=10_000)
        assert paid(outcome) == [due(25_000, 7), due(25_000, 11) - due(25_000, 7)] == [143, 83]

    def test_a_rate_above_the_tranches_own_limits_nothing(self):
        _, outcome = one_run(Step(StepKind.INTEREST_UP_TO, MEZZANINE, level=ONE), gross=10_000)
        assert paid(outcome) == [226]

    def test_not_what_was_deferred(self):
        played = closed(steps=(self.UP_TO,))
        played.run(0)
        assert played.run(10_000).steps[0].due == 143
        assert played.tranches[MEZZANINE].deferred == 226 + 83

    def test_counts_what_this_period_was_already_paid(self):
        steps = (Step(StepKind.INTEREST_UP_TO, MEZZANINE, level=3 * PERCENT), self.UP_TO)
        _, outcome = one_run(*steps, gross=10_000)
        assert paid(outcome) == [61, 143 - 61]

    def test_interest_paid_whole_leaves_nothing(self):
        _, outcome = one_run(Step(StepKind.INTEREST, MEZZANINE), self.UP_TO, gross=10_000)
        assert outcome.steps[1].due == 0


class TestPrincipal:
    def test_sequential(self):
        played, outcome = one_run(*SEQUENTIAL, gross=70_000, tranches=NO_INTEREST)
        assert outcome.tranches == ((0, 60_000), (0, 10_000), (0, 0))
        assert played.principals == [0, 15_000, 15_000]

    def test_turbo_stands_behind_all_interest(self):
        _, outcome = one_run(*SEQUENTIAL, gross=1_000)
        assert outcome.tranches == ((345, 1_000 - 345 - 226), (226, 0), (0, 0))


class TestProRata:
    STEP = Step(StepKind.PRO_RATA, tranches=ALL)

    def test_by_principal(self):
        _, outcome = one_run(self.STEP, gross=20_000, tranches=NO_INTEREST)
        assert outcome.tranches == ((0, 12_000), (0, 5_000), (0, 3_000))

    def test_what_rounding_left_goes_to_the_most_senior(self):
        _, outcome = one_run(self.STEP, gross=19, tranches=NO_INTEREST)
        # 11.4, 4.75 and 2.85 down are 11, 4 and 2; two are left.
        assert outcome.tranches == ((0, 13), (0, 4), (0, 2))

    def test_and_then_to_the_next(self):
        small = (tranche(3), tranche(7), tranche(7), tranche(7))
        step = Step(StepKind.PRO_RATA, tranches=frozenset(range(4)))
        _, outcome = one_run(step, gross=23, tranches=small, price=24)
        # 2.9 and 6.7 down are 2 and 6; three are left, and the senior has room for one.
        assert outcome.tranches == ((0, 3), (0, 7), (0, 7), (0, 6))

    def test_only_of_its_set(self):
        step = Step(StepKind.PRO_RATA, tranches=frozenset({MEZZANINE, EQUITY}))
        played, outcome = one_run(step, gross=90_000, tranches=NO_INTEREST)
        assert paid(outcome) == [40_000]
        assert played.principals == [60_000, 0, 0]

    def test_of_nothing_is_nothing(self):
        _, outcome = one_run(self.STEP, self.STEP, gross=200_000, tranches=NO_INTEREST)
        assert [step.due for step in outcome.steps] == [100_000, 0]


class TestToTarget:
    @pytest.mark.parametrize(
        ("place", "written_off", "pays"),
        [
            (SENIOR, 0, 0),  # 200,000 / 1.25 = 160,000 is above 60,000
            (SENIOR, 150_000, 20_000),  # 50,000 / 1.25 = 40,000
            (MEZZANINE, 100_000, 5_000),  # 85,000 to 80,000
            (MEZZANINE, 150_000, 25_000),  # 85,000 to 40,000, at most its own
            (SENIOR, 149_999, 20_000),  # 50,001 / 1.25 = 40,000.8, down
        ],
    )
    def test_brings_the_sum_to_pool_over_ratio(self, place, written_off, pays):
        step = Step(StepKind.TO_TARGET, place, level=125 * PERCENT)
        played = closed(steps=(step,), tranches=NO_INTEREST)
        played.report(written_off=written_off)
        played.books.waiting = 90_000  # cash that collects nothing from the pool
        assert paid(played.deal.run(1)) == [pays]


class TestReserve:
    TERMS = ReserveTerms(frozenset({SENIOR, MEZZANINE}), share=10 * PERCENT, floor=3_000, cap=8_000)

    @pytest.mark.parametrize(
        ("principals", "target"),
        [((60_000, 25_000), 8_000), ((50_000, 25_009), 7_500), ((20_000, 0), 3_000), ((0, 1), 3_000), ((0, 0), 0)],
    )
    def test_target(self, principals, target):
        played = closed(reserve=self.TERMS)
        for own, principal in zip(played.tranches, principals, strict=False):
            own.principal = principal
        assert played.books.reserve_target == target

    def test_what_was_raised_above_the_price_fills_it_first(self):
        played = closed(reserve=self.TERMS, price=90_000)
        assert (played.books.reserve, played.deal.credits["seller"]) == (8_000, 92_000)

    def test_top_up(self):
        played, outcome = one_run(Step(StepKind.TOP_UP), gross=9_000, reserve=self.TERMS, price=95_000)
        assert (outcome.steps[0].due, paid(outcome), played.books.reserve) == (3_000, [3_000], 8_000)

    def test_top_up_of_one_above_its_target_is_nothing(self):
        steps = (Step(StepKind.PRINCIPAL, SENIOR), Step(StepKind.TOP_UP))
        played, outcome = one_run(*steps, gross=60_000, reserve=self.TERMS, price=90_000)
        assert (paid(outcome)[1], played.books.reserve) == (0, 8_000)

    def test_the_last_run_keeps_nothing_back(self):
        steps = (Step(StepKind.TOP_UP), Step(StepKind.RELEASE), Step(StepKind.PRINCIPAL, SENIOR))
        terms = {"reserve": self.TERMS, "price": 95_000, "gross_balance": 0}
        _, outcome = one_run(*steps, gross=10_000, report={"written_off": 190_000, "last": True}, **terms)
        assert (paid(outcome), outcome.credits["dust owner"]) == ([0, 5_000, 15_000], 0)

    def test_release_becomes_cash_of_the_run(self):
        steps = (Step(StepKind.PRINCIPAL, SENIOR), Step(StepKind.RELEASE), Step(StepKind.PRINCIPAL, EQUITY))
        played, outcome = one_run(*steps, gross=60_000, reserve=self.TERMS, price=90_000)
        # 8,000 held, 10 % of 25,000 is below the floor of 3,000.
        assert paid(outcome) == [60_000, 5_000, 5_000]
        assert played.books.reserve == 3_000

    def test_draw_gives_what_cash_lacks(self):
        draw = Step(StepKind.DRAW, tranches=frozenset({SENIOR}), lines=frozenset({0}))
        steps = (draw, Step(StepKind.FEE, level=ONE), Step(StepKind.INTEREST, SENIOR))
        played, outcome = one_run(*steps, gross=100, reserve=self.TERMS, price=90_000, fees=(fixed(50),))
        assert paid(outcome) == [50 + 345 - 100, 50, 345]
        assert played.books.reserve == 8_000 - 295

    def test_draw_gives_what_it_has(self):
        steps = (Step(StepKind.DRAW, tranches=frozenset({SENIOR})), Step(StepKind.INTEREST, SENIOR))
        played, outcome = one_run(*steps, reserve=self.TERMS, price=99_900)
        assert [(step.due, step.paid) for step in outcome.steps] == [(345, 100), (345, 100)]
        assert played.books.reserve == 0

    def test_draw_with_enough_cash_is_nothing(self):
        draw = Step(StepKind.DRAW, tranches=frozenset({SENIOR}))
        _, outcome = one_run(draw, gross=345, reserve=self.TERMS, price=90_000)
        assert paid(outcome) == [0]


class TestHurdle:
    HURDLES = (HurdleTerms(EQUITY, 12 * PERCENT), HurdleTerms(EQUITY, 24 * PERCENT))
    STEPS = (Step(StepKind.HURDLE, EQUITY), Step(StepKind.HURDLE, EQUITY, hurdle=1))

    def test_grows_each_period_and_falls_by_all_payments(self):
        steps = (Step(StepKind.PRINCIPAL, EQUITY), *self.STEPS)
        played, outcome = one_run(*steps, gross=15_100, hurdles=self.HURDLES)
        # 15,000 x 12 % x 30 / 365 = 147.9, twice that is 295.8.
        assert [(step.due, step.paid) for step in outcome.steps] == [(15_000, 15_000), (147, 100), (195, 0)]
        assert [own.left for own in played.books.hurdles] == [47, 195]
        assert outcome.tranches[EQUITY] == (100, 15_000)

    def test_at_zero_it_stays(self):
        played = closed(steps=self.STEPS[:1], hurdles=self.HURDLES)
        played.run(20_000)
        assert played.run(20_000).steps[0].due == 0

    def test_compounds_at_period_ends(self):
        played = closed(steps=self.STEPS, hurdles=self.HURDLES)
        played.run()
        played.run()
        # 15,147 x 12 % x 30 / 365 = 149.4
        assert played.books.hurdles[0].left == 15_147 + 149

    def test_reached_exactly_it_earned_its_rate(self):
        # A year at 10 %, paid 500 after one and the rest after two: 1,000 -> 1,100 - 500 = 600 -> 660.
        terms = {"tranches": (tranche(1_000),), "hurdles": (HurdleTerms(0, 10 * PERCENT),), "price": 1_000}
        year = 365 * 86_400
        ends = {"period_ends": (1_900_000_000 + year, 1_900_000_000 + 2 * year), "plan": (1, 1)}
        played = closed(steps=(Step(StepKind.HURDLE),), **terms, **ends)
        played.run(500)
        outcome = played.run(1_000)
        assert outcome.steps[0].due == 660
        assert outcome.credits == {"dust owner": 340}


class TestTheLastStep:
    def test_split_gives_a_share_and_the_rest(self):
        _, outcome = one_run(Step(StepKind.SPLIT, EQUITY, level=20 * PERCENT), gross=1_004, fees=(fixed(7),))
        # 200.8 down
        assert outcome.credits == {"servicer's bank": 200}
        assert outcome.tranches[EQUITY] == (804, 0)

    def test_split_settles_nothing_of_the_line(self):
        played, _ = one_run(Step(StepKind.SPLIT, EQUITY, level=ONE), gross=1_000, fees=(fixed(7),))
        assert played.books.fees[0].total == 7

    def test_residual_is_principal_first(self):
        played, outcome = one_run(Step(StepKind.RESIDUAL, EQUITY), gross=15_001)
        assert outcome.tranches[EQUITY] == (1, 15_000)
        assert played.principals[EQUITY] == 0


def test_a_step_up_rises_in_its_period():
    rate = Rate(RateKind.STEP_UP, steps=((1, 7 * PERCENT), (2, 14 * PERCENT)))
    played = closed(tranches=(TrancheTerms(100_000, 100_000, rate),), steps=(Step(StepKind.INTEREST),))
    assert [played.run().steps[0].due, played.run().steps[0].due] == [575, 575 + 1_150]
