"""The secret: salts that tell nothing of each other, and a file that only the passphrase opens."""

import hashlib
import json
import stat

import pytest

from salvor.errors import BAD_INPUT, FileMissing, PassphraseWrong, SecretUnfit
from salvor.tape.commitment.secret import WARNING, Secret
from salvor.tape.merkle import keccak

PASSPHRASE = "a long passphrase"
KEY = bytes(range(32))


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "secret.json"
    Secret(KEY).save(path, PASSPHRASE, work=2)
    return path


def change(path, **changes):
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | changes))


class TestSalts:
    def test_of_fields_are_as_the_specification_says(self):
        data = (5).to_bytes(8, "big") + keccak(b"status")
        expected = hashlib.blake2b(data, digest_size=32, key=KEY, person=b"salvor.field.1").digest()
        assert Secret(KEY).field_salt(5, "status") == expected

    def test_of_collections_are_as_the_specification_says(self):
        data = (3).to_bytes(8, "big") + (5).to_bytes(8, "big")
        expected = hashlib.blake2b(data, digest_size=32, key=KEY, person=b"salvor.collect.1").digest()
        assert Secret(KEY).collection_salt(3, 5) == expected

    def test_differ_by_loan_by_field_by_use_and_by_secret(self):
        salts = {
            make
            for secret in (Secret(KEY), Secret(KEY[::-1]))
            for make in (
                secret.field_salt(0, "a"),
                secret.field_salt(1, "a"),
                secret.field_salt(0, "b"),
                secret.collection_salt(0, 0),
                secret.collection_salt(0, 1),
                secret.collection_salt(1, 0),
            )
        }
        assert len(salts) == 12

    def test_are_drawn_anew(self):
        assert Secret.draw().field_salt(0, "a") != Secret.draw().field_salt(0, "a")

    def test_are_never_shown_with_the_secret(self):
        assert KEY.hex() not in repr(Secret(KEY))
        assert repr(KEY) not in repr(Secret(KEY))


class TestFile:
    def test_gives_the_secret_back_to_who_knows_the_passphrase(self, saved):
        assert Secret.load(saved, PASSPHRASE) == Secret(KEY)

    def test_holds_neither_secret_nor_passphrase_nor_a_wallet(self, saved):
        text = saved.read_text()
        assert KEY.hex() not in text
        assert PASSPHRASE not in text
        assert "address" not in json.loads(text)

    def test_is_only_for_its_owner_to_read(self, saved):
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600

    def test_asks_for_the_work_that_guessing_should_cost(self, tmp_path):
        Secret(KEY).save(tmp_path / "real.json", PASSPHRASE)
        parameters = json.loads((tmp_path / "real.json").read_text())["crypto"]["kdfparams"]
        assert (parameters["n"], parameters["r"], parameters["p"]) == (1 << 18, 8, 1)

    def test_is_never_written_over(self, saved):
        with pytest.raises(SecretUnfit, match="it is there already"):
            Secret.draw().save(saved, PASSPHRASE, work=2)
        assert Secret.load(saved, PASSPHRASE) == Secret(KEY)

    @pytest.mark.parametrize("passphrase", ["", "short", "elevenchars"])
    def test_is_not_written_under_a_short_passphrase(self, tmp_path, passphrase):
        with pytest.raises(SecretUnfit, match="12 characters or more"):
            Secret(KEY).save(tmp_path / "new.json", passphrase, work=2)
        assert not (tmp_path / "new.json").exists()

    def test_does_not_open_to_another_passphrase(self, saved):
        with pytest.raises(PassphraseWrong, match="the passphrase does not open it") as refused:
            Secret.load(saved, PASSPHRASE + ".")
        assert refused.value.exit_code == BAD_INPUT

    def test_that_is_not_there(self, tmp_path):
        with pytest.raises(FileMissing, match="no such secret file"):
            Secret.load(tmp_path / "none.json", PASSPHRASE)

    @pytest.mark.parametrize("text", ["", "{}", "[]", "no json", '{"crypto": {"kdf": "scrypt"}}'])
    def test_that_is_none_is_told(self, tmp_path, text):
        path = tmp_path / "odd.json"
        path.write_text(text)
        with pytest.raises(SecretUnfit, match="no secret file"):
            Secret.load(path, PASSPHRASE)

    def test_that_would_take_all_memory_is_refused_before_it_does(self, saved):
        content = json.loads(saved.read_text())
        content["crypto"]["kdfparams"]["n"] = 1 << 30
        saved.write_text(json.dumps(content))
        with pytest.raises(SecretUnfit, match="of this version"):
            Secret.load(saved, PASSPHRASE)

    def test_of_a_wallet_is_no_secret_of_a_tape(self, saved):
        change(saved, salvor_secret="0")
        with pytest.raises(SecretUnfit, match="of this version"):
            Secret.load(saved, PASSPHRASE)

    def test_put_together_from_two_is_told(self, saved):
        change(saved, fingerprint=Secret.draw().fingerprint())
        with pytest.raises(SecretUnfit, match="put together from two files"):
            Secret.load(saved, PASSPHRASE)

    def test_with_a_damaged_digit_does_not_open(self, saved):
        content = json.loads(saved.read_text())
        text = content["crypto"]["ciphertext"]
        content["crypto"]["ciphertext"] = ("0" if text[0] != "0" else "1") + text[1:]
        saved.write_text(json.dumps(content))
        with pytest.raises((PassphraseWrong, SecretUnfit)):
            Secret.load(saved, PASSPHRASE)


def test_what_losing_it_means_is_said():
    assert "can ever be proved again" in WARNING
    assert "nobody can restore them" in WARNING
