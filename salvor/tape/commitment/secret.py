"""The tape's secret: 32 bytes from which every salt is made, kept in a file that a passphrase opens.

The file is Web3 Secret Storage (scrypt, AES-128-CTR), as wallets use. Who loses it or the passphrase can prove nothing
of the tape any more, and nobody can help: `WARNING` says so before one is drawn.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_keyfile.keyfile import create_keyfile_json, decode_keyfile_json

from salvor.errors import FileMissing, PassphraseWrong, SecretUnfit
from salvor.files import write_whole
from salvor.tape.commitment.leaves import name_hash

WARNING = (
    "A secret will be drawn, from which the salts of all fields are made. Without the secret file AND its passphrase "
    "no loan and no field of this tape can ever be proved again, and nobody can restore them. "
    "Keep copies of both, apart from each other."
)
SHORTEST = 12  # characters of a passphrase
_WORK = 1 << 18  # scrypt's n: about a second and 256 MB for whoever guesses, each time
_MOST_WORK = 1 << 20  # a file that asks for more is an attack on this machine


@dataclass(frozen=True)
class Secret:
    """32 bytes; two salts of one secret tell nothing of each other."""

    _bytes: bytes = field(repr=False)

    @classmethod
    def draw(cls) -> Secret:
        """From the system's own source of chance; below 2^255, as the file must hold a number of a certain range."""
        return cls(bytes([secrets.randbelow(128)]) + secrets.token_bytes(31))

    def salt_maker(self, name: str) -> _SaltMaker:
        """Makes the salts of one field."""
        return _SaltMaker(self._bytes, b"salvor.field.1", name_hash(name))

    def field_salt(self, place: int, name: str) -> bytes:
        """Of one field of the loan at a place among the accepted ones."""
        return self.salt_maker(name)(place)

    def collection_salt(self, period: int, place: int) -> bytes:
        """Of what one loan paid in a period."""
        data = period.to_bytes(8, "big") + place.to_bytes(8, "big")
        return hashlib.blake2b(data, digest_size=32, key=self._bytes, person=b"salvor.collect.1").digest()

    def fingerprint(self) -> str:
        """Tells two secrets apart without telling either; 16 hexadecimal digits."""
        return hashlib.blake2b(b"", digest_size=8, key=self._bytes, person=b"salvor.print.1").hexdigest()

    def save(self, path: Path, passphrase: str, *, work: int = _WORK) -> None:
        """Write the file, only for its owner to read; never over another one."""
        if len(passphrase) < SHORTEST:
            raise SecretUnfit(path, f"the passphrase must have {SHORTEST} characters or more")
        if path.exists():
            raise SecretUnfit(path, "it is there already; name another file, or use the one that is there")
        content = create_keyfile_json(self._bytes, passphrase, kdf="scrypt", iterations=work)
        del content["address"]  # it is no wallet, and must not be taken for one
        content["salvor_secret"] = "1"
        content["fingerprint"] = self.fingerprint()
        write_whole(path, json.dumps(content, indent=2) + "\n", mode=0o600)

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Secret:
        """Read the file; raises `PassphraseWrong`, or `SecretUnfit` when it is none of ours or damaged."""
        content = _read(path)
        try:
            opened = cls(bytes(decode_keyfile_json(content, passphrase)))
        except ValueError as error:
            if "MAC" in str(error):
                raise PassphraseWrong(path) from None
            raise SecretUnfit(path, f"it is damaged ({error})") from None
        except (KeyError, TypeError) as error:
            raise SecretUnfit(path, f"it is damaged ({error!r})") from None
        if opened.fingerprint() != content.get("fingerprint"):
            raise SecretUnfit(path, "its fingerprint is not of its secret; it was put together from two files")
        return opened


class _SaltMaker:
    """The salts of one field, loan by loan."""

    def __init__(self, key: bytes, person: bytes, tail: bytes) -> None:
        self._start, self._tail = hashlib.blake2b(digest_size=32, key=key, person=person), tail

    def __call__(self, place: int) -> bytes:
        salt = self._start.copy()
        salt.update(place.to_bytes(8, "big") + self._tail)
        return salt.digest()


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise FileMissing(path, "secret file")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        crypto = content["crypto"]
        work = crypto["kdfparams"]
        fits = crypto["kdf"] == "scrypt" and 1 < work["n"] <= _MOST_WORK and work["r"] == 8 and work["p"] == 1
    except (ValueError, KeyError, TypeError):
        raise SecretUnfit(path, "it is no secret file, or damaged") from None
    if content.get("salvor_secret") != "1" or not fits:
        raise SecretUnfit(path, "it is no secret file of this version")
    return dict(content)
