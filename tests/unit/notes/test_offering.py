"""Offering: notes at par while it is open, the purchase of the loans at its end."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.deploy import ZERO_ADDRESS, refusal_of_deployment, with_terms
from tests.utils.world import EQUITY, MEZZANINE, SENIOR, SIZES

PRICE = sum(SIZES)


@pytest.fixture
def subscribe(offering):
    """Subscribe without funding or approving anything."""

    def call(investor, tranche, units):
        return send(offering.subscribe, tranche, units, sender=investor)

    return call


@pytest.fixture
def ready(world, settlement, offering, senior_holder):
    """An investor who is admitted and has the cash and the approval for anything on offer."""
    world.admit(senior_holder)
    world.fund(senior_holder, PRICE)
    send(settlement.approve, offering, PRICE, sender=senior_holder)
    return senior_holder


class TestConstructor:
    def test_keeps_what_it_was_given(self, world, offering):
        live = world.live
        assert (offering.pool(), offering.trancheCount()) == (live.pool.address, 3)
        assert [offering.note(place) for place in range(3)] == [note.address for note in live.notes]
        assert [offering.size(place) for place in range(3)] == list(SIZES)

    def test_starts_open_and_empty(self, offering):
        assert (offering.closed(), offering.raised(), offering.cashHeld()) == (False, 0, 0)
        assert [offering.subscribed(place) for place in range(3)] == [0, 0, 0]

    @pytest.mark.parametrize(("notes", "sizes"), [(3, SIZES[:2]), (2, SIZES)])
    def test_refuses_another_number_of_sizes_than_of_notes(self, world, project, outsider, notes, sizes):
        args = (world.live.pool, list(world.live.notes[:notes]), list(sizes))
        refusal = refusal_of_deployment(project.Offering, *args, sender=outsider)
        assert (refusal.error, refusal.values) == ("SizesMismatch", (notes, len(sizes)))

    def test_refuses_a_tranche_of_no_units(self, world, project, outsider):
        """Its note would have no holders, and cash that falls to it would block every later period."""
        args = (world.live.pool, list(world.live.notes), [60_000, 40_000, 0])
        refusal = refusal_of_deployment(project.Offering, *args, sender=outsider)
        assert (refusal.error, refusal.values) == ("EmptyTranche", (2,))

    def test_refuses_a_note_for_two_tranches(self, world, project, outsider):
        note = world.live.notes[SENIOR]
        refusal = refusal_of_deployment(project.Offering, world.live.pool, [note] * 3, list(SIZES), sender=outsider)
        assert (refusal.error, refusal.values) == ("NoteTwice", (1,))

    def test_refuses_a_note_paid_in_another_asset(self, world, project, outsider):
        live = world.live
        other = outsider.deploy(project.SettlementToken, "Other", "OTHER", 2)
        stranger = outsider.deploy(project.TrancheNote, live.access, other, live.allow_list, "Stranger", "S")
        args = (live.pool, [*live.notes[:2], stranger], list(SIZES))
        refusal = refusal_of_deployment(project.Offering, *args, sender=outsider)
        assert (refusal.error, refusal.values) == ("OtherSettlement", (2,))

    @pytest.mark.parametrize("change", [-1, 1])
    def test_refuses_sizes_that_do_not_pay_the_price(self, world, project, outsider, change):
        sizes = [SIZES[0] + change, *SIZES[1:]]
        args = (world.live.pool, list(world.live.notes), sizes)
        refusal = refusal_of_deployment(project.Offering, *args, sender=outsider)
        assert (refusal.error, refusal.values) == ("SizesDoNotAddUp", (PRICE + change, PRICE))


class TestTrancheViews:
    @pytest.mark.parametrize("view", ["subscribed", "size", "note"])
    def test_refuse_a_tranche_that_is_not_there(self, offering, outsider, view):
        refusal = refusal_of(lambda: send(getattr(offering, view), 3, sender=outsider))
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))


class TestSubscribe:
    def test_gives_a_unit_of_note_for_a_unit_of_cash(self, note, offering, settlement, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        assert (note.balanceOf(ready), note.totalSupply()) == (400, 400)
        assert (settlement.balanceOf(ready), settlement.balanceOf(offering)) == (PRICE - 400, 400)
        assert (offering.raised(), offering.cashHeld()) == (400, 400)

    def test_says_what_it_did(self, offering, subscribe, ready):
        logs = list(subscribe(ready, MEZZANINE, 400).decode_logs(offering.Subscribed))
        assert [(log.investor, log.tranche, log.units) for log in logs] == [(ready.address, MEZZANINE, 400)]

    def test_counts_each_tranche_by_itself(self, world, offering, subscribe, ready):
        for tranche, units in ((EQUITY, 30), (SENIOR, 400), (MEZZANINE, 7), (SENIOR, 100)):
            subscribe(ready, tranche, units)
        assert [offering.subscribed(place) for place in range(3)] == [500, 7, 30]
        assert [each.totalSupply() for each in world.live.notes] == [500, 7, 30]
        assert offering.raised() == 537

    def test_sells_a_tranche_to_the_last_unit(self, offering, subscribe, ready):
        subscribe(ready, SENIOR, 20_000)
        subscribe(ready, SENIOR, 40_000)
        assert offering.subscribed(SENIOR) == 60_000

    def test_refuses_more_than_the_tranche(self, subscribe, ready):
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 60_001))
        assert (refusal.error, refusal.values) == ("AboveSize", (SENIOR, 60_001, 60_000))

    def test_refuses_more_than_is_left(self, subscribe, ready):
        subscribe(ready, SENIOR, 20_000)
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 40_001))
        assert (refusal.error, refusal.values) == ("AboveSize", (SENIOR, 40_001, 40_000))

    def test_refuses_no_units(self, subscribe, ready):
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 0))
        assert (refusal.error, refusal.values) == ("ZeroUnits", ())

    def test_refuses_a_tranche_that_is_not_there(self, subscribe, ready):
        refusal = refusal_of(lambda: subscribe(ready, 3, 400))
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))

    def test_refuses_who_is_not_admitted(self, world, subscribe, ready):
        send(world.live.allow_list.remove, ready, sender=world.live.parties.transfer_agent)
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 400))
        assert (refusal.error, refusal.values) == ("NotEligible", (ZERO_ADDRESS, ready.address, 400))

    def test_refuses_who_has_not_approved_the_cash(self, offering, settlement, subscribe, ready):
        send(settlement.approve, offering, 399, sender=ready)
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 400))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientAllowance", (offering.address, 399, 400))

    def test_refuses_who_has_not_the_cash(self, settlement, subscribe, ready, outsider):
        send(settlement.transfer, outsider, PRICE - 399, sender=ready)
        refusal = refusal_of(lambda: subscribe(ready, SENIOR, 400))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (ready.address, 399, 400))

    def test_refuses_after_closing(self, closed, subscribe):
        refusal = refusal_of(lambda: subscribe(closed.holders[0], SENIOR, 1))
        assert (refusal.error, refusal.values) == ("OfferingClosed", ())

    def test_refuses_a_settlement_asset_that_takes_a_fee(self, world, project, ready):
        fee_token = ready.deploy(project.FeeOnTransferToken)
        other = with_terms(world, settlement=fee_token)
        other.admit(ready)
        refusal = refusal_of(lambda: other.subscribe(ready, SENIOR, 400))
        assert (refusal.error, refusal.values) == ("CashArrivedShort", (396, 400))


class TestUnsubscribe:
    def test_gives_the_cash_back(self, note, offering, settlement, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        send(offering.unsubscribe, SENIOR, 150, sender=ready)
        assert (note.balanceOf(ready), note.totalSupply()) == (250, 250)
        assert (settlement.balanceOf(ready), settlement.balanceOf(offering)) == (PRICE - 250, 250)
        assert (offering.subscribed(SENIOR), offering.raised(), offering.cashHeld()) == (250, 250, 250)

    def test_says_what_it_did(self, offering, subscribe, ready):
        subscribe(ready, MEZZANINE, 400)
        receipt = send(offering.unsubscribe, MEZZANINE, 150, sender=ready)
        logs = list(receipt.decode_logs(offering.Unsubscribed))
        assert [(log.investor, log.tranche, log.units) for log in logs] == [(ready.address, MEZZANINE, 150)]

    def test_puts_the_units_on_sale_again(self, world, offering, subscribe, ready, outsider):
        subscribe(ready, SENIOR, 60_000)
        send(offering.unsubscribe, SENIOR, 150, sender=ready)
        world.admit(outsider)
        world.subscribe(outsider, SENIOR, 150)
        assert offering.subscribed(SENIOR) == 60_000

    def test_is_open_to_who_bought_the_note_from_a_subscriber(
        self, world, note, offering, settlement, subscribe, ready, outsider
    ):
        subscribe(ready, SENIOR, 400)
        world.admit(outsider)
        send(note.transfer, outsider, 400, sender=ready)
        send(offering.unsubscribe, SENIOR, 400, sender=outsider)
        assert (settlement.balanceOf(outsider), offering.raised()) == (400, 0)

    def test_is_open_to_who_is_no_longer_admitted(self, world, offering, settlement, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        send(world.live.allow_list.remove, ready, sender=world.live.parties.transfer_agent)
        send(offering.unsubscribe, SENIOR, 400, sender=ready)
        assert settlement.balanceOf(ready) == PRICE

    def test_refuses_more_than_is_held(self, offering, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        refusal = refusal_of(lambda: send(offering.unsubscribe, SENIOR, 401, sender=ready))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (ready.address, 400, 401))

    def test_refuses_another_tranche_than_is_held(self, offering, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        refusal = refusal_of(lambda: send(offering.unsubscribe, EQUITY, 400, sender=ready))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (ready.address, 0, 400))

    def test_refuses_another_s_notes(self, note, offering, subscribe, ready, outsider):
        subscribe(ready, SENIOR, 400)
        refusal = refusal_of(lambda: send(offering.unsubscribe, SENIOR, 400, sender=outsider))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (outsider.address, 0, 400))
        assert note.balanceOf(ready) == 400

    def test_refuses_no_units(self, offering, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        refusal = refusal_of(lambda: send(offering.unsubscribe, SENIOR, 0, sender=ready))
        assert (refusal.error, refusal.values) == ("ZeroUnits", ())

    def test_refuses_a_tranche_that_is_not_there(self, offering, subscribe, ready):
        subscribe(ready, SENIOR, 400)
        refusal = refusal_of(lambda: send(offering.unsubscribe, 3, 400, sender=ready))
        assert (refusal.error, refusal.values) == ("NoSuchTranche", (3, 3))

    def test_refuses_after_closing(self, closed):
        holder = closed.holders[0]
        refusal = refusal_of(lambda: send(closed.live.offering.unsubscribe, SENIOR, 1, sender=holder))
        assert (refusal.error, refusal.values) == ("OfferingClosed", ())


class TestClose:
    def test_pays_the_purchase_price_to_the_seller(self, world, offering, settlement, outsider):
        world.sell_all()
        world.at(world.terms.closing)
        receipt = send(offering.close, sender=outsider)
        assert [log.raised for log in receipt.decode_logs(offering.Closed)] == [PRICE]
        assert settlement.balanceOf(world.live.parties.seller) == PRICE
        assert settlement.balanceOf(offering) == 0
        assert (offering.closed(), offering.raised(), offering.cashHeld()) == (True, PRICE, 0)
        assert world.live.pool.purchased()

    def test_leaves_the_notes_where_they_are(self, closed):
        held = [note.balanceOf(holder) for note, holder in zip(closed.live.notes, closed.holders, strict=True)]
        assert held == list(SIZES)
        assert [closed.live.offering.subscribed(place) for place in range(3)] == list(SIZES)

    def test_leaves_no_approval_behind(self, closed):
        live = closed.live
        assert live.settlement.allowance(live.offering, live.pool) == 0

    def test_takes_no_donation_along(self, world, offering, settlement, outsider):
        world.sell_all()
        world.fund(offering, 1_000)
        world.at(world.terms.closing)
        send(offering.close, sender=outsider)
        assert (settlement.balanceOf(world.live.parties.seller), settlement.balanceOf(offering)) == (PRICE, 1_000)

    def test_refuses_a_second_before_the_closing_date(self, world, offering, outsider):
        world.sell_all()
        closing = world.terms.closing
        world.at(closing - 1)
        refusal = refusal_of(lambda: send(offering.close, sender=outsider))
        assert (refusal.error, refusal.values) == ("TooEarly", (closing - 1, closing))

    def test_refuses_while_one_unit_is_not_sold(self, world, offering, outsider):
        world.sell_all()
        send(offering.unsubscribe, EQUITY, 1, sender=world.holders[EQUITY])
        world.fund(offering, 1)  # cash that comes another way is not a subscription
        world.at(world.terms.closing)
        refusal = refusal_of(lambda: send(offering.close, sender=outsider))
        assert (refusal.error, refusal.values) == ("NotSold", (PRICE - 1, PRICE))

    def test_refuses_a_second_time(self, closed, outsider):
        refusal = refusal_of(lambda: send(closed.live.offering.close, sender=outsider))
        assert (refusal.error, refusal.values) == ("OfferingClosed", ())
