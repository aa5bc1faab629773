"""sherlock 2024-04-titles #9, SocketDotTech/socket-DL #254, Vectorized/solady #1260: two valid forms of one signature.

A replay guard that stores the hash of the signature's bytes lets the other form in. What is used up here is the nonce
of a signer and key (rule 23); forms that are not 65 bytes with a low s are no signature at all, and a signature of
nobody is never taken for that of a missing signer.
"""

import pytest
from eth_keys.datatypes import PrivateKey, Signature

from salvor.model.oracle_reports import Report, Told
from tests.utils.oracle import FOREVER, KEY, NO_ADDRESS, WAD, set_stage

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ONE = PrivateKey((1).to_bytes(32))
# The published case: digest keccak("salvor"), key 1.
DIGEST = bytes.fromhex("2e8ca4ddeb368c0b9a334a20217b54f0d1571843eb82f5a4976c29036a9edb21")
R = 0x5CBDF0646E5DB4EAA398F365F2EA7A0E3D419B7E0330E39CE92BDDEDCAC4F9BC
LOW, HIGH = (
    0x10AC33D1F333F6B84050897F21A85024864C4F05401540FF2D9A9ECD161E0F7C,
    0xEF53CC2E0CCC0947BFAF7680DE57AFDA34628DE16F335F3C9237BFBFBA1831C5,
)


def forms(r, s, v):
    """Other ways to write a signature (v 27 or 28)."""
    high = r.to_bytes(32) + (ORDER - s).to_bytes(32) + bytes([55 - v])
    return {
        "s in the upper half": high,
        "compact": r.to_bytes(32) + (s | (v - 27) << 255).to_bytes(32),
        "v of 0 or 1": r.to_bytes(32) + s.to_bytes(32) + bytes([v - 27]),
        "all zeros": bytes(65),
        "nothing": b"",
    }


@pytest.fixture
def stage(lab):
    stage = set_stage(lab)
    stage.reports.addSigner(ONE.public_key.to_checksum_address(), bytes(32), sender=stage.keeper)
    return stage


def signed(stage, nonce=1):
    report = Report(Told(KEY, 5 * WAD, stage.lab.now), nonce, FOREVER)
    signature = ONE.sign_msg_hash(report.digest(stage.domain))
    return report, (signature.r, signature.s, signature.v + 27)


def submit(stage, report, signature, signer=None):
    signer = signer or ONE.public_key.to_checksum_address()
    return stage.reports.submit(signer, report.words, signature, sender=stage.outsider)


def whole(r, s, v):
    return r.to_bytes(32) + s.to_bytes(32) + bytes([v])


def test_the_published_pair_is_one_signature_in_two_forms():
    assert ORDER - LOW == HIGH
    for v, s in ((28, LOW), (27, HIGH)):
        assert Signature(vrs=(v - 27, R, s)).recover_public_key_from_msg_hash(DIGEST) == ONE.public_key
    assert forms(R, LOW, 28)["s in the upper half"] == whole(R, HIGH, 27)


@pytest.mark.parametrize("form", forms(1, 1, 27))
def test_another_form_is_refused_before_and_after(stage, form):
    report, good = signed(stage)
    with stage.lab.refused("SignatureWrong"):
        submit(stage, report, forms(*good)[form])
    submit(stage, report, whole(*good))
    with stage.lab.refused("SignatureWrong"):
        submit(stage, report, forms(*good)[form])
    with stage.lab.refused("NonceUsed", ONE.public_key.to_checksum_address(), KEY, 1, 1):
        submit(stage, report, whole(*good))


def test_nobody_signs_for_the_zero_address(stage):
    report, _ = signed(stage)
    with stage.lab.refused("NotASigner", NO_ADDRESS):
        submit(stage, report, bytes(65), NO_ADDRESS)
    with stage.lab.refused("SignerZero"):
        stage.reports.addSigner(NO_ADDRESS, bytes(32), sender=stage.keeper)


def test_a_second_signature_over_the_same_values_is_a_replay_too(stage):
    """The same content under another valid-until has other bytes; what counts is the nonce."""
    report, good = signed(stage)
    submit(stage, report, whole(*good))
    again = Report(report.told, 1, FOREVER - 1)
    other = ONE.sign_msg_hash(again.digest(stage.domain))
    with stage.lab.refused("NonceUsed"):
        submit(stage, again, whole(other.r, other.s, other.v + 27))
