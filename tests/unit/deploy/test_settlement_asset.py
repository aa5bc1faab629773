"""A network's settlement asset must be the one of the deal file, by its decimals and by its symbol."""

from dataclasses import replace

import pytest
from eth_abi import encode

from salvor.deploy.deployment import check_token
from salvor.deploy.plan.plan import make_plan
from salvor.deploy.plan.refusals import NetworkUnfit
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.steps import steps_on
from tests.utils.own_node import deployer
from tests.utils.small_plan import TOKEN, artifacts, nobody

MKR = b"MKR".ljust(32, b"\0")


@pytest.fixture
def asset(node, quick, tmp_path):
    steps = steps_on(node, "asset", artifacts(), deployer())
    made = steps.deploy("SettlementToken", TOKEN.name, TOKEN.symbol, TOKEN.decimals)
    apply_plan(make_plan(steps, node), node, [deployer()], tmp_path / "j", quick)
    return replace(TOKEN, address=made.address)


def test_is_the_file_s(node, asset):
    check_token(asset, node)
    check_token(TOKEN, node)  # one is deployed with the deal


def test_of_other_decimals(node, asset):
    with pytest.raises(NetworkUnfit, match="has 2 decimals, the deal file 6"):
        check_token(replace(asset, decimals=6), node)


def test_of_another_name(node, asset):
    with pytest.raises(NetworkUnfit, match=r"is called 'TUSD', in the deal file 'USDC'; name the right asset"):
        check_token(replace(asset, symbol="USDC"), node)


def test_that_is_not_there(node, asset):
    with pytest.raises(NetworkUnfit, match="no contract stands"):
        check_token(replace(asset, address=nobody(0xE1)), node)


class PlayedNode:
    """Answers as an old token with decimals 18 and a symbol of one word, or with what is no text."""

    def __init__(self, symbol):
        self.symbol = symbol

    def ask_all(self, questions):
        return ["0x00", hex(18), f"0x{self.symbol.hex()}"][: len(questions)]


def test_of_a_symbol_in_one_word():
    old = replace(TOKEN, address=nobody(1), decimals=18, symbol="MKR")
    check_token(old, PlayedNode(MKR))
    for odd in (b"\xff" * 32, b"\1", b"", encode(["bytes"], [b"\xff"])):
        with pytest.raises(NetworkUnfit, match="is called ''"):
            check_token(old, PlayedNode(odd))
