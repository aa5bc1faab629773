"""TrancheNote: what holders have earned, what they are paid, and what changes none of it."""

import pytest

from salvor.chain.send import send
from tests.utils.world import MEZZANINE

PARTS = 2**34 * 3**10 * 5**28 * 7**4


@pytest.fixture
def claim(note):
    """Let a holder claim; gives what the token says arrived."""

    def take(settlement, holder):
        before = settlement.balanceOf(holder)
        send(note.claim, sender=holder)
        return settlement.balanceOf(holder) - before

    return take


class TestClaim:
    def test_pays_what_the_units_earned(self, note, settlement, pay, buy, claim, senior_holder, outsider):
        buy(senior_holder, 40_000)
        buy(outsider, 20_000)
        pay(600)
        assert claim(settlement, senior_holder) == 400
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (0, 200)
        assert note.cashHeld() == settlement.balanceOf(note) == 200
        assert note.distributed() == 600

    def test_returns_what_it_pays(self, note, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        assert note.claim.call(sender=senior_holder) == 600

    def test_says_what_it_did(self, note, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        logs = list(send(note.claim, sender=senior_holder).decode_logs(note.Claimed))
        assert [(log.holder, log.cash) for log in logs] == [(senior_holder.address, 600)]

    def test_pays_nothing_a_second_time(self, note, settlement, pay, buy, claim, senior_holder, outsider):
        buy(senior_holder, 40_000)
        buy(outsider, 20_000)
        pay(600)
        assert [claim(settlement, senior_holder), claim(settlement, senior_holder)] == [400, 0]
        assert note.cashHeld() == 200

    def test_pays_who_holds_nothing_nothing(self, note, settlement, pay, buy, claim, senior_holder, outsider):
        buy(senior_holder, 40_000)
        pay(600)
        assert claim(settlement, outsider) == 0
        assert note.cashHeld() == 600

    def test_keeps_the_fraction_to_the_holder_s_credit(self, settlement, pay, buy, claim, senior_holder, outsider):
        buy(senior_holder, 5)  # of 11 units, a supply that divides no power of small primes
        buy(outsider, 6)
        paid = []
        for _ in range(11):
            pay(1)
            paid.append(claim(settlement, senior_holder))
        assert paid == [0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]  # 5/11, 10/11, 15/11, 20/11, 25/11 ...
        assert claim(settlement, outsider) == 6

    def test_does_not_depend_on_how_often_one_claims(self, note, settlement, pay, buy, claim, senior_holder, outsider):
        buy(senior_holder, 7_919)
        buy(outsider, 7_919)
        total = 0
        for cash in (101, 3, 1, 997):
            pay(cash)
            total += claim(settlement, senior_holder)
        # 1,102 in two halves of 551, each short by less than a unit: the remainder waits in the note.
        assert total == claim(settlement, outsider) == 550
        assert (note.cashHeld(), note.remainder()) == (2, 1_102 * PARTS % 15_838)

    def test_is_open_to_who_is_no_longer_admitted(self, world, settlement, pay, buy, claim, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        send(world.live.allow_list.remove, senior_holder, sender=world.live.parties.transfer_agent)
        assert claim(settlement, senior_holder) == 600

    def test_stays_open_after_the_units_are_gone(self, world, settlement, pay, buy, claim, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        send(world.live.offering.unsubscribe, 0, 40_000, sender=senior_holder)
        assert claim(settlement, senior_holder) == 600


class TestClaimable:
    def test_follows_each_distribution(self, note, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        seen = [note.claimable(senior_holder)]
        for cash in (600, 1, 122):
            pay(cash)
            seen.append(note.claimable(senior_holder))
        assert seen == [0, 600, 601, 723]

    def test_gives_a_late_buyer_nothing_of_the_past(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 20_000)
        pay(600)
        buy(outsider, 40_000)
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (600, 0)
        pay(600)
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (800, 400)

    def test_is_nothing_for_a_stranger(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        pay(600)
        assert note.claimable(outsider) == 0

    def test_rounds_down(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 2)
        buy(outsider, 1)
        pay(2)
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (1, 0)  # 4/3 and 2/3


class TestIndex:
    def test_adds_up_over_distributions(self, note, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        assert note.index() == 600 * PARTS // 40_000
        pay(200)
        assert (note.index(), note.remainder()) == (800 * PARTS // 40_000, 0)

    def test_grows_by_the_supply_of_the_moment(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        pay(600)
        buy(outsider, 20_000)
        pay(600)
        assert note.index() == 600 * PARTS // 40_000 + 600 * PARTS // 60_000

    def test_does_not_move_with_claims_and_transfers(self, world, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        pay(600)
        before = note.index()
        world.admit(outsider)
        send(note.transfer, outsider, 10_000, sender=senior_holder)
        send(note.claim, sender=senior_holder)
        assert note.index() == before


class TestCashHeld:
    def test_is_distributed_less_claimed(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        buy(outsider, 20_000)
        seen = [note.cashHeld()]
        for act in (
            lambda: pay(600),
            lambda: send(note.claim, sender=senior_holder),
            lambda: pay(30),
            lambda: send(note.claim, sender=outsider),
        ):
            act()
            seen.append(note.cashHeld())
        assert seen == [0, 600, 200, 230, 20]
        assert note.distributed() == 630


class TestDonation:
    """Settlement tokens sent to the note by hand belong to nobody."""

    def test_changes_no_claim(self, world, note, settlement, pay, buy, claim, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        books = (note.index(), note.remainder(), note.distributed(), note.cashHeld())
        world.fund(note, 1_000)
        assert (note.index(), note.remainder(), note.distributed(), note.cashHeld()) == books
        assert note.claimable(senior_holder) == 600
        assert claim(settlement, senior_holder) == 600
        assert settlement.balanceOf(note) == 1_000

    def test_is_not_spread_with_the_next_distribution(self, world, note, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        world.fund(note, 1_000)
        pay(5)
        assert (note.claimable(senior_holder), note.cashHeld()) == (5, 5)

    def test_of_another_note_changes_no_claim_either(self, world, note, pay, buy, senior_holder, junior_holder):
        buy(senior_holder, 40_000)
        world.admit(junior_holder)
        world.admit(note)
        world.subscribe(junior_holder, MEZZANINE, 400)
        send(world.live.notes[MEZZANINE].transfer, note, 400, sender=junior_holder)
        pay(600)
        assert note.claimable(senior_holder) == note.cashHeld() == 600
