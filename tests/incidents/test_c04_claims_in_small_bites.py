"""Claiming in small bites took cash of the next investor.

Elsewhere every partial claim was rounded in the claimer's favour out of a common escrow (Centrifuge, code4rena 2023-09
M-05). Here a claim takes whole units and leaves the fraction, so ten claims pay what one does. Two holders, of 10 and 3
notes; cash comes in ten pieces that divide by nothing.
"""

import pytest

from tests.utils.vaulted import PAYING, REINVESTING, vaulted

PIECES = (7, 1, 1, 13, 2, 3, 5, 11, 1, 1)


def claimed(stand, who):
    before = stand.cash.balanceOf(who)
    stand.vault.claimCash(sender=who)
    return stand.cash.balanceOf(who) - before


@pytest.fixture
def shared(lab):
    stand = vaulted(lab, PAYING, units=10)
    stand.deposit(stand.people[0], 10)
    stand.deposit(stand.people[1], 3)
    return stand


def test_ten_claims_pay_what_one_pays(lab, shared):
    often, once, _ = shared.people
    beginning = lab.snapshot()
    for piece in PIECES:
        shared.give(piece)
    at_once = claimed(shared, often)
    lab.restore(beginning)
    bites = 0
    for piece in PIECES:
        shared.give(piece)
        bites += claimed(shared, often)
        assert shared.vault.cashHeld() <= shared.cash.balanceOf(shared.vault), "VT-06"
    assert abs(bites - at_once) <= 1  # a unit of the note's own rounding may wait for the next run
    assert bites <= sum(PIECES) * 10 // 30
    assert claimed(shared, once) in (sum(PIECES) * 3 // 30, sum(PIECES) * 3 // 30 - 1)
    assert shared.vault.cashHeld() >= 0, "VT-06"


def test_redeeming_in_small_bites_gains_nothing(lab):
    """Shares of which each converts to less than a note: rounding stays with the vault."""
    stand = vaulted(lab, REINVESTING, units=1_000)
    biter, other, seller = stand.people
    stand.deposit(biter, 10)
    stand.deposit(other, 3)
    stand.give(3_000 * 2)
    stand.vault.sell(26, 1_000, sender=seller)  # 13 notes and 26 of cash became 65 notes
    beginning, shares = lab.snapshot(), stand.vault.balanceOf(biter)
    at_once = stand.redeem(biter)
    lab.restore(beginning)
    bites = sum(stand.redeem(biter, shares // 10) for _ in range(10))
    assert bites <= at_once
    assert stand.redeem(other) >= 13
