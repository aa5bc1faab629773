"""B01: an investor's identity named an issuer of its own for the trusted one's claim, and was believed (ERC-3643 #101).

Here nothing is asked of an identity. A claim names its issuer, is refused unless that issuer is trusted, and the
signature is checked against the trusted issuer's own address.
"""

import pytest

from tests.utils.regulated import KYC, open_office


@pytest.fixture
def office(lab):
    office = open_office(lab)
    office.wallet("investor")
    return office


@pytest.fixture
def attacker(lab, office):
    """A contract that calls every signature good."""
    return lab.deploy("ObligingIssuer", sender=office.admin)


@pytest.mark.parametrize("issuer", ["attacker", "the identity itself", "nobody"])
def test_an_issuer_who_is_not_trusted_is_refused(lab, office, attacker, issuer):
    identity = office.identity("investor")
    named = {"attacker": attacker.address, "the identity itself": identity, "nobody": "0x" + "00" * 20}
    claim = office.claim(identity, KYC, issuer=named[issuer])
    with lab.refused("IssuerNotTrusted", claim.issuer, KYC):
        office.add(claim, b"good")
    assert not office.registry.isVerified(lab.actor("investor")), "RG-01"
    assert not office.compliance.canTransfer("0x" + "00" * 20, lab.actor("investor"), 1)


def test_a_claim_in_the_trusted_issuer_s_name_is_checked_against_it(lab, office, attacker):
    claim = office.claim(office.identity("investor"), KYC)
    with lab.refused("WrongSignature", office.issuer.address):
        office.add(claim, attacker.address.encode())


def test_a_trusted_contract_that_fails_says_no(lab, office, attacker):
    office.issuers.addTrustedIssuer(attacker, [KYC], sender=office.admin)
    attacker.tell(bytes(4), True, sender=office.admin)
    claim = office.claim(office.identity("investor"), KYC, issuer=attacker.address)
    with lab.refused("WrongSignature", attacker):
        office.add(claim, b"good")
