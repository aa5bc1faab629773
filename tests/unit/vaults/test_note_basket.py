"""NoteBasket: notes by fixed weights in one token, and the cash that they earn."""

import pytest

from tests.utils.basketed import WEIGHTS, basketed
from tests.utils.vaulted import KINDS, PAYING, UNITS, vaulted

ALL = 3 * UNITS  # units of each note
MOST = 2**112 - 1


@pytest.fixture
def stand(lab):
    return basketed(lab)


@pytest.fixture
def shared(stand, holder, other):
    """300 units with the holder, 100 with the other."""
    stand.bundle(holder, 300)
    stand.bundle(other, 100)
    return stand


def behind(stand):
    return [one.note.balanceOf(stand.basket) for one in (stand.first, stand.second)]


def claim(stand, who):
    cash = stand.first.cash
    before = cash.balanceOf(who)
    stand.basket.claimFor(who, sender=who)
    return cash.balanceOf(who) - before


class TestBundle:
    def test_takes_the_weights_of_each_note(self, stand, holder, other):
        receipt = stand.basket.bundle(100, other, sender=holder)
        (log,) = receipt.events_of(stand.basket, "Bundled")
        assert (log.caller, log.receiver, log.units) == (holder.address, other.address, 100)
        assert stand.basket.balanceOf(other) == 100
        assert behind(stand) == [300, 200], "BK-04"

    def test_refuses_less_of_one_note(self, lab, stand, holder):
        stand.second.note.transfer(stand.people[1], UNITS - 199, sender=holder)
        with lab.refused("ERC20InsufficientBalance", holder, 199, 200):
            stand.bundle(holder, 100)

    def test_refuses_a_receiver_who_may_not_hold_one_of_the_notes(self, lab, stand, holder, other):
        stand.second.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", holder, other, 100):
            stand.basket.bundle(100, other, sender=holder)

    def test_asks_with_the_real_number_of_each_note(self, lab, stand, holder, outsider):
        stand.second.board.limit(UNITS, sender=holder)
        with lab.refused("NotEligible", holder, outsider, UNITS // 2 + 1):
            stand.basket.transfer(outsider, UNITS // 2 + 1, sender=holder)
        assert stand.basket.canTransfer(holder, outsider, UNITS // 2)

    def test_refuses_more_than_the_books_hold(self, lab, stand, holder):
        with lab.refused("AboveLimit", MOST + 1, MOST):
            stand.bundle(holder, MOST + 1)

    def test_refuses_where_notes_are_missing(self, lab, shared, holder, third):
        shared.second.note.forceTransfer(shared.basket, third, 1, sender=shared.first.issuer)
        with lab.refused("BooksMoved", shared.second.note, 801, 802):
            shared.bundle(holder, 1)

    def test_refuses_while_cash_is_out_of_reach(self, lab, shared, holder):
        shared.first.give(ALL)
        shared.first.note.setFrozen(shared.basket, True, sender=shared.first.issuer)
        with lab.refused("CashOutOfReach"):
            shared.bundle(holder, 1)


class TestUnbundle:
    def test_gives_the_weights_of_each_note(self, shared, holder, third):
        receipt = shared.basket.unbundle(50, third, sender=holder)
        (log,) = receipt.events_of(shared.basket, "Unbundled")
        assert (log.owner, log.receiver, log.units) == (holder.address, third.address, 50)
        assert [one.note.balanceOf(third) for one in (shared.first, shared.second)] == [UNITS + 150, UNITS + 100]
        assert behind(shared) == [1_050, 700], "BK-04"

    def test_leaves_gifts_behind(self, shared, holder, other, third):
        shared.first.note.transfer(shared.basket, 77, sender=third)
        for each, units in ((holder, 300), (other, 100)):
            shared.basket.unbundle(units, each, sender=each)
        assert behind(shared) == [77, 0], "VT-07"

    def test_shares_what_an_agent_left(self, shared, holder, other, third):
        shared.second.note.forceTransfer(shared.basket, third, 400, sender=shared.first.issuer)
        shared.basket.unbundle(100, other, sender=other)
        assert behind(shared) == [900, 300]
        shared.basket.unbundle(300, holder, sender=holder)
        assert behind(shared) == [0, 0]

    def test_refuses_more_than_there_are(self, lab, shared, other):
        with lab.refused("ERC20InsufficientBalance", other, 100, 101):
            shared.basket.unbundle(101, other, sender=other)

    @pytest.mark.parametrize("place", [0, 1])
    def test_refuses_who_is_frozen_at_one_note(self, lab, shared, holder, place):
        (shared.first, shared.second)[place].note.setFrozen(holder, True, sender=shared.first.issuer)
        with lab.refused("HolderFrozen", holder):
            shared.basket.unbundle(1, holder, sender=holder)
        with lab.refused("HolderFrozen", holder):
            shared.basket.transfer(shared.people[1], 1, sender=holder)
        with lab.refused("HolderFrozen", holder):
            shared.basket.claimFor(holder, sender=holder)

    def test_of_nothing_is_nothing(self, stand, holder):
        stand.basket.unbundle(0, holder, sender=holder)


class TestCash:
    def test_is_what_the_notes_would_have_earned(self, shared, holder, other, third):
        shared.first.give(ALL, ALL)  # 2 a note
        shared.second.give(5 * ALL)  # 5 a note
        each = 3 * 2 + 2 * 5
        assert [claim(shared, who) for who in (holder, other, third)] == [300 * each, 100 * each, 0]
        assert shared.basket.cashHeld() == shared.first.cash.balanceOf(shared.basket) == 0
        assert tuple(shared.basket.paidTo(holder)) == (300 * each, 0)

    def test_of_the_past_stays_with_who_sends_or_unbundles(self, shared, holder, other, third):
        shared.first.give(ALL)
        shared.basket.transfer(third, 100, sender=holder)
        shared.basket.unbundle(200, holder, sender=holder)
        shared.bundle(other, 900)
        shared.second.give(ALL)
        assert [claim(shared, who) for who in (holder, other, third)] == [900, 300 + 2_000, 200]

    def test_of_a_note_that_froze_the_basket_waits_and_the_rest_is_paid(self, shared, holder, other):
        shared.first.give(ALL)
        shared.second.give(ALL)
        shared.first.note.setFrozen(shared.basket, True, sender=shared.first.issuer)
        assert [claim(shared, who) for who in (holder, other)] == [600, 200]
        shared.first.note.setFrozen(shared.basket, False, sender=shared.first.issuer)
        assert [claim(shared, who) for who in (holder, other)] == [900, 300]

    def test_of_an_asset_that_refuses_the_basket_waits(self, lab, shared, holder, other):
        shared.first.give(ALL)
        shared.first.cash.refuse(shared.basket, True, sender=holder)
        with lab.refused("CashOutOfReach"):
            shared.basket.claimFor(holder, sender=holder)
        shared.basket.transfer(other, 300, sender=holder)
        shared.basket.unbundle(400, other, sender=other)
        assert behind(shared) == [0, 0]

    def test_of_gifts_is_nobody_s(self, shared, holder, other, third):
        shared.first.note.transfer(shared.basket, 7_000, sender=third)
        shared.first.cash.transfer(shared.basket, 999, sender=shared.first.issuer)
        shared.first.give(ALL)
        assert [claim(shared, who) for who in (holder, other)] == [900, 300], "VT-07"

    def test_is_harvested_by_anyone(self, shared, outsider):
        shared.first.give(ALL)
        assert shared.basket.harvest(sender=outsider).return_value == shared.basket.cashHeld() == 1_200


class TestAgent:
    def test_moves_units_and_their_cash_also_of_the_frozen(self, shared, holder, third):
        shared.first.give(ALL)
        shared.first.note.setFrozen(holder, True, sender=shared.first.issuer)
        receipt = shared.basket.forceTransfer(holder, third, 100, sender=shared.first.issuer)
        (log,) = receipt.events_of(shared.basket, "UnitsForced")
        assert (log.values["from"], log.to, log.units) == (holder.address, third.address, 100)
        assert [shared.basket.claimable(each) for each in (holder, third)] == [600, 300]

    def test_recovers_a_wallet(self, shared, holder, outsider):
        shared.first.give(ALL)
        shared.basket.recover(holder, outsider, sender=shared.first.issuer)
        assert (shared.basket.balanceOf(outsider), shared.basket.claimable(outsider)) == (300, 900)
        assert (shared.basket.balanceOf(holder), shared.basket.claimable(holder)) == (0, 0)

    def test_is_the_only_one_who_does(self, lab, shared, holder, outsider):
        for name, args in (("forceTransfer", (holder, outsider, 1)), ("recover", (holder, outsider))):
            with lab.refused("AccessManagedUnauthorized", outsider):
                getattr(shared.basket, name)(*args, sender=outsider)

    @pytest.mark.parametrize(
        ("name", "args", "error"),
        [
            ("forceTransfer", ("holder", "other", 0), "ZeroUnits"),
            ("recover", ("holder", "holder"), "SameWallet"),
            ("recover", ("outsider", "other"), "NothingToRecover"),
        ],
    )
    def test_is_refused_what_makes_no_sense(self, lab, shared, name, args, error):
        named = [each if isinstance(each, int) else lab.actor(each) for each in args]
        with lab.refused(error):
            getattr(shared.basket, name)(*named, sender=shared.first.issuer)


class TestMaking:
    def test_tells_its_parts(self, stand):
        notes = (stand.first.note.address, stand.second.note.address)
        assert [tuple(each) for each in stand.basket.parts()] == list(zip(notes, WEIGHTS, strict=True))
        assert stand.basket.decimals() == stand.first.note.decimals()
        assert stand.basket.settlement() == stand.first.cash.address

    @pytest.mark.parametrize("count", [0, 1, 9])
    def test_refuses_too_few_notes_and_too_many(self, lab, stand, count):
        with lab.refused("WrongNumberOfNotes", count, 8):
            lab.deploy(
                "NoteBasket", stand.first.access, [(stand.first.note, 1)] * count, "B", "B", sender=stand.first.issuer
            )

    def test_refuses_a_weight_of_nothing(self, lab):
        with lab.refused("PartOutOfRange", 1, 0):
            basketed(lab, (3, 0))

    def test_refuses_a_note_twice(self, lab, stand):
        note = stand.first.note
        with lab.refused("PartOutOfRange", 1, 2):
            lab.deploy("NoteBasket", stand.first.access, [(note, 1), (note, 2)], "B", "B", sender=stand.first.issuer)

    def test_refuses_notes_that_pay_in_different_assets(self, lab, stand):
        elsewhere = vaulted(lab, PAYING)
        parts = [(stand.first.note, 1), (elsewhere.note, 1)]
        with lab.refused("OtherSettlement", 1):
            lab.deploy("NoteBasket", stand.first.access, parts, "B", "B", sender=stand.first.issuer)


class TestAVaultOverIt:
    @pytest.mark.parametrize("kind", KINDS)
    def test_goes_in_and_out_and_earns(self, lab, shared, holder, other, kind):
        vault = shared.vault(kind)
        vault.deposit(holder, 200)
        assert vault.vault.maxWithdraw(holder) == 200
        shared.first.give(ALL)  # 3 a unit of the basket
        if kind == PAYING:
            assert vault.vault.claimableCash(holder) == 600
            vault.vault.claimCash(sender=holder)
        else:
            assert (vault.vault.waiting(), vault.vault.maxDeposit(other, sender=other)) == (600, 0)
            vault.vault.harvest(sender=other)
            lab.wait(20 * 86_400)
            with lab.refused("ERC20InsufficientBalance", other, 100, 600):
                vault.vault.sell(600, 600, sender=other)
            assert vault.vault.sell(90, 90, sender=other).return_value == 90
            assert vault.vault.totalAssets() == 290
        out = vault.redeem(holder)
        shared.basket.unbundle(out, holder, sender=holder)
        assert out == (200 if kind == PAYING else 289)

    def test_knows_what_the_basket_has_not_harvested_yet(self, lab, shared, holder, other):
        """Else a newcomer would share in cash that came before."""
        vault = shared.vault(PAYING)
        vault.deposit(holder, 100)
        shared.second.give(ALL)
        vault.deposit(other, 100)
        assert [vault.vault.claimableCash(each) for each in (holder, other)] == [200, 0]

    def test_finds_what_a_freeze_held_back(self, shared, holder, other):
        vault = shared.vault(PAYING)
        vault.deposit(holder, 100)
        shared.first.note.setFrozen(shared.basket, True, sender=shared.first.issuer)
        shared.first.give(ALL)
        vault.vault.harvest(sender=holder)
        shared.first.note.setFrozen(shared.basket, False, sender=shared.first.issuer)
        vault.vault.harvest(sender=other)
        assert vault.vault.claimableCash(holder) == 300
