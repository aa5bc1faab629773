"""Addresses that follow from the sender and a name, and from nothing else: CREATE3 through a factory.

Where CreateX stands (on most public chains), it is the factory; elsewhere one of ours, of 102 bytes, which Arachnid's
deployment proxy puts at the same address everywhere. Both mix the sender into the salt, so that no stranger can take
an address of a plan. Ours tells why a constructor refused, which CreateX does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.chain.codec import checksummed
from salvor.deploy.plan.refusals import FactoryGone, FactoryImpossible
from salvor.deploy.plan.rpc import Node, bytes_in

ARACHNID = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
CREATEX = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"
# Of CreateX's runtime code, from its README (github.com/pcaversaccio/createx): anything else there is not CreateX.
_CREATEX_CODE = "bd8a7ea8cfca7b4e5f5041d7d4b17bc317c5ce42cfbc42066a00cf26b43eb53f"
_CREATEX_CHILD = bytes.fromhex("67363d3d37363d34f03d5260086018f3")
_DEPLOY_CREATE3 = bytes(keccak(b"deployCreate3(bytes32,bytes)")[:4])

# What our factory leaves at an address of its own for each contract, and which creates the contract out of calldata:
#   CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY                                 all of the calldata to memory
#   CALLDATASIZE PUSH0 CALLVALUE CREATE                                   the contract, with the ether that came along
#   DUP1 ISZERO PUSH1 19 JUMPI PUSH0 MSTORE PUSH1 32 PUSH0 RETURN         its address,
#   JUMPDEST RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY RETURNDATASIZE PUSH0 REVERT      or why its constructor refused
CHILD_RUNTIME = bytes.fromhex("365f5f37365f34f0" + "80156013575f5260205ff3" + "5b3d5f5f3e3d5ffd")
#   PUSH27 <the code above> PUSH0 MSTORE PUSH1 27 PUSH1 5 RETURN
_CHILD = b"\x7a" + CHILD_RUNTIME + bytes.fromhex("5f52601b6005f3")

# Our factory. Its calldata is a salt of 32 bytes, then what a transaction without receiver would have as its data.
#   CALLER PUSH0 MSTORE PUSH0 CALLDATALOAD PUSH1 32 MSTORE PUSH1 64 PUSH0 KECCAK256     salt = keccak(caller . salt)
#   PUSH1 35 PUSH1 67 PUSH0 CODECOPY PUSH1 35 PUSH0 PUSH0 CREATE2                       the child, below at 67
#   PUSH1 32 CALLDATASIZE SUB DUP1 PUSH1 32 PUSH0 CALLDATACOPY                          the creation code to memory
#   PUSH1 32 PUSH0 DUP3 PUSH0 CALLVALUE DUP7 GAS CALL                                   child.call{value}(code)
#   PUSH1 51 JUMPI RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY RETURNDATASIZE PUSH0 REVERT          refused: why
#   JUMPDEST RETURNDATASIZE PUSH1 32 EQ PUSH1 62 JUMPI PUSH0 PUSH0 REVERT               no child: it was there before
#   JUMPDEST PUSH1 32 PUSH0 RETURN                                                      the contract's address
FACTORY_RUNTIME = (
    bytes.fromhex("335f525f3560205260405f20")
    + bytes.fromhex("602360435f3960235f5ff5")
    + bytes.fromhex("6020360380" + "60205f37")
    + bytes.fromhex("60205f825f34865af1")
    + bytes.fromhex("6033573d5f5f3e3d5ffd")
    + bytes.fromhex("5b3d602014603e575f5ffd")
    + bytes.fromhex("5b60205ff3")
    + _CHILD
)
#   PUSH1 102 DUP1 PUSH1 9 PUSH0 CODECOPY PUSH0 RETURN
_FACTORY = bytes.fromhex("60668060095f395ff3") + FACTORY_RUNTIME


def _raw(address: str) -> bytes:
    return bytes.fromhex(address[2:])


def create2_address(factory: str, salt: bytes, code: bytes) -> str:
    """As EIP-1014 has it."""
    return checksummed[bytes(keccak(b"\xff" + _raw(factory) + salt + keccak(code))[12:])]


def create_address(creator: str, nonce: int) -> str:
    """Of a contract's first creation; `nonce` is 1 there, and below 128 in any case."""
    return checksummed[bytes(keccak(b"\xd6\x94" + _raw(creator) + bytes([nonce or 0x80]))[12:])]


OURS = create2_address(ARACHNID, bytes(32), _FACTORY)


@dataclass(frozen=True)
class Factory:
    """A CREATE3 factory; `name` is "CreateX" or "Salvor"."""

    name: str
    address: str

    def child_of(self, sender: str, salt: bytes) -> str:
        """The address that creates the contract; it has code only once the contract was created."""
        if self.name == "CreateX":
            mixed = keccak(_raw(sender).rjust(32, b"\0") + _bound(sender, salt))
            return create2_address(self.address, mixed, _CREATEX_CHILD)
        return create2_address(self.address, keccak(_raw(sender).rjust(32, b"\0") + salt), _CHILD)

    def address_of(self, sender: str, salt: bytes) -> str:
        """Where the contract of this salt stands when this sender deploys it."""
        return create_address(self.child_of(sender, salt), 1)

    def call(self, sender: str, salt: bytes, code: bytes) -> bytes:
        """The calldata that deploys `code`, constructor arguments included."""
        if self.name == "CreateX":
            return _DEPLOY_CREATE3 + bytes(encode(["bytes32", "bytes"], [_bound(sender, salt), code]))
        return salt + code

    def code_in(self, data: bytes) -> bytes:
        """Creation code and constructor arguments out of such calldata."""
        if self.name == "CreateX":
            size = int.from_bytes(data[68:100])
            return data[100 : 100 + size]
        return data[32:]


SALVOR = Factory("Salvor", OURS)
CREATEX_FACTORY = Factory("CreateX", CREATEX)
BOOTSTRAP = bytes(32) + _FACTORY  # to Arachnid's proxy, by anybody: our factory


def factory_on(node: Node, *, begun_with: str = "") -> Factory:
    """The factory for this chain; a deployment that was begun keeps its own, by name, whatever else came to be there.

    Another factory has other addresses: a deal that stands would not be found, and would be deployed once more.
    """
    createx, ours, arachnid = (
        bytes_in(answer)
        for answer in node.ask_all([("eth_getCode", (each, "latest")) for each in (CREATEX, OURS, ARACHNID)])
    )
    has_createx = bool(createx) and bytes(keccak(createx or b"")).hex() == _CREATEX_CODE
    if begun_with == CREATEX_FACTORY.name and not has_createx:
        raise FactoryGone(begun_with, CREATEX)
    if has_createx and begun_with != SALVOR.name:
        return CREATEX_FACTORY
    if not ours and not arachnid:
        raise FactoryImpossible(CREATEX, ARACHNID)
    return SALVOR


def _bound(sender: str, salt: bytes) -> bytes:
    """CreateX binds a salt to the sender when it begins so; the zero byte leaves the chain out."""
    return _raw(sender) + b"\0" + salt[:11]
