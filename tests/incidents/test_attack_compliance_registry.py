"""Attack: a stranger names itself the token of a compliance that waits for its note, and puts in a registry of its own.

The note then copied that registry when it was deployed, and so did the compliance: the attacker said who may hold.
"""

from types import SimpleNamespace

import pytest

from salvor.deploy.regulated import _check_registry
from salvor.errors import OtherRegistry
from tests.utils.regulated import NOBODY, open_office


@pytest.fixture
def office(lab):
    """A note in use; beside it a compliance that is made, told, and bound to nothing."""
    office = open_office(lab)
    office.waiting = lab.deploy("RegulatedCompliance", office.access, office.registry, sender=office.admin)
    office.registry.watch(office.waiting, sender=office.admin)
    return office


@pytest.fixture
def other(lab, office):
    """A registry that anybody can deploy."""
    return lab.deploy("IdentityRegistry", office.access, 2, 3, sender=lab.actor("attacker"))


def test_a_stranger_can_not_bind_itself(lab, office):
    attacker = lab.actor("attacker")
    with lab.refused("AccessManagedUnauthorized", attacker):
        office.waiting.bindToken(attacker, sender=attacker)
    assert office.waiting.getTokenBound() == NOBODY


def test_a_note_can_not_bind_itself_either(lab, office):
    """Nobody can tell a note of the deal from one that says so."""
    token = lab.deploy("CallingToken", sender=lab.actor("attacker"))
    with lab.refused("AccessManagedUnauthorized", token):
        token.act(office.waiting, office.waiting.bindToken.encode(token), sender=lab.actor("attacker"))


def test_nothing_that_waits_is_unbound_or_given_a_registry_by_a_stranger(lab, office, other):
    attacker = lab.actor("attacker")
    with lab.refused("AccessManagedUnauthorized", attacker):
        office.waiting.useRegistry(other, sender=attacker)
    with lab.refused("AccessManagedUnauthorized", attacker):
        office.waiting.unbindToken(NOBODY, sender=attacker)
    assert office.waiting.registry() == office.registry.address


def test_a_note_takes_only_a_compliance_that_its_owner_bound(lab, office):
    with lab.refused("NotTheToken", office.note, NOBODY):
        office.note.setCompliance(office.waiting, sender=office.admin)
    assert office.note.compliance() == office.compliance.address
    office.waiting.bindToken(office.note, sender=office.admin)
    office.note.setCompliance(office.waiting, sender=office.admin)
    assert office.note.compliance() == office.waiting.address
    assert (office.compliance.getTokenBound(), office.waiting.getTokenBound()) == (NOBODY, office.note.address)


def test_a_note_does_not_lose_the_compliance_it_has(lab, office):
    """Set again, it would be unbound and serve nobody."""
    with lab.refused("NotTheToken", office.note, NOBODY):
        office.note.setCompliance(office.compliance, sender=office.admin)
    assert office.compliance.getTokenBound() == office.note.address


def test_the_deployer_stops_at_another_registry(office, other):
    _check_registry(office.registry, office.compliance, office.note)
    told = SimpleNamespace(address=office.compliance.address, registry=lambda: other.address)
    with pytest.raises(OtherRegistry, match=other.address):
        _check_registry(office.registry, told, office.note)
    copied = SimpleNamespace(address=office.note.address, identityRegistry=lambda: other.address)
    with pytest.raises(OtherRegistry, match=other.address):
        _check_registry(office.registry, office.compliance, copied)
