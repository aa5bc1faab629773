"""A client that knows T-REX's ABI and nothing else runs an issue on our contracts: not one call of it is other."""

import pytest

from tests.conformance.erc3643.trex import client_abi
from tests.utils.regulated import ITALY, KENYA, NO_LIMIT, NOBODY, open_office


@pytest.fixture
def office(lab):
    return open_office(lab, topics=())


@pytest.fixture
def client(lab, office):
    """T-REX's contracts, found as a client finds them: from the token on."""

    class Client:
        owner, agent = office.admin, lab.actor("client's agent")
        token = client_abi("token").at(lab.engine, office.note.address)
        registry = client_abi("identity registry").at(lab.engine, token.identityRegistry())
        storage = client_abi("identity registry storage").at(lab.engine, registry.identityStorage())
        topics = client_abi("claim topics registry").at(lab.engine, registry.topicsRegistry())
        issuers = client_abi("trusted issuers registry").at(lab.engine, registry.issuersRegistry())
        compliance = client_abi("modular compliance").at(lab.engine, token.compliance())

    return Client


def test_an_issue_from_its_first_day_to_its_last(lab, office, client):
    owner, agent, token = client.owner, client.agent, client.token
    first, second, third, new = (lab.actor(f"{place} investor") for place in ("first", "second", "third", "new"))
    # agents
    for contract in (token, client.registry):
        contract.addAgent(agent, sender=owner)
        assert contract.isAgent(agent)
    # trust
    client.issuers.addTrustedIssuer(lab.actor("issuer"), [7, 9], sender=owner)
    client.issuers.updateIssuerClaimTopics(lab.actor("issuer"), [7], sender=owner)
    assert client.issuers.getTrustedIssuersForClaimTopic(7) == (lab.actor("issuer").address,)
    assert client.issuers.hasClaimTopic(lab.actor("issuer"), 7)
    assert client.issuers.getTrustedIssuerClaimTopics(lab.actor("issuer")) == (7,)
    # investors
    identity = [lab.actor(f"identity {place}").address for place in range(3)]
    client.registry.registerIdentity(first, identity[0], ITALY, sender=agent)
    client.registry.batchRegisterIdentity([second, third], identity[1:], [ITALY, KENYA], sender=agent)
    assert client.registry.contains(third)
    assert client.registry.isVerified(third)
    assert (client.registry.identity(second), client.registry.investorCountry(third)) == (identity[1], KENYA)
    assert client.storage.storedInvestorCountry(third) == KENYA
    # units
    token.unpause(sender=agent)
    token.batchMint([first, second], [100, 50], sender=agent)
    token.mint(first, 1, sender=agent)
    token.transfer(third, 11, sender=first)
    token.batchTransfer([second, third], [5, 5], sender=first)
    token.approve(second, 5, sender=first)
    token.transferFrom(first, third, 5, sender=second)
    assert [token.balanceOf(each) for each in (first, second, third)] == [75, 55, 21]
    assert token.totalSupply() == 151
    # supervision
    token.setAddressFrozen(first, True, sender=agent)
    with lab.refused("HolderFrozen", first):
        token.transfer(third, 1, sender=first)
    token.batchSetAddressFrozen([first], [False], sender=agent)
    token.freezePartialTokens(first, 70, sender=agent)
    assert token.getFrozenTokens(first) == 70
    with lab.refused("UnitsFrozen", first, 6, 5):
        token.transfer(third, 6, sender=first)
    token.unfreezePartialTokens(first, 10, sender=agent)
    receipt = token.forcedTransfer(first, third, 20, sender=agent)
    assert receipt.return_value is True
    assert (token.balanceOf(first), token.getFrozenTokens(first)) == (55, 55)
    token.pause(sender=agent)
    assert token.paused()
    with lab.refused("NotePaused"):
        token.transfer(second, 1, sender=third)
    token.unpause(sender=agent)
    # recovery
    token.recoveryAddress(first, new, identity[0], sender=agent)
    assert (token.balanceOf(first), token.balanceOf(new), token.getFrozenTokens(new)) == (0, 55, 55)
    assert not client.registry.contains(first)
    # names, compliance
    token.setName("Second name", sender=owner)
    token.setSymbol("SEC", sender=owner)
    token.setOnchainID(identity[2], sender=owner)
    assert (token.name(), token.symbol(), token.onchainID(), token.version()) == (
        "Second name",
        "SEC",
        identity[2],
        "4.1.6",
    )
    module = lab.deploy("HolderCount", office.compliance, NO_LIMIT, [NO_LIMIT] * 4, [], [], sender=owner)
    client.compliance.addModule(module, sender=owner)
    assert client.compliance.isModuleBound(module)
    client.compliance.callModuleFunction(module.set.encode(9, [9] * 4, [], []), module, sender=owner)
    client.compliance.removeModule(module, sender=owner)
    assert client.compliance.getModules() == ()
    assert client.compliance.getTokenBound() == token.address
    assert client.compliance.canTransfer(second, third, 1)
    # the end
    token.batchBurn([second, third, new], [55, 41, 55], sender=agent)
    assert token.totalSupply() == 0
    client.registry.deleteIdentity(new, sender=agent)
    token.removeAgent(agent, sender=owner)
    with lab.refused("NotAnAgent", agent):
        token.pause(sender=agent)


def test_a_compliance_and_a_registry_are_changed_by_its_calls(lab, office, client):
    office.holder("holder", 10, 0, 0)
    other = lab.deploy("RegulatedCompliance", office.access, NOBODY, sender=office.admin)
    with lab.refused("NotTheToken", client.token, NOBODY):  # ours is bound first, by its owner
        client.token.setCompliance(other, sender=client.owner)
    other.bindToken(client.token, sender=client.owner)
    client.token.setCompliance(other, sender=client.owner)
    assert (client.token.compliance(), other.getTokenBound()) == (other.address, client.token.address)
    with lab.refused("TransferRefused", code=11):  # until the registry tells the new compliance, nobody is verified
        client.token.transfer(lab.actor("holder"), 1, sender=lab.actor("holder"))
    office.registry.watch(other, sender=client.owner)
    client.token.transfer(lab.actor("holder"), 1, sender=lab.actor("holder"))
    client.token.setIdentityRegistry(office.registry, sender=client.owner)
    client.token.transfer(lab.actor("holder"), 1, sender=lab.actor("holder"))
    assert other.registry() == office.registry.address


def test_a_registry_is_its_own_storage(lab, office, client):
    client.registry.setIdentityRegistryStorage(client.registry, sender=client.owner)
    with lab.refused("OwnStorageOnly", office.note):
        client.registry.setIdentityRegistryStorage(office.note, sender=client.owner)


def test_a_registry_of_t_rex_can_write_into_our_storage(lab, office, client):
    """Bound as T-REX binds: it becomes an agent, and what it writes holds."""
    theirs, wallet = lab.actor("a registry of T-REX"), lab.actor("investor")
    client.storage.bindIdentityRegistry(theirs, sender=client.owner)
    client.storage.addIdentityToStorage(wallet, office.identity("investor"), ITALY, sender=theirs)
    assert client.storage.storedIdentity(wallet) == office.identity("investor")
    client.storage.modifyStoredInvestorCountry(wallet, KENYA, sender=theirs)
    assert client.registry.investorCountry(wallet) == KENYA
    client.storage.removeIdentityFromStorage(wallet, sender=theirs)
    client.storage.unbindIdentityRegistry(theirs, sender=client.owner)
    with lab.refused("NotAnAgent", theirs):
        client.storage.addIdentityToStorage(wallet, office.identity("investor"), ITALY, sender=theirs)
