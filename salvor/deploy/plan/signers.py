"""Who signs: a key in this process's memory, an account of Ape, or a node that lets anybody send.

A signer gets a whole transaction, nonce included, and gives the bytes to broadcast. No key reaches a file or a log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from eth_hash.auto import keccak

from salvor.chain.codec import address_of

Fields = Mapping[str, Any]  # chainId, nonce, to, data, value, gas, and fees as in EIP-1559 or gasPrice


@dataclass(frozen=True)
class Signed:
    """What is broadcast, and the hash by which it is found; a node that signs tells the hash later."""

    raw: bytes
    hash: str = ""

    @property
    def question(self) -> tuple[str, tuple[Any, ...]]:
        """How it is handed to a node."""
        if self.hash:
            return "eth_sendRawTransaction", (f"0x{self.raw.hex()}",)
        return "eth_sendTransaction", (json.loads(self.raw),)


class Signer(Protocol):
    """Signs for one address."""

    @property
    def address(self) -> str:
        """With checksum."""
        ...

    def sign(self, fields: Fields) -> Signed:
        """The whole transaction."""
        ...


class _Somebody:
    """Has an address, and stands as an argument wherever one does."""

    __slots__ = ("address",)
    address: str

    @property
    def word(self) -> bytes:
        """The address as 32 bytes."""
        return bytes.fromhex(self.address[2:]).rjust(32, b"\0")


class Key(_Somebody):
    """A private key; it is neither shown nor kept anywhere else."""

    __slots__ = ("_account",)

    def __init__(self, key: str | bytes) -> None:
        from eth_account import Account

        self._account = Account.from_key(key)
        self.address = address_of(self._account.address)

    def __repr__(self) -> str:
        return f"Key of {self.address}"

    def sign(self, fields: Fields) -> Signed:
        """In this process."""
        raw = bytes(self._account.sign_transaction(dict(fields)).raw_transaction)
        return Signed(raw, hash_of(raw))


class ApeSigner(_Somebody):
    """An account of Ape: a keyfile, a hardware wallet, or whatever a plugin brings."""

    __slots__ = ("_account", "_ecosystem")

    def __init__(self, account: Any, ecosystem: Any) -> None:
        self._account, self._ecosystem, self.address = account, ecosystem, address_of(account.address)

    def __repr__(self) -> str:
        return f"Ape's account {self.address}"

    def sign(self, fields: Fields) -> Signed:
        """By Ape, which may ask for a passphrase, or for a button to be pressed."""
        names = {
            "to": "receiver",
            "gas": "gas_limit",
            "maxFeePerGas": "max_fee",
            "maxPriorityFeePerGas": "max_priority_fee",
            "gasPrice": "gas_price",
            "chainId": "chain_id",
        }
        given = {names.get(name, name): value for name, value in fields.items() if name != "type"}
        made = self._ecosystem.create_transaction(**given, type=fields["type"], sender=self.address)
        signed = self._account.sign_transaction(made)
        if signed is None:
            from salvor.deploy.plan.refusals import SignerMissing

            raise SignerMissing(self.address, ["its owner, who did not sign"])
        raw = bytes(signed.serialize_transaction())
        return Signed(raw, hash_of(raw))


class Impersonated(_Somebody):
    """An account that a test node or a fork lets anybody send from: the node signs, and tells the hash."""

    __slots__ = ()

    def __init__(self, address: str) -> None:
        self.address = address_of(address)

    def __repr__(self) -> str:
        return f"impersonated {self.address}"

    def sign(self, fields: Fields) -> Signed:
        """The transaction as JSON; nothing is signed here."""
        shown = {name: hex(value) if isinstance(value, int) else value for name, value in fields.items()}
        shown |= {"from": self.address, "data": f"0x{bytes(fields['data']).hex()}"}
        return Signed(json.dumps({name: value for name, value in shown.items() if name != "chainId"}).encode())


def hash_of(raw: bytes) -> str:
    """A transaction's hash, from its bytes."""
    return f"0x{bytes(keccak(raw)).hex()}"
