"""What `ape run oracle accuracy` reads and shows, asked of the contracts themselves."""

import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from salvor.chain.engine import Reverted
from salvor.model.oracle import Policy
from salvor.node.accuracy import CALLS, accuracy_as_json, accuracy_table, read_accuracy
from salvor.node.errors import RpcFailed
from tests.utils.oracle import KEY, MONTH, WAD, set_stage


class LabRpc:
    """A node's answers out of the lab's engine."""

    def __init__(self, lab):
        self.lab = lab

    def ask(self, method, *params):
        if method == "eth_getBlockByNumber":
            return {"timestamp": hex(self.lab.now)}
        given = params[0]
        try:
            output = self.lab.engine.call("0x" + "00" * 20, given["to"], bytes.fromhex(given["data"][2:]), 0)
        except Reverted as reverted:
            raise RpcFailed(method, "execution reverted", "0x" + reverted.data.hex()) from None
        return "0x" + output.hex()


@pytest.fixture
def told(lab):
    """Two sources, 10 % too low and 30 % too high; the truth of the first month is told in the second."""
    stage = set_stage(lab)
    adapters = [stage.play(), stage.play()]
    for adapter, value in zip(adapters, (90, 130), strict=True):
        adapter.answer(0, value * WAD, 0, lab.now)
    stage.set_policy(Policy(tuple(stage.played_source(each, 10 * MONTH) for each in adapters), 1))
    stage.accuracy.note(KEY, sender=stage.outsider)
    lab.wait(MONTH)
    stage.accuracy.tellTruth(KEY, 0, 100 * WAD, sender=stage.truth_keeper)
    return stage


def test_shows_each_source_with_its_errors(lab, told):
    compared = read_accuracy(LabRpc(lab), told.accuracy.address, KEY, 0)
    assert [(each.mean_error, each.mean_bias) for each in compared.sources] == [
        (WAD // 10, -WAD // 10),
        (3 * WAD // 10, 3 * WAD // 10),
    ]
    console = Console(width=160, record=True)
    console.print(accuracy_table(compared))
    text = console.export_text()
    assert "COLLATERAL/17, period 0, truth 100" in text
    assert "-10.00" in text
    assert "30.00" in text
    assert json.dumps(accuracy_as_json(compared)).count('"compared": 1') == 2


def test_without_a_period_it_is_that_of_now(lab, told):
    compared = read_accuracy(LabRpc(lab), told.accuracy.address, KEY)
    assert (compared.period, compared.truth, compared.sources[0].mean_error) == (1, 0, None)


def test_a_key_without_a_policy_is_told(lab, told):
    with pytest.raises(RpcFailed, match="no policy for"):
        read_accuracy(LabRpc(lab), told.accuracy.address, bytes(32), 0)


def test_another_contract_is_noticed(lab, told):
    with pytest.raises(RpcFailed, match="right contract"):
        read_accuracy(LabRpc(lab), told.outsider.address, KEY, 0)


def test_calls_are_those_of_the_contracts(told):
    for name, (signature, _) in CALLS.items():
        own = told.hub if name in ("hasPolicy", "policyOf") else told.accuracy
        assert signature in own.blueprint.functions


@pytest.mark.parametrize("key", ["HPI", "HPX/ES", "HPI/", "HPI/é"])
def test_the_command_refuses_what_is_no_key(key):
    from scripts.oracle.accuracy import cli

    result = CliRunner().invoke(cli, [key, "--rpc", "http://127.0.0.1:1", "--accuracy", "0x" + "11" * 20])
    assert result.exit_code == 2
    assert "is no key" in result.output
