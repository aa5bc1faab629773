"""Gate: what is claimable, in pieces, by whom and to whom; what waits moves with a recovered wallet."""

import pytest

from tests.utils.gates import JUNIOR, SENIOR, refused

NOBODY = "0x" + "00" * 20


@pytest.fixture
def met(played):
    """The newcomer bought junior units at 24,675 for 15,000; the senior sold 1,000."""
    played.enter(played.newcomer, JUNIOR, 1_000)
    played.leave(played.senior, SENIOR, 1_000)
    played.end_epoch()
    return played


class TestDeposit:
    def test_gives_the_units_at_the_epochs_price(self, met):
        assert met.claim("deposit", met.newcomer, JUNIOR, 1_000) == 1_000 * 15_000 // 24_675
        assert met.units(met.newcomer, JUNIOR) == 607

    def test_whatever_the_price_is_later(self, met):
        met.end_epoch(0, written_off=80_000)
        assert met.claim("deposit", met.newcomer, JUNIOR, 1_000) == 607

    @pytest.mark.parametrize("piece", [1, 3, 7, 333, 999])
    def test_in_pieces_comes_to_the_same_unit(self, met, piece):
        left, units = 1_000, 0
        while left:
            units += met.claim("deposit", met.newcomer, JUNIOR, take := min(piece * 37, left))
            left -= take
        assert units == 607

    def test_of_two_epochs_comes_to_the_sum(self, met):
        met.enter(met.newcomer, JUNIOR, 1_000)
        done = met.end_epoch()
        second = 1_000 * done.units[JUNIOR] // done.values[JUNIOR]
        assert met.claim("deposit", met.newcomer, JUNIOR, 2_000) == 607 + second

    def test_refuses_more_than_there_is(self, met):
        assert refused(met.claim("deposit", met.newcomer, JUNIOR, 1_001)) == ("AboveClaimable", (1_001, 1_000))

    def test_refuses_a_stranger(self, met):
        answer = met.claim("deposit", met.newcomer, JUNIOR, 1, by=met.senior)
        assert refused(answer) == ("NotOperator", (met.newcomer.address, met.senior.address))

    def test_lets_an_operator(self, met):
        met.set_operator(met.newcomer, JUNIOR, met.senior)
        met.claim("deposit", met.newcomer, JUNIOR, 1_000, by=met.senior)
        assert met.units(met.newcomer, JUNIOR) == 607

    def test_of_nothing_does_nothing(self, met):
        for verb in ("deposit", "mint", "redeem", "withdraw"):
            assert met.claim(verb, met.newcomer, JUNIOR, 0) == 0

    def test_is_refused_while_paused_and_works_afterwards(self, met):
        met.pause()
        assert refused(met.claim("deposit", met.newcomer, JUNIOR, 1)) == ("RequestsPaused", ())
        assert met.live.gates[JUNIOR].maxDeposit(met.newcomer) == 0
        met.pause(False)
        assert met.claim("deposit", met.newcomer, JUNIOR, 1_000) == 607

    def test_is_refused_to_who_is_frozen(self, met):
        met.freeze(met.newcomer, JUNIOR)
        assert refused(met.claim("deposit", met.newcomer, JUNIOR, 1)) == ("HolderFrozen", (met.newcomer.address,))
        assert met.live.gates[JUNIOR].maxMint(met.newcomer) == 0

    def test_form_of_the_older_standard_claims_for_the_caller(self, met):
        gate = met.live.gates[JUNIOR]
        gate["deposit(uint256,address)"](1_000, met.newcomer, sender=met.newcomer)
        assert met.units(met.newcomer, JUNIOR) == 607


class TestMint:
    def test_takes_the_cash_of_the_piece_rounded_up(self, met):
        assert met.claim("mint", met.newcomer, JUNIOR, 1) == 2
        assert met.claim("mint", met.newcomer, JUNIOR, 606) == 998

    def test_refuses_more_than_there_is(self, met):
        assert refused(met.claim("mint", met.newcomer, JUNIOR, 608)) == ("AboveClaimable", (608, 607))


class TestRedeemAndWithdraw:
    def test_pay_the_cash(self, met):
        before = met.cash(met.senior)
        assert met.claim("redeem", met.senior, SENIOR, 400) == 400
        assert met.claim("withdraw", met.senior, SENIOR, 600) == 600
        assert met.cash(met.senior) - before == 1_000

    def test_go_on_while_paused(self, met):
        met.pause()
        assert met.claim("redeem", met.senior, SENIOR, 1_000) == 1_000

    def test_pay_to_whom_the_controller_says(self, met):
        before = met.cash(met.newcomer)
        met.claim("redeem", met.senior, SENIOR, 1_000, met.newcomer)
        assert met.cash(met.newcomer) - before == 1_000

    def test_refuse_more_than_there_is(self, met):
        assert refused(met.claim("redeem", met.senior, SENIOR, 1_001)) == ("AboveClaimable", (1_001, 1_000))
        assert refused(met.claim("withdraw", met.senior, SENIOR, 1_001)) == ("AboveClaimable", (1_001, 1_000))

    def test_refuse_who_is_frozen(self, met):
        met.freeze(met.senior, SENIOR)
        assert refused(met.claim("redeem", met.senior, SENIOR, 1)) == ("HolderFrozen", (met.senior.address,))


class TestWaysOut:
    """Who bought and may not hold: another wallet, or the next epoch's cash."""

    @pytest.fixture
    def stuck(self, met):
        met.remove(met.newcomer)
        return met

    def test_units_can_not_be_claimed(self, stuck):
        answer = stuck.claim("deposit", stuck.newcomer, JUNIOR, 1_000)
        assert refused(answer) == ("NotEligible", (stuck.live.gates[JUNIOR].address, stuck.newcomer.address, 607))

    def test_another_eligible_wallet_can_have_them(self, stuck):
        stuck.claim("deposit", stuck.newcomer, JUNIOR, 1_000, stuck.mezz)
        assert stuck.units(stuck.mezz, JUNIOR) == 607

    def test_turned_back_they_are_sold_in_the_open_epoch(self, stuck):
        stuck.turn_back(stuck.newcomer, JUNIOR, 607)
        assert stuck.position(stuck.newcomer, JUNIOR).claim_cash == 0
        done = stuck.end_epoch(40_000)
        assert done.taken[JUNIOR].ended == 607
        paid = 607 * done.values[JUNIOR] // done.units[JUNIOR]
        assert stuck.claim("redeem", stuck.newcomer, JUNIOR, 607) == paid

    def test_no_more_than_there_is_is_turned_back(self, stuck):
        assert refused(stuck.turn_back(stuck.newcomer, JUNIOR, 608)) == ("AboveClaimable", (608, 607))


class TestEarned:
    def test_claimable_units_earn_from_settlement_on(self, met):
        met.enter(met.newcomer, SENIOR, 6_000)
        met.end_epoch()
        met.end_period()
        share = met.live.notes[SENIOR].balanceOf(met.live.gates[SENIOR])
        assert share == 6_000
        assert met.live.gates[SENIOR].earned(met.newcomer) == 6_000 * 320 // 65_000  # 6 % of 65,000 for 30 days
        before = met.cash(met.newcomer)
        assert met.claim_earned(met.newcomer, SENIOR) == 29
        assert met.cash(met.newcomer) - before == 29

    def test_is_not_paid_to_who_is_frozen(self, met):
        met.freeze(met.newcomer, JUNIOR)
        assert refused(met.claim_earned(met.newcomer, JUNIOR)) == ("HolderFrozen", (met.newcomer.address,))


class TestRecovery:
    def test_takes_all_that_waits_along(self, met):
        met.leave(met.senior, SENIOR, 500)
        met.end_period()
        waits = met.position(met.senior, SENIOR)
        assert (waits.exit, waits.leave_units) == (500, 1_000)
        met.recover(met.senior, met.newcomer, SENIOR)
        moved = met.position(met.newcomer, SENIOR)
        assert (moved.exit, moved.leave_units, met.position(met.senior, SENIOR).is_empty) == (500, 1_000, True)
        assert met.claim("redeem", met.newcomer, SENIOR, 1_000) == 1_000

    def test_takes_the_freeze_along(self, met):
        met.freeze(met.senior, SENIOR)
        met.recover(met.senior, met.newcomer, SENIOR)
        assert refused(met.claim("redeem", met.newcomer, SENIOR, 1))[0] == "HolderFrozen"

    def test_of_a_wallet_that_has_nothing_but_a_request(self, met):
        met.recover(met.newcomer, met.mezz, JUNIOR)
        assert met.claim("deposit", met.mezz, JUNIOR, 1_000) == 607

    def test_refuses_a_wallet_that_has_something_there_already(self, met):
        met.enter(met.mezz, JUNIOR, 5)
        assert refused(met.recover(met.newcomer, met.mezz, JUNIOR)) == ("HasPosition", (met.mezz.address,))

    def test_refuses_a_wallet_with_nothing(self, met):
        assert refused(met.recover(met.mezz, met.newcomer, SENIOR)) == ("NothingToRecover", (met.mezz.address,))

    def test_moves_a_position_alone(self, met):
        gate = met.live.gates[JUNIOR]
        gate.movePosition(met.newcomer, met.mezz, sender=met.agent)
        assert gate.claimableDepositRequest(0, met.mezz) == 1_000
        with met.lab.refused("NothingPending", met.newcomer):
            gate.movePosition(met.newcomer, met.mezz, sender=met.agent)

    def test_nothing_is_forced_from_a_gate_or_to_it(self, met):
        note, gate = met.live.notes[SENIOR], met.live.gates[SENIOR]
        for from_, to in ((gate, met.mezz), (met.senior, gate)):
            with met.lab.refused("HolderFrozen", gate):
                note.forceTransfer(from_, to, 1, sender=met.agent)
        with met.lab.refused("HolderFrozen", gate):
            note.setFrozen(gate, True, sender=met.agent)


def test_winding_up_pays_all_units_those_at_gates_included(met):
    """What waits earns like what is held, to the end; requests that no epoch will meet are free."""
    met.leave(met.senior, SENIOR, 29_500)
    for _ in range(7):
        met.end_period(20_000)
    assert met.live.waterfall.phase() == 4
    met.cancel_exit(met.senior, SENIOR)
    # As many units in hands as waited at the gate: as much cash, but for what period 1 paid 59,000 and 1,000 of them.
    held, waited = met.live.notes[SENIOR].claimable(met.senior), met.live.gates[SENIOR].earned(met.senior)
    assert held - 290 == waited - 4 > 29_500
    met.claim_earned(met.senior, SENIOR)
    assert met.claim("deposit", met.newcomer, JUNIOR, 1_000) == 607
