"""B06: a cap refused a move between one investor's own wallets (OpenZeppelin stellar-contracts #606, #726).

What the identity holds does not change, so no limit is asked.
"""

import pytest

from tests.utils.regulated import DAY, Rule, open_office


@pytest.fixture
def office(lab):
    """A cap of 100 an identity; A has 80 in W1 and none in W2."""
    office = open_office(lab)
    office.rule(Rule.MAX_HOLDING, 100)
    office.holder("W1", 80)
    office.wallet("W2", "W1")
    return office


def units_of(office):
    return office.compliance.unitsOf(office.registry.numberOf(office.identity("W1")))


def test_moves_between_own_wallets_are_allowed(lab, office):
    one, two = lab.actor("W1"), lab.actor("W2")
    office.note.transfer(two, 50, sender=one)
    office.note.transfer(one, 30, sender=one)
    office.note.transfer(two, 0, sender=two)
    assert units_of(office) == 80
    assert [office.note.balanceOf(each) for each in (one, two)] == [30, 50]


def test_a_self_transfer_at_the_cap_is_allowed(lab, office):
    office.rule(Rule.MAX_HOLDING, 80)
    office.note.transfer(lab.actor("W1"), 80, sender=lab.actor("W1"))
    assert units_of(office) == 80


def test_a_stranger_meets_the_cap(lab, office):
    stranger = office.holder("stranger", 60)
    assert office.code(lab.actor("W1"), stranger, 41) == 22
    assert office.code(lab.actor("W1"), stranger, 40) == 0
    office.note.transfer(lab.actor("W2"), 50, sender=lab.actor("W1"))
    office.note.transfer(stranger, 30, sender=lab.actor("W1"))
    with lab.refused("TransferRefused", code=22):
        office.note.transfer(stranger, 11, sender=lab.actor("W2"))
    office.note.transfer(stranger, 10, sender=lab.actor("W2"))


def test_no_other_limit_is_asked_either(lab, office):
    office.rule(Rule.MIN_HOLDING, 60)
    office.module("LockUp", 30 * DAY, 0)
    office.module("Velocity", 0, DAY)
    office.module("HoldPeriod", [DAY] * 4)
    office.note.transfer(lab.actor("W2"), 50, sender=lab.actor("W1"))
    assert units_of(office) == 80
