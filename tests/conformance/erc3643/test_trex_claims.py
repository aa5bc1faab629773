"""A client of T-REX that issues claims, with one claim topic: which of its calls work here, and which two are more.

Its claims are ONCHAINID's (ERC-735), signed over identity, topic and data, put into the identity's own contract. Our
registry keeps claims of its own form, so `OnchainIdIssuer` stands in for the client's issuer and brings them.
"""

import pytest
from eth_abi import encode
from eth_hash.auto import keccak

from tests.conformance.erc3643.trex import client_abi
from tests.utils.regulated import CLASS, DAY, ITALY, KYC, open_office, signed
from tests.utils.signing import Signer

KEY, STRANGER = Signer("key of a claim issuer of ONCHAINID"), Signer("key of nobody's")
LASTS = 30 * DAY


@pytest.fixture
def office(lab):
    """One topic is asked for; the client's issuer speaks through `bridge`."""
    office = open_office(lab)
    office.claim_issuer = lab.deploy("OnchainClaimIssuer", KEY.address, sender=office.admin)
    office.bridge = lab.deploy("OnchainIdIssuer", office.registry, office.claim_issuer, LASTS, sender=office.admin)
    client_abi("trusted issuers registry").at(lab.engine, office.registry.issuersRegistry()).addTrustedIssuer(
        office.bridge, [KYC, CLASS], sender=office.admin
    )
    office.client = client_abi("identity registry").at(lab.engine, office.note.identityRegistry())
    return office


@pytest.fixture
def onchain_id(lab, office):
    """Makes an identity, registers its wallet, and has the issuer's claim put into it, as T-REX's own scripts do."""

    def make(name, topic=KYC, data=b"checked", key=KEY):
        identity = lab.deploy("OnchainIdentity", sender=lab.actor(name))
        office.client.registerIdentity(lab.actor(name), identity, ITALY, sender=office.agent)
        show(office, identity, topic, data, key)
        return identity

    return make


def show(office, identity, topic, data, key=KEY):
    content = keccak(encode(["address", "uint256", "bytes"], [identity.address, topic, data]))
    signature = signed(key, keccak(b"\x19Ethereum Signed Message:\n32" + content))
    identity.addClaim(topic, 1, office.claim_issuer, signature, data, "", sender=office.agent)
    return signature


def test_a_claim_counts_once_it_was_brought(lab, office, onchain_id):
    anybody = lab.actor("anybody")
    first, second = onchain_id("first"), onchain_id("second")
    assert not office.client.isVerified(lab.actor("first"))
    for identity in (first, second):
        office.bridge.bring(identity, KYC, sender=anybody)
    assert office.client.isVerified(lab.actor("first"))
    assert office.client.investorCountry(lab.actor("first")) == ITALY
    token = client_abi("token").at(lab.engine, office.note.address)
    token.mint(lab.actor("first"), 10, sender=office.agent)
    token.transfer(lab.actor("second"), 4, sender=lab.actor("first"))
    assert token.balanceOf(lab.actor("second")) == 4


def test_it_lasts_and_is_brought_again(lab, office, onchain_id):
    identity, wallet = onchain_id("first"), lab.actor("first")
    for _ in range(2):
        office.bridge.bring(identity, KYC, sender=wallet)
        assert office.bridge.broughtOf(identity, KYC).validUntil == lab.now + LASTS
        lab.wait(LASTS - 1)
        assert office.client.isVerified(wallet)
        lab.wait(1)
        assert not office.client.isVerified(wallet)


@pytest.mark.parametrize("by", ["issuer", "holder"])
def test_it_is_dropped_once_it_was_taken_back(lab, office, onchain_id, by):
    identity, wallet, anybody = onchain_id("first"), lab.actor("first"), lab.actor("anybody")
    office.bridge.bring(identity, KYC, sender=anybody)
    with lab.refused("ClaimStands", identity, KYC):
        office.bridge.drop(identity, KYC, sender=anybody)
    if by == "issuer":
        signature = show(office, identity, KYC, b"checked")
        office.claim_issuer.revokeClaimBySignature(signature, sender=office.agent)
    else:
        identity.removeClaim(keccak(encode(["address", "uint256"], [office.claim_issuer.address, KYC])), sender=wallet)
    assert office.client.isVerified(wallet)  # until somebody says so
    office.bridge.drop(identity, KYC, sender=anybody)
    assert not office.client.isVerified(wallet), "RG-01"
    with lab.refused("NoClaimThere", identity, KYC):
        office.bridge.bring(identity, KYC, sender=wallet)
    with lab.refused("NothingBrought", identity, KYC):
        office.bridge.drop(identity, KYC, sender=anybody)


def test_only_what_the_issuer_signed_is_brought(lab, office, onchain_id):
    identity, person = onchain_id("first"), lab.actor("anybody")
    own_issuer = lab.deploy("OnchainClaimIssuer", STRANGER.address, sender=person)
    theirs = lab.deploy("OnchainIdIssuer", office.registry, own_issuer, LASTS, sender=person)
    with lab.refused("NoClaimThere", identity, KYC):
        theirs.bring(identity, KYC, sender=person)
    with lab.refused("NoClaimThere", identity, CLASS):
        office.bridge.bring(identity, CLASS, sender=person)
    with lab.refused("NoClaimThere", person, KYC):  # no contract
        office.bridge.bring(person, KYC, sender=person)
    with lab.refused("NoClaimThere", office.note, KYC):  # a contract, and no ONCHAINID
        office.bridge.bring(office.note, KYC, sender=person)
    claim = office.claim(identity.address, KYC, issuer=office.bridge.address)
    with lab.refused("WrongSignature", office.bridge):  # it signs nothing but what it brings
        office.add(claim, b"\x01" * 65)


def test_a_class_is_the_number_in_its_data(lab, office, onchain_id):
    identity = onchain_id("first", CLASS, (2).to_bytes(32))
    office.bridge.bring(identity, CLASS, sender=office.agent)
    assert tuple(office.bridge.broughtOf(identity, CLASS))[2] == 2
    show(office, identity, CLASS, b"professional")
    lab.wait(1)
    with lab.refused("ValueOutOfRange", CLASS, 0):
        office.bridge.bring(identity, CLASS, sender=office.agent)


def test_a_claim_lasts_for_a_time(lab, office):
    for lasts in (0, 367 * DAY):
        with lab.refused("LastsOutOfRange", lasts, 366 * DAY):
            lab.deploy("OnchainIdIssuer", office.registry, office.claim_issuer, lasts, sender=office.admin)
