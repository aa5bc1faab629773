"""Notes in the model: two indices, claims, freezes, forced transfers and recoveries (rules 29 to 34)."""

import pytest

from salvor.model.allowances import UNLIMITED
from salvor.model.holders import PARTS, Note
from salvor.model.refusal import Refused
from salvor.model.terms import ONE, Step, StepKind
from tests.utils.modelled import CLOSING, FOREVER, SENIOR, closed, tranche


@pytest.fixture
def played():
    """One tranche of 100 units in one hand; it gets all cash, principal first."""
    deal = closed(tranches=(tranche(100),), price=100, steps=(Step(StepKind.RESIDUAL),))
    for name in ("buyer", "other"):
        deal.deal.admit(name, FOREVER, now=0)
    return deal


HOLDER = "holder 0"


def refused(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.error, caught.value.values


class TestDistribute:
    def test_interest_and_principal_apart(self, played):
        played.run(130)
        note = played.deal.notes[0]
        assert note.claimable(HOLDER) == (30, 100)
        assert [stream.distributed for stream in note.streams] == [30, 100]

    def test_a_round_supply_leaves_no_remainder(self):
        note = Note(supply=1_000_000)
        note.distribute(7, 1)
        assert [stream.remainder for stream in note.streams] == [0, 0]

    def test_what_does_not_divide_waits(self):
        note = Note(supply=11)
        note.hand_over(HOLDER, 11)
        note.distribute(1, 0)
        first, second = note.streams
        assert (first.remainder, second.remainder) == (PARTS % 11, 0)
        assert note.claimable(HOLDER) == (0, 0)  # a part is missing
        note.distribute(10, 0)
        assert (first.remainder, first.index) == (0, PARTS)
        assert note.claimable(HOLDER) == (11, 0)


class TestClaim:
    def test_pays_both_and_keeps_a_record(self, played):
        played.run(130)
        assert (played.deal.claimable(HOLDER, 0), played.deal.claim(HOLDER, 0)) == (130, 130)
        assert played.deal.notes[0].holders[HOLDER].paid == [30, 100]
        assert played.deal.asset.balances[HOLDER] == 130
        assert played.deal.claim(HOLDER, 0) == 0

    def test_fractions_stay_each_to_its_own(self, played):
        played.deal.transfer(HOLDER, "buyer", 0, 50, CLOSING)
        played.run(1)  # half a unit of principal each
        assert played.deal.claim("buyer", 0) == 0
        played.run(100)  # 99 more of principal and 1 of interest
        assert played.deal.claim("buyer", 0) == 50
        assert played.deal.notes[0].holders["buyer"].earned == [PARTS // 2, 0]
        played.run(1)
        assert played.deal.claim("buyer", 0) == 1
        assert played.deal.notes[0].holders["buyer"].paid == [1, 50]

    def test_anyone_claims_for_a_holder_the_asset_refuses_is_named(self, played):
        played.run(130)
        played.deal.asset.blocked.add(HOLDER)
        assert refused(played.deal.claim, HOLDER, 0) == ("Refused", (HOLDER,))
        assert played.deal.claimable(HOLDER, 0) == 130

    def test_a_batch_passes_over_who_cannot_be_paid(self, played):
        for name in ("buyer", "other"):
            played.deal.transfer(HOLDER, name, 0, 25, CLOSING)
        played.run(100)
        played.deal.asset.blocked.add("buyer")
        played.deal.freeze("other", 0, True)
        names = ["buyer", "other", HOLDER, HOLDER, "nobody"]
        assert played.deal.claim_batch(names, 0) == [0, 0, 50, 0, 0]
        played.deal.asset.blocked.clear()
        played.deal.freeze("other", 0, False)
        assert played.deal.claim_batch(names, 0) == [25, 25, 0, 0, 0]


class TestTransfer:
    def test_carries_no_claim_on_the_past(self, played):
        played.run(60)
        played.deal.transfer(HOLDER, "buyer", 0, 100, CLOSING)
        played.run(40)
        assert [played.deal.claim(name, 0) for name in (HOLDER, "buyer")] == [60, 40]

    def test_to_oneself_changes_nothing(self, played):
        played.run(60)
        played.deal.admit(HOLDER, FOREVER, now=0)
        played.deal.transfer(HOLDER, HOLDER, 0, 100, CLOSING)
        assert (played.deal.notes[0].holders[HOLDER].units, played.deal.claim(HOLDER, 0)) == (100, 60)

    def test_refuses_more_than_is_held(self, played):
        error = refused(played.deal.transfer, HOLDER, "buyer", 0, 101, CLOSING)
        assert error == ("ERC20InsufficientBalance", (HOLDER, 100, 101))

    def test_refuses_a_receiver_at_the_second_its_admission_ends(self, played):
        played.deal.admit("buyer", CLOSING + 1, now=CLOSING)
        played.deal.transfer(HOLDER, "buyer", 0, 1, CLOSING)
        assert refused(played.deal.transfer, HOLDER, "buyer", 0, 1, CLOSING + 1) == (
            "NotEligible",
            (HOLDER, "buyer", 1),
        )

    def test_refuses_who_was_removed(self, played):
        played.deal.remove("buyer")
        assert refused(played.deal.transfer, HOLDER, "buyer", 0, 1, CLOSING)[0] == "NotEligible"


class TestAllowances:
    def test_let_a_spender_send_until_they_are_used_up(self, played):
        played.deal.notes[0].allowances.approve(HOLDER, "spender", 30)
        played.deal.transfer_from("spender", HOLDER, "buyer", 0, 20, CLOSING)
        assert played.deal.notes[0].holders["buyer"].units == 20
        error = refused(played.deal.transfer_from, "spender", HOLDER, "buyer", 0, 11, CLOSING)
        assert error == ("ERC20InsufficientAllowance", ("spender", 10, 11))

    def test_without_a_limit_are_not_used_up(self, played):
        played.deal.notes[0].allowances.approve(HOLDER, "spender", UNLIMITED)
        played.deal.transfer_from("spender", HOLDER, "buyer", 0, 20, CLOSING)
        assert played.deal.notes[0].allowances.given[HOLDER, "spender"] == UNLIMITED

    def test_ask_for_the_freeze_first_then_the_allowance_then_compliance(self, played):
        send = played.deal.transfer_from
        assert refused(send, "spender", HOLDER, "stranger", 0, 1, CLOSING)[0] == "ERC20InsufficientAllowance"
        played.deal.notes[0].allowances.approve(HOLDER, "spender", 1)
        assert refused(send, "spender", HOLDER, "stranger", 0, 1, CLOSING)[0] == "NotEligible"
        assert played.deal.notes[0].allowances.given[HOLDER, "spender"] == 1
        played.deal.freeze(HOLDER, 0, True)
        assert refused(send, "spender", HOLDER, "buyer", 0, 2, CLOSING) == ("HolderFrozen", (HOLDER,))

    def test_by_a_signature_are_good_to_the_deadline_and_the_owner_s_own(self, played):
        books = played.deal.notes[0].allowances
        assert refused(books.permit, HOLDER, HOLDER, "spender", 5, 99, 100) == ("ERC2612ExpiredSignature", (99,))
        assert refused(books.permit, HOLDER, "other", "spender", 5, 100, 100) == (
            "ERC2612InvalidSigner",
            ("other", HOLDER),
        )
        books.permit(HOLDER, HOLDER, "spender", 5, 100, 100)
        assert (books.given[HOLDER, "spender"], books.used[HOLDER]) == (5, 1)


class TestFreeze:
    def test_earns_and_neither_claims_nor_sends(self, played):
        played.deal.freeze(HOLDER, 0, True)
        played.run(60)
        assert refused(played.deal.claim, HOLDER, 0) == ("HolderFrozen", (HOLDER,))
        assert refused(played.deal.transfer, HOLDER, "buyer", 0, 1, CLOSING) == ("HolderFrozen", (HOLDER,))
        played.deal.freeze(HOLDER, 0, False)
        assert played.deal.claim(HOLDER, 0) == 60


class TestForceTransfer:
    def test_carries_a_half_of_what_was_not_claimed_with_a_half_of_the_units(self, played):
        played.run(130)  # 100 of principal, 30 of interest
        played.deal.claim(HOLDER, 0)
        played.run(41)
        assert played.deal.force_transfer(HOLDER, "buyer", 0, 50, CLOSING) == [41 * PARTS // 2, 0]
        assert [played.deal.claimable(name, 0) for name in (HOLDER, "buyer")] == [20, 20]  # half a unit stays with each
        played.run(1)
        assert [played.deal.claim(name, 0) for name in (HOLDER, "buyer")] == [21, 21]

    def test_takes_interest_and_principal_apart(self, played):
        played.run(130)
        played.deal.force_transfer(HOLDER, "buyer", 0, 40, CLOSING)
        note = played.deal.notes[0]
        assert (note.claimable(HOLDER), note.claimable("buyer")) == ((18, 60), (12, 40))

    def test_of_all_units_leaves_nothing(self, played):
        played.run(60)
        played.deal.force_transfer(HOLDER, "buyer", 0, 100, CLOSING)
        played.run(40)
        assert [played.deal.claim(name, 0) for name in (HOLDER, "buyer")] == [0, 100]

    def test_a_second_one_finds_what_the_first_left(self, played):
        played.run(100)
        for units in (25, 25):
            played.deal.force_transfer(HOLDER, "buyer", 0, units, CLOSING)
        assert [played.deal.claimable(name, 0) for name in (HOLDER, "buyer")] == [50, 50]
        error = refused(played.deal.force_transfer, HOLDER, "buyer", 0, 51, CLOSING)
        assert error == ("ERC20InsufficientBalance", (HOLDER, 50, 51))

    def test_rounds_down_against_who_receives(self):
        note = Note(supply=3)
        note.hand_over(HOLDER, 3)
        note.holders[HOLDER].earned = [PARTS + 1, 2]
        assert note.force_transfer(HOLDER, "buyer", 2) == [(PARTS + 1) * 2 // 3, 1]
        assert note.holders[HOLDER].earned == [PARTS + 1 - (PARTS + 1) * 2 // 3, 1]

    def test_adds_to_what_who_receives_has_of_its_own(self, played):
        played.deal.transfer(HOLDER, "buyer", 0, 20, CLOSING)
        played.run(100)
        played.deal.force_transfer(HOLDER, "buyer", 0, 40, CLOSING)
        assert [played.deal.claim(name, 0) for name in (HOLDER, "buyer")] == [40, 60]

    def test_to_the_same_holder_changes_nothing(self, played):
        played.deal.admit(HOLDER, FOREVER, now=0)
        played.run(130)
        played.deal.force_transfer(HOLDER, HOLDER, 0, 50, CLOSING)
        assert played.deal.notes[0].holders[HOLDER].units == 100
        assert played.deal.notes[0].claimable(HOLDER) == (30, 100)

    def test_takes_from_a_frozen_holder_and_leaves_the_freeze(self, played):
        played.deal.freeze(HOLDER, 0, True)
        played.run(60)
        played.deal.force_transfer(HOLDER, "buyer", 0, 50, CLOSING)
        assert played.deal.claim("buyer", 0) == 30
        assert refused(played.deal.claim, HOLDER, 0) == ("HolderFrozen", (HOLDER,))

    def test_refuses_no_units(self, played):
        assert refused(played.deal.force_transfer, HOLDER, "buyer", 0, 0, CLOSING) == ("ZeroUnits", ())

    def test_asks_compliance_and_balance_too(self, played):
        assert refused(played.deal.force_transfer, HOLDER, "stranger", 0, 1, CLOSING)[0] == "NotEligible"
        error = refused(played.deal.force_transfer, HOLDER, "buyer", 0, 101, CLOSING)
        assert error == ("ERC20InsufficientBalance", (HOLDER, 100, 101))


class TestRecover:
    def test_all_goes_along_once(self, played):
        played.deal.transfer(HOLDER, "buyer", 0, 30, CLOSING)
        played.run(101)
        assert played.deal.recover(HOLDER, "other", 0, CLOSING) == [PARTS * 7 // 10, 70 * PARTS]
        assert refused(played.deal.recover, HOLDER, "other", 0, CLOSING) == ("NothingToRecover", (HOLDER,))
        played.run(100)
        # 70 % of 100 principal, of 1 interest and of 100 interest more.
        assert played.deal.notes[0].claimable("other") == (70, 70)
        assert played.deal.notes[0].holders["other"].earned == [PARTS * 7 // 10, 70 * PARTS]
        assert [played.deal.claim(name, 0) for name in (HOLDER, "buyer", "other")] == [0, 60, 140]

    def test_adds_to_what_the_new_wallet_had(self, played):
        played.deal.transfer(HOLDER, "buyer", 0, 30, CLOSING)
        played.run(100)
        played.deal.recover(HOLDER, "buyer", 0, CLOSING)
        assert (played.deal.notes[0].holders["buyer"].units, played.deal.claim("buyer", 0)) == (100, 100)

    def test_claims_left_without_units_are_recovered(self, played):
        played.run(60)
        played.deal.transfer(HOLDER, "buyer", 0, 100, CLOSING)
        assert played.deal.recover(HOLDER, "other", 0, CLOSING) == [0, 60 * PARTS]
        assert played.deal.claim("other", 0) == 60

    def test_a_freeze_goes_along(self, played):
        played.deal.freeze(HOLDER, 0, True)
        played.deal.recover(HOLDER, "buyer", 0, CLOSING)
        assert refused(played.deal.claim, "buyer", 0)[0] == "HolderFrozen"

    def test_refuses_a_new_wallet_that_is_not_admitted(self, played):
        assert refused(played.deal.recover, HOLDER, "stranger", 0, CLOSING) == (
            "NotEligible",
            (HOLDER, "stranger", 100),
        )

    def test_refuses_the_same_wallet(self, played):
        played.deal.admit(HOLDER, FOREVER, now=0)
        assert refused(played.deal.recover, HOLDER, HOLDER, 0, CLOSING) == ("SameWallet", (HOLDER,))
        assert played.deal.notes[0].holders[HOLDER].units == 100


def test_pool_factor(played):
    played.run(33)
    assert played.deal.pool_factor(SENIOR) == 67 * ONE // 100
