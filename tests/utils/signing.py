"""People with a key of their own, who sign allowances (EIP-2612); written from the standard, not from the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey, Signature

from salvor.chain.engine import CHAIN_ID

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
_PERMIT = keccak(b"Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)")


class Signer:
    """An account on an engine whose address follows from its key."""

    def __init__(self, role: str) -> None:
        self.key = PrivateKey(keccak(f"salvor signer: {role}".encode()))
        self.role, self.address = role, self.key.public_key.to_checksum_address()
        self.word = bytes.fromhex(self.address[2:]).rjust(32, b"\0")

    def __repr__(self) -> str:
        return self.role


@dataclass(frozen=True)
class Permission:
    """What an owner allows, for one note and one number of the owner's."""

    note: Any
    owner: str
    spender: str
    units: int
    nonce: int
    deadline: int

    @property
    def digest(self) -> bytes:
        """What is signed."""
        texts = [keccak(text.encode()) for text in (self.note.name(), "1")]
        kinds = ("bytes32", "bytes32", "bytes32", "uint256", "address")
        domain = keccak(encode(kinds, (_DOMAIN, *texts, CHAIN_ID, self.note.address)))
        words = (_PERMIT, self.owner, self.spender, self.units, self.nonce, self.deadline)
        content = keccak(encode(("bytes32", "address", "address", "uint256", "uint256", "uint256"), words))
        return keccak(b"\x19\x01" + domain + content)

    def signed_by(self, signer: Signer) -> Signature:
        """The signature."""
        return signer.key.sign_msg_hash(self.digest)

    def recovered(self, signature: Signature) -> str:
        """Whose it would be over this permission."""
        return signature.recover_public_key_from_msg_hash(self.digest).to_checksum_address()


def parts(signature: Signature) -> tuple[int, bytes, bytes]:
    """As the chain takes it: v, r, s."""
    return signature.v + 27, signature.r.to_bytes(32), signature.s.to_bytes(32)
