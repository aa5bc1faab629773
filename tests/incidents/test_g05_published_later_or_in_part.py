"""Sources were published in part, and the rest was forgotten (foundry-rs/foundry 2688, 7719; ape-etherscan 111).

The retry forgot contracts, wanted a cache that was gone, and encoded constructor arguments otherwise than they were
sent. Here exactly the open ones are tried again, out of journal and repository, and arguments are the tail of what was
sent.
"""

import shutil

import pytest

from salvor.chain.artifacts import Artifact
from salvor.chain.solc import compile_sources
from salvor.deploy import Options, apply_plan, make_plan, steps_on
from salvor.deploy.plan.explorers import Sourcify
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.publish import publications, publish, sent_arguments
from tests.utils.explorer import playing_explorer
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import ROOT, artifacts

NAMES = ("token 1", "token 2", "token 3", "DealAccess", "AllowList")
QUICK = Options(pause=0.01, again_after=0.05)


@pytest.fixture
def explorer():
    with playing_explorer() as made:
        yield made


@pytest.fixture
def five(tmp_path):
    """Five contracts on a chain that is gone afterwards; the addresses and the journal stay."""
    with own_node() as node:
        steps = steps_on(node, "five", artifacts(), deployer())
        for name in NAMES[:3]:
            steps.deploy("SettlementToken", "Salvor", "USD", 7, name=name)
        access = steps.deploy("DealAccess", deployer())
        steps.deploy("AllowList", access)
        applied = apply_plan(make_plan(steps, node), node, [deployer()], tmp_path / "j", QUICK)
    return tmp_path / "j", applied.addresses


def published(journal, explorer):
    made = publications(journal, artifacts(), ROOT)
    sourcify = Sourcify(explorer.url, pause=0.01)
    return publish(made, journal, sourcify, 31_337, tell=lambda *_: None, pause=0.01)


def test_exactly_the_open_ones_are_tried_again(five, explorer, tmp_path):
    path, addresses = five
    explorer.failing = {addresses[name] for name in NAMES[1:]}
    with Journal(path) as journal:
        left = published(journal, explorer)
    assert left == list(NAMES[1:])
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    explorer.failing, explorer.tried = set(), []
    with Journal(path) as journal:
        left = published(journal, explorer)
    assert left == []
    assert explorer.tried == [addresses[name] for name in NAMES[1:]]
    explorer.tried = []
    with Journal(path) as journal:
        published(journal, explorer)
    assert explorer.tried == []


def test_arguments_are_the_tail_of_what_was_sent(tmp_path):
    """One constructor takes (uint256 7, string "Salvor"): four words."""
    text = (
        "// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n"
        "contract Named { uint256 public number; string public name;\n"
        "constructor(uint256 number_, string memory name_) { number = number_; name = name_; } }\n"
    )
    outputs = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]
    made = compile_sources(ROOT, {"Named.sol": text}, outputs=outputs)["Named.sol"]["Named"]
    code, runtime = made["evm"]["bytecode"]["object"], made["evm"]["deployedBytecode"]["object"]
    artifact = Artifact("Named", "Named.sol", tuple(made["abi"]), code, runtime=runtime)
    with own_node() as node:
        steps = steps_on(node, "named", {"Named": artifact}, deployer())
        steps.deploy("Named", 7, "Salvor")
        apply_plan(make_plan(steps, node), node, [deployer()], tmp_path / "j", QUICK)
    with Journal(tmp_path / "j") as journal:
        [raw] = [each.raw for each in journal.sent() if each.step == "Named"]
    words = [(7).to_bytes(32), (0x40).to_bytes(32), (6).to_bytes(32), bytes.fromhex("53616c766f72").ljust(32, b"\0")]
    assert sent_arguments(artifact, raw) == b"".join(words)


def test_what_is_published_compiles_to_what_stands_there(five):
    """The standard JSON of one contract, compiled as an explorer would: alone, with nothing but what is in it."""
    path, _ = five
    with Journal(path) as journal:
        [own] = [each for each in publications(journal, artifacts(), ROOT) if each.step == "AllowList"]
    source = own.identifier.split(":")[0]
    assert source in own.source["sources"]
    texts = {name: each["content"] for name, each in own.source["sources"].items()}
    compiled = compile_sources(ROOT, texts, outputs=["evm.bytecode.object"])[source]["AllowList"]
    assert compiled["evm"]["bytecode"]["object"] == artifacts()["AllowList"].code
    assert own.compiler.startswith("0.8.37+commit.")
    assert own.for_etherscan()["constructorArguments"] == own.arguments.hex()
