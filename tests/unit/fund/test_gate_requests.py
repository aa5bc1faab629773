"""Gate: requests, their cancellation, and who may make them."""

import pytest

from tests.property.evergreen_stage import DAY
from tests.utils.gates import JUNIOR, SENIOR, refused

NOBODY = "0x" + "00" * 20
LARGEST = 2**112 - 1


class TestRequestDeposit:
    def test_brings_the_cash_to_wait(self, played):
        before = played.cash(played.newcomer)
        played.enter(played.newcomer, SENIOR, 700)
        gate = played.live.gates[SENIOR]
        assert (before - played.cash(played.newcomer), gate.pendingDepositRequest(0, played.newcomer)) == (700, 700)
        assert tuple(gate.asked(1)) == (700, 0)

    def test_two_of_one_epoch_are_one(self, played):
        played.enter(played.newcomer, SENIOR, 700)
        played.enter(played.newcomer, SENIOR, 300)
        assert played.position(played.newcomer, SENIOR).entry == 1_000

    def test_from_the_cut_off_on_waits_for_the_next_epoch(self, played):
        played.at_cut_off()
        played.enter(played.newcomer, SENIOR, 700)
        assert played.end_epoch().taken[SENIOR].entered == 0
        assert played.end_epoch().taken[SENIOR].entered == 700

    def test_waits_until_an_earlier_one_of_a_closed_epoch_is_settled(self, played):
        played.enter(played.newcomer, SENIOR, 700)
        played.at_cut_off()
        assert refused(played.enter(played.newcomer, SENIOR, 1)) == ("EpochNotSettled", (1,))
        played.end_epoch()
        played.enter(played.newcomer, SENIOR, 1)

    def test_refuses_nothing(self, played):
        assert refused(played.enter(played.newcomer, SENIOR, 0)) == ("ZeroRequest", ())

    def test_refuses_to_put_anything_in_somebody_elses_books(self, played):
        answer = played.enter(played.senior, SENIOR, 5, by=played.newcomer)
        assert refused(answer) == ("NotOperator", (played.senior.address, played.newcomer.address))

    def test_lets_an_operator_of_both_bring_it(self, played):
        played.set_operator(played.senior, SENIOR, played.newcomer)
        played.enter(played.senior, SENIOR, 5, by=played.newcomer)
        assert played.position(played.senior, SENIOR).entry == 5

    def test_refuses_who_is_not_admitted(self, played):
        played.remove(played.newcomer)
        assert refused(played.enter(played.newcomer, SENIOR, 700)) == (
            "NotEligible",
            (NOBODY, played.newcomer.address, 700),
        )

    def test_asks_for_what_waits_together_with_what_is_new(self, played):
        played.enter(played.newcomer, SENIOR, 700)
        played.end_epoch()
        played.remove(played.newcomer)
        assert refused(played.enter(played.newcomer, SENIOR, 50))[1] == (NOBODY, played.newcomer.address, 750)

    def test_refuses_more_than_the_books_hold(self, played):
        assert refused(played.enter(played.newcomer, SENIOR, 2**112)) == ("AboveLimit", (2**112, LARGEST))

    def test_refuses_cash_that_is_not_there(self, played):
        rich = played.cash(played.newcomer)
        assert refused(played.enter(played.newcomer, SENIOR, rich + 1))[0] == "ERC20InsufficientBalance"

    def test_is_refused_while_paused(self, played):
        played.pause()
        assert refused(played.enter(played.newcomer, SENIOR, 700)) == ("RequestsPaused", ())

    def test_is_refused_once_the_deal_revolves_no_more(self, played):
        for _ in range(6):
            played.end_period()
        assert refused(played.enter(played.newcomer, SENIOR, 700)) == ("NotRevolving", ())


class TestRequestRedeem:
    def test_takes_the_units_without_an_allowance(self, played):
        played.leave(played.senior, SENIOR, 100)
        assert played.units(played.senior, SENIOR) == 59_900
        assert played.live.gates[SENIOR].pendingRedeemRequest(0, played.senior) == 100

    def test_refuses_a_strangers_units(self, played):
        answer = played.leave(played.newcomer, SENIOR, 1, owner=played.senior)
        assert refused(answer) == ("NotOperator", (played.senior.address, played.newcomer.address))

    def test_refuses_a_frozen_owner(self, played):
        played.freeze(played.senior, SENIOR)
        assert refused(played.leave(played.senior, SENIOR, 1)) == ("HolderFrozen", (played.senior.address,))

    def test_refuses_more_than_is_held(self, played):
        assert refused(played.leave(played.senior, SENIOR, 60_001))[0] == "ERC20InsufficientBalance"

    def test_for_another_controller_is_a_transfer_to_it(self, played):
        """What compliance would refuse as a transfer, it refuses on the way through a gate."""
        played.set_operator(played.senior, SENIOR, played.newcomer)
        played.remove(played.newcomer)
        answer = played.leave(played.newcomer, SENIOR, 7, owner=played.senior)
        assert refused(answer) == ("NotEligible", (played.senior.address, played.newcomer.address, 7))

    def test_earns_until_the_epoch_is_settled(self, played):
        played.leave(played.senior, SENIOR, 30_000)
        played.end_epoch(60_000)
        held, sold = played.live.notes[SENIOR].claimable(played.senior), played.live.gates[SENIOR].earned(played.senior)
        assert held == sold == 147  # half of the period's 295 each
        played.end_period()
        assert played.live.gates[SENIOR].earned(played.senior) == 147


class TestCancel:
    def test_gives_the_cash_back(self, played):
        before = played.cash(played.newcomer)
        played.enter(played.newcomer, SENIOR, 700)
        played.cancel_entry(played.newcomer, SENIOR)
        assert played.take_cash_back(played.newcomer, SENIOR) == 700
        assert (played.cash(played.newcomer), tuple(played.live.gates[SENIOR].asked(1))) == (before, (0, 0))

    def test_gives_the_units_back(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.cancel_exit(played.senior, SENIOR)
        assert played.take_units_back(played.senior, SENIOR) == 100
        assert played.units(played.senior, SENIOR) == 60_000

    def test_is_too_late_from_the_cut_off_on(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.at_cut_off()
        assert refused(played.cancel_exit(played.senior, SENIOR)) == ("TooLateToCancel", (1,))

    def test_not_on_the_last_second_before(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.lab.now = played.fund.cut_off - 1
        assert played.cancel_exit(played.senior, SENIOR) == 100

    def test_again_when_the_epoch_is_not_settled_for_a_whole_period(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.lab.now = played.deal.terms.end(2) - 1
        assert refused(played.cancel_exit(played.senior, SENIOR)) == ("TooLateToCancel", (1,))
        played.lab.now += 1
        assert played.cancel_exit(played.senior, SENIOR) == 100

    def test_at_any_time_once_the_deal_revolves_no_more(self, played):
        played.leave(played.senior, SENIOR, 60_000)
        played.enter(played.newcomer, JUNIOR, 40)
        for _ in range(6):
            played.end_period(0)
        assert played.cancel_exit(played.senior, SENIOR) == 60_000
        assert played.cancel_entry(played.newcomer, JUNIOR) == 40

    def test_is_stopped_by_no_pause_and_no_lost_admission(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.pause()
        played.remove(played.senior)
        assert played.cancel_exit(played.senior, SENIOR) == 100
        refusal = refused(played.take_units_back(played.senior, SENIOR))
        assert refusal == ("NotEligible", (played.live.gates[SENIOR].address, played.senior.address, 100))

    def test_takes_the_rest_of_an_epoch_that_met_a_part(self, played):
        played.leave(played.senior, SENIOR, 60_000)
        met = played.end_epoch().taken[SENIOR].ended
        assert played.cancel_exit(played.senior, SENIOR) == 60_000 - met

    def test_units_that_wait_to_be_taken_back_go_on_earning(self, played):
        played.leave(played.senior, SENIOR, 30_000)
        played.cancel_exit(played.senior, SENIOR)
        played.end_period()
        assert played.live.gates[SENIOR].earned(played.senior) == 147

    def test_units_go_only_where_their_controllers_may(self, played):
        played.leave(played.senior, SENIOR, 100)
        played.cancel_exit(played.senior, SENIOR)
        played.remove(played.newcomer)
        refusal = refused(played.take_units_back(played.senior, SENIOR, played.newcomer))
        assert refusal == ("NotEligible", (played.senior.address, played.newcomer.address, 100))

    def test_refuses_where_nothing_waits(self, played):
        assert refused(played.cancel_entry(played.senior, SENIOR)) == ("NothingPending", (played.senior.address,))

    def test_refuses_a_stranger(self, played):
        played.leave(played.senior, SENIOR, 100)
        gate = played.live.gates[SENIOR]
        with played.lab.refused("NotOperator", played.senior, played.newcomer):
            gate.cancelRedeemRequest(0, played.senior, sender=played.newcomer)


@pytest.mark.parametrize("days", [0, 29, 40])
def test_a_pause_loses_nothing(played, days):
    played.leave(played.senior, SENIOR, 100)
    played.enter(played.newcomer, SENIOR, 500)
    played.pause()
    played.lab.now += days * DAY
    played.pause(False)
    done = played.end_epoch()
    assert (done.taken[SENIOR].ended, done.taken[SENIOR].entered) == (100, 500)
