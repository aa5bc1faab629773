"""The signer's key: opened once, kept in this process, and told to nobody: not to a log, an error, a file or `repr`."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

from coincurve import PrivateKey
from eth_hash.auto import keccak
from eth_keyfile.keyfile import decode_keyfile_json

from salvor.chain.codec import address_of, checksummed
from salvor.errors import AddressInvalid
from salvor.node.config import KeyFile
from salvor.node.errors import KeyUnfit

_DATA = "APE_DATA_FOLDER"


class Signer:
    """Signs digests with one key."""

    __slots__ = ("_key", "address")

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        public = self._key.public_key.format(compressed=False)[1:]
        self.address = checksummed[bytes(keccak(public))[12:]]

    def __repr__(self) -> str:
        return f"Signer({self.address})"

    def __reduce__(self) -> Any:
        raise TypeError("a signer is not copied to another process")

    def sign(self, digest: bytes) -> bytes:
        """65 bytes r, s, v (27 or 28), s in the lower half; the same digest gives the same bytes (RFC 6979)."""
        signed = self._key.sign_recoverable(digest, hasher=None)
        return bytes(signed[:64]) + bytes([27 + signed[64]])


def open_signer(settings: KeyFile, ask: Any = None) -> Signer:
    """The key of the settings; `ask` is called for a passphrase that stands nowhere."""
    path = _path(settings)
    content = _content(path)
    passphrase = _passphrase(settings, path, ask)
    try:
        return Signer(bytes(decode_keyfile_json(content, passphrase.encode())))
    except ValueError as error:
        reason = "the passphrase does not open it" if "MAC" in str(error) else "it is damaged"
        raise KeyUnfit(str(path), reason) from None
    except (KeyError, TypeError):
        raise KeyUnfit(str(path), "it is damaged") from None


def address_without_passphrase(settings: KeyFile) -> str:
    """Whose key it is, as the file tells; a file that does not must be opened to know."""
    path = _path(settings)
    try:
        return address_of(f"0x{_content(path)['address'].removeprefix('0x')}")
    except (KeyError, AttributeError, AddressInvalid):
        return open_signer(settings).address


def _path(settings: KeyFile) -> Path:
    return Path(settings.file) if settings.file else _account_file(settings.account or "")


def _account_file(alias: str) -> Path:
    folder = Path(os.environ.get(_DATA) or Path.home() / ".ape") / "accounts"
    path = folder / f"{alias}.json"
    if not path.is_file():
        there = ", ".join(sorted(each.stem for each in folder.glob("*.json"))) or "none"
        raise KeyUnfit(alias, f"no such account of Ape; there is: {there} (`ape accounts import {alias}` makes one)")
    return path


def _content(path: Path) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KeyUnfit(str(path), (error.strerror or "it can't be read").lower()) from None
    except ValueError:
        raise KeyUnfit(str(path), "it is no Web3 Secret Storage file") from None
    if not isinstance(content, dict) or not {"crypto", "version"} <= set(content):
        raise KeyUnfit(str(path), "it is no Web3 Secret Storage file")
    return content


def _passphrase(settings: KeyFile, path: Path, ask: Any) -> str:
    if name := settings.passphrase_env:
        if name not in os.environ:
            raise KeyUnfit(str(path), f"the environment has no {name}, where its passphrase should be")
        return os.environ[name]
    if settings.passphrase_file:
        return _from_file(Path(settings.passphrase_file))
    if ask is None:
        raise KeyUnfit(str(path), "nothing says where its passphrase is, and nobody can be asked")
    return str(ask(f"passphrase of {path}"))


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyUnfit(str(path), f"others can read this passphrase; `chmod 600 {path}`")
        return path.read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnfit(str(path), f"it can't be read ({type(error).__name__})") from None
