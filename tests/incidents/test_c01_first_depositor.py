"""A donation made the first depositor the owner of what others brought.

Elsewhere one virtual share did not stop it where a victim deposits several times (OpenZeppelin 5223): the attacker
deposits 1, sends 10,000e18 directly, the victim deposits 5,000e18 three times and gets no share; the attacker redeems
all. Here cash and notes count by the books, and a deposit that would get no share is refused. The same calls on
OpenZeppelin's own show what would happen.
"""

import pytest

from tests.utils.vaulted import KINDS, vaulted

E18 = 10**18
UNITS = 30_000 * E18
GIFT, DEPOSIT = 10_000 * E18, 5_000 * E18


def play(stand, vault):
    """What the attacker and the victim have gained, in notes."""
    attacker, victim, _ = stand.people
    for each in (attacker, victim):
        stand.note.approve(vault, 2**256 - 1, sender=each)
    vault.deposit(1, attacker, sender=attacker)
    stand.note.transfer(vault, GIFT, sender=attacker)
    for _ in range(3):
        vault.deposit(DEPOSIT, victim, sender=victim)
    for each in (attacker, victim):
        vault.redeem(vault.balanceOf(each), each, each, sender=each)
    return [stand.note.balanceOf(each) - UNITS for each in (attacker, victim)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_attacker_loses_the_gift_and_the_victim_nothing(lab, kind):
    stand = vaulted(lab, kind, units=UNITS)
    attacker, victim = play(stand, stand.vault)
    assert attacker == -GIFT
    assert -3 <= victim <= 0  # at most a unit a deposit


@pytest.mark.parametrize(("offset", "lost"), [(0, 15_000 * E18), (6, 6_000_003_600_002_159)])
def test_the_same_calls_where_balances_count(lab, offset, lost):
    stand = vaulted(lab, KINDS[0], units=UNITS)
    plain = lab.deploy("PlainVault", stand.note, offset, sender=stand.issuer)
    attacker, victim = play(stand, plain)
    assert victim == -lost
    assert attacker == 2_500 * E18 if offset == 0 else attacker < -4_999 * E18


@pytest.fixture
def inflated(lab):
    """The one way to raise a share's price without a gift: the first depositor, who has one unit in a vault with
    an absurdly low bid, sells it as many notes as the bid takes for the 3 of cash that the unit has earned."""
    stand = vaulted(lab, KINDS[1], units=UNITS, bid=(1, E18, 10 * 86_400))
    attacker = stand.people[0]
    stand.deposit(attacker, 1)
    stand.give(9 * UNITS)
    stand.vault.harvest(sender=attacker)
    assert stand.vault.sell(3, 3 * E18, sender=attacker).return_value == 3 * E18
    return stand


def test_selling_notes_cheap_inflates_shares_at_the_seller_s_cost(inflated):
    """Half of them belongs to the virtual shares; who comes next loses less than a share, a millionth of it."""
    attacker, victim, _ = inflated.people
    share = 3 * E18 // (2 * 10**6)
    shares = inflated.deposit(victim, DEPOSIT)
    assert DEPOSIT - share < inflated.vault.convertToAssets(shares) <= DEPOSIT
    assert inflated.redeem(attacker) <= 3 * E18 // 2 + share


def test_a_deposit_that_would_get_no_share_is_refused(lab, inflated):
    victim = inflated.people[1]
    with lab.refused("NoShares", 10**6):
        inflated.vault.deposit(10**6, victim, sender=victim)
