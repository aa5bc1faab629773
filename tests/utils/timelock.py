"""OpenZeppelin's TimelockController on a test's node."""

from __future__ import annotations

from eth_abi import encode

from salvor.chain.solc import compile_sources
from salvor.deploy.plan.rpc import Node
from tests.utils.own_node import deployer
from tests.utils.small_plan import ROOT


def timelock_on(node: Node, *, delay: int, proposer: str) -> str:
    """One proposer, anybody executes."""
    name = "node_modules/@openzeppelin/contracts/governance/TimelockController.sol"
    made = compile_sources(ROOT, {name: (ROOT / name).read_text()}, outputs=["evm.bytecode.object"])
    code = bytes.fromhex(made[name]["TimelockController"]["evm"]["bytecode"]["object"])
    nobody_at_all = "0x" + "00" * 20
    kinds = ["uint256", "address[]", "address[]", "address"]
    args = encode(kinds, [delay, [proposer], [nobody_at_all], nobody_at_all])
    return str(sent_from_deployer(node, code + args)["contractAddress"])


def sent_from_deployer(node: Node, data: bytes, to: str | None = None) -> dict[str, str]:
    """The receipt of a transaction that must succeed."""
    call = {"from": deployer().address, "data": f"0x{data.hex()}", "gas": "0x5b8d80"}
    sent = node.ask("eth_sendTransaction", call | ({"to": to} if to else {}))
    while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
        pass
    assert receipt["status"] == "0x1"
    found: dict[str, str] = receipt
    return found
