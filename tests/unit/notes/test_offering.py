"""Offering: orders until the closing date, then the deal is made or everybody has the order back."""

import pytest

from tests.utils.full_deal import NOBODY, Terms, Tranche, build, step

TRANCHES = (Tranche(60_000), Tranche(25_000), Tranche(15_000))
SIZES = [tranche.size for tranche in TRANCHES]
DRAFT, OPEN, CLOSED, CANCELLED = range(4)


@pytest.fixture
def deal(lab):
    """Deployed; nothing is sold."""
    return build(lab, Terms(TRANCHES, (step("residual", 2),)))


@pytest.fixture
def opened(lab, deal):
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    return deal


@pytest.fixture
def investor(lab):
    return lab.actor("investor")


@pytest.fixture
def deploy(lab, deal):
    """Another offering over the same pool; `offers` are (note, cap, minimum)."""

    def call(*offers):
        return lab.deploy("Offering", deal.access, deal.pool, list(offers), sender=lab.actor("outsider"))

    return call


class TestConstructor:
    def test_keeps_what_it_was_given(self, deal):
        offering = deal.offering
        assert (offering.pool(), offering.trancheCount(), offering.deadline()) == (deal.pool.address, 3, deal.closing)
        assert [offering.note(place) for place in range(3)] == [note.address for note in deal.notes]
        assert [tuple(offering.offer(place))[1:] for place in range(3)] == [(size, size) for size in SIZES]

    def test_starts_as_a_draft(self, deal):
        assert (deal.offering.sale(), deal.offering.cashHeld(), deal.offering.waterfall()) == (DRAFT, 0, NOBODY)

    def test_takes_caps_above_the_price(self, deal, deploy):
        offers = [(note, size + 1, 1) for note, size in zip(deal.notes, SIZES, strict=True)]
        assert deploy(*offers).trancheCount() == 3

    @pytest.mark.parametrize("count", [0, 9])
    def test_refuses_another_number_of_tranches(self, lab, deal, deploy, count):
        with lab.refused("WrongNumberOfTranches", count, 8):
            deploy(*[(deal.notes[0], 1, 1)] * count)

    @pytest.mark.parametrize(("minimum", "cap"), [(0, 100_000), (100_001, 100_000)])
    def test_refuses_a_minimum_out_of_range(self, lab, deal, deploy, minimum, cap):
        with lab.refused("MinimumOutOfRange", 0, minimum, cap):
            deploy((deal.notes[0], cap, minimum))

    def test_refuses_a_note_for_two_tranches(self, lab, deal, deploy):
        with lab.refused("NoteTwice", 1):
            deploy((deal.notes[0], 50_000, 1), (deal.notes[0], 50_000, 1))

    def test_refuses_a_note_whose_cash_stands_elsewhere(self, lab, deal, deploy):
        admin = lab.actor("admin")
        elsewhere = lab.deploy("Distributor", deal.access, deal.token, sender=admin)
        note = lab.deploy("TrancheNote", deal.access, elsewhere, deal.rule, "N", "N", sender=admin)
        with lab.refused("OtherDistributor", 0):
            deploy((note, 100_000, 1))

    @pytest.mark.parametrize("cap", [99_999, 2**112 - 1])
    def test_refuses_caps_below_the_price_or_above_the_books(self, lab, deal, deploy, cap):
        offers = [(deal.notes[0], cap, 1), *([(deal.notes[1], 1, 1)] if cap > 10**6 else [])]
        caps = sum(offer[1] for offer in offers)
        with lab.refused("CapsOutOfRange", caps, 100_000, 2**112 - 1):
            deploy(*offers)


class TestOpen:
    def test_says_until_when(self, lab, deal):
        (log,) = deal.offering.open(deal.waterfall, sender=lab.actor("arranger")).events_of(deal.offering, "Opened")
        assert tuple(log.values.values()) == (deal.waterfall.address, deal.closing)
        assert (deal.offering.sale(), deal.offering.waterfall()) == (OPEN, deal.waterfall.address)

    def test_refuses_a_second_time(self, lab, opened):
        with lab.refused("WrongSale", OPEN, DRAFT):
            opened.offering.open(opened.waterfall, sender=lab.actor("arranger"))

    def test_refuses_at_the_deadline(self, lab, deal):
        lab.now = deal.closing
        with lab.refused("DeadlinePassed", deal.closing, deal.closing):
            deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))

    def test_refuses_another_deal_s_waterfall(self, lab, deal):
        other = build(lab, deal.terms).waterfall
        with lab.refused("OtherOffering", other):
            deal.offering.open(other, sender=lab.actor("arranger"))


class TestOrder:
    def test_keeps_the_cash_until_closing(self, opened, investor):
        opened.order(0, 400, investor)
        opened.order(0, 100, investor)
        opened.order(1, 7, investor)
        offering = opened.offering
        assert [offering.orderOf(place, investor).units for place in range(3)] == [500, 7, 0]
        assert [offering.ordered(place) for place in range(3)] == [500, 7, 0]
        assert offering.cashHeld() == opened.token.balanceOf(offering) == 507
        assert opened.notes[0].totalSupply() == 0

    def test_says_what_it_did(self, opened, investor):
        opened.token.mint(investor, 5, sender=investor)
        opened.token.approve(opened.offering, 5, sender=investor)
        (log,) = opened.offering.order(2, 5, sender=investor).events_of(opened.offering, "Ordered")
        assert tuple(log.values.values()) == (investor.address, 2, 5)

    def test_may_go_above_the_cap(self, opened, investor):
        opened.order(2, 15_001, investor)
        assert opened.offering.ordered(2) == 15_001

    def test_refuses_more_than_the_books_hold(self, lab, opened, investor):
        opened.order(0, 2, investor)
        most = 2**112 - 1
        with lab.refused("AboveLimit", most, most - 2):
            opened.order(0, most, investor)

    def test_refuses_no_units(self, lab, opened, investor):
        with lab.refused("ZeroUnits"):
            opened.offering.order(0, 0, sender=investor)

    def test_refuses_a_tranche_that_is_not_there(self, lab, opened, investor):
        with lab.refused("NoSuchTranche", 3, 3):
            opened.order(3, 1, investor)

    def test_refuses_before_it_is_open(self, lab, deal, investor):
        with lab.refused("WrongSale", DRAFT, OPEN):
            deal.order(0, 1, investor)

    def test_takes_the_second_before_the_deadline_and_no_later(self, lab, opened, investor):
        opened.token.mint(investor, 2, sender=investor)
        opened.token.approve(opened.offering, 2, sender=investor)
        lab.now = opened.closing - 1
        opened.offering.order(0, 1, sender=investor)
        with lab.refused("DeadlinePassed", opened.closing, opened.closing):
            lab.now = opened.closing
            opened.offering.order(0, 1, sender=investor)

    def test_refuses_who_has_not_the_cash(self, lab, opened, investor):
        opened.token.approve(opened.offering, 5, sender=investor)
        with lab.refused("ERC20InsufficientBalance", investor, 0, 5):
            opened.offering.order(0, 5, sender=investor)


class TestReduce:
    def test_gives_the_cash_back(self, opened, investor):
        opened.order(0, 400, investor)
        (log,) = opened.offering.reduce(0, 150, sender=investor).events_of(opened.offering, "OrderReduced")
        assert tuple(log.values.values()) == (investor.address, 0, 150)
        assert (opened.offering.orderOf(0, investor).units, opened.token.balanceOf(investor)) == (250, 150)
        assert (opened.offering.ordered(0), opened.offering.cashHeld()) == (250, 250)

    def test_refuses_more_than_was_ordered(self, lab, opened, investor):
        opened.order(0, 400, investor)
        with lab.refused("AboveLimit", 401, 400):
            opened.offering.reduce(0, 401, sender=investor)

    def test_refuses_another_s_order(self, lab, opened, investor):
        opened.order(0, 400, investor)
        with lab.refused("AboveLimit", 400, 0):
            opened.offering.reduce(0, 400, sender=lab.actor("outsider"))


class TestClose:
    def test_credits_the_seller_and_issues_the_notes(self, lab, deal):
        deal.sell()
        assert [note.totalSupply() for note in deal.notes] == SIZES
        assert [deal.offering.sold(place) for place in range(3)] == SIZES
        assert deal.distributor.creditOf(lab.actor("seller")) == 100_000
        assert (deal.offering.sale(), deal.offering.cashHeld(), deal.pool.purchased()) == (CLOSED, 0, True)

    def test_takes_no_donation_along(self, lab, deal):
        deal.token.mint(deal.offering, 1_000, sender=lab.actor("outsider"))
        deal.sell()
        assert deal.token.balanceOf(deal.offering) == 1_000
        assert deal.distributor.creditOf(lab.actor("seller")) == 100_000

    def test_refuses_a_second_before_the_deadline(self, lab, opened):
        lab.now = opened.closing - 2
        with lab.refused("BeforeDeadline"):
            opened.offering.close(sender=lab.actor("outsider"))

    def test_refuses_a_second_time(self, lab, deal):
        deal.sell()
        with lab.refused("WrongSale", CLOSED, OPEN):
            deal.offering.close(sender=lab.actor("outsider"))

    def test_cancels_where_one_unit_is_missing(self, lab, opened, investor):
        for place, size in enumerate((60_000, 25_000, 14_999)):
            opened.order(place, size, investor)
        opened.token.mint(opened.offering, 1, sender=investor)  # cash that comes another way is no order
        lab.now = opened.closing
        receipt = opened.offering.close(sender=lab.actor("outsider"))
        assert len(receipt.events_of(opened.offering, "SaleCancelled")) == 1
        assert (opened.offering.sale(), opened.pool.purchased()) == (CANCELLED, False)


class TestSettle:
    def test_hands_a_share_over_and_what_bought_none_back(self, lab, opened, investor):
        second = lab.actor("second")
        opened.order(0, 60_000, investor)
        opened.order(0, 30_000, second)
        for place in (1, 2):
            opened.order(place, SIZES[place], investor)
        lab.now = opened.closing
        opened.offering.close(sender=second)
        receipt = opened.offering.settle(0, second, sender=investor)
        (notes,) = receipt.events_of(opened.offering, "HandedOver")
        (cash,) = receipt.events_of(opened.offering, "Refunded")
        assert tuple(notes.values.values()) == (second.address, 0, 20_000)
        assert tuple(cash.values.values()) == (second.address, 0, 10_000)
        assert receipt.return_value == (20_000, 10_000)
        assert (opened.notes[0].balanceOf(second), opened.token.balanceOf(second)) == (20_000, 10_000)
        assert tuple(opened.offering.orderOf(0, second)) == (0, False, False)

    def test_refuses_before_closing(self, lab, opened, investor):
        opened.order(0, 1, investor)
        with lab.refused("WrongSale", OPEN, CANCELLED):
            opened.offering.settle(0, investor, sender=investor)

    def test_refuses_a_second_time(self, lab, deal):
        deal.sell()
        with lab.refused("NoOrder", deal.holders[0], 0):
            deal.offering.settle(0, deal.holders[0], sender=deal.holders[0])


@pytest.fixture
def scaled(lab, opened, investor):
    """Closed with 60,000 of 90,000 allotted of the first tranche; `second` ordered 30,000."""
    opened.order(0, 60_000, investor)
    opened.order(0, 30_000, lab.actor("second"))
    for place in (1, 2):
        opened.order(place, SIZES[place], investor)
    lab.now = opened.closing
    opened.offering.close(sender=investor)
    return opened


def had(deal, who):
    """Notes and cash of somebody, and what is left of the order."""
    order = deal.offering.orderOf(0, who)
    return deal.notes[0].balanceOf(who), deal.token.balanceOf(who), tuple(order)


class TestHandOver:
    def test_gives_the_notes_alone_and_settle_the_rest(self, lab, scaled, investor):
        second = lab.actor("second")
        assert scaled.offering.handOver(0, second, sender=investor).return_value == 20_000
        assert had(scaled, second) == (20_000, 0, (30_000, True, False))
        assert scaled.offering.settle(0, second, sender=investor).return_value == (0, 10_000)
        assert had(scaled, second) == (20_000, 10_000, (0, False, False))

    def test_refuses_a_second_time(self, lab, scaled, investor):
        scaled.offering.handOver(0, investor, sender=investor)
        with lab.refused("NoOrder", investor, 0):
            scaled.offering.handOver(0, investor, sender=investor)

    def test_refuses_a_cancelled_deal(self, lab, opened, investor):
        opened.order(0, 1, investor)
        lab.now = opened.closing
        opened.offering.close(sender=investor)
        with lab.refused("WrongSale", CANCELLED, CLOSED):
            opened.offering.handOver(0, investor, sender=investor)


class TestRefund:
    def test_gives_the_cash_alone_and_settle_the_rest(self, lab, scaled, investor):
        second = lab.actor("second")
        assert scaled.offering.refund(0, second, sender=investor).return_value == 10_000
        assert had(scaled, second) == (0, 10_000, (30_000, False, True))
        assert scaled.offering.settle(0, second, sender=investor).return_value == (20_000, 0)
        assert had(scaled, second) == (20_000, 10_000, (0, False, False))
        scaled.check_books()

    def test_refuses_a_second_time(self, lab, scaled, investor):
        scaled.offering.refund(0, investor, sender=investor)
        with lab.refused("NoOrder", investor, 0):
            scaled.offering.refund(0, investor, sender=investor)

    def test_ends_an_order_of_a_cancelled_deal(self, lab, opened, investor):
        opened.order(0, 7, investor)
        lab.now = opened.closing
        opened.offering.close(sender=investor)
        opened.offering.refund(0, investor, sender=lab.actor("outsider"))
        assert had(opened, investor) == (0, 7, (0, False, False))

    def test_refuses_before_closing(self, lab, opened, investor):
        opened.order(0, 1, investor)
        with lab.refused("WrongSale", OPEN, CANCELLED):
            opened.offering.refund(0, investor, sender=investor)


class TestRecoverOrder:
    def test_moves_what_is_left_once(self, lab, scaled, investor):
        second, found, agent = lab.actor("second"), lab.actor("found"), lab.actor("agent")
        scaled.offering.refund(0, second, sender=investor)
        (log,) = scaled.offering.recoverOrder(0, second, found, sender=agent).events_of(
            scaled.offering, "OrderRecovered"
        )
        assert tuple(log.values.values()) == (second.address, found.address, 0, 30_000)
        assert scaled.offering.settle(0, found, sender=investor).return_value == (20_000, 0)
        assert (had(scaled, second), had(scaled, found)) == ((0, 10_000, (0,) * 3), (20_000, 0, (0,) * 3))
        with lab.refused("NoOrder", second, 0):
            scaled.offering.recoverOrder(0, second, found, sender=agent)

    def test_refuses_a_wallet_with_an_order_of_its_own(self, lab, scaled, investor):
        with lab.refused("HasOrder", investor, 0):
            scaled.offering.recoverOrder(0, lab.actor("second"), investor, sender=lab.actor("agent"))

    def test_refuses_before_closing(self, lab, opened, investor):
        opened.order(0, 1, investor)
        with lab.refused("WrongSale", OPEN, CANCELLED):
            opened.offering.recoverOrder(0, investor, lab.actor("found"), sender=lab.actor("agent"))

    def test_refuses_who_is_not_the_agent(self, lab, scaled, investor):
        with lab.refused("AccessManagedUnauthorized", investor):
            scaled.offering.recoverOrder(0, lab.actor("second"), investor, sender=investor)
