"""Who vouches for investors: an account that signs what the registry asks it to sign."""

from __future__ import annotations

from typing import Any, Protocol

from eth_abi import encode
from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

Claim = tuple[str, int, int, int, int, str, int]  # the struct of interfaces/IIdentities.sol, in its order
_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_CLAIM = keccak(
    b"Claim(address identity,uint256 topic,uint32 value,uint40 issuedAt,uint40 validUntil,address issuer,uint24 epoch)"
)


def digest_of(claim: Claim, chain_id: int, registry: str) -> bytes:
    """What an issuer signs (EIP-712), for one registry on one chain; without asking it."""
    words = ("bytes32", "bytes32", "bytes32", "uint256", "address")
    domain = keccak(encode(words, (_DOMAIN, keccak(b"Salvor Claims"), keccak(b"1"), chain_id, registry)))
    kinds = ("bytes32", "address", "uint256", "uint32", "uint40", "uint40", "address", "uint24")
    return bytes(keccak(b"\x19\x01" + domain + keccak(encode(kinds, (_CLAIM, *claim)))))


class Issuer(Protocol):
    """A trusted issuer."""

    address: str

    def sign(self, digest: bytes) -> bytes:
        """65 bytes over a claim's digest: r, s and v as 27 or 28."""
        ...


class KeyIssuer:
    """An issuer whose key is at hand; for rehearsals and tests."""

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.address = str(self._key.public_key.to_checksum_address())

    def sign(self, digest: bytes) -> bytes:
        """Deterministic (RFC 6979), low s."""
        signature = self._key.sign_msg_hash(digest)
        return bytes(signature.r.to_bytes(32, "big") + signature.s.to_bytes(32, "big") + bytes([signature.v + 27]))


class ApeIssuer:
    """An account of Ape's, which asks before it signs."""

    def __init__(self, account: Any) -> None:
        self._account = account
        self.address = str(account.address)

    def sign(self, digest: bytes) -> bytes:
        """By the account's own key."""
        signature = self._account.sign_raw_msghash(digest)
        return bytes(signature.encode_rsv())
