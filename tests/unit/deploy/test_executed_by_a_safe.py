"""A deal that a Safe deployed is compared with its file, arguments included: the Safe's own transactions show them."""

from dataclasses import replace

import pytest

from salvor.chain.codec import address_of
from salvor.chain.handles import Function
from salvor.chain.solc import compile_sources
from salvor.deploy.compare import compare
from salvor.deploy.executed import executed_by
from tests.unit.deploy.test_live_deal import small_deployment
from tests.utils.own_node import deployer
from tests.utils.small_plan import ROOT, small_accounts
from tests.utils.world import DAY

# Stands in for a Safe: owners and threshold are shown, each batch of calls is told as a success. Anybody may here.
SAFE = """
pragma solidity 0.8.37;
contract StandInSafe {
    event ExecutionSuccess(bytes32 indexed txHash, uint256 payment);
    address[] private _owners = [msg.sender];
    function getOwners() external view returns (address[] memory) { return _owners; }
    function getThreshold() external pure returns (uint256) { return 1; }
    function run(address[] calldata to, bytes[] calldata data) external {
        for (uint256 i; i < to.length; ++i) {
            (bool done, bytes memory why) = to[i].call(data[i]);
            require(done, string(why));
        }
        emit ExecutionSuccess(bytes32(0), 0);
    }
}
"""
AT_ONCE = 5  # steps in a batch


def send(node, to, data):
    call = {"from": deployer().address, "data": f"0x{data.hex()}", "gas": "0x1c9c380"} | ({"to": to} if to else {})
    sent = node.ask("eth_sendTransaction", call)
    while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
        pass
    assert receipt["status"] == "0x1"
    return receipt


@pytest.fixture
def deployment(node, tmp_path):
    """The small deal, whose every step a Safe has executed in batches; there is no journal."""
    built = compile_sources(ROOT, {"Safe.sol": SAFE}, outputs=["abi", "evm.bytecode.object"])["Safe.sol"]["StandInSafe"]
    [run] = [Function("StandInSafe", each) for each in built["abi"] if each.get("name") == "run"]
    safe = address_of(send(node, "", bytes.fromhex(built["evm"]["bytecode"]["object"]))["contractAddress"])
    made = small_deployment(node, tmp_path, small_accounts(admin=safe))
    left = made.plan().left
    for start in range(0, len(left), AT_ONCE):
        batch = left[start : start + AT_ONCE]
        send(node, safe, run.encode([step.to for step in batch], [step.data for step in batch]))
    assert made.plan().left == ()
    return made


def test_nothing_differs(deployment):
    assert len(executed_by(deployment.node, deployment.accounts.admin)) > 1
    assert compare(deployment).findings == ()


def test_terms_that_went_into_storage_and_are_not_the_file_s(deployment):
    rules = replace(deployment.terms.rules, grace=3 * DAY)
    other = replace(deployment, terms=replace(deployment.terms, rules=rules))
    [finding] = compare(other).findings
    assert (finding.what, finding.file) == ("LoanPool", "its arguments")
    assert finding.chain == "the Safe executed nothing that has them"
