"""B05: between "move the identity" and "move the balance" the wallet went to another identity, and the cap was beaten
(OpenZeppelin stellar-contracts #886).

A wallet that holds units neither leaves its identity nor is given to another, and a recovery is one call.
"""

import pytest

from tests.utils.regulated import Rule, open_office


@pytest.fixture
def office(lab):
    """A cap of 100 an identity; A holds 100 in W1."""
    office = open_office(lab)
    office.rule(Rule.MAX_HOLDING, 100)
    office.holder("A", 100)
    office.person("B")
    return office


def units_of(office, name):
    return office.compliance.unitsOf(office.registry.numberOf(office.identity(name)))


def test_a_wallet_that_holds_stays_its_identity_s(lab, office):
    wallet, agent = lab.actor("A"), office.agent
    for call in (
        lambda: office.registry.updateIdentity(wallet, office.identity("B"), sender=agent),
        lambda: office.registry.deleteIdentity(wallet, sender=agent),
        lambda: office.registry.modifyStoredIdentity(wallet, office.identity("B"), sender=agent),
        lambda: office.registry.removeIdentityFromStorage(wallet, sender=agent),
    ):
        with lab.refused("WalletHolds", wallet, office.note, 100):
            call()
    with lab.refused("WalletTaken", wallet, office.identity("A")):
        office.registry.registerIdentity(wallet, office.identity("B"), 0, sender=agent)


def test_the_steps_of_the_attack_leave_nobody_above_the_cap(lab, office):
    agent, second, third = office.agent, office.wallet("W2", "A"), office.wallet("W3", "B")
    # W2 is empty, so it may go to B; then it is no wallet of A's, and A's units do not follow.
    office.registry.deleteIdentity(second, sender=agent)
    office.registry.registerIdentity(second, office.identity("B"), 0, sender=agent)
    with lab.refused("WalletTaken", second, office.identity("B")):
        office.note.recoveryAddress(lab.actor("A"), second, office.identity("A"), sender=agent)
    office.note.mint(third, 100, sender=agent)
    with lab.refused("TransferRefused", code=22):
        office.note.transfer(second, 1, sender=lab.actor("A"))
    assert (units_of(office, "A"), units_of(office, "B")) == (100, 100), "RG-02"


def test_a_recovery_for_another_identity_is_refused(lab, office):
    with lab.refused("RecoveryNotPossible", lab.actor("A"), lab.actor("new"), office.identity("B")):
        office.note.recoveryAddress(lab.actor("A"), lab.actor("new"), office.identity("B"), sender=office.agent)
