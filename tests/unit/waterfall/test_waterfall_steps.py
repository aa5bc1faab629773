"""Each kind of step alone before a residual, with numbers worked out by hand, and the order of all of them.

The tranches hold 60,000 at 7 %, 25,000 at 11 % and 15,000 at 0 %; a period is 30 days. Interest of the first period:
60,000 x 7 % x 30 / 365 = 345.2 and 25,000 x 11 % x 30 / 365 = 226.02, so 345 and 226.
"""

import pytest

from salvor.chain.send import send
from salvor.model.waterfall import Step, StepKind
from tests.utils.books import Books, books, step_payments, tranche_payments
from tests.utils.deploy import with_waterfall
from tests.utils.world import DAY, EQUITY, MEZZANINE, PERCENT, SENIOR, STEPS

RESIDUAL = Step(StepKind.RESIDUAL, EQUITY)


@pytest.fixture
def pay(closed):
    """A closed deal with these steps before a residual to equity; gives the deal and a function that runs a period."""

    def begin(*steps, residual=RESIDUAL):
        world = with_waterfall(closed, steps=(*steps, residual))

        def run(period, cash):
            world.report(period, cash)
            return send(world.live.waterfall.run, period, sender=world.outsider)

        return world, run

    return begin


class TestFee:
    def test_takes_a_share_of_collections_rounded_down(self, pay):
        world, run = pay(Step(StepKind.FEE, rate=6 * PERCENT))
        receipt = run(1, 1_999)  # 6 % are 119.94
        assert step_payments(receipt, world.live.waterfall) == [(0, 119, 119), (1, 1_880, 1_880)]
        assert world.live.waterfall.feesEarned() == world.live.waterfall.cashHeld() == 119
        assert books(world, EQUITY) == Books(13_120, 0, 0, 1_880)

    def test_takes_its_share_of_collections_and_not_of_what_is_left(self, pay):
        world, run = pay(Step(StepKind.FEE, rate=50 * PERCENT), Step(StepKind.FEE, rate=30 * PERCENT))
        receipt = run(1, 1_000)
        assert step_payments(receipt, world.live.waterfall) == [(0, 500, 500), (1, 300, 300), (2, 200, 200)]
        assert world.live.waterfall.feesEarned() == 800

    def test_is_cut_at_the_cash_left_and_not_carried_on(self, pay):
        world, run = pay(Step(StepKind.FEE, rate=60 * PERCENT), Step(StepKind.FEE, rate=60 * PERCENT))
        receipt = run(1, 1_000)
        assert step_payments(receipt, world.live.waterfall) == [(0, 600, 600), (1, 600, 400), (2, 0, 0)]
        receipt = run(2, 100)
        assert step_payments(receipt, world.live.waterfall) == [(0, 60, 60), (1, 60, 40), (2, 0, 0)]
        assert world.live.waterfall.feesEarned() == 1_100

    def test_of_everything_leaves_the_tranches_nothing(self, pay):
        world, run = pay(Step(StepKind.FEE, rate=100 * PERCENT))
        receipt = run(1, 1_000)
        assert tranche_payments(receipt, world.live.waterfall) == {}
        assert world.live.waterfall.cashHeld() == 1_000


class TestInterest:
    def test_pays_the_period_s_interest(self, pay):
        world, run = pay(Step(StepKind.INTEREST, SENIOR))
        receipt = run(1, 1_000)
        assert step_payments(receipt, world.live.waterfall) == [(0, 345, 345), (1, 655, 655)]
        assert tranche_payments(receipt, world.live.waterfall) == {SENIOR: (345, 0), EQUITY: (0, 655)}
        assert books(world, SENIOR) == Books(60_000, 0, 345)

    def test_keeps_due_what_the_cash_does_not_cover(self, pay):
        world, run = pay(Step(StepKind.INTEREST, SENIOR))
        receipt = run(1, 344)
        assert step_payments(receipt, world.live.waterfall) == [(0, 345, 344), (1, 0, 0)]
        assert books(world, SENIOR) == Books(60_000, 1, 344)
        receipt = run(2, 400)
        assert step_payments(receipt, world.live.waterfall) == [(0, 346, 346), (1, 54, 54)]
        assert books(world, SENIOR) == Books(60_000, 0, 690)

    def test_stays_due_on_a_tranche_without_a_step(self, pay):
        world, run = pay(Step(StepKind.INTEREST, SENIOR))
        run(1, 1_000)
        run(2, 1_000)
        assert books(world, MEZZANINE) == Books(25_000, 452)

    def test_of_a_tranche_without_a_rate_is_nothing(self, pay):
        world, run = pay(Step(StepKind.INTEREST, EQUITY))
        assert step_payments(run(1, 1_000), world.live.waterfall) == [(0, 0, 0), (1, 1_000, 1_000)]

    def test_counts_the_days_from_period_end_to_period_end(self, world, deal):
        ends = tuple(world.terms.closing + days * DAY for days in (10, 45, 46, 411))
        uneven = deal(steps=(Step(StepKind.INTEREST, SENIOR), RESIDUAL), period_ends=ends)
        due = []
        for period in range(1, 5):
            uneven.report(period, 9_000)
            receipt = send(uneven.live.waterfall.run, period, sender=uneven.outsider)
            due.append(step_payments(receipt, uneven.live.waterfall)[0][1])
        # 60,000 x 7 % x 10, 35, 1 and 365 days / 365 = 115.07, 402.74, 11.51 and 4,200
        assert due == [115, 402, 11, 4_200]


class TestPrincipal:
    def test_pays_what_is_outstanding(self, pay):
        world, run = pay(Step(StepKind.PRINCIPAL, MEZZANINE))
        receipt = run(1, 25_001)
        assert step_payments(receipt, world.live.waterfall) == [(0, 25_000, 25_000), (1, 1, 1)]
        assert tranche_payments(receipt, world.live.waterfall) == {MEZZANINE: (0, 25_000), EQUITY: (0, 1)}
        assert books(world, MEZZANINE) == Books(0, 226, 0, 25_000)

    def test_leaves_outstanding_what_the_cash_does_not_cover(self, pay):
        world, run = pay(Step(StepKind.PRINCIPAL, MEZZANINE))
        receipt = run(1, 24_000)
        assert step_payments(receipt, world.live.waterfall) == [(0, 25_000, 24_000), (1, 0, 0)]
        assert books(world, MEZZANINE) == Books(1_000, 226, 0, 24_000)
        receipt = run(2, 1_500)
        assert step_payments(receipt, world.live.waterfall) == [(0, 1_000, 1_000), (1, 500, 500)]

    def test_lowers_the_interest_of_the_next_period_only(self, pay):
        world, run = pay(Step(StepKind.PRINCIPAL, MEZZANINE))
        run(1, 15_000)
        assert books(world, MEZZANINE) == Books(10_000, 226, 0, 15_000)
        run(2, 0)
        assert books(world, MEZZANINE) == Books(10_000, 226 + 90, 0, 15_000)  # 10,000 x 11 % x 30 / 365 = 90.4


class TestResidual:
    @pytest.mark.parametrize(
        ("cash", "interest", "principal"), [(14_999, 0, 14_999), (15_000, 0, 15_000), (15_001, 1, 15_000)]
    )
    def test_pays_principal_first_and_the_rest_as_return(self, pay, cash, interest, principal):
        world, run = pay()
        receipt = run(1, cash)
        assert step_payments(receipt, world.live.waterfall) == [(0, cash, cash)]
        assert tranche_payments(receipt, world.live.waterfall) == {EQUITY: (interest, principal)}
        assert books(world, EQUITY) == Books(15_000 - principal, 0, interest, principal)

    def test_pays_all_as_return_once_the_principal_is_back(self, pay):
        world, run = pay()
        run(1, 15_100)
        receipt = run(2, 700)
        assert tranche_payments(receipt, world.live.waterfall) == {EQUITY: (700, 0)}
        assert books(world, EQUITY) == Books(0, 0, 800, 15_000)

    def test_leaves_interest_due_to_its_own_step(self, pay):
        world, run = pay(residual=Step(StepKind.RESIDUAL, SENIOR))
        receipt = run(1, 60_100)
        assert tranche_payments(receipt, world.live.waterfall) == {SENIOR: (100, 60_000)}
        assert books(world, SENIOR) == Books(0, 345, 100, 60_000)


class TestOrder:
    """The small deal's steps; cash runs out at one step after the other."""

    @pytest.mark.parametrize(
        ("cash", "fee", "senior", "mezzanine", "equity"),
        [
            pytest.param(100, 6, (94, 0), None, None, id="in senior interest"),
            pytest.param(367, 22, (345, 0), None, None, id="after senior interest"),
            pytest.param(468, 28, (345, 0), (95, 0), None, id="in mezzanine interest"),
            pytest.param(1_000, 60, (345, 369), (226, 0), None, id="in senior principal"),
            pytest.param(65_000, 3_900, (345, 60_000), (226, 529), None, id="in mezzanine principal"),
            pytest.param(100_000, 6_000, (345, 60_000), (226, 25_000), (0, 8_429), id="in equity's principal"),
            pytest.param(120_000, 7_200, (345, 60_000), (226, 25_000), (12_229, 15_000), id="in equity's return"),
        ],
    )
    def test_pays_fee_then_interest_then_principal_by_seniority(self, closed, cash, fee, senior, mezzanine, equity):
        world = with_waterfall(closed, steps=STEPS, trigger=0)  # never behind plan
        world.report(1, cash)
        receipt = send(world.live.waterfall.run, 1, sender=world.outsider)
        expected = {SENIOR: senior, MEZZANINE: mezzanine, EQUITY: equity}
        paid = {place: payment for place, payment in expected.items() if payment}
        assert tranche_payments(receipt, world.live.waterfall) == paid
        assert world.live.waterfall.feesEarned() == fee
        assert fee + sum(sum(payment) for payment in paid.values()) == cash
