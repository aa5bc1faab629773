"""B02: of several claims of one topic, a bad one that came first hid a good one (T-REX #73, #83).

A bad claim does not come in, so it hides nothing, in whatever order they are handed in.
"""

from itertools import permutations

import pytest

from salvor.chain.refusal import CallRefused
from tests.utils.regulated import DAY, KYC, open_office
from tests.utils.signing import Signer

UNKNOWN = Signer("an issuer whom nobody trusts")
NAMES = ("unknown", "expired", "valid")


def hand_in(office, name):
    """Each as its holder would; the expired one was good a day ago."""
    identity, now = office.identity("investor"), office.lab.now
    if name == "unknown":
        claim = office.claim(identity, KYC, issuer=UNKNOWN.address)
        signature = office.sign(claim, UNKNOWN)
    else:
        until = {"until": now - 1} if name == "expired" else {}
        claim = office.claim(identity, KYC, issued=now - DAY, **until)
        signature = office.sign(claim)
    try:
        office.add(claim, signature)
    except CallRefused as refused:
        return refused.refusal.error
    return None


@pytest.mark.parametrize("order", list(permutations(NAMES)))
def test_the_good_one_counts_in_every_order(lab, order):
    office = open_office(lab)
    wallet = office.wallet("investor")
    said = {name: hand_in(office, name) for name in order}
    assert said == {"unknown": "IssuerNotTrusted", "expired": "ClaimExpired", "valid": None}
    assert office.registry.isVerified(wallet), "RG-01"


@pytest.mark.parametrize("order", list(permutations(NAMES[:2])))
def test_two_bad_ones_make_no_good_one(lab, order):
    office = open_office(lab)
    wallet = office.wallet("investor")
    for name in order:
        hand_in(office, name)
    assert not office.registry.isVerified(wallet), "RG-01"


def test_one_that_ran_out_hides_no_other_issuer_s(lab):
    office, other = open_office(lab), Signer("other issuer")
    office.issuers.addTrustedIssuer(other.address, [KYC], sender=office.admin)
    wallet, identity = office.wallet("investor"), office.identity("investor")
    office.add(office.claim(identity, KYC, until=lab.now + DAY))
    claim = office.claim(identity, KYC, issuer=other.address)
    office.add(claim, office.sign(claim, other))
    lab.wait(DAY)
    assert office.registry.isVerified(wallet), "RG-01"
