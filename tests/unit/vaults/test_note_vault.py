"""NoteVault: what both kinds share. In and out, who may, what is refused, what the transfer agent may do."""

import pytest

from tests.utils.vaulted import BID, PAYING, UNITS, deploy_vault

MOST = 2**112 - 1


class TestDeposit:
    def test_gives_shares_for_notes(self, either, holder, other):
        receipt = either.vault.deposit(500, other, sender=holder)
        assert receipt.return_value == either.vault.balanceOf(other) == 500 * either.scale
        assert (either.note.balanceOf(holder), either.note.balanceOf(either.vault)) == (UNITS - 500, 500)
        assert either.vault.totalAssets() == 500

    def test_says_what_it_did(self, either, holder, other):
        receipt = either.vault.deposit(500, other, sender=holder)
        (log,) = receipt.events_of(either.vault, "Deposit")
        assert (log.sender, log.owner, log.assets, log.shares) == (
            holder.address,
            other.address,
            500,
            500 * either.scale,
        )

    def test_of_nothing_gives_nothing(self, either, holder):
        assert either.deposit(holder, 0) == 0

    def test_refuses_a_receiver_who_may_not_hold_the_note(self, either, lab, holder, other):
        either.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 500):
            either.vault.deposit(500, other, sender=holder)

    def test_refuses_a_frozen_caller(self, either, lab, holder, other):
        either.note.setFrozen(holder, True, sender=either.issuer)
        with lab.refused("HolderFrozen", holder):
            either.vault.deposit(500, other, sender=holder)

    def test_refuses_more_than_any_note_has(self, either, lab, holder):
        with lab.refused("ERC4626ExceededMaxDeposit", holder, MOST + 1, MOST):
            either.vault.deposit(MOST + 1, holder, sender=holder)

    def test_refuses_more_than_the_caller_has(self, either, lab, holder):
        with lab.refused("ERC20InsufficientBalance", holder, UNITS, UNITS + 1):
            either.vault.deposit(UNITS + 1, holder, sender=holder)

    def test_refuses_a_token_that_takes_a_fee(self, watched, lab, holder):
        watched.note.charge(1, sender=holder)
        with lab.refused("BooksMoved", 499, 500):
            watched.vault.deposit(500, holder, sender=holder)

    @pytest.mark.parametrize("call", ["deposit", "redeem", "withdraw", "transfer", "harvest", "claimCash"])
    def test_refuses_a_call_back(self, watched, lab, holder, call):
        """The token tries while it moves: nothing of it is done, and the deposit stands by itself."""
        vault, token = watched.vault, watched.note
        vault.deposit(700, token, sender=holder)
        args = {
            "deposit": (1, holder),
            "redeem": (1, token, token),
            "withdraw": (1, token, token),
            "transfer": (holder, 1),
        }
        method = getattr(vault, call)
        token.arm(vault, method.encode(*args.get(call, ())), sender=holder)
        vault.deposit(500, holder, sender=holder)
        assert not token.obeyed(), "SE-01"
        assert (vault.totalAssets(), vault.balanceOf(holder)) == (1_200, 500 * watched.scale)

    def test_notices_notes_that_are_taken_while_others_come_in(self, watched, lab, holder):
        watched.deposit(holder, 700)
        watched.note.arm(watched.note, watched.note.seize.encode(watched.vault, 1), sender=holder)
        with lab.refused("BooksMoved", 1_199, 1_200):
            watched.vault.deposit(500, holder, sender=holder)


class TestMint:
    def test_takes_notes_for_shares_rounded_up(self, reinvesting, holder, other):
        assert reinvesting.vault.mint(1, other, sender=holder).return_value == 1
        assert reinvesting.vault.balanceOf(other) == 1
        assert reinvesting.note.balanceOf(holder) == UNITS - 1

    def test_refuses_a_receiver_who_may_not_hold_the_note(self, either, lab, holder, other):
        either.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 1):
            either.vault.mint(either.scale, other, sender=holder)

    def test_refuses_more_shares_than_any_note_is_worth(self, either, lab, holder):
        most = MOST * either.scale
        with lab.refused("ERC4626ExceededMaxMint", holder, most + 1, most):
            either.vault.mint(most + 1, holder, sender=holder)


class TestWithdraw:
    def test_gives_notes_for_shares(self, either, holder, other):
        either.deposit(holder, 500)
        receipt = either.vault.withdraw(200, other, holder, sender=holder)
        assert receipt.return_value == 200 * either.scale
        assert either.vault.balanceOf(holder) == 300 * either.scale
        assert either.note.balanceOf(other) == UNITS + 200

    def test_takes_an_allowance_for_who_is_not_the_owner(self, either, lab, holder, other):
        either.deposit(holder, 500)
        either.vault.approve(other, 200 * either.scale, sender=holder)
        either.vault.withdraw(200, other, holder, sender=other)
        with lab.refused("ERC20InsufficientAllowance", other, 0, either.scale):
            either.vault.withdraw(1, other, holder, sender=other)

    def test_refuses_more_than_the_shares_convert_to(self, either, lab, holder):
        either.deposit(holder, 500)
        with lab.refused("ERC4626ExceededMaxWithdraw", holder, 501, 500):
            either.vault.withdraw(501, holder, holder, sender=holder)

    def test_refuses_a_frozen_owner(self, either, lab, holder, other):
        either.deposit(holder, 500)
        either.note.setFrozen(holder, True, sender=either.issuer)
        with lab.refused("HolderFrozen", holder):
            either.vault.withdraw(1, other, holder, sender=holder)

    def test_refuses_a_receiver_who_may_not_hold_the_note(self, either, lab, holder, other):
        either.deposit(holder, 500)
        either.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 500):
            either.vault.withdraw(500, other, holder, sender=holder)

    def test_lets_who_may_no_longer_hold_leave_to_somebody_who_may(self, either, holder, other):
        either.deposit(holder, 500)
        either.board.refuse(holder, True, sender=holder)
        assert either.vault.maxWithdraw(holder) == 0
        either.vault.withdraw(500, other, holder, sender=holder)
        assert either.note.balanceOf(other) == UNITS + 500


class TestRedeem:
    def test_gives_notes_for_shares(self, either, holder, other):
        either.deposit(holder, 500)
        receipt = either.vault.redeem(200 * either.scale, other, holder, sender=holder)
        (log,) = receipt.events_of(either.vault, "Withdraw")
        assert (log.sender, log.receiver, log.owner, log.assets, log.shares) == (
            holder.address,
            other.address,
            holder.address,
            200,
            200 * either.scale,
        )
        assert receipt.return_value == 200

    def test_refuses_more_shares_than_there_are(self, either, lab, holder):
        shares = either.deposit(holder, 500)
        with lab.refused("ERC4626ExceededMaxRedeem", holder, shares + 1, shares):
            either.vault.redeem(shares + 1, holder, holder, sender=holder)

    def test_refuses_to_send_the_notes_to_the_vault_itself(self, either, lab, holder):
        shares = either.deposit(holder, 500)
        with lab.refused("BooksMoved", 500, 0):
            either.vault.redeem(shares, either.vault, holder, sender=holder)

    def test_refuses_a_token_that_takes_more_than_was_to_leave(self, watched, lab, holder):
        watched.deposit(holder, 500)
        watched.note.arm(watched.note, watched.note.seize.encode(watched.vault, 1), sender=holder)
        with lab.refused("BooksMoved", 299, 300):
            watched.vault.withdraw(200, holder, holder, sender=holder)


class TestShares:
    def test_go_to_who_may_hold_the_note(self, either, holder, other):
        shares = either.deposit(holder, 500)
        either.vault.transfer(other, shares, sender=holder)
        assert either.vault.balanceOf(other) == shares

    def test_do_not_go_to_who_may_not(self, either, lab, holder, other):
        shares = either.deposit(holder, 500)
        either.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 500):
            either.vault.transfer(other, shares, sender=holder)
        assert either.vault.balanceOf(other) == 0, "VT-09"

    def test_are_asked_about_with_the_real_number(self, either, lab, holder, other):
        """The other may hold 300 notes more; a question with 0 would say yes to anything."""
        shares = either.deposit(holder, 500)
        either.board.limit(UNITS + 300, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 301):
            either.vault.transfer(other, shares * 301 // 500, sender=holder)
        either.vault.transfer(other, shares * 300 // 500, sender=holder)

    def test_of_a_frozen_holder_stay(self, either, lab, holder, other, third):
        shares = either.deposit(holder, 500)
        either.vault.approve(third, shares, sender=holder)
        either.note.setFrozen(holder, True, sender=either.issuer)
        with lab.refused("HolderFrozen", holder):
            either.vault.transfer(other, 1, sender=holder)
        with lab.refused("HolderFrozen", holder):
            either.vault.transferFrom(holder, other, 1, sender=third)

    def test_stay_while_the_note_is_paused(self, watched, lab, holder, other, third):
        shares = watched.deposit(holder, 500)
        watched.vault.approve(third, shares, sender=holder)
        watched.note.pause(True, sender=holder)
        with lab.refused("NotePaused"):
            watched.vault.transfer(other, shares, sender=holder)
        with lab.refused("NotePaused"):
            watched.vault.transferFrom(holder, other, shares, sender=third)
        watched.note.pause(False, sender=holder)
        watched.vault.transferFrom(holder, other, shares, sender=third)

    def test_move_within_an_allowance(self, either, lab, holder, other, third):
        shares = either.deposit(holder, 500)
        either.vault.approve(third, shares - 1, sender=holder)
        with lab.refused("ERC20InsufficientAllowance", third, shares - 1, shares):
            either.vault.transferFrom(holder, other, shares, sender=third)

    def test_more_than_there_are_do_not_move(self, either, lab, holder, other):
        shares = either.deposit(holder, 500)
        with lab.refused("ERC20InsufficientBalance", holder, shares, 2**256 - 1):
            either.vault.transfer(other, 2**256 - 1, sender=holder)


class TestForceTransfer:
    def test_moves_shares_also_of_a_frozen_holder(self, either, holder, other):
        shares = either.deposit(holder, 500)
        either.note.setFrozen(holder, True, sender=either.issuer)
        receipt = either.vault.forceTransfer(holder, other, shares // 5, sender=either.issuer)
        (log,) = receipt.events_of(either.vault, "SharesForced")
        assert (log.values["from"], log.to, log.shares, log.parts) == (holder.address, other.address, shares // 5, 0)
        assert either.vault.balanceOf(other) == shares // 5

    def test_carries_the_same_share_of_the_cash(self, paying, holder, other):
        paying.deposit(holder, 500)
        paying.give(UNITS * 3)  # 1 a note
        paying.vault.forceTransfer(holder, other, 100, sender=paying.issuer)
        assert [paying.vault.claimableCash(each) for each in (holder, other)] == [400, 100]

    def test_refuses_an_outsider(self, either, lab, holder, outsider):
        either.deposit(holder, 500)
        with lab.refused("AccessManagedUnauthorized", outsider):
            either.vault.forceTransfer(holder, outsider, 1, sender=outsider)

    def test_refuses_nothing(self, either, lab, holder, other):
        with lab.refused("ZeroShares"):
            either.vault.forceTransfer(holder, other, 0, sender=either.issuer)

    def test_refuses_a_receiver_who_may_not_hold_the_note(self, either, lab, holder, other):
        either.deposit(holder, 500)
        either.board.refuse(other, True, sender=holder)
        with lab.refused("NotEligible", either.vault, other, 1):
            either.vault.forceTransfer(holder, other, either.scale, sender=either.issuer)


class TestRecover:
    def test_moves_all_shares_and_all_cash(self, paying, holder, outsider):
        paying.deposit(holder, 500)
        paying.give(UNITS * 3)
        paying.vault.recover(holder, outsider, sender=paying.issuer)
        assert (paying.vault.balanceOf(outsider), paying.vault.claimableCash(outsider)) == (500, 500)
        assert (paying.vault.balanceOf(holder), paying.vault.claimableCash(holder)) == (0, 0)

    def test_moves_cash_of_who_has_redeemed(self, reinvesting, holder, other, outsider):
        reinvesting.deposit(holder, 500)
        reinvesting.give(UNITS * 3)
        reinvesting.redeem(holder)
        reinvesting.vault.recover(holder, outsider, sender=reinvesting.issuer)
        assert reinvesting.vault.claimableCash(outsider) == 500

    def test_refuses_an_outsider(self, either, lab, holder, outsider):
        either.deposit(holder, 500)
        with lab.refused("AccessManagedUnauthorized", outsider):
            either.vault.recover(holder, outsider, sender=outsider)

    def test_refuses_a_wallet_with_nothing(self, either, lab, holder, other):
        with lab.refused("NothingToRecover", holder):
            either.vault.recover(holder, other, sender=either.issuer)

    def test_refuses_one_and_the_same_wallet(self, either, lab, holder):
        either.deposit(holder, 500)
        with lab.refused("SameWallet", holder):
            either.vault.recover(holder, holder, sender=either.issuer)


class TestViews:
    def test_tell_what_the_vault_is(self, either):
        vault = either.vault
        assert vault.asset() == vault.note() == either.note.address
        assert vault.settlement() == either.cash.address
        assert vault.decimals() == either.note.decimals() + (0 if either.kind == PAYING else 6)
        assert (vault.totalAssets(), vault.totalSupply(), vault.cashHeld()) == (0, 0, 0)

    def test_what_was_given_before_the_vault_was_made_is_not_its(self, lab, either, holder):
        either.give(UNITS * 3)
        late = deploy_vault(lab, either.kind, either.access, either.note, BID)
        either.note.approve(late, 500, sender=holder)
        late.deposit(500, holder, sender=holder)
        assert (late.cashHeld(), late.claimableCash(holder)) == (0, 0)
