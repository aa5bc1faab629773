"""The key is opened by its passphrase, signs as the chain expects, and is told to nobody."""

import json
import pickle

import pytest
from eth_account import Account
from eth_keyfile.keyfile import create_keyfile_json
from eth_keys.datatypes import Signature

from salvor.node.config import KeyFile
from salvor.node.errors import KeyUnfit
from salvor.node.keyring import Signer, address_without_passphrase, open_signer
from salvor.node.transaction import Transaction
from salvor.tape.merkle import keccak

SECRET = bytes.fromhex("c0ffee" + "17" * 29)
ADDRESS = Account.from_key(SECRET).address
PASSPHRASE = "correct horse battery"


@pytest.fixture
def keyfile(tmp_path):
    path = tmp_path / "key.json"
    path.write_text(json.dumps(create_keyfile_json(SECRET, PASSPHRASE.encode(), kdf="pbkdf2", iterations=2)))
    return path


def opened(keyfile, **changes):
    return open_signer(KeyFile(file=str(keyfile), **changes))


class TestOpen:
    def test_with_a_passphrase_from_the_environment(self, keyfile, monkeypatch):
        monkeypatch.setenv("SALVOR_NODE_PASSPHRASE", PASSPHRASE)
        assert opened(keyfile, passphrase_env="SALVOR_NODE_PASSPHRASE").address == ADDRESS

    def test_with_a_passphrase_from_a_file(self, keyfile, tmp_path):
        secret = tmp_path / "passphrase"
        secret.write_text(f"{PASSPHRASE}\n")
        secret.chmod(0o600)
        assert opened(keyfile, passphrase_file=str(secret)).address == ADDRESS
        secret.chmod(0o640)
        with pytest.raises(KeyUnfit, match="others can read this passphrase; `chmod 600"):
            opened(keyfile, passphrase_file=str(secret))

    def test_with_a_passphrase_that_is_asked_for(self, keyfile):
        asked = []
        signer = open_signer(KeyFile(file=str(keyfile)), lambda prompt: asked.append(prompt) or PASSPHRASE)
        assert (signer.address, asked) == (ADDRESS, [f"passphrase of {keyfile}"])

    def test_an_account_of_ape(self, keyfile, tmp_path, monkeypatch):
        (tmp_path / "accounts").mkdir()
        keyfile.rename(tmp_path / "accounts/appraiser.json")
        monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path))
        monkeypatch.setenv("P", PASSPHRASE)
        assert open_signer(KeyFile(account="appraiser", passphrase_env="P")).address == ADDRESS
        with pytest.raises(KeyUnfit, match="appraisr: not a key that can sign: no such account of Ape; there is: appr"):
            open_signer(KeyFile(account="appraisr"))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "it is no Web3 Secret Storage file"),
            ("[]", "it is no Web3 Secret Storage file"),
            ('{"crypto": {}, "version": 3}', "it is damaged"),
        ],
    )
    def test_refuses_another_file(self, keyfile, monkeypatch, content, said):
        monkeypatch.setenv("P", PASSPHRASE)
        keyfile.write_text(content)
        with pytest.raises(KeyUnfit, match=said):
            opened(keyfile, passphrase_env="P")

    def test_refuses_what_can_not_be_opened(self, keyfile, monkeypatch):
        monkeypatch.setenv("P", "wrong")
        for settings, said in (
            ({"passphrase_env": "P"}, "the passphrase does not open it"),
            ({"passphrase_env": "Q"}, "the environment has no Q"),
            ({}, "nobody can be asked"),
        ):
            with pytest.raises(KeyUnfit, match=said) as refused:
                opened(keyfile, **settings)
            assert "wrong" not in refused.value.message

    def test_the_address_needs_no_passphrase(self, keyfile):
        assert address_without_passphrase(KeyFile(file=str(keyfile))) == ADDRESS


class TestSigner:
    def test_signs_as_the_chain_recovers_and_always_the_same(self):
        signer, digest = Signer(SECRET), keccak(b"salvor")
        signature = signer.sign(digest)
        assert signature == signer.sign(digest) == bytes(Account.unsafe_sign_hash(digest, SECRET).signature)
        vrs = signature[64] - 27, int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])
        assert Signature(vrs=vrs).recover_public_key_from_msg_hash(digest).to_checksum_address() == ADDRESS
        assert vrs[2] <= 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

    def test_does_not_tell_its_key(self):
        signer = Signer(SECRET)
        for told in (repr(signer), str(signer), f"{vars(Signer)}"):
            assert SECRET.hex() not in told
            assert str(int.from_bytes(SECRET)) not in told
        with pytest.raises(TypeError, match="not copied"):
            pickle.dumps(signer)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 2**40])
@pytest.mark.parametrize("data", [b"", b"\x01", b"\x80", b"a" * 55, b"a" * 56, b"a" * 70_000])
def test_transactions_are_those_of_eth_account(number, data):
    transaction = Transaction(31_337, number, 1, 10**11, 21_000, ADDRESS, data)
    named, raw = transaction.sign(Signer(SECRET))
    signed = Account.sign_transaction(
        {
            "type": 2,
            "chainId": 31_337,
            "nonce": number,
            "maxPriorityFeePerGas": 1,
            "maxFeePerGas": 10**11,
            "gas": 21_000,
            "to": ADDRESS,
            "value": 0,
            "data": data,
        },
        SECRET,
    )
    assert (named, raw) == (f"0x{signed.hash.hex().removeprefix('0x')}", bytes(signed.raw_transaction))
