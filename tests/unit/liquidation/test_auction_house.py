"""AuctionHouse: whose the cash is, what reaches the pool, how a sale without buyers ends, the last report."""

from salvor.deploy.structs import pool_terms
from salvor.model.liquidation.state import Stage, Standing, Strategy
from tests.property.liquidation_stage import CASH
from tests.utils.selling import NOBODY
from tests.utils.world import DAY

HOUR = 3_600


class TestFees:
    def test_go_to_the_keeper_then_to_the_servicer_then_to_the_pool(self, sales, lab):
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.fire(0, 500)
        sales.book.startSale(1, sender=sales.outsider)
        sales.take(10, sales.first)  # 600
        assert (sales.house.owed(sales.outsider), sales.house.owed(sales.servicer)) == (500, 11)
        assert sales.open_period() == (89, 600, 0, 0)
        assert sales.deal.pool.record(1).net == sales.account().brought

    def test_are_what_is_brought_where_it_is_less(self, sales):
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.fire(0, 700)
        sales.pay(600)
        assert (sales.house.owed(sales.outsider), sales.account().keeperDue) == (600, 100)
        assert sales.open_period() == (0, 600, 0, 0)

    def test_that_an_earlier_keeper_still_has_to_get_stay_that_keepers(self, sales):
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.fire(0, 700)
        sales.book.cured(1, sender=sales.overseer)
        sales.fire(0, 30)
        assert (sales.account().costsDue, sales.account().keeperDue) == (0, 700)


class TestRecovered:
    def test_is_what_is_brought_above_outstanding_up_to_written_off(self, sales):
        sales.worth(50_000)
        sales.open(1, 10_000, 20_000)
        sales.propose("LOAN_SALE")
        sales.sell()
        sales.take(1_000, sales.first)
        assert sales.open_period() == (59_989, 60_000, 0, 20_000)

    def test_is_nothing_as_long_as_something_is_outstanding(self, sales):
        sales.open(1, 10_000, 20_000)
        sales.pay(9_999)
        assert sales.open_period() == (9_999, 9_999, 0, 0)


class TestRelist:
    def test_after_the_last_round_gives_the_case_back(self, falling, lab):
        for _ in range(2):
            lab.wait(15 * HOUR)
            falling.relist()
        case = falling.book.caseOf(1)
        assert (case.stage, case.strategy, falling.account().standing) == (
            Stage.HELD,
            Strategy.HOLD,
            Standing.HELD,
        )
        assert (falling.open_period(), falling.house.exposedOf(0), falling.deal.pool.awaited()) == ((0, 0, 0, 0), 0, 0)
        falling.pay(1)  # it can be worked again

    def test_by_credit_bid_books_the_loss_down_to_the_last_floor(self, climbing, lab):
        for _ in range(3):
            lab.wait(2 * DAY)
            climbing.relist()
        floor = 24_705  # 30,500 less 10 % less 10 %
        assert climbing.house.titleOf(1, climbing.vehicle) == 1
        assert (climbing.stage(), climbing.open_period()) == (Stage.HELD, (0, 0, 50_000 - floor, 0))
        climbing.switch("DISCOUNTED_PAY_OFF", (floor, 0, 0))
        climbing.pay(floor + 97)  # what the vehicle got for it
        assert (climbing.stage(), climbing.open_period()) == (Stage.CLOSED, (floor, floor + 97, 50_000 - floor, 0))

    def test_gives_it_back_where_the_vehicle_is_not_admitted(self, climbing, lab):
        climbing.remove(climbing.vehicle)
        for _ in range(3):
            lab.wait(2 * DAY)
            climbing.relist()
        assert (climbing.house.titleOf(1, climbing.vehicle), climbing.open_period()) == (0, (0, 0, 0, 0))

    def test_ends_the_sale_when_another_round_could_outlast_the_deal(self, climbing, lab):
        lab.now = climbing.sales.stage.terms.period_ends[-1] - 2 * DAY
        climbing.relist()
        assert climbing.house.titleOf(1, climbing.vehicle) == 1

    def test_goes_on_while_paused(self, falling, lab):
        falling.book.pause(True, sender=falling.overseer)
        lab.wait(15 * HOUR)
        falling.relist()
        assert falling.account().round == 2

    def test_refuses_a_case_that_is_not_for_sale(self, sales, lab):
        sales.open(1, 1)
        with lab.refused("WrongStanding", 1, Standing.HELD, Standing.ON_SALE):
            sales.relist()


class TestPaidInFull:
    def test_during_a_falling_price_ends_the_sale(self, falling):
        falling.pay(30_011)
        assert (falling.stage(), falling.open_period()) == (Stage.CLOSED, (30_000, 30_011, 0, 0))
        assert (falling.deal.pool.awaited(), falling.house.exposedOf(0)) == (0, 0)

    def test_during_a_climbing_one_frees_the_best_bid(self, climbing):
        climbing.bid(30_500, climbing.first)
        climbing.pay(50_097)
        assert (climbing.stage(), climbing.house.owed(climbing.first)) == (Stage.CLOSED, 30_500)
        assert climbing.house.titleOf(1, climbing.first) == 0

    def test_comes_too_late_once_somebody_has_the_right_to_the_lot(self, climbing, lab):
        climbing.bid(30_500, climbing.first)
        lab.wait(2 * DAY)
        with lab.refused("RoundOver"):
            climbing.pay(50_097)

    def test_comes_too_late_once_a_part_is_taken(self, falling, lab):
        falling.take(10, falling.first)
        rest = falling.house.leftToPay(1)
        with lab.refused("PartTaken", 990, 1_000):
            falling.pay(rest)

    def test_must_be_in_full(self, falling, lab):
        with lab.refused("NotInFull", 30_010, 30_011):
            falling.pay(30_010)


class TestPayOut:
    def test_pays_once(self, climbing):
        climbing.bid(30_500, climbing.first)
        climbing.bid(40_000, climbing.second)
        assert climbing.house.payOut(climbing.first, sender=climbing.outsider).return_value == 30_500
        assert climbing.house.payOut(climbing.first, sender=climbing.outsider).return_value == 0
        assert climbing.token.balanceOf(climbing.first) == CASH


def deploy_another(sales, house=True):
    """The pool of a second deal, bought, whose house the admin plays."""
    live, admin, terms = sales.deal, sales.deal.parties.admin, sales.sales.stage.terms
    access = sales.lab.deploy("DealAccess", admin, sender=admin)
    given = pool_terms(terms, sales.token.address, live.parties.seller.address)
    pool = sales.lab.deploy("LoanPool", access, live.distributor, given, sender=admin)
    pool.purchase(admin, sender=admin)
    if house:
        pool.appointHouse(admin, sender=admin)
    return pool


class TestPool:
    def test_takes_proceeds_and_report_of_one_period_together(self, falling):
        falling.take(1_000, falling.first)
        falling.report(1, 500, written_off=70)
        record = falling.deal.pool.record(1)
        assert (record.net, record.gross, record.writtenOff) == (60_489, 60_500, 70)
        falling.run(1)
        assert falling.deal.pool.cashToRun() == 0

    def test_takes_proceeds_without_any_report(self, falling, lab):
        falling.take(1_000, falling.first)
        terms = falling.sales.stage.terms
        lab.now = terms.period_ends[0] + 2 * terms.rules.grace + 1
        falling.deal.pool.reportMissing(1, sender=falling.outsider)
        assert falling.deal.waterfall.previewRun(1).cash == 59_989

    def test_last_report_waits_for_a_sale_that_runs(self, climbing, lab):
        for period in (1, 2, 3):
            climbing.report(period)
        lab.now = climbing.sales.stage.terms.period_ends[-1]
        with lab.refused("ProceedsAwaited", 1):
            climbing.report(4)
        climbing.relist()  # anyone can end it by then
        climbing.report(4)

    def test_writes_off_as_much_as_its_books_have_room_for(self, climbing, lab):
        """A servicer that reports absurd write-offs stops no sale."""
        climbing.bid(30_500, climbing.first)
        climbing.report(1, written_off=2**112 - 1 - 100)
        climbing.settle()
        assert climbing.open_period(2) == (30_403, 30_500, 100, 0)
        assert climbing.stage() == Stage.CLOSED

    def test_takes_nothing_after_the_last_report(self, sales, lab):
        sales.open(1, 1_000)
        for period in (1, 2, 3, 4):
            sales.report(period)
        with lab.refused("LastReportIsIn", 4):
            sales.pay(1)

    def test_refuses_what_does_not_add_up(self, sales, lab):
        live, admin = sales.deal, sales.deal.parties.admin
        other = deploy_another(sales)
        for given in ((1, 2, 0, 0), (1, 1, 0, 1)):
            with lab.refused("ProceedsDoNotAddUp", given):
                other.takeProceeds(given, 0, False, sender=admin)
        most = (2**112 - 1) // 4
        with lab.refused("AboveLimit", most + 1, most):
            other.takeProceeds((most + 1, 0, 0, 0), 0, False, sender=admin)
        with lab.refused("NotTheHouse", admin, live.pool.house()):
            live.pool.takeProceeds((1, 0, 0, 0), 0, False, sender=admin)


class TestAppoint:
    def test_refuses_a_deal_that_obeys_another_house(self, sales, lab):
        """What bidders bring stands with the distributor: it must come back from there."""
        live, admin = sales.deal, sales.deal.parties.admin
        own = (live.allow_list, sales.servicer, NOBODY)
        second = lab.deploy("AuctionHouse", live.access, live.pool, *own, sender=admin)
        with lab.refused("OtherHouse", 0, sales.house):
            second.appoint(sales.book, sender=admin)
        pool = deploy_another(sales, house=False)
        third = lab.deploy("AuctionHouse", live.access, pool, *own, sender=admin)
        with lab.refused("OtherHouse", 0, NOBODY):
            third.appoint(sales.book, sender=admin)
        pool.appointHouse(third, sender=admin)
        with lab.refused("OtherHouse", 0, sales.house):  # of the distributor
            third.appoint(sales.book, sender=admin)
