"""TrancheNote: what it is made of, its supply, and how cash is spread over it."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.deploy import ZERO_ADDRESS, refusal_of_deployment
from tests.utils.world import MEZZANINE

PARTS = 2**34 * 3**10 * 5**28 * 7**4
LIMIT = 2**112 - 1


ODD = 59_999  # a prime: divides no power of small primes


@pytest.fixture
def mint(world, note):
    """Let the offering's account create notes."""

    def create(investor, units):
        with world.as_contract(world.live.offering) as account:
            return send(note.mint, investor, units, sender=account)

    return create


@pytest.fixture
def burn(world, note):
    """Let the offering's account take notes back."""

    def destroy(holder, units):
        with world.as_contract(world.live.offering) as account:
            return send(note.burn, holder, units, sender=account)

    return destroy


class TestConstructor:
    def test_keeps_what_it_was_given(self, world, note):
        live = world.live
        assert (note.name(), note.symbol()) == ("T-A senior", "T-A")
        assert note.settlement() == live.settlement.address
        assert note.compliance() == live.allow_list.address
        assert note.authority() == live.access.address

    def test_starts_with_empty_books(self, note):
        assert (note.totalSupply(), note.index(), note.remainder()) == (0, 0, 0)
        assert (note.distributed(), note.cashHeld()) == (0, 0)

    @pytest.mark.parametrize("decimals", [0, 6, 18])
    def test_has_the_decimals_of_the_settlement_asset(self, world, project, outsider, decimals):
        settlement = outsider.deploy(project.SettlementToken, "Test Euro", "TEUR", decimals)
        live = world.live
        note = outsider.deploy(project.TrancheNote, live.access, settlement, live.allow_list, "Note", "N")
        assert note.decimals() == decimals

    def test_refuses_a_settlement_asset_that_says_no_decimals(self, world, project, outsider):
        live = world.live
        args = (live.access, live.allow_list, live.allow_list, "Note", "N")
        assert refusal_of_deployment(project.TrancheNote, *args, sender=outsider).error == "no reason given"


class TestMint:
    def test_creates_units_for_who_is_admitted(self, world, note, mint, senior_holder):
        world.admit(senior_holder)
        logs = list(mint(senior_holder, 400).decode_logs(note.Transfer))
        assert [(*log.event_arguments.values(),) for log in logs] == [(ZERO_ADDRESS, senior_holder.address, 400)]
        assert (note.balanceOf(senior_holder), note.totalSupply()) == (400, 400)

    def test_gives_new_units_no_claim_on_the_past(self, note, mint, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        mint(senior_holder, 20_000)
        assert note.claimable(senior_holder) == 600
        pay(600)
        assert note.claimable(senior_holder) == 1_200

    def test_fills_the_books_to_the_limit(self, world, note, mint, senior_holder):
        world.admit(senior_holder)
        mint(senior_holder, LIMIT)
        assert note.totalSupply() == LIMIT

    def test_refuses_one_unit_above_the_limit(self, world, mint, senior_holder):
        world.admit(senior_holder)
        refusal = refusal_of(lambda: mint(senior_holder, LIMIT + 1))
        assert (refusal.error, refusal.values) == ("AboveLimit", (LIMIT + 1, LIMIT))

    def test_counts_the_supply_against_the_limit(self, world, mint, senior_holder):
        world.admit(senior_holder)
        mint(senior_holder, 2)
        refusal = refusal_of(lambda: mint(senior_holder, LIMIT))
        assert (refusal.error, refusal.values) == ("AboveLimit", (LIMIT + 2, LIMIT))

    def test_refuses_a_receiver_who_is_not_admitted(self, mint, senior_holder):
        refusal = refusal_of(lambda: mint(senior_holder, 400))
        assert (refusal.error, refusal.values) == ("NotEligible", (ZERO_ADDRESS, senior_holder.address, 400))

    def test_refuses_the_zero_address(self, mint):
        refusal = refusal_of(lambda: mint(ZERO_ADDRESS, 400))
        assert (refusal.error, refusal.values) == ("ERC20InvalidReceiver", (ZERO_ADDRESS,))

    def test_refuses_an_outsider(self, world, note, outsider):
        world.admit(outsider)
        refusal = refusal_of(lambda: send(note.mint, outsider, 1, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))


class TestBurn:
    def test_takes_units_back(self, note, burn, buy, senior_holder):
        buy(senior_holder, 400)
        logs = list(burn(senior_holder, 150).decode_logs(note.Transfer))
        assert [(*log.event_arguments.values(),) for log in logs] == [(senior_holder.address, ZERO_ADDRESS, 150)]
        assert (note.balanceOf(senior_holder), note.totalSupply()) == (250, 250)

    def test_leaves_what_the_units_have_earned(self, note, burn, pay, buy, senior_holder):
        buy(senior_holder, 400)
        pay(600)
        burn(senior_holder, 400)
        assert (note.claimable(senior_holder), note.cashHeld()) == (600, 600)

    def test_is_open_to_who_is_no_longer_admitted(self, world, note, burn, buy, senior_holder):
        buy(senior_holder, 400)
        send(world.live.allow_list.remove, senior_holder, sender=world.live.parties.transfer_agent)
        burn(senior_holder, 400)
        assert note.totalSupply() == 0

    def test_refuses_more_than_is_held(self, burn, buy, senior_holder):
        buy(senior_holder, 400)
        refusal = refusal_of(lambda: burn(senior_holder, 401))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (senior_holder.address, 400, 401))

    def test_refuses_an_outsider(self, note, buy, outsider):
        buy(outsider, 400)
        refusal = refusal_of(lambda: send(note.burn, outsider, 400, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))


class TestDistribute:
    def test_spreads_cash_over_the_units_held(self, note, pay, buy, senior_holder, outsider):
        buy(senior_holder, 40_000)
        buy(outsider, 20_000)
        pay(600)
        assert (note.claimable(senior_holder), note.claimable(outsider)) == (400, 200)
        assert note.distributed() == note.cashHeld() == 600
        assert note.remainder() == 0

    def test_pulls_the_cash_from_the_waterfall(self, world, note, settlement, pay, buy, senior_holder):
        buy(senior_holder, 40_000)
        pay(600)
        assert (settlement.balanceOf(note), settlement.balanceOf(world.live.waterfall)) == (600, 0)

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

    def test_moves_the_index_by_one_unit_of_cash_at_the_largest_supply(self, world, note, mint, pay, senior_holder):
        world.admit(senior_holder)
        mint(senior_holder, LIMIT)
        pay(1)
        assert (note.index(), note.remainder()) == divmod(PARTS, LIMIT)
        assert note.index() > 0

    def test_holds_all_the_cash_that_the_books_allow(self, note, pay, buy, senior_holder):
        buy(senior_holder, 1)
        pay(LIMIT)
        assert (note.claimable(senior_holder), note.distributed()) == (LIMIT, LIMIT)

    def test_does_not_touch_the_other_notes(self, world, pay, buy, senior_holder, junior_holder):
        buy(senior_holder, 400)
        world.admit(junior_holder)
        world.subscribe(junior_holder, MEZZANINE, 400)
        pay(600)
        other = world.live.notes[MEZZANINE]
        assert (other.claimable(junior_holder), other.distributed()) == (0, 0)

    def test_refuses_a_note_without_holders(self, pay):
        assert refusal_of(lambda: pay(1)).error == "NoHolders"

    def test_refuses_no_cash(self, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        assert refusal_of(lambda: pay(0)).error == "NothingToDistribute"

    def test_refuses_more_than_the_books_hold(self, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        refusal = refusal_of(lambda: pay(2**112))
        assert (refusal.error, refusal.values) == ("AboveLimit", (2**112, 2**112 - 1))

    def test_counts_past_distributions_against_the_limit(self, pay, buy, senior_holder):
        buy(senior_holder, ODD)
        pay(3)
        refusal = refusal_of(lambda: pay(LIMIT))
        assert (refusal.error, refusal.values) == ("AboveLimit", (LIMIT + 3, LIMIT))

    def test_refuses_cash_that_the_waterfall_does_not_have(self, world, note, buy, senior_holder):
        buy(senior_holder, ODD)
        waterfall = world.live.waterfall
        with world.as_contract(waterfall) as account:
            refusal = refusal_of(lambda: send(note.distribute, 1, sender=account))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientBalance", (waterfall.address, 0, 1))

    def test_refuses_an_outsider(self, note, outsider):
        refusal = refusal_of(lambda: send(note.distribute, 1, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))
