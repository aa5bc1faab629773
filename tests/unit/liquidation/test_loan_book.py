"""LoanBook: cases proved against the tape, strategies and their deadlines, payments, how a sale starts."""

import pytest

from salvor.model.liquidation.state import Stage, Strategy
from tests.property.liquidation_stage import CASH, HOUR, SUBJECTS, loan_id
from tests.utils.selling import NOBODY
from tests.utils.world import DAY, WAD

MOST = 2**96 - 1


def held(sales, outstanding=30_000, **named):
    sales.worth(50_000)
    sales.open(1, outstanding, **named)
    return sales


class TestOpen:
    def test_takes_a_loan_with_what_is_left_of_its_claim(self, sales):
        sales.open(1, 20_000, 10_000, debtor=sales.debtor)
        case = sales.book.caseOf(1)
        assert (case.stage, case.strategy, case.total, case.loans) == (Stage.HELD, Strategy.HOLD, 20_000, 1)
        assert (sales.account().outstanding, sales.account().writtenOff) == (20_000, 10_000)
        loan = sales.book.loanOf(loan_id(1))
        assert (loan.caseId, loan.ahead, loan.outstanding) == (1, 0, 20_000)

    @pytest.mark.parametrize(("outstanding", "lost"), [(30_001, 0), (0, 30_001), (1, 30_000), (0, 0)])
    def test_refuses_more_than_the_claim_and_nothing(self, sales, lab, outstanding, lost):
        with lab.refused("NotTheClaim", outstanding, lost, 30_000):
            sales.open(1, outstanding, lost)

    def test_refuses_a_loan_that_is_in_a_case(self, sales, lab):
        sales.open(1, 1)
        with lab.refused("LoanIsIn", loan_id(1), 1):
            sales.open(1, 1)
        with lab.refused("LoanIsIn", loan_id(1), 1):
            sales.join(1, 1)

    @pytest.mark.parametrize("change", ["another loan's proof", "another field", "another value", "further tape"])
    def test_refuses_what_the_tape_does_not_say(self, sales, lab, change):
        place, loan, proof, field, field_proof = sales.sales.proof(1)
        other = sales.sales.proof(2)
        if change == "another loan's proof":
            proof = other[2]
        elif change == "another field":  # it is in the loan, but no claim
            from tests.utils.world import TAPE

            field, field_proof = TAPE.fields(1)[2], TAPE.fields_tree(1).proof(2)
        elif change == "another value":
            field = (field[0], (30_001).to_bytes(32, "big"), field[2])
        else:
            place = 1
        with lab.refused("NotProved", loan_id(1)):
            opening = (1, 0, True, NOBODY, SUBJECTS[0])
            sales.book.open((place, loan, proof, field, field_proof), opening, sender=sales.servicer)

    def test_refuses_a_new_case_while_paused(self, sales, lab):
        sales.book.pause(True, sender=sales.overseer)
        with lab.refused("IsPaused"):
            sales.open(1, 1)
        sales.book.pause(False, sender=sales.overseer)
        sales.open(1, 1)

    def test_refuses_a_case_that_is_not_there(self, sales, lab):
        with lab.refused("NoSuchCase", 1):
            sales.book.caseOf(1)
        with lab.refused("NoSuchCase", 7):
            sales.pay(1, case=7)


class TestJoin:
    def test_ranks_a_further_loan_behind(self, sales):
        held(sales)
        sales.join(2, 20_000, 5_000)
        loan = sales.book.loanOf(loan_id(2))
        assert (loan.caseId, loan.ahead, loan.outstanding) == (1, 30_000, 20_000)
        assert (sales.account().outstanding, sales.account().writtenOff) == (50_000, 5_000)

    def test_takes_it_into_a_property_whatever_little_anybody_paid(self, sales, lab):
        """Shares by rank stay what they are: one unit from nowhere keeps no loan from its property."""
        held(sales)
        sales.pay(1)
        sales.join(2, 20_000)
        assert [sales.book.shareOf(loan_id(number)) for number in (1, 2)] == [1, 0]
        sales.pay(34_999)
        assert [sales.book.shareOf(loan_id(number)) for number in (1, 2)] == [30_000, 5_000]

    def test_refuses_it_once_what_was_written_off_comes_in(self, sales, lab):
        """It would be taken for what the further loan still owes."""
        held(sales, 10_000, written_off=20_000)
        sales.pay(10_000)
        sales.join(2, 1)
        sales.pay(2)
        with lab.refused("AlreadyWorked", 1):
            sales.join(3, 1)

    def test_refuses_it_in_a_slice_once_something_was_paid(self, sales, lab):
        held(sales, by_rank=False)
        sales.pay(1)
        with lab.refused("AlreadyWorked", 1):
            sales.join(2, 1)

    def test_refuses_it_once_some_of_the_lot_has_an_owner(self, sales, lab):
        """Even where all that it brought went to fees."""
        held(sales).worth(100)
        sales.propose("LOAN_SALE")
        sales.sell()
        sales.take(10, sales.first)
        assert (sales.account().brought, sales.account().left) == (0, 0)
        for _ in range(2):
            lab.wait(15 * 3_600)
            sales.relist()
        assert (sales.stage(), sales.account().brought, sales.account().left) == (Stage.HELD, 0, 990)
        with lab.refused("AlreadyWorked", 1):
            sales.join(2, 1)

    def test_refuses_it_once_all_of_the_lot_has_an_owner(self, sales, lab):
        held(sales).worth(50_000)
        sales.foreclose()
        for _ in range(3):
            lab.wait(2 * DAY)
            sales.relist()
        assert (sales.stage(), sales.account().brought, sales.account().gone) == (Stage.HELD, 0, True)
        with lab.refused("AlreadyWorked", 1):
            sales.join(2, 1)

    def test_refuses_it_under_another_strategy(self, sales, lab):
        held(sales)
        sales.propose("LOAN_SALE")
        with lab.refused("AlreadyWorked", 1):
            sales.join(2, 1)


class TestShares:
    def test_are_by_rank_of_a_property(self, sales):
        held(sales)
        sales.join(2, 20_000)
        sales.pay(35_000)
        assert [sales.book.shareOf(loan_id(number)) for number in (1, 2, 3)] == [30_000, 5_000, 0]

    def test_are_pro_rata_of_a_slice(self, sales):
        held(sales, by_rank=False)
        sales.join(2, 20_000)
        sales.pay(35_001)
        assert [sales.book.shareOf(loan_id(number)) for number in (1, 2)] == [21_000, 14_000]


class TestStrategies:
    def test_begin_at_once_where_nobody_must_approve(self, sales):
        held(sales).propose("PAYMENT_PLAN", (1_000, sales.now + DAY, DAY))
        case = sales.book.caseOf(1)
        assert (case.strategy, case.deadline, case.due) == (
            Strategy.PAYMENT_PLAN,
            sales.now + 60 * DAY,
            sales.now + DAY,
        )

    def test_wait_for_the_approval_of_the_same_plan(self, sales, lab):
        held(sales).propose("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
        assert sales.book.caseOf(1).strategy == Strategy.HOLD
        with lab.refused("NotProposed", 1):
            sales.approve("DISCOUNTED_PAY_OFF", (8_999, 0, 0))
        sales.approve("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
        assert sales.book.caseOf(1).strategy == Strategy.DISCOUNTED_PAY_OFF
        with lab.refused("NotProposed", 1):
            sales.approve("DISCOUNTED_PAY_OFF", (9_000, 0, 0))

    def test_are_approved_only_while_they_fit(self, sales, lab):
        held(sales).propose("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
        sales.pay(22_000)
        with lab.refused("WrongPlan"):
            sales.approve("DISCOUNTED_PAY_OFF", (9_000, 0, 0))

    @pytest.mark.parametrize(
        ("strategy", "plan"),
        [
            ("DISCOUNTED_PAY_OFF", (0, 0, 0)),
            ("DISCOUNTED_PAY_OFF", (30_001, 0, 0)),
            ("DISCOUNTED_PAY_OFF", (1, 1, 0)),
            ("PAYMENT_PLAN", (1, 0, DAY)),
            ("PAYMENT_PLAN", (1, 2**33, 0)),
            ("LOAN_SALE", (1, 0, 0)),
            ("LOAN_SALE", (0, 1, 0)),
            ("FORECLOSURE", (0, 0, 1)),
            ("HOLD", (1, 0, 0)),
        ],
    )
    def test_refuse_a_plan_that_does_not_fit(self, sales, lab, strategy, plan):
        held(sales)
        with lab.refused("WrongPlan", Strategy[strategy], plan):
            sales.propose(strategy, plan)

    def test_are_switched_by_the_overseer_who_ends_a_cure(self, sales):
        held(sales).fire(DAY)
        assert (sales.stage(), sales.house.exposedOf(0)) == (Stage.CURE, 30_000)
        sales.switch("HOLD")
        assert (sales.stage(), sales.house.exposedOf(0)) == (Stage.HELD, 0)

    def test_expire_after_their_deadline(self, sales, lab):
        held(sales).propose("PAYMENT_PLAN", (1, sales.now + 90 * DAY, DAY))
        lab.wait(60 * DAY)
        with lab.refused("NothingExpired", 1):
            sales.book.expire(1, sender=sales.outsider)
        lab.wait(1)
        sales.book.expire(1, sender=sales.outsider)
        assert (sales.book.caseOf(1).strategy, sales.book.planBroken(1)) == (Strategy.HOLD, False)

    def test_expire_when_the_plan_is_broken(self, sales, lab):
        held(sales).propose("PAYMENT_PLAN", (1_000, sales.now + DAY, 2 * DAY))
        sales.pay(999)  # less than an instalment moves nothing
        lab.wait(6 * DAY)
        assert not sales.book.planBroken(1)
        sales.pay(1_000)
        lab.wait(2 * DAY)
        assert not sales.book.planBroken(1)
        lab.wait(1)
        assert sales.book.planBroken(1)
        sales.book.expire(1, sender=sales.outsider)
        assert sales.book.planBroken(1)

    def test_are_overdue_after_the_court_date(self, sales, lab):
        held(sales).propose("FORECLOSURE", (0, sales.now + DAY, 0))
        sales.approve("FORECLOSURE", (0, sales.now + DAY, 0))
        lab.wait(6 * DAY)
        assert not sales.book.courtOverdue(1)
        lab.wait(1)
        assert sales.book.courtOverdue(1)


class TestPay:
    def test_reaches_the_pool_at_once(self, sales):
        held(sales).pay(10_000)
        assert sales.open_period() == (10_000, 10_000, 0, 0)
        assert (sales.deal.pool.cashToRun(), sales.account().brought) == (10_000, 10_000)

    def test_closes_the_case_with_the_last_unit(self, sales, lab):
        held(sales).pay(30_000)
        assert (sales.stage(), sales.open_period()) == (Stage.CLOSED, (30_000, 30_000, 0, 0))
        with lab.refused("WrongStage", 1, Stage.CLOSED, Stage.HELD):
            sales.pay(1)

    def test_refuses_nothing_while_something_is_left(self, sales, lab):
        held(sales)
        with lab.refused("ZeroPayment"):
            sales.pay(0)

    def test_takes_no_more_than_is_left(self, sales):
        held(sales).pay(30_001)
        assert (sales.stage(), sales.token.balanceOf(sales.debtor)) == (Stage.CLOSED, CASH - 30_000)

    def test_of_nothing_closes_a_case_of_which_nothing_is_left_to_pay(self, sales, lab):
        """600 of 1,000 units bring more than all: what is left of the lot need not be sold."""
        sales.sell_loan(100_000)
        sales.take(600, sales.first)
        for _ in range(2):
            lab.wait(15 * HOUR)
            sales.relist()
        assert (sales.house.leftToPay(1), sales.stage()) == (0, Stage.HELD)
        sales.book.pay(1, 0, sender=sales.outsider)
        assert sales.stage() == Stage.CLOSED

    def test_of_what_was_agreed_closes_it_and_the_rest_is_lost(self, sales):
        held(sales).pay(5_000)
        sales.switch("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
        sales.pay(8_999)
        assert sales.stage() == Stage.HELD
        sales.pay(1)
        assert (sales.stage(), sales.open_period()) == (Stage.CLOSED, (14_000, 14_000, 16_000, 0))

    def test_of_what_was_agreed_after_the_deadline_closes_nothing(self, sales, lab):
        held(sales).switch("DISCOUNTED_PAY_OFF", (9_000, 0, 0))
        lab.wait(20 * DAY + 1)
        sales.pay(9_000)
        assert (sales.stage(), sales.open_period()) == (Stage.HELD, (9_000, 9_000, 0, 0))


class TestSell:
    def test_reads_the_value_once(self, falling):
        falling.worth(1, good=False)  # stale in the middle: the sale goes on at the price it began with
        assert (falling.dutch.roundOf(1).start, falling.dutch.roundOf(1).floor) == (60_000, 30_500)
        assert falling.dutch.priceAt(1, falling.now) == 60_000
        falling.take(1_000, falling.first)
        assert falling.stage() == Stage.CLOSED

    @pytest.mark.parametrize("value", [0, 50_000])
    def test_refuses_a_value_that_is_not_good(self, sales, lab, value):
        held(sales).propose("LOAN_SALE")
        sales.worth(value, good=False)
        with lab.refused("NoGoodValue", SUBJECTS[0]):
            sales.sell()

    def test_refuses_a_value_of_nothing_and_one_beyond_all_money(self, sales, lab):
        held(sales).propose("LOAN_SALE")
        sales.worth(0)
        with lab.refused("WrongPrices", 0, 0):
            sales.sell()
        sales.worth(MOST + 1)
        with lab.refused("AboveMost", MOST + 1, MOST):
            sales.sell()
        sales.worth(MOST)
        with lab.refused("AboveMost", -(-MOST * 120 // 100), MOST):
            sales.sell()

    def test_refuses_a_strategy_that_does_not_sell(self, sales, lab):
        held(sales)
        with lab.refused("NothingToSell", Strategy.HOLD):
            sales.sell()

    def test_refuses_a_foreclosure_before_its_court_date(self, sales, lab):
        court = sales.now + DAY
        held(sales).propose("FORECLOSURE", (0, court, 0))
        sales.approve("FORECLOSURE", (0, court, 0))
        with lab.refused("TooEarlyToSell", sales.now, court):
            sales.sell()
        lab.now = court
        sales.sell()

    def test_refuses_a_sale_that_could_outlast_the_deal(self, sales, lab):
        held(sales).propose("LOAN_SALE")
        last = sales.sales.stage.terms.period_ends[-1]
        lab.now = last - 15 * 3_600 + 1
        with lab.refused("TooLateToSell", last + 1, last):
            sales.sell()

    def test_refuses_while_paused(self, sales, lab):
        held(sales).propose("LOAN_SALE")
        sales.book.pause(True, sender=sales.overseer)
        with lab.refused("IsPaused"):
            sales.sell()


class TestFire:
    def test_leaves_the_debtor_a_cure_period(self, sales, lab):
        held(sales).fire(DAY, 500)
        until = sales.now + DAY
        with lab.refused("TooEarlyToSell", sales.now, until):
            sales.book.startSale(1, sender=sales.outsider)
        lab.now = until
        sales.book.startSale(1, sender=sales.outsider)
        assert sales.stage() == Stage.FOR_SALE

    def test_of_two_at_once_only_the_first_counts(self, sales, lab):
        held(sales).fire(DAY)
        with lab.refused("WrongStage", 1, Stage.CURE, Stage.HELD):
            sales.fire(DAY)

    def test_is_cured(self, sales, lab):
        held(sales).fire(DAY)
        sales.book.cured(1, sender=sales.overseer)
        assert (sales.stage(), sales.house.exposedOf(0)) == (Stage.HELD, 0)
        with lab.refused("WrongStage", 1, Stage.HELD, Stage.CURE):
            sales.book.startSale(1, sender=sales.outsider)

    def test_refuses_a_way_that_does_not_sell(self, sales, lab):
        held(sales)
        with lab.refused("NothingToSell", Strategy.PAYMENT_PLAN):
            sales.fire(after="PAYMENT_PLAN")

    def test_refuses_while_paused(self, sales, lab):
        held(sales)
        sales.book.pause(True, sender=sales.overseer)
        with lab.refused("IsPaused"):
            sales.fire()


class TestExposure:
    def test_says_which_tranches_a_loss_may_reach(self, sales):
        """Equity is 14,983, mezzanine 25,013: 30,000 reach the mezzanine, not the senior."""
        held(sales)
        assert [sales.book.mayReach(0, place) for place in range(3)] == [False, False, False]
        sales.fire(DAY)
        assert sales.book.openExposure(0) == 30_000
        assert [sales.book.mayReach(0, place) for place in range(3)] == [False, True, True]
        sales.open(0, 9_997)
        sales.fire(DAY, case=2)
        assert [sales.book.mayReach(0, place) for place in range(3)] == [True, True, True]


class TestConstructor:
    @pytest.mark.parametrize(
        ("place", "change"),
        [
            (0, {"auction": True}),
            (3, {"rounds": 0}),
            (3, {"floor": 0}),
            (3, {"start": WAD // 2}),
            (4, {"haircut": WAD // 2 + 1}),
            (3, {"group": 2}),
        ],
    )
    def test_refuses_terms_that_can_not_sell(self, sales, lab, place, change):
        given = [(NOBODY, False, 0, 0, 0, 0, 0, 0, False, 0) for _ in range(5)]
        sale = {"auction": True, "start": WAD, "floor": 6 * WAD // 10, "rounds": 1, "haircut": 0} | change
        auction = sales.dutch.address if sale["auction"] else NOBODY
        prices = (sale["start"], sale["floor"], sale["rounds"], sale["haircut"])
        given[place] = (auction, False, 0, 0, *prices, False, sale.get("group", 0))
        args = (sales.deal.access, sales.house, sales.sales.live.values, bytes(32), 0, given)
        with lab.refused("WrongStrategyTerms", place):
            lab.deploy("LoanBook", *args, sender=sales.outsider)
