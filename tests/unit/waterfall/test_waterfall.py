"""Waterfall: what it is made of, who may run which period when, and the fees that wait in it."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from salvor.model.waterfall import StepKind
from tests.utils.books import Books, books
from tests.utils.deploy import ZERO_ADDRESS, refusal_of_deployment
from tests.utils.world import DAY, EQUITY, PERCENT, SENIOR, SIZES, STEPS

ONE = 10**18
ALWAYS, BEHIND_PLAN = 0, 1
RESIDUAL = (StepKind.RESIDUAL, ALWAYS, EQUITY, 0)


def tranche_terms(world):
    rows = zip(world.live.notes, world.terms.sizes, world.terms.rates, strict=True)
    return [(note.address, size, rate) for note, size, rate in rows]


@pytest.fixture
def refused_deployment(world, project, outsider):
    """Deploy a waterfall over the small deal's offering with changed arguments."""

    def deploy(*, fee_account=None, tranches=None, steps=(RESIDUAL,)):
        fee_account = world.live.parties.fee_account.address if fee_account is None else fee_account
        tranches = tranche_terms(world) if tranches is None else tranches
        args = (world.live.offering, fee_account, 90 * PERCENT, tranches, list(steps))
        return refusal_of_deployment(project.Waterfall, *args, sender=outsider)

    return deploy


class TestConstructor:
    def test_keeps_what_it_was_given(self, world, waterfall):
        live = world.live
        assert (waterfall.pool(), waterfall.feeAccount()) == (live.pool.address, live.parties.fee_account.address)
        assert (waterfall.collectionTrigger(), waterfall.trancheCount()) == (90 * PERCENT, 3)
        states = [waterfall.tranche(place) for place in range(3)]
        assert [(each.note, each.principal, each.rate) for each in states] == tranche_terms(world)

    def test_keeps_the_steps_in_order(self, waterfall):
        assert waterfall.stepCount() == len(STEPS)
        steps = [waterfall.step(place) for place in range(len(STEPS))]
        expected = [(step.kind, step.skip_behind_plan, step.tranche, step.rate) for step in STEPS]
        assert [(each.kind, each.skipWhen, each.tranche, each.rate) for each in steps] == expected

    def test_starts_with_empty_books(self, world, waterfall):
        assert (waterfall.lastRun(), waterfall.feesEarned(), waterfall.cashHeld()) == (0, 0, 0)
        assert [books(world, place) for place in range(3)] == [Books(size) for size in SIZES]

    def test_lets_each_note_pull_its_cash(self, world, waterfall):
        allowed = [world.live.settlement.allowance(waterfall, note) for note in world.live.notes]
        assert allowed == [2**256 - 1] * 3

    def test_takes_a_fee_of_all_collections(self, world, project, outsider):
        steps = [(StepKind.FEE, ALWAYS, 0, ONE), RESIDUAL]
        args = (world.live.offering, outsider, 0, tranche_terms(world), steps)
        assert outsider.deploy(project.Waterfall, *args).step(0).rate == ONE

    def test_does_not_look_at_the_tranche_of_a_fee(self, world, project, outsider):
        steps = [(StepKind.FEE, ALWAYS, 200, 1), RESIDUAL]
        args = (world.live.offering, outsider, 0, tranche_terms(world), steps)
        assert outsider.deploy(project.Waterfall, *args).step(0).tranche == 200

    def test_refuses_no_fee_account(self, refused_deployment):
        refusal = refused_deployment(fee_account=ZERO_ADDRESS)
        assert (refusal.error, refusal.values) == ("NoFeeAccount", ())

    def test_refuses_no_tranches(self, refused_deployment):
        refusal = refused_deployment(tranches=[])
        assert (refusal.error, refusal.values) == ("TranchesMismatch", (0, 3))

    @pytest.mark.parametrize("change", [-1, 1])
    def test_refuses_principal_that_is_not_what_the_notes_are_sold_for(self, world, refused_deployment, change):
        sizes = (SIZES[0] + change, *SIZES[1:])
        tranches = [(note.address, size, 0) for note, size in zip(world.live.notes, sizes, strict=True)]
        refusal = refused_deployment(tranches=tranches)
        expected = (SENIOR, world.live.notes[SENIOR].address, SIZES[SENIOR] + change)
        assert (refusal.error, refusal.values) == ("NotAsOffered", expected)

    def test_refuses_no_steps(self, refused_deployment):
        refusal = refused_deployment(steps=[])
        assert (refusal.error, refusal.values) == ("NoSteps", ())

    @pytest.mark.parametrize("kind", [StepKind.INTEREST, StepKind.PRINCIPAL, StepKind.RESIDUAL])
    def test_refuses_a_step_to_a_tranche_that_is_not_there(self, refused_deployment, kind):
        refusal = refused_deployment(steps=[(kind, ALWAYS, 3, 0), RESIDUAL])
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))

    def test_refuses_a_fee_above_all_collections(self, refused_deployment):
        fee = (StepKind.FEE, ALWAYS, 0, PERCENT)
        refusal = refused_deployment(steps=[fee, (*fee[:3], ONE + 1), RESIDUAL])
        assert (refusal.error, refusal.values) == ("RateAboveOne", (1, ONE + 1))

    def test_refuses_a_residual_before_the_last_step(self, refused_deployment):
        refusal = refused_deployment(steps=[(StepKind.FEE, ALWAYS, 0, 0), RESIDUAL, RESIDUAL])
        assert (refusal.error, refusal.values) == ("ResidualMustBeLast", (1,))

    @pytest.mark.parametrize("kind", [StepKind.FEE, StepKind.INTEREST, StepKind.PRINCIPAL])
    def test_refuses_a_last_step_that_is_no_residual(self, refused_deployment, kind):
        refusal = refused_deployment(steps=[(StepKind.FEE, ALWAYS, 0, 0), (kind, ALWAYS, 0, 0)])
        assert (refusal.error, refusal.values) == ("ResidualMustBeLast", (1,))

    def test_refuses_a_residual_that_can_be_passed_over(self, refused_deployment):
        steps = [(StepKind.FEE, ALWAYS, 0, 0), (StepKind.RESIDUAL, BEHIND_PLAN, EQUITY, 0)]
        refusal = refused_deployment(steps=steps)
        assert (refusal.error, refusal.values) == ("ResidualMustAlwaysRun", (1,))


class TestViews:
    def test_tranche_refuses_one_that_is_not_there(self, waterfall, outsider):
        refusal = refusal_of(lambda: send(waterfall.tranche, 3, sender=outsider))
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))

    def test_step_refuses_one_that_is_not_there(self, waterfall, outsider):
        refusal = refusal_of(lambda: send(waterfall.step, len(STEPS), sender=outsider))
        assert (refusal.error, refusal.values) == ("Panic", (0x32,))  # array index out of bounds


class TestRun:
    """Whose call runs which period; what a run pays is in test_waterfall_steps.py and test_waterfall_periods.py."""

    @pytest.mark.parametrize("caller", ["outsider", "servicer", "holder"])
    def test_is_open_to_anyone(self, closed, waterfall, caller):
        parties = {"outsider": closed.outsider, "servicer": closed.live.parties.servicer, "holder": closed.holders[0]}
        closed.report(1, 40_000)
        send(waterfall.run, 1, sender=parties[caller])
        assert waterfall.lastRun() == 1
        assert books(closed, SENIOR) == Books(22_971, 0, 345, 37_029)

    def test_moves_the_period_s_cash_from_the_pool_to_the_notes(self, closed, waterfall):
        live = closed.live
        closed.report(1, 40_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert (live.pool.lastReleased(), live.pool.cashHeld(), live.settlement.balanceOf(live.pool)) == (1, 0, 0)
        assert [note.distributed() for note in live.notes] == [37_374, 226, 0]
        assert [live.settlement.balanceOf(note) for note in live.notes] == [37_374, 226, 0]
        assert live.notes[SENIOR].claimable(closed.holders[SENIOR]) == 37_374
        assert live.settlement.balanceOf(waterfall) == waterfall.cashHeld() == 2_400

    def test_takes_one_period_when_two_are_reported(self, closed, waterfall):
        closed.report(1, 40_000)
        closed.report(2, 30_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert (closed.live.pool.cashHeld(), waterfall.feesEarned()) == (30_000, 2_400)

    def test_takes_no_donation_along(self, closed, waterfall):
        closed.report(1, 40_000)
        closed.fund(waterfall, 1_000)
        closed.fund(closed.live.pool, 1_000)
        send(waterfall.run, 1, sender=closed.outsider)
        assert books(closed, SENIOR) == Books(22_971, 0, 345, 37_029)
        assert (waterfall.cashHeld(), closed.live.settlement.balanceOf(waterfall)) == (2_400, 3_400)

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
        assert waterfall.feesEarned() == 4_319

    def test_both_periods_at_once(self, closed, waterfall, senior_holder):
        closed.report(1, 35_999)
        closed.report(2, 36_001)
        closed.at(closed.terms.period_ends[-1] + 400 * DAY)
        for period in (1, 2):
            send(waterfall.run, period, sender=senior_holder)
        assert tuple(books(closed, place) for place in range(3)) == self.EXPECTED
        assert waterfall.feesEarned() == 4_319

    def test_after_late_reports(self, closed, waterfall):
        closed.at(closed.terms.period_ends[1] + 400 * DAY)
        closed.run(1, 35_999)
        closed.run(2, 36_001)
        assert tuple(books(closed, place) for place in range(3)) == self.EXPECTED
        assert waterfall.feesEarned() == 4_319


class TestClaimFees:
    def test_pays_the_fee_account_whoever_calls(self, closed, waterfall, outsider):
        fee_account = closed.live.parties.fee_account
        closed.run(1, 40_000)
        assert waterfall.claimFees.call(sender=outsider) == 2_400
        receipt = send(waterfall.claimFees, sender=outsider)
        logs = list(receipt.decode_logs(waterfall.FeesClaimed))
        assert [(log.feeAccount, log.cash) for log in logs] == [(fee_account.address, 2_400)]
        assert closed.live.settlement.balanceOf(fee_account) == 2_400
        assert closed.live.settlement.balanceOf(outsider) == 0
        assert (waterfall.feesEarned(), waterfall.cashHeld()) == (2_400, 0)

    def test_pays_nothing_a_second_time(self, closed, waterfall, outsider):
        closed.run(1, 40_000)
        send(waterfall.claimFees, sender=outsider)
        closed.fund(waterfall, 1_000)  # cash that is nobody's
        logs = list(send(waterfall.claimFees, sender=outsider).decode_logs(waterfall.FeesClaimed))
        assert [log.cash for log in logs] == [0]
        assert closed.live.settlement.balanceOf(closed.live.parties.fee_account) == 2_400

    def test_pays_each_fee_once(self, closed, waterfall, outsider):
        closed.run(1, 40_000)
        send(waterfall.claimFees, sender=outsider)
        closed.run(2, 1_000)
        closed.run(3, 500)
        assert waterfall.cashHeld() == 60 + 30
        send(waterfall.claimFees, sender=outsider)
        assert closed.live.settlement.balanceOf(closed.live.parties.fee_account) == 2_490
        assert (waterfall.feesEarned(), waterfall.cashHeld()) == (2_490, 0)

    def test_pays_nothing_before_the_first_run(self, waterfall, outsider):
        assert waterfall.claimFees.call(sender=outsider) == 0
