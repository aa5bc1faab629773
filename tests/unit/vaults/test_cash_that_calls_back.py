"""A settlement asset that calls back while a vault or a basket is paid or pays: nothing of it is obeyed (SE-01)."""

import pytest

from tests.utils.basketed import basketed
from tests.utils.vaulted import KINDS, PAYING, REINVESTING, UNITS, vaulted

ALL = 3 * UNITS


@pytest.fixture
def stand(request, lab):
    """The asset itself has shares: it would redeem, send and claim them if it could."""
    found = vaulted(lab, request.param, cash="CallingToken")
    holder, other, _ = found.people
    found.vault.deposit(600, found.cash, sender=holder)
    found.deposit(other, 300)
    found.give(ALL)
    return found


def replies(stand):
    vault, token, holder = stand.vault, stand.cash, stand.people[0]
    return {
        "redeem": vault.redeem.encode(stand.scale, token, token),
        "withdraw": vault.withdraw.encode(1, token, token),
        "transfer": vault.transfer.encode(holder, 1),
        "claimCashFor": vault.claimCashFor.encode(token),
        "harvest": vault.harvest.encode(),
    }


@pytest.mark.parametrize("reply", ["redeem", "withdraw", "transfer", "claimCashFor", "harvest"])
@pytest.mark.parametrize("entry", ["harvest", "claim", "redeem", "deposit"])
@pytest.mark.parametrize("stand", [PAYING], indirect=True)
def test_a_vault_that_pays_on_obeys_nothing_meanwhile(stand, entry, reply):
    holder, other, _ = stand.people
    entries = {
        "harvest": lambda: stand.vault.harvest(sender=holder),
        "claim": lambda: stand.vault.claimCash(sender=other),
        "redeem": lambda: stand.redeem(other, 100),
        "deposit": lambda: stand.deposit(holder, 100),
    }
    stand.cash.arm(stand.vault, replies(stand)[reply], sender=holder)
    entries[entry]()
    assert (stand.cash.called(), stand.cash.obeyed()) == (True, False), "SE-01"
    assert stand.vault.claimableCash(stand.cash) == 600
    assert stand.vault.cashHeld() <= stand.cash.balanceOf(stand.vault), "VT-06"
    assert stand.vault.totalSupply() == stand.vault.totalAssets()


@pytest.mark.parametrize("stand", [REINVESTING], indirect=True)
def test_a_vault_that_buys_obeys_nothing_meanwhile(stand):
    holder, _, third = stand.people
    stand.vault.harvest(sender=holder)
    for cash, reply in zip((100, 150, 200), ("redeem", "harvest", "claimCashFor"), strict=True):
        stand.cash.arm(stand.vault, replies(stand)[reply], sender=holder)
        assert stand.vault.sell(cash, UNITS, sender=third).return_value == 2 * cash
        assert (stand.cash.called(), stand.cash.obeyed()) == (True, False), "SE-01"
    assert (stand.vault.waiting(), stand.vault.cashHeld(), stand.vault.totalAssets()) == (450, 450, 1_800)


@pytest.mark.parametrize("stand", [REINVESTING], indirect=True)
def test_notes_that_are_taken_while_the_seller_is_paid_are_noticed(lab, stand):
    """The agent's own account is the asset: the sale is refused, or the books would say more than is there."""
    third = stand.people[2]
    stand.vault.harvest(sender=third)
    stand.access.grantRole(0, stand.cash, 0, sender=stand.issuer)
    taken = stand.note.forceTransfer.encode(stand.vault, third, 1)
    stand.cash.arm(stand.note, taken, sender=third)
    with lab.refused("BooksMoved", 1_099, 1_100):
        stand.vault.sell(100, UNITS, sender=third)


@pytest.mark.parametrize("kind", KINDS)
def test_a_vault_over_a_basket_counts_what_comes_and_no_more(lab, kind):
    """While the basket is paid, the asset has the vault harvest: it is refused, and finds all of it afterwards."""
    ground = basketed(lab, cash="CallingToken")
    stand = ground.vault(kind)
    holder = stand.people[0]
    ground.bundle(holder, 500)
    stand.deposit(holder, 500)
    ground.first.give(ALL)
    stand.cash.arm(stand.vault, stand.vault.harvest.encode(), sender=holder)
    ground.basket.harvest(sender=holder)
    assert stand.cash.called()
    stand.vault.harvest(sender=holder)
    assert stand.vault.cashHeld() == stand.cash.balanceOf(stand.vault) == 1_500
