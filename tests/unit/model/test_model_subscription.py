"""Orders, cap, minimum, scale-back, refund and closing (rules 1 to 3)."""

import pytest

from salvor.model.deal import NOBODY, Deal, Sale, State
from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, Rate, ReserveTerms, Step, StepKind, TrancheTerms
from tests.utils.modelled import CLOSING, FOREVER, PERCENT, Played, sell, small_terms, tranche


def deal(*caps_and_minima, price=0, **changes):
    tranches = tuple(TrancheTerms(cap, minimum, Rate()) for cap, minimum in caps_and_minima)
    steps = (Step(StepKind.RESIDUAL, len(tranches) - 1),)
    return Deal(small_terms(**{"tranches": tranches, "price": price, "steps": steps} | changes))


def refused(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.error, caught.value.values


class TestOrder:
    def test_brings_the_cash(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60), ("first", 0, 70))
        assert (one.order_books[0].orders["first"], one.cash_held) == (130, 130)

    def test_taken_back_in_part(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        one.take_back("first", 0, 59, CLOSING - 1)
        assert (one.order_books[0].total, one.asset.balances["first"]) == (1, 59)

    def test_taken_back_whole(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        one.take_back("first", 0, 60, CLOSING - 1)
        assert (one.order_books[0].total, one.cash_held) == (0, 0)

    def test_of_who_is_not_admitted_any_more_is_taken_back_whole_or_not_at_all(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        one.remove("first")
        assert refused(one.order, "first", 0, 1, CLOSING - 1) == ("NotEligible", ("first", 0, 61))
        assert refused(one.take_back, "first", 0, 59, CLOSING - 1) == ("NotEligible", ("first", 0, 1))
        one.take_back("first", 0, 60, CLOSING - 1)
        assert (one.order_books[0].total, one.cash_held) == (0, 0)

    def test_orders_up_to_the_largest_amount(self):
        one = deal((100, 1))
        sell(one, ("first", 0, LARGEST))
        assert one.order_books[0].total == LARGEST

    def test_refuses(self):
        one = deal((100, 1))
        assert refused(one.order, "first", 0, 1, 0) == ("WrongSale", (Sale.DRAFT, Sale.OPEN))
        sell(one, ("first", 0, 60))
        assert refused(one.open, 0) == ("WrongSale", (Sale.OPEN, Sale.DRAFT))
        assert refused(one.order, "first", 0, 0, 0) == ("ZeroUnits", ())
        assert refused(one.order, "first", 0, 1, CLOSING) == ("DeadlinePassed", (CLOSING, CLOSING))
        assert refused(one.order, "stranger", 0, 1, 0) == ("NotEligible", ("stranger", 0, 1))
        assert refused(one.order, "first", 0, 1, 0) == ("ERC20InsufficientBalance", ("first", 0, 1))
        assert refused(one.order, "first", 0, LARGEST, 0) == ("AboveLimit", (LARGEST, LARGEST - 60))
        assert refused(one.take_back, "first", 0, 61, 0) == ("AboveLimit", (61, 60))
        assert refused(one.take_back, "first", 0, 0, 0) == ("ZeroUnits", ())
        assert refused(one.take_back, "first", 0, 1, CLOSING) == ("DeadlinePassed", (CLOSING, CLOSING))
        one.asset.mint("first", 9)
        one.asset.toll = 2
        assert refused(one.order, "first", 0, 9, 0) == ("CashArrivedShort", (7, 9))
        assert one.order_books[0].total == 60

    def test_is_not_opened_at_the_deadline(self):
        assert refused(deal((1, 1)).open, CLOSING) == ("DeadlinePassed", (CLOSING, CLOSING))

    def test_refuses_an_admission_in_the_past(self):
        assert refused(deal((1, 1)).admit, "first", 5, 5) == ("AdmissionInThePast", ("first", 5, 5))


class TestClose:
    def test_at_the_deadline_and_once(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        assert refused(one.close, CLOSING - 1) == ("BeforeDeadline", (CLOSING - 1, CLOSING))
        assert one.close(CLOSING) == State.AMORTISING
        assert refused(one.close, CLOSING) == ("WrongSale", (Sale.CLOSED, Sale.OPEN))

    @pytest.mark.parametrize(("ordered", "state"), [(49, State.CANCELLED), (50, State.AMORTISING)])
    def test_a_minimum(self, ordered, state):
        one = deal((100, 100), (100, 50))
        sell(one, ("first", 0, 100), ("second", 1, ordered))
        assert one.close(CLOSING) == state

    @pytest.mark.parametrize(("ordered", "state"), [(59, State.CANCELLED), (60, State.AMORTISING)])
    def test_the_price(self, ordered, state):
        one = deal((100, 1), price=60)
        sell(one, ("first", 0, ordered))
        assert one.close(CLOSING) == state

    def test_orders_above_a_cap_do_not_raise_the_price_of_another(self):
        one = deal((10, 1), (100, 1), price=100)
        sell(one, ("first", 0, 95), ("first", 1, 89))
        assert one.close(CLOSING) == State.CANCELLED

    def test_the_seller_is_credited_what_the_reserve_does_not_need(self):
        reserve = ReserveTerms(frozenset({0}), share=10 * PERCENT)
        one = deal((1_000, 1), price=850, reserve=reserve)
        sell(one, ("first", 0, 900))
        one.close(CLOSING)
        assert (one.books.reserve, one.claim_credit("seller"), one.asset.balances["seller"]) == (50, 850, 850)
        assert one.claim_credit("seller") == 0

    def test_the_reserve_stops_at_its_first_target(self):
        reserve = ReserveTerms(frozenset({0}), share=10 * PERCENT)
        one = deal((1_000, 1), price=500, reserve=reserve)
        sell(one, ("first", 0, 900))
        one.close(CLOSING)
        assert (one.books.reserve, one.credits["seller"]) == (90, 810)

    def test_a_seller_the_asset_refuses_holds_up_nobody(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        one.asset.blocked.add("seller")
        assert one.close(CLOSING) == State.AMORTISING
        assert refused(one.claim_credit, "seller")[0] == "Refused"
        assert one.credits["seller"] == 60


class TestHandOver:
    def test_scaled_back_by_share_each_down(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 50), ("second", 0, 71), ("third", 0, 29))
        one.close(CLOSING)
        # 100 of 150: 33.3, 47.3 and 19.3 units; 16.7, 23.7 and 9.7 back.
        shares = [one.hand_over(name, 0, CLOSING) for name in ("third", "first", "second")]
        assert shares == [(19, 9), (33, 16), (47, 23)]
        assert one.notes[0].supply == 100
        assert one.asset.balances["offering"] == 2  # nobody's
        assert one.paid_in == one.paid_out + one.cash_held

    def test_below_the_cap_all_is_allotted(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 7), ("second", 0, 3))
        one.close(CLOSING)
        assert [one.hand_over(name, 0, CLOSING) for name in ("first", "second")] == [(7, 0), (3, 0)]

    def test_late_it_has_earned_from_closing_on(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 40), ("second", 0, 60))
        one.close(CLOSING)
        played = Played(one)
        one.hand_over("first", 0, CLOSING)
        played.run(100)
        one.transfer("first", "second", 0, 40, CLOSING)
        played.run(100)
        one.hand_over("second", 0, CLOSING)
        assert [one.claim(name, 0) for name in ("first", "second")] == [40, 160]

    def test_cancelled_all_cash_goes_back(self):
        one = deal((100, 90))
        sell(one, ("first", 0, 89))
        one.close(CLOSING)
        one.remove("first")
        assert one.hand_over("first", 0, CLOSING) == (0, 89)
        assert (one.asset.balances["first"], one.cash_held) == (89, 0)

    def test_once(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        assert refused(one.hand_over, "first", 0, CLOSING) == ("WrongSale", (Sale.OPEN, Sale.CANCELLED))
        one.close(CLOSING)
        one.hand_over("first", 0, CLOSING)
        assert refused(one.hand_over, "first", 0, CLOSING) == ("NoOrder", ("first", 0))

    def test_waits_for_who_is_not_admitted_any_more(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 60))
        one.close(CLOSING)
        one.remove("first")
        assert refused(one.hand_over, "first", 0, CLOSING) == ("NotEligible", (NOBODY, "first", 60))
        one.admit("first", FOREVER, CLOSING)
        assert one.hand_over("first", 0, CLOSING) == (60, 0)

    def test_who_is_allotted_nothing_gets_cash_without_admission(self):
        one = deal((1, 1))
        sell(one, ("first", 0, 1), ("second", 0, 99))
        one.close(CLOSING)
        one.remove("first")
        assert one.hand_over("first", 0, CLOSING) == (0, 0)  # 0.01 units and 0.99 back

    def test_notes_and_cash_do_not_wait_for_each_other(self):
        one = deal((100, 1))
        sell(one, ("first", 0, 80), ("second", 0, 120))
        one.close(CLOSING)
        one.remove("first")
        assert refused(one.hand_over_notes, "first", 0, CLOSING) == ("NotEligible", (NOBODY, "first", 40))
        assert one.refund("first", 0) == 40
        assert refused(one.refund, "first", 0) == ("NoOrder", ("first", 0))
        one.asset.blocked.add("second")
        assert refused(one.hand_over, "second", 0, CLOSING) == ("Refused", ("second",))
        assert one.hand_over_notes("second", 0, CLOSING) == 60
        assert refused(one.hand_over_notes, "second", 0, CLOSING) == ("NoOrder", ("second", 0))
        one.admit("first", FOREVER, CLOSING)
        one.asset.blocked.clear()
        assert [one.hand_over(name, 0, CLOSING) for name in ("first", "second")] == [(40, 0), (0, 60)]
        assert refused(one.refund, "second", 0) == ("NoOrder", ("second", 0))
        assert [one.notes[0].holders[name].units for name in ("first", "second")] == [40, 60]
        assert one.cash_held == 100  # the notes'

    def test_cancelled_there_are_no_notes(self):
        one = deal((100, 90))
        sell(one, ("first", 0, 89))
        one.close(CLOSING)
        assert refused(one.hand_over_notes, "first", 0, CLOSING) == ("WrongSale", (Sale.CANCELLED, Sale.CLOSED))
        assert one.refund("first", 0) == 89
        assert refused(one.refund, "first", 0) == ("NoOrder", ("first", 0))

    def test_an_empty_tranche_is_no_deal(self):
        one = deal((100, 1), (100, 1))
        sell(one, ("first", 0, 100))
        assert one.close(CLOSING) == State.CANCELLED


def test_a_deal_of_fixed_size_leaves_nothing_over():
    one = Deal(small_terms(tranches=(tranche(100),), price=100, steps=(Step(StepKind.RESIDUAL),)))
    sell(one, ("first", 0, 100))
    one.close(CLOSING)
    assert one.hand_over("first", 0, CLOSING) == (100, 0)


class TestRecoverOrder:
    @pytest.fixture
    def one(self):
        one = deal((100, 1))
        sell(one, ("lost", 0, 80), ("second", 0, 120))
        one.close(CLOSING)
        one.admit("new", FOREVER, CLOSING)
        return one

    def test_moves_what_is_left_once(self, one):
        one.refund("lost", 0)
        one.recover_order("lost", "new", 0, CLOSING)
        assert refused(one.recover_order, "lost", "new", 0, CLOSING) == ("NoOrder", ("lost", 0))
        assert one.hand_over("new", 0, CLOSING) == (40, 0)
        assert refused(one.hand_over, "lost", 0, CLOSING) == ("NoOrder", ("lost", 0))

    def test_refuses_a_wallet_that_has_an_order_or_is_not_admitted(self, one):
        assert refused(one.recover_order, "lost", "second", 0, CLOSING) == ("HasOrder", ("second", 0))
        one.remove("new")
        assert refused(one.recover_order, "lost", "new", 0, CLOSING) == ("NotEligible", ("new", 0, 80))

    def test_refuses_before_closing(self):
        one = deal((100, 1))
        sell(one, ("lost", 0, 80))
        assert refused(one.recover_order, "lost", "new", 0, 0) == ("WrongSale", (Sale.OPEN, Sale.CANCELLED))
