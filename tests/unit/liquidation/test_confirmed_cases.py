"""What the servicer said waits for the overseer: a case that was opened, and loans that join one that is held."""

import pytest
from eth_abi import encode
from eth_hash.auto import keccak

from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import SUBJECTS, loan_id


class TestConfirm:
    """The servicer alone says whose value a thing is sold by, who has a surplus, and how much is outstanding."""

    @pytest.fixture
    def opened(self, sales):
        sales.worth(50_000)
        opening = (30_000, 0, True, sales.servicer, SUBJECTS[0])
        sales.book.open(sales.sales.proof(1), opening, sender=sales.servicer)
        return sales

    def test_until_then_nothing_is_done(self, opened, lab):
        calls = (
            lambda: opened.propose("LOAN_SALE"),
            lambda: opened.switch("LOAN_SALE"),
            opened.sell,
            opened.fire,
            lambda: opened.pay(1_000),
            lambda: opened.book.expire(1, sender=opened.outsider),
            lambda: opened.book.startSale(1, sender=opened.outsider),
        )
        for call in calls[:-1]:
            with lab.refused("WrongStage", 1, Stage.OPENED, Stage.HELD):
                call()
        with lab.refused("WrongStage", 1, Stage.OPENED, Stage.CURE):
            calls[-1]()
        opened.confirm()
        assert opened.stage() == Stage.HELD
        opened.pay(1_000)
        opened.propose("LOAN_SALE")

    def test_is_not_closed_before_by_a_claim_that_the_servicer_alone_has_named(self, opened, lab):
        with lab.refused("WrongStage", 1, Stage.OPENED, Stage.HELD):
            opened.pay(30_000)
        opened.confirm()
        opened.pay(30_000)
        assert (opened.stage(), opened.open_period()) == (Stage.CLOSED, (30_000, 30_000, 0, 0))

    def test_refuses_other_loans_than_were_seen(self, opened, lab):
        seen = opened.book.joiningOf(1).content
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        with lab.refused("OtherLoans", 1):
            opened.book.confirm(1, seen, sender=opened.overseer)
        opened.confirm()
        with lab.refused("NothingJoins", 1):
            opened.confirm()

    def test_what_is_confirmed_is_all_that_was_said(self, opened):
        """Subject, rank and debtor, then each loan with its amounts."""
        opened.book.join(1, opened.sales.proof(2), 7, 8, sender=opened.servicer)
        content = keccak(encode(("bytes32", "bool", "address"), (SUBJECTS[0], True, opened.servicer.address)))
        for loan, *amounts in ((1, 30_000, 0), (2, 7, 8)):
            said = (content, loan_id(loan), *amounts)
            content = keccak(encode(("bytes32", "bytes32", "uint96", "uint96"), said))
        assert bytes(opened.book.joiningOf(1).content) == content

    def test_what_was_proposed_for_fewer_loans_can_not_be_approved(self, opened, lab):
        opened.confirm()
        opened.propose("FORECLOSURE")
        opened.join(2, 1)
        with lab.refused("NotProposed", 1):
            opened.approve("FORECLOSURE")

    def test_refuses_a_loan_that_joins_once_something_has_begun(self, opened, lab):
        opened.confirm()
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        opened.propose("PAYMENT_PLAN", (1_000, opened.now + 1, 1))
        with lab.refused("AlreadyWorked", 1):
            opened.confirm()

    def test_refuses_a_loan_that_joins_what_is_for_sale(self, opened, lab):
        opened.confirm()
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        opened.propose("LOAN_SALE")
        opened.sell()
        with lab.refused("WrongStage", 1, Stage.FOR_SALE, Stage.HELD):
            opened.confirm()


class TestUntilThen:
    """A case that is held goes on without what waits."""

    @pytest.fixture
    def waits(self, sales):
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.book.join(1, sales.sales.proof(2), 20_000, 5_000, sender=sales.servicer)
        return sales

    def test_it_is_no_part_of_the_claim(self, waits):
        assert (waits.house.leftToPay(1), waits.book.caseOf(1).loans, waits.book.caseOf(1).total) == (30_000, 1, 30_000)
        joins = waits.book.joiningOf(1)
        assert (joins.loans, joins.outstanding, joins.writtenOff) == (1, 20_000, 5_000)
        waits.confirm()
        assert (waits.house.leftToPay(1), waits.book.caseOf(1).loans, waits.book.caseOf(1).total) == (55_000, 2, 50_000)

    def test_it_has_no_share(self, waits):
        waits.pay(30_000)
        assert [waits.book.shareOf(loan_id(loan)) for loan in (1, 2)] == [30_000, 0]

    def test_it_has_its_share_afterwards(self, waits):
        waits.pay(10_000)
        waits.confirm()
        waits.pay(35_000)
        assert [waits.book.shareOf(loan_id(loan)) for loan in (1, 2)] == [30_000, 15_000]

    def test_of_a_slice_too(self, sales):
        sales.open(1, 30_000, by_rank=False)
        sales.book.join(1, sales.sales.proof(2), 20_000, 0, sender=sales.servicer)
        sales.pay(10_000)
        assert [sales.book.shareOf(loan_id(loan)) for loan in (1, 2)] == [10_000, 0]

    def test_several_are_taken_together(self, waits):
        waits.join(3, 1_000)
        assert (waits.book.caseOf(1).loans, waits.house.leftToPay(1)) == (3, 56_000)

    def test_its_amounts_count_towards_the_most(self, waits, lab):
        proof = waits.sales.proof(3)
        with lab.refused("LoanIsIn", loan_id(2), 1):
            waits.book.join(1, waits.sales.proof(2), 1, 0, sender=waits.servicer)
        waits.book.join(1, proof, 1, 0, sender=waits.servicer)
        assert waits.book.loanOf(loan_id(3)).ahead == 50_000


class TestReject:
    def test_leaves_a_held_case_as_it_is_and_its_loans_free(self, sales):
        sales.open(1, 30_000)
        sales.book.join(1, sales.sales.proof(2), 20_000, 0, sender=sales.servicer)
        sales.reject()
        assert (sales.stage(), sales.house.leftToPay(1)) == (Stage.HELD, 30_000)
        assert sales.book.loanOf(loan_id(2)).caseId == 0
        sales.pay(30_000)
        assert sales.book.shareOf(loan_id(2)) == 0
        sales.open(2, 20_000)
        assert sales.book.loanOf(loan_id(2)).caseId == 2

    def test_what_joins_next_is_another_batch(self, sales):
        sales.open(1, 30_000)
        sales.book.join(1, sales.sales.proof(2), 20_000, 0, sender=sales.servicer)
        sales.reject()
        sales.join(3, 4_000)
        sales.pay(34_000)
        assert [sales.book.shareOf(loan_id(loan)) for loan in (1, 2, 3)] == [30_000, 0, 4_000]

    def test_closes_a_case_that_nobody_confirmed(self, sales, lab):
        opening = (30_000, 0, True, sales.servicer, SUBJECTS[0])
        sales.book.open(sales.sales.proof(1), opening, sender=sales.servicer)
        sales.reject()
        assert (sales.stage(), sales.house.leftToPay(1)) == (Stage.CLOSED, 0)
        for call in (lambda: sales.pay(1), lambda: sales.join(2, 1)):
            with lab.refused("WrongStage", 1, Stage.CLOSED, Stage.HELD):
                call()
        sales.open(1, 30_000)
        assert (sales.book.loanOf(loan_id(1)).caseId, sales.stage(2)) == (2, Stage.HELD)

    def test_is_possible_while_it_is_sold_and_when_it_is_closed(self, sales):
        sales.worth(50_000)
        sales.open(1, 30_000)
        sales.book.join(1, sales.sales.proof(2), 20_000, 0, sender=sales.servicer)
        sales.propose("LOAN_SALE")
        sales.sell()
        sales.take(1_000, sales.first)
        sales.reject()
        assert (sales.stage(), sales.book.loanOf(loan_id(2)).caseId) == (Stage.CLOSED, 0)

    def test_refuses_where_nothing_waits(self, sales, lab):
        sales.open(1, 30_000)
        with lab.refused("NothingJoins", 1):
            sales.reject()
