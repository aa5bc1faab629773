"""Roles of a vault in a deal: the transfer agent alone moves shares without their holder."""

import pytest

from tests.utils.vaulted import KINDS, vaulted

CALLS = (("forceTransfer", 1), ("recover", None))


@pytest.fixture(params=KINDS)
def agreed(request, lab):
    """The issuer, who is the admin, has given both functions to the transfer agent."""
    stand = vaulted(lab, request.param)
    selectors = [getattr(stand.vault, name).selector for name, _ in CALLS]
    access, agent = stand.access, stand.access.TRANSFER_AGENT()
    access.setTargetFunctionRole(stand.vault, selectors, agent, sender=stand.issuer)
    access.grantRole(agent, lab.actor("agent"), 0, sender=stand.issuer)
    stand.deposit(lab.actor("holder"), 500)
    return stand


@pytest.mark.parametrize(("name", "shares"), CALLS)
@pytest.mark.parametrize("caller", ["issuer", "outsider", "holder", "other"])
def test_nobody_else_moves_shares(lab, agreed, name, shares, caller):
    """The admin neither, who could only give itself the role."""
    args = (lab.actor("holder"), lab.actor("other"), *(() if shares is None else (shares,)))
    with lab.refused("AccessManagedUnauthorized", lab.actor(caller)):
        getattr(agreed.vault, name)(*args, sender=lab.actor(caller))


@pytest.mark.parametrize(("name", "shares"), CALLS)
def test_the_agent_does(lab, agreed, name, shares):
    args = (lab.actor("holder"), lab.actor("other"), *(() if shares is None else (shares,)))
    getattr(agreed.vault, name)(*args, sender=lab.actor("agent"))
    assert agreed.vault.balanceOf(lab.actor("other")) == (500 * agreed.scale if shares is None else 1)
