"""B10: recovery left lots with the old wallet, so the new one held free units (OpenZeppelin stellar-contracts #800).

Lots are an identity's, whatever wallet holds the units.
"""

import pytest

from tests.utils.regulated import DAY, open_office


@pytest.fixture
def office(lab):
    """A lot of 60 that is locked until day 90, counted from now."""
    office = open_office(lab)
    office.lock = office.module("LockUp", 0, lab.now + 90 * DAY)
    office.first_day = lab.now
    office.lost = office.holder("A", 60)
    office.taker = office.person("taker")
    return office


def test_the_new_wallet_waits_as_the_old_one_did(lab, office):
    new = lab.actor("new")
    lab.now = office.first_day + 10 * DAY
    office.note.recoveryAddress(office.lost, new, office.identity("A"), sender=office.agent)
    lab.now = office.first_day + 11 * DAY
    with lab.refused("TransferRefused", code=128):
        office.note.transfer(office.taker, 60, sender=new)
    lab.now = office.first_day + 90 * DAY - 1
    assert office.code(new, office.taker, 1) == 128
    lab.now = office.first_day + 90 * DAY
    office.note.transfer(office.taker, 60, sender=new)


def test_lots_of_the_new_wallet_are_kept_apart(lab, office):
    target = office.wallet("target", "A")
    data = office.lock.set.encode(0, office.first_day + 120 * DAY)
    office.compliance.callModuleFunction(data, office.lock, sender=office.admin)
    office.note.mint(target, 40, sender=office.agent)
    lab.now = office.first_day + 10 * DAY
    office.note.recoveryAddress(office.lost, target, office.identity("A"), sender=office.agent)
    lab.now = office.first_day + 90 * DAY
    assert office.lock.freeOf(office.identity("A"), 100) == 60
    with lab.refused("TransferRefused", code=128):
        office.note.transfer(office.taker, 61, sender=target)
    office.note.transfer(office.taker, 60, sender=target)
    lab.now = office.first_day + 120 * DAY
    office.note.transfer(office.taker, 40, sender=target)
