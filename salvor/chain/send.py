"""Send a transaction that is known to succeed, or learn by name and values why the contract refuses it.

For Ape's contracts every call is first tried against the pending block, which costs nothing and changes nothing. Ape
alone would send it, trace the failure and print pages; here a refusal is one line, and it is an object that tests
compare. Our own handles do the same by themselves, so both can be passed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salvor.chain import refusal
from salvor.chain.artifacts import explanations_of
from salvor.chain.codec import encoder, selector
from salvor.chain.handles import Blueprint, Contract, Method
from salvor.chain.refusal import CallRefused, Refusal
from salvor.errors import ChainTrouble

if TYPE_CHECKING:
    from ape.contracts import ContractInstance
    from ape.contracts.base import ContractTransactionHandler
    from ethpm_types import ContractType


def send(method: ContractTransactionHandler | Method, *args: Any, sender: Any) -> Any:
    """Call a function of a contract; raises `CallRefused` and sends nothing when it would revert."""
    if isinstance(method, Method):
        return method(*args, sender=sender)
    from ape.exceptions import ContractLogicError

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
        return method(*args, sender=sender)
    except ContractLogicError as error:  # something came between the trial and the transaction
        raise CallRefused(call, Refusal("Reverted", (error.message,))) from None


def deploy_nested(account: Any, container: Any, *args: Any) -> Any:
    """Deploy a contract whose constructor takes lists of lists of structs, which Ape's encoder flattens."""
    if isinstance(container, Blueprint) or not hasattr(container, "contract_type"):
        return account.deploy(container, *args)
    from ethpm_types.abi import ConstructorABI

    kind = container.contract_type
    inputs = [each.model_dump(mode="json", by_alias=True) for each in kind.constructor.inputs]
    code = bytes.fromhex(str(kind.deployment_bytecode.bytecode).removeprefix("0x"))
    code += encoder(b"", inputs, f"{kind.name}.constructor")(*args)
    ecosystem = account.provider.network.ecosystem
    made = ecosystem.encode_deployment(code, ConstructorABI(type="constructor", inputs=[]), sender=account.address)
    return container.at(account.call(made).contract_address)


def learn_errors(contract_type: ContractType) -> None:
    """Remember the errors of a contract known to Ape, so that one raised two contracts down is still named."""
    explanations = explanations_of(contract_type.userdoc, contract_type.devdoc)
    refusal.learn((abi.model_dump(mode="json", by_alias=True) for abi in contract_type.errors), explanations)


def read_refusal(data: bytes, contract_type: ContractType) -> Refusal:
    """Revert data as an error with values, the contract's own errors among the known ones."""
    learn_errors(contract_type)
    return refusal.read(data)


def learn_errors_of(contract: ContractInstance | Contract) -> None:
    """The same for a contract on a chain; our own handles have told theirs already."""
    if not isinstance(contract, Contract):
        learn_errors(contract.contract_type)


def selector_of(contract: ContractInstance | Contract, function: str) -> bytes:
    """Of a function that has no overloads."""
    if isinstance(contract, Contract):
        return contract.blueprint.by_name[function][0].selector
    abi = next(each for each in contract.contract_type.mutable_methods if each.name == function)
    return selector(abi.model_dump(mode="json", by_alias=True))
