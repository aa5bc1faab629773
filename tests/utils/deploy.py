"""Deployments that must fail, and small helpers around a contract's address.

Like `salvor.chain.send`, a deployment is only tried against the pending block: a refusal is an object, and no trace is printed.
"""

from __future__ import annotations

from eth_hash.auto import keccak

from salvor.chain.send import Refusal, read_refusal
from salvor.errors import ReconciliationFailed

ZERO_ADDRESS = "0x" + "00" * 20


def refusal_of_deployment(container, *args, sender) -> Refusal:
    """The error with which a constructor refuses `args`; raises when it does not."""
    data = "0x" + bytes(container(*args).data).hex()
    answer = container.provider.web3.provider.make_request("eth_call", [{"from": sender.address, "data": data}, "pending"])
    if "error" not in answer:
        raise ReconciliationFailed(["a deployment that must be refused went through"])
    revert = answer["error"].get("data") or "0x"
    return read_refusal(bytes.fromhex(revert.removeprefix("0x")), container.contract_type)


def selector_of(contract, function: str) -> bytes:
    """The four bytes of a function that has no overloads."""
    abi = next(each for each in contract.contract_type.mutable_methods if each.name == function)
    return bytes(keccak(abi.selector.encode())[:4])
