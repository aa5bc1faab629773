"""A division by zero in the place of a named error.

Elsewhere the price of a claim was reckoned as claimable shares / claimable assets before the limit was checked
(OpenZeppelin community contracts 228). Here a vault without a share converts by its virtual ones, more than there is is
refused with both numbers, and nothing is a valid amount of all four calls.
"""

import pytest

from tests.utils.vaulted import KINDS, vaulted


@pytest.fixture(params=KINDS)
def empty(request, lab):
    return vaulted(lab, request.param)


def test_more_than_is_there_is_refused_with_both_numbers(lab, empty):
    vault, holder = empty.vault, empty.people[0]
    with lab.refused("ERC4626ExceededMaxRedeem", holder, 5, 0):
        vault.redeem(5, holder, holder, sender=holder)
    with lab.refused("ERC4626ExceededMaxWithdraw", holder, 5, 0):
        vault.withdraw(5, holder, holder, sender=holder)


def test_nothing_is_a_valid_amount_of_all_calls(empty):
    vault, holder = empty.vault, empty.people[0]
    for call, rest in ((vault.deposit, 1), (vault.mint, 1), (vault.withdraw, 2), (vault.redeem, 2)):
        assert call(0, *[holder] * rest, sender=holder).return_value == 0
    assert vault.claimCash(sender=holder).return_value == 0


def test_an_empty_vault_converts(empty):
    vault = empty.vault
    assert vault.convertToShares(7) == 7 * empty.scale
    assert vault.convertToAssets(7 * empty.scale) == 7
    assert vault.previewMint(1) == 1


def test_notes_taken_to_the_last_one_leave_no_panic(lab, empty):
    holder, other, third = empty.people
    shares = empty.deposit(holder, 500)
    empty.note.forceTransfer(empty.vault, third, 500, sender=empty.issuer)
    assert (empty.vault.totalAssets(), empty.vault.maxWithdraw(holder), empty.vault.convertToAssets(shares)) == (
        0,
        0,
        0,
    )
    assert empty.redeem(holder) == 0
    assert empty.deposit(other, 3) == 3 * empty.scale
