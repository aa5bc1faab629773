"""TrancheNote: cash by an index, units by compliance."""

import pytest

from salvor.chain.send import refusal_of, send
from tests.utils.world import SENIOR

PARTS = 2**34 * 3**10 * 5**28 * 7**4


ODD = 59_999  # a prime: divides no power of small primes


@pytest.fixture
def note(world):
    return world.live.notes[SENIOR]


@pytest.fixture
def pay(world, note):
    """Let the waterfall's account distribute cash to the senior note."""

    def distribute(cash):
        waterfall = world.live.waterfall
        world.fund(waterfall, cash)
        with world.as_contract(waterfall) as account:
            return send(note.distribute, cash, sender=account)

    return distribute


@pytest.fixture
def buy(world):
    """Admit an investor and let it subscribe to the senior note."""

    def subscribe(investor, units):
        world.admit(investor)
        world.subscribe(investor, SENIOR, units)

    return subscribe


class TestDistribute:
    def test_spreads_cash_over_the_units_held(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        buy(outsider, 20_000)
        pay(600)
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (400, 200)
        assert note.distributed() == note.cashHeld() == 600
        assert note.remainder() == 0

    def test_keeps_what_does_not_divide_for_the_next_distribution(self, note, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        pay(7)
        growth, first = divmod(7 * PARTS, ODD)
        assert (note.index(), note.remainder()) == (growth, first)
        assert first > 0
        pay(11)
        more, second = divmod(11 * PARTS + first, ODD)
        assert (note.index(), note.remainder()) == (growth + more, second)

    def test_says_what_it_did(self, note, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        logs = list(pay(7).decode_logs(note.Distributed))
        assert [(log.cash, log.index, log.remainder) for log in logs] == [(7, note.index(), note.remainder())]

    def test_refuses_a_note_without_holders(self, pay):
        assert refusal_of(lambda: pay(1)).error == "NoHolders"

    def test_refuses_no_cash(self, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        assert refusal_of(lambda: pay(0)).error == "NothingToDistribute"

    def test_refuses_more_than_the_books_hold(self, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        refusal = refusal_of(lambda: pay(2**112))
        assert (refusal.error, refusal.values) == ("AboveLimit", (2**112, 2**112 - 1))

    def test_refuses_an_outsider(self, note, outsider):
        refusal = refusal_of(lambda: send(note.distribute, 1, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))
