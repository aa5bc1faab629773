"""Send a transaction that is known to succeed, or learn by name and values why the contract refuses it.

Every call is first tried against the pending block, which costs nothing and changes nothing. Ape alone would send it,
trace the failure and print pages; here a refusal is one line, and it is an object that tests compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ape.exceptions import ContractLogicError
from eth_abi import decode
from eth_utils import to_checksum_address

from salvor.chain.abi import selector
from salvor.errors import ChainTrouble, ReconciliationFailed

if TYPE_CHECKING:
    from ape.api import AccountAPI, ReceiptAPI
    from ape.contracts.base import ContractTransactionHandler
    from ethpm_types import ContractType

_SOLIDITY = {"08c379a0": ("Error", ["string"], ["reason"]), "4e487b71": ("Panic", ["uint256"], ["code"])}
_known: dict[str, tuple[str, list[str], list[str]]] = dict(_SOLIDITY)
_learned: set[str] = set()


@dataclass(frozen=True)
class Refusal:
    """A custom error; the values in the order of the interface."""

    error: str
    values: tuple[Any, ...]
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = zip(self.names, self.values, strict=True) if self.names else (("", value) for value in self.values)
        return f"{self.error}({', '.join(f'{name}={value}' if name else str(value) for name, value in named)})"


class CallRefused(ChainTrouble):
    """A contract refused a call."""

    def __init__(self, call: str, refusal: Refusal) -> None:
        super().__init__(f"{call} was refused: {refusal}")
        self.refusal = refusal


def send(method: ContractTransactionHandler, *args: Any, sender: AccountAPI) -> ReceiptAPI:
    """Call a function of a contract; raises `CallRefused` and sends nothing when it would revert."""
    contract = method.contract
    call = f"{contract.contract_type.name}.{method.abis[0].name}"
    raw = {"from": sender.address, "to": contract.address, "data": "0x" + bytes(method.encode_input(*args)).hex()}
    answer = contract.provider.web3.provider.make_request("eth_call", [raw, "pending"])
    if error := answer.get("error"):
        data = error.get("data")
        if not isinstance(data, str):
            raise ChainTrouble(f"{call}: the node says: {error.get('message', error)}")
        raise CallRefused(call, read_refusal(bytes.fromhex(data.removeprefix("0x")), contract.contract_type))
    try:
        receipt: ReceiptAPI = method(*args, sender=sender)
    except ContractLogicError as error:  # something came between the trial and the transaction
        raise CallRefused(call, Refusal("Reverted", (error.message,))) from None
    return receipt


def refusal_of(action: Callable[[], object]) -> Refusal:
    """Do what must be refused; raises when it is not."""
    try:
        action()
    except CallRefused as refused:
        return refused.refusal
    raise ReconciliationFailed(["a call that must be refused went through"])


def learn_errors(contract_type: ContractType) -> None:
    """Remember a contract's errors, so that one raised two contracts down is still named."""
    name = contract_type.name or ""
    if name in _learned:
        return
    _learned.add(name)
    for abi in contract_type.errors:
        types = [each.canonical_type for each in abi.inputs]
        names = [each.name or "" for each in abi.inputs]
        _known[selector(abi).hex()] = (abi.name, types, names)


def read_refusal(data: bytes, contract_type: ContractType) -> Refusal:
    """Revert data as an error with values; addresses with checksum; an unknown error by its selector."""
    learn_errors(contract_type)
    known, body = _known.get(data[:4].hex()), data[4:]
    if known is None:
        return Refusal(f"unknown error 0x{data[:4].hex()}" if data else "no reason given", (body,) if body else ())
    error, types, names = known
    values = decode(types, body)
    shown = (to_checksum_address(v) if t == "address" else v for t, v in zip(types, values, strict=True))
    return Refusal(error, tuple(shown), tuple(names))
