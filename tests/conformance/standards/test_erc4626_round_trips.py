"""The eight round trips of a16z's ERC-4626 property tests (github.com/a16z/erc4626-tests), with drawn amounts.

Written anew from its README and the names of its properties; tolerance 0, in every situation of `situations.py`.
"""

from __future__ import annotations

import random

import pytest

from salvor.chain.refusal import CallRefused
from tests.conformance.standards.situations import stages

# First call, second call, what is compared: the second answer must be at most, or at least, what went in at first.
TRIPS = {
    "redeem(deposit(a)) <= a": ("deposit", "redeem", False),
    "withdraw(a) >= deposit(a)": ("deposit", "withdraw", True),
    "deposit(redeem(s)) <= s": ("redeem", "deposit", False),
    "mint(s) >= redeem(s)": ("redeem", "mint", True),
    "withdraw(mint(s)) >= s": ("mint", "withdraw", True),
    "redeem(s) <= mint(s)": ("mint", "redeem", False),
    "mint(withdraw(a)) >= a": ("withdraw", "mint", True),
    "deposit(a) <= withdraw(a)": ("withdraw", "deposit", False),
}
OF_ASSETS = {"deposit", "withdraw"}  # what they are given; the others are given shares


def call(stand, name, amount):
    """For oneself; the answer."""
    holder = stand.people[0]
    rest = (holder,) if name in ("deposit", "mint") else (holder, holder)
    return getattr(stand.vault, name)(amount, *rest, sender=holder).return_value


@pytest.mark.parametrize("trip", TRIPS)
def test_nobody_gains_by_a_round_trip(lab, trip):
    first, second, at_least = TRIPS[trip]
    dice, made = random.Random(trip), 0
    for name, stand in stages(lab).each():
        for _ in range(3):
            most = 331 if first in OF_ASSETS else 331 * stand.scale
            amount = dice.choice([1, dice.randrange(most), dice.randrange(most)])
            try:
                answer = call(stand, first, amount)
                # Either the answer goes back in, or the same amount of the other kind does.
                same_kind = (first in OF_ASSETS) == (second in OF_ASSETS)
                back = call(stand, second, amount if same_kind else answer)
            except CallRefused:
                continue
            made += 1
            given = answer if same_kind else amount
            assert back >= given if at_least else back <= given, f"VT-05: {name}: {trip}"
    assert made >= 24
