"""Waterfall of the small deal as it is deployed: what it is made of, and who may run which period when.

Terms that can't work are refused in test_full_life.py, each step kind is in test_full_steps.py.
"""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from salvor.deploy.structs import pack
from tests.utils.books import Books, books
from tests.utils.world import DAY, PERCENT, SENIOR, SIZES, STEPS


def word_of(step) -> int:
    """A step as the chain gives it back, packed again."""
    parts = (
        (step.kind, 8),
        (step.when, 8),
        (step.triggers, 16),
        (step.tranches, 8),
        (step.lines, 16),
        (step.share, 64),
    )
    word = place = 0
    for value, bits in parts:
        word |= value << place
        place += bits
    return word


class TestConstructor:
    def test_keeps_what_it_was_given(self, world, waterfall):
        live = world.live
        assert (waterfall.pool(), waterfall.offering()) == (live.pool.address, live.offering.address)
        assert (waterfall.dustOwner(), waterfall.trancheCount()) == (live.parties.seller.address, 3)
        terms = [live.figures.trancheTerms(place) for place in range(3)]
        expected = [(note.address, rate) for note, rate in zip(live.notes, (7 * PERCENT, 11 * PERCENT, 0), strict=True)]
        assert [(each.note, each.rate) for each in terms] == expected

    def test_keeps_the_steps_in_order(self, world):
        figures = world.live.figures
        assert (figures.stepCount(False), figures.stepCount(True)) == (len(STEPS), len(STEPS))
        steps = [figures.step(False, place) for place in range(len(STEPS))]
        assert [word_of(each) for each in steps] == [pack(step) for step in STEPS]

    def test_keeps_trigger_and_fee_line(self, world, waterfall):
        trigger = waterfall.trigger(0)
        assert (waterfall.triggerCount(), trigger.kind, trigger.level, trigger.on) == (1, 2, 90 * PERCENT, False)
        terms = world.live.figures.feeTerms(0)
        assert (terms.payee, terms.rate, terms.carried) == (world.live.parties.servicer.address, 6 * PERCENT, False)

    def test_has_nothing_before_closing(self, waterfall):
        assert (waterfall.lastRun(), waterfall.phase(), waterfall.cashLeft()) == (0, 0, 0)

    def test_begins_with_what_was_sold(self, closed):
        assert [books(closed, place) for place in range(3)] == [Books(size) for size in SIZES]


class TestViews:
    def test_tranche_refuses_one_that_is_not_there(self, waterfall, outsider):
        refusal = refusal_of(lambda: send(waterfall.tranche, 3, sender=outsider))
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))

    @pytest.mark.parametrize(
        ("view", "args", "values"),
        [
            ("feeLine", (1,), (1, 1)),
            ("trigger", (1,), (1, 1)),
            ("hurdle", (0,), (0, 0)),
        ],
    )
    def test_others_refuse_a_place_that_is_not_there(self, waterfall, outsider, view, args, values):
        refusal = refusal_of(lambda: send(getattr(waterfall, view), *args, sender=outsider))
        assert (refusal.error, refusal.values) == ("NoSuchPlace", values)

    @pytest.mark.parametrize(
        ("view", "args", "error", "values"),
        [
            ("step", (False, 7), "NoSuchPlace", (7, 7)),
            ("step", (True, 7), "NoSuchPlace", (7, 7)),
            ("feeTerms", (1,), "NoSuchPlace", (1, 1)),
            ("trancheTerms", (3,), "NoSuchTranche", (3, 3)),
        ],
    )
    def test_figures_refuse_a_place_that_is_not_there(self, world, outsider, view, args, error, values):
        refusal = refusal_of(lambda: send(getattr(world.live.figures, view), *args, sender=outsider))
        assert (refusal.error, refusal.values) == (error, values)


class TestRun:
    """Whose call runs which period; what a run pays is in test_waterfall_steps.py and test_waterfall_periods.py."""

    @pytest.mark.parametrize("caller", ["outsider", "servicer", "holder"])
    def test_is_open_to_anyone(self, closed, waterfall, caller):
        parties = {"outsider": closed.outsider, "servicer": closed.live.parties.servicer, "holder": closed.holders[0]}
        closed.report(1, 40_000)
        send(waterfall.run, 1, sender=parties[caller])
        assert waterfall.lastRun() == 1
        assert books(closed, SENIOR) == Books(22_971, 0, 345, 37_029)

    def test_spreads_the_period_s_cash_over_the_notes(self, closed, waterfall):
        live = closed.live
        closed.report(1, 40_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert (live.pool.cashToRun(), live.distributor.heldForHolders()) == (0, 37_600)
        held = [note.claimable(holder) for note, holder in zip(live.notes, closed.holders, strict=True)]
        assert held == [37_374, 226, 0]
        assert live.distributor.creditOf(live.parties.servicer) == 2_400

    def test_takes_one_period_when_two_are_reported(self, closed, waterfall):
        closed.report(1, 40_000)
        closed.report(2, 30_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert (closed.live.pool.cashToRun(), waterfall.feeLine(0)[0]) == (30_000, 2_400)

    def test_takes_no_donation_along(self, closed, waterfall):
        closed.report(1, 40_000)
        for contract in (waterfall, closed.live.pool, closed.live.distributor):
            closed.fund(contract, 1_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert books(closed, SENIOR) == Books(22_971, 0, 345, 37_029)
        assert closed.live.settlement.balanceOf(waterfall) == 1_000

    def test_refuses_a_period_that_is_not_reported(self, closed, waterfall, outsider):
        closed.at(closed.terms.period_ends[0])
        refusal = refusal_of(lambda: send(waterfall.run, 1, sender=outsider))
        assert (refusal.error, refusal.values) == ("NotReported", (1, 0))

    def test_refuses_the_next_period_until_it_is_reported(self, closed, waterfall, outsider):
        closed.run(1, 40_000)
        refusal = refusal_of(lambda: send(waterfall.run, 2, sender=outsider))
        assert (refusal.error, refusal.values) == ("NotReported", (2, 1))

    def test_refuses_a_second_run_of_the_same_period(self, closed, waterfall, outsider):
        closed.run(1, 40_000)
        closed.report(2, 30_000)
        refusal = refusal_of(lambda: send(waterfall.run, 1, sender=outsider))
        assert (refusal.error, refusal.values) == ("WrongPeriod", (1, 2))

    @pytest.mark.parametrize("given", [0, 2])
    def test_refuses_a_period_out_of_order(self, closed, waterfall, outsider, given):
        closed.report(1, 40_000)
        closed.report(2, 30_000)
        refusal = refusal_of(lambda: send(waterfall.run, given, sender=outsider))
        assert (refusal.error, refusal.values) == ("WrongPeriod", (given, 1))

    def test_refuses_a_period_after_the_last(self, closed, waterfall, outsider):
        for period in range(1, 5):
            closed.run(period, 0)
        refusal = refusal_of(lambda: send(waterfall.run, 5, sender=outsider))
        assert (refusal.error, refusal.values) == ("NotReported", (5, 4))


class TestRunLate:
    """Dates are the deal's: who runs when changes no number. The numbers are derived in test_waterfall_periods.py."""

    EXPECTED = (Books(0, 0, 497, 60_000), Books(18_268, 0, 452, 6_732), Books(15_000))

    def test_on_time(self, closed, waterfall):
        closed.run(1, 35_999)
        closed.run(2, 36_001)
        assert tuple(books(closed, place) for place in range(3)) == self.EXPECTED
        assert waterfall.feeLine(0)[0] == 4_319

    def test_both_periods_at_once(self, closed, waterfall, senior_holder):
        closed.report(1, 35_999)
        closed.report(2, 36_001)
        closed.at(closed.terms.period_ends[-1] + 400 * DAY)
        for period in (1, 2):
            send(waterfall.run, period, sender=senior_holder)
        assert tuple(books(closed, place) for place in range(3)) == self.EXPECTED
        assert waterfall.feeLine(0)[0] == 4_319

    def test_after_late_reports(self, closed, waterfall):
        closed.at(closed.terms.period_ends[1] + 400 * DAY)
        closed.run(1, 35_999)
        closed.run(2, 36_001)
        assert tuple(books(closed, place) for place in range(3)) == self.EXPECTED
        assert waterfall.feeLine(0)[0] == 4_319
