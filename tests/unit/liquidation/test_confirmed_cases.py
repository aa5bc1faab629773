"""A case that the servicer opened, before the overseer confirmed it: only further loans are taken."""

import pytest

from salvor.model.liquidation.state import Stage
from tests.property.liquidation_stage import SUBJECTS


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
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        with lab.refused("OtherLoans", 1, 1, 2):
            opened.book.confirm(1, 1, sender=opened.overseer)
        opened.book.confirm(1, 2, sender=opened.overseer)
        with lab.refused("WrongStage", 1, Stage.HELD, Stage.OPENED):
            opened.book.confirm(1, 2, sender=opened.overseer)

    def test_is_needed_again_for_a_further_loan(self, opened, lab):
        opened.confirm()
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        with lab.refused("WrongStage", 1, Stage.OPENED, Stage.HELD):
            opened.propose("LOAN_SALE")

    def test_what_was_proposed_for_fewer_loans_can_not_be_approved(self, opened, lab):
        opened.confirm()
        opened.propose("FORECLOSURE")
        opened.book.join(1, opened.sales.proof(2), 1, 0, sender=opened.servicer)
        opened.book.confirm(1, 2, sender=opened.overseer)
        with lab.refused("NotProposed", 1):
            opened.approve("FORECLOSURE")
