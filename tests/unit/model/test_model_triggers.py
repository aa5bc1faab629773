"""Triggers: exactly where each goes on, and how it is cured (rules 24 to 27)."""

import pytest

from salvor.model.terms import (
    ONE,
    FeeKind,
    FeeLine,
    Losses,
    ReserveTerms,
    Step,
    StepKind,
    TriggerKind,
    TriggerTerms,
    Unpaid,
    When,
)
from tests.utils.modelled import DAY, MEZZANINE, PERCENT, SENIOR, SEQUENTIAL, closed, due, tranche

HOLD = (Step(StepKind.TOP_UP),)  # without a reserve: nobody is paid


def is_on(kind, level=0, place=0, *, gross=0, report=None, **changes):
    played = closed(triggers=(TriggerTerms(kind, level, place),), **changes)
    played.run(gross, **(report or {}))
    return played.trigger().on


class TestWhereEachGoesOn:
    @pytest.mark.parametrize(("written_off", "on"), [(98_000, False), (98_001, True)])
    def test_over_collateralisation(self, written_off, on):
        # Pool 102,000 against 120 % of 85,000, the principal of senior and mezzanine.
        kind = TriggerKind.OVER_COLLATERALISATION
        assert is_on(kind, 120 * PERCENT, MEZZANINE, report={"written_off": written_off}, steps=HOLD) is on

    def test_over_collateralisation_with_no_such_principal_is_off(self):
        kind, nav = TriggerKind.OVER_COLLATERALISATION, Losses.BY_NET_ASSET_VALUE
        assert not is_on(kind, 2 * ONE, SENIOR, report={"written_off": 200_000}, losses=nav)

    @pytest.mark.parametrize(("gross", "on"), [(2 * 571, False), (2 * 571 - 1, True)])
    def test_interest_coverage(self, gross, on):
        assert due(60_000, 7) + due(25_000, 11) == 571
        assert is_on(TriggerKind.INTEREST_COVERAGE, 2 * ONE, MEZZANINE, gross=gross) is on

    @pytest.mark.parametrize(("senior", "on"), [(True, True), (False, False)])
    def test_interest_coverage_counts_senior_fees(self, senior, on):
        fees = (FeeLine("payee", FeeKind.FIXED, amount=1, senior=senior),)
        assert is_on(TriggerKind.INTEREST_COVERAGE, ONE, MEZZANINE, gross=571, fees=fees) is on

    def test_interest_coverage_with_nothing_due_is_off(self):
        assert not is_on(TriggerKind.INTEREST_COVERAGE, ONE, tranches=(tranche(100_000),), steps=HOLD)

    @pytest.mark.parametrize(("gross", "on"), [(36_000, False), (35_999, True)])
    def test_collection_ratio(self, gross, on):
        assert is_on(TriggerKind.COLLECTION_RATIO, 90 * PERCENT, gross=gross) is on

    @pytest.mark.parametrize(("value", "on"), [(900, False), (899, True)])
    def test_profitability_ratio(self, value, on):
        report = {"closed_value": value, "closed_plan": 1_000}
        assert is_on(TriggerKind.PROFITABILITY_RATIO, 90 * PERCENT, report=report) is on

    @pytest.mark.parametrize(("written_off", "on"), [(20_000, False), (20_001, True), (19_000, False)])
    def test_cumulative_loss(self, written_off, on):
        assert is_on(TriggerKind.CUMULATIVE_LOSS, 10 * PERCENT, report={"written_off": written_off}) is on

    def test_recoveries_lower_the_cumulative_loss(self):
        report = {"written_off": 20_001, "recovered": 1}
        assert not is_on(TriggerKind.CUMULATIVE_LOSS, 10 * PERCENT, gross=1, report=report)

    def test_more_recovered_than_written_off_is_no_loss(self):
        assert not is_on(TriggerKind.CUMULATIVE_LOSS, 0, gross=9, report={"recovered": 9})

    @pytest.mark.parametrize(("price", "on"), [(95_000, False), (95_001, True)])
    def test_reserve_below_target(self, price, on):
        reserve = ReserveTerms(frozenset({SENIOR}), floor=5_000)
        assert is_on(TriggerKind.RESERVE_BELOW_TARGET, price=price, reserve=reserve) is on

    @pytest.mark.parametrize(("days", "on"), [(5, False), (6, True)])
    def test_servicer_late(self, days, on):
        assert is_on(TriggerKind.SERVICER_LATE, report={"days_late": days}, grace=5 * DAY) is on

    def test_interest_missed_is_read_of_the_run_before(self):
        missed = (tranche(100_000, 12, unpaid=Unpaid.MISSED),)
        steps = (Step(StepKind.INTEREST), Step(StepKind.RESIDUAL))
        played = closed(triggers=(TriggerTerms(TriggerKind.INTEREST_MISSED),), tranches=missed, steps=steps)
        played.run(due(100_000, 12) - 1)
        assert not played.trigger().on
        played.run(50_000)
        assert (played.trigger().on, played.trigger().figure) == (True, 1)
        played.run()
        assert not played.trigger().on

    def test_final_maturity(self):
        played = closed(triggers=(TriggerTerms(TriggerKind.FINAL_MATURITY, 2),))
        states = []
        for _ in range(3):
            played.run()
            states.append(played.trigger().on)
        assert states == [False, True, True]

    @pytest.mark.parametrize(("gross", "on"), [(180_000, False), (180_001, True)])
    def test_clean_up(self, gross, on):
        assert is_on(TriggerKind.CLEAN_UP, 10 * PERCENT, gross=gross) is on


class TestCure:
    # Collections to date against 100 %: below, below, at, at.
    GROSS = (39_999, 40_000, 30_001, 20_000)

    @pytest.mark.parametrize(
        ("cured_after", "states"),
        [
            (0, [(True, 1), (True, 1), (True, 1), (True, 1)]),
            (1, [(True, 1), (True, 1), (False, 3), (False, 3)]),
            (2, [(True, 1), (True, 1), (True, 1), (False, 4)]),
        ],
    )
    def test_runs_in_a_row(self, cured_after, states):
        trigger = TriggerTerms(TriggerKind.COLLECTION_RATIO, ONE, cured_after=cured_after)
        played = closed(triggers=(trigger,))
        seen = []
        for gross in self.GROSS:
            played.run(gross)
            seen.append((played.trigger().on, played.trigger().since))
        assert seen == states

    def test_a_relapse_begins_the_count_again(self):
        trigger = TriggerTerms(TriggerKind.COLLECTION_RATIO, ONE, cured_after=2)
        played = closed(triggers=(trigger,))
        for gross in (39_999, 40_001, 29_999, 20_001):
            played.run(gross)
        assert (played.trigger().on, played.trigger().since) == (True, 1)


class TestFigures:
    def test_what_is_shown(self):
        kinds = [kind for kind in TriggerKind if kind != TriggerKind.EVENT_OF_DEFAULT]
        reserve = ReserveTerms(frozenset({SENIOR}), floor=5_000)
        played = closed(triggers=tuple(TriggerTerms(kind, ONE, MEZZANINE) for kind in kinds), reserve=reserve)
        played.run(30_000, costs=10_000, written_off=20_000, closed_value=1, closed_plan=4, days_late=1)
        assert [own.figure for own in played.books.triggers] == [
            150_000 * ONE // 85_000,
            20_000 * ONE // 571,
            ONE // 2,
            ONE // 4,
            ONE // 10,
            5_000,
            1,
            0,
            ONE * 3 // 4,
            1,
        ]

    def test_all_are_read_before_any_step(self):
        # The steps pay the senior in full; the ratio is that of before.
        trigger = TriggerTerms(TriggerKind.OVER_COLLATERALISATION, 2 * ONE, MEZZANINE)
        played = closed(triggers=(trigger,))
        played.run(100_000)
        assert played.trigger().figure == 100_000 * ONE // 85_000


class TestConditions:
    def steps(self, when):
        return (Step(StepKind.PRINCIPAL, MEZZANINE, when=when, triggers=frozenset({0, 1})), SEQUENTIAL[-1])

    @pytest.mark.parametrize(
        ("gross", "when", "runs"),
        [
            (39_999, When.ANY_ON, True),
            (39_999, When.NONE_ON, False),
            (40_000, When.ANY_ON, False),
            (40_000, When.NONE_ON, True),
            (40_000, When.ALWAYS, True),
        ],
    )
    def test_a_step_is_passed_over(self, gross, when, runs):
        triggers = (TriggerTerms(TriggerKind.FINAL_MATURITY, 9), TriggerTerms(TriggerKind.COLLECTION_RATIO, ONE))
        played = closed(steps=self.steps(when), triggers=triggers)
        outcome = played.run(gross)
        assert [step.place for step in outcome.steps] == ([0, 1] if runs else [1])
        assert outcome.tranches[MEZZANINE] == (0, 25_000 if runs else 0)
