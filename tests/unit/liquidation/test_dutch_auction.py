"""DutchAuction: curves, takes in parts, dust, the end of a round."""

import pytest

from salvor.model.liquidation.dutch import power
from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import CLIMB, CURVE, SEALED, set_sales
from tests.utils.selling import Selling
from tests.utils.world import PERCENT, WAD

HOUR = 3_600


class TestTake:
    def test_of_everything_at_the_start_closes_the_loan(self, falling):
        taken = falling.take(1_000, falling.first)
        assert (taken.return_value.units, taken.return_value.cash) == (1_000, 60_000)
        assert (falling.stage(), falling.house.titleOf(1, falling.first)) == (Stage.CLOSED, 1_000)
        assert falling.house.owed(falling.servicer) == 11
        assert falling.open_period() == (
            59_989,
            60_000,
            0,
            0,
        )  # a loan's buyer pays the pool, above the claim too

    def test_pays_the_price_of_its_second(self, falling, lab):
        begun = falling.now
        for hours, price in ((0, 60_000), (1, 57_050), (9, 33_450), (10, 30_500), (14, 30_500)):
            lab.now = begun + hours * HOUR
            assert falling.dutch.priceAt(1, falling.now) == price
        lab.now = begun + 15 * HOUR - 1
        assert falling.take(1_000, falling.first).return_value.cash == 30_500
        assert falling.open_period() == (30_489, 30_500, 0, 0)

    def test_in_parts_costs_up_and_never_less_than_at_once(self, falling, lab):
        lab.wait(10 * HOUR)
        paid = [falling.take(units, falling.first).return_value.cash for units in (333, 333, 334)]
        assert paid == [10_157, 10_157, 10_187]
        assert sum(paid) == 30_501
        assert falling.house.titleOf(1, falling.first) == 1_000

    def test_of_more_than_is_left_gets_what_is_left(self, falling):
        falling.take(600, falling.first)
        taken = falling.take(1_000, falling.second)
        assert (taken.return_value.units, taken.return_value.cash) == (400, 24_000)

    def test_refuses_less_than_the_buyer_has_use_for(self, falling, lab):
        falling.take(600, falling.first)
        with lab.refused("NotEnoughLeft", 400, 401):
            falling.take(1_000, falling.second, at_least=401)
        falling.take(1_000, falling.second, at_least=400)

    def test_refuses_nothing(self, falling, lab):
        with lab.refused("ZeroUnits"):
            falling.take(0, falling.first)

    @pytest.mark.parametrize(("units", "left"), [(9, 991), (991, 9), (1, 999)])
    def test_refuses_dust_taken_and_dust_left(self, falling, lab, units, left):
        with lab.refused("LeavesDust", units, left, 10):
            falling.take(units, falling.first)

    def test_takes_the_smallest_part_and_leaves_it(self, falling):
        falling.take(10, falling.first)
        falling.take(980, falling.first)
        assert falling.dutch.roundOf(1).left == 10

    def test_refuses_a_price_above_what_is_allowed(self, falling, lab):
        with lab.refused("PriceTooHigh", 60_000, 59_999):
            falling.take(1_000, falling.first, highest=59_999)
        falling.take(1_000, falling.first, highest=60_000)

    def test_refuses_who_is_not_admitted(self, falling, lab):
        falling.remove(falling.first)
        with lab.refused("NotEligible", falling.first):
            falling.take(1_000, falling.first)
        assert falling.house.titleOf(1, falling.first) == 0

    def test_refuses_who_has_no_cash(self, falling, lab):
        falling.token.transfer(falling.second, falling.token.balanceOf(falling.first), sender=falling.first)
        with lab.refused("ERC20InsufficientBalance", falling.first, 0, 60_000):
            falling.take(1_000, falling.first)

    def test_goes_on_while_paused(self, falling):
        falling.book.pause(True, sender=falling.overseer)
        falling.take(1_000, falling.first)
        assert falling.stage() == Stage.CLOSED

    def test_refuses_from_the_end_on(self, falling, lab):
        end = falling.now + 15 * HOUR
        lab.now = end
        with lab.refused("RoundOver", end, end):
            falling.take(1_000, falling.first)
        lab.wait(30 * 24 * HOUR)
        assert falling.dutch.priceAt(1, falling.now) == 30_500

    def test_refuses_a_case_that_is_not_sold_here(self, climbing, lab):
        with lab.refused("NoRound", 1):
            climbing.take(1, climbing.first)


class TestUnitsFor:
    def test_says_what_cash_buys(self, falling):
        for cash, units, cost in ((59, 0, 0), (60, 1, 60), (119, 1, 60), (10**9, 1_000, 60_000)):
            found = falling.dutch.unitsFor(1, cash)
            assert (found.units, found.cost) == (units, cost)


class TestExponential:
    @pytest.fixture
    def curve(self, shared_lab):
        sales = Selling(set_sales(shared_lab, (CURVE, CLIMB, SEALED)))
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.propose("LOAN_SALE")
        sales.sell()
        return sales

    def test_falls_by_its_cut_each_step_to_the_floor(self, curve, lab):
        begun, prices = curve.now, []
        for hours in range(25):
            price = curve.dutch.priceAt(1, begun + hours * HOUR)
            assert price == max(30_500, 60_000 * power(95 * PERCENT, hours) // WAD)
            prices.append(price)
        assert prices == sorted(prices, reverse=True)
        assert (prices[1], prices[13], prices[14]) == (57_000, 30_800, 30_500)

    def test_ends_below_its_cusp(self, curve, lab):
        """40 % of the start is 24,000: the curve is below it after 18 steps."""
        lab.wait(17 * HOUR)
        with lab.refused("NotOver"):
            curve.relist()
        lab.wait(HOUR)
        with lab.refused("RoundOver"):
            curve.take(1_000, curve.first)
        curve.relist()
        assert (curve.dutch.roundOf(1).start, curve.dutch.roundOf(1).floor) == (54_000, 27_450)


class TestFinish:
    def test_relists_what_is_left_with_a_haircut(self, falling, lab):
        falling.take(400, falling.first)
        lab.wait(15 * HOUR - 1)
        with lab.refused("NotOver"):
            falling.relist()
        lab.wait(1)
        falling.relist()
        round_ = falling.dutch.roundOf(1)
        assert (round_.start, round_.floor, round_.left) == (54_000, 27_450, 600)
        assert falling.take(600, falling.second).return_value.cash == 32_400

    def test_refuses_a_second_time(self, falling, lab):
        lab.wait(15 * HOUR)
        falling.relist()
        with lab.refused("NotOver"):
            falling.relist()

    @pytest.mark.parametrize("name", ["begin", "cancel", "finish"])
    def test_is_the_houses(self, falling, lab, name):
        args = {"begin": (1, 1, 1, 0), "cancel": (1, 0), "finish": (1,)}[name]
        for auction in (falling.dutch, falling.english):
            with lab.refused("NotTheHouse", falling.outsider, falling.house):
                getattr(auction, name)(*args, sender=falling.outsider)


class TestConstructor:
    GOOD = (True, 95 * PERCENT, 60, 600, 60, 0, 1, 1)

    def test_keeps_what_it_was_given(self, sales, lab):
        made = lab.deploy("DutchAuction", sales.house, self.GOOD, sender=sales.outsider)
        assert (tuple(made.terms()), made.longest(), made.house()) == (self.GOOD, 660, sales.house.address)

    @pytest.mark.parametrize(
        "given",
        [
            (True, 0, 60, 600, 60, 0, 1, 1),
            (True, 999 * 10**15 + 1, 60, 600, 60, 0, 1, 1),
            (False, 1, 60, 600, 60, 0, 1, 1),
            (True, 95 * PERCENT, 0, 600, 60, 0, 1, 1),
            (True, 95 * PERCENT, 601, 600, 60, 0, 1, 1),
            (True, 95 * PERCENT, 60, 600, 60, WAD + 1, 1, 1),
            (True, 95 * PERCENT, 60, 600, 60, 0, 0, 1),
            (True, 95 * PERCENT, 60, 600, 60, 0, 1, 0),
        ],
    )
    def test_refuses_a_curve_that_is_none(self, sales, lab, given):
        with lab.refused("WrongDutchTerms", given):
            lab.deploy("DutchAuction", sales.house, given, sender=sales.outsider)
