"""What max* said was not true.

Elsewhere it was not 0 while deposits were paused, maxDeposit reverted once yield had pushed assets above a cap, and
nobody was told that little could be withdrawn (Sentiment, sherlock 2024-08 110; Fuji 451). Cap 1,000 and 1,001 assets;
a pause; then 40 of 1,001 that may leave. Here a cap is a rule of compliance on what the vault may hold.
"""

import pytest

from tests.utils.vaulted import KINDS, supervised


def limits(stand, who):
    """Deposit, mint, withdraw, redeem."""
    vault = stand.vault
    return (
        vault.maxDeposit(who, sender=who),
        vault.maxMint(who, sender=who),
        vault.maxWithdraw(who),
        vault.maxRedeem(who),
    )


@pytest.fixture(params=KINDS)
def full(request, lab):
    """1,001 notes of one holder; the vault may hold 1,000."""
    stand = supervised(lab, request.param)
    holder = stand.people[0]
    stand.deposit(holder, 1_001)
    stand.board.limit(1_000, sender=holder)
    return stand


def test_above_the_cap_nothing_comes_in_and_nothing_reverts(full):
    assert limits(full, full.lab.actor("newcomer"))[:2] == (0, 0)


def test_a_pause_closes_all_four(full):
    holder = full.people[0]
    full.board.limit(2**256 - 1, sender=holder)
    assert all(limits(full, holder))
    full.note.pause(True, sender=holder)
    assert limits(full, holder) == (0, 0, 0, 0)


def test_what_may_leave_is_what_is_said(lab, full):
    holder, vault = full.people[0], full.vault
    full.board.limit(2**256 - 1, sender=holder)
    full.note.freeze(vault, False, 961, sender=holder)
    assert vault.maxWithdraw(holder) == 40
    with lab.refused("Held", vault, 40, 41):
        vault.withdraw(41, holder, holder, sender=holder)
    vault.withdraw(40, holder, holder, sender=holder)
    assert vault.maxWithdraw(holder) == 0


def test_for_a_receiver_who_may_not_hold_it_is_nothing(full):
    holder, other, _ = full.people
    full.board.limit(2**256 - 1, sender=holder)
    full.board.refuse(other, True, sender=holder)
    assert full.vault.maxDeposit(other, sender=holder) == full.vault.maxMint(other, sender=holder) == 0
