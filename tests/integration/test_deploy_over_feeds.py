"""`ape run deploy ...` of a deal whose values come from feeds that stand on the chain already.

Chainlink's own aggregator behind Chainlink's own proxy, as published in npm (skipped with the reason where the package
can't be had); the sequencer's uptime, Band, Pyth and a market are played.
"""

import json
import shutil

import pytest
from eth_abi import decode, encode

from benchmarks.peers import PeerMissing
from benchmarks.peers.chainlink import published
from salvor.chain.handles import blueprint_of
from salvor.model.oracle_keys import Kind, key_of
from tests.utils.deploy_commands import BEGIN, DEAL, commands_on
from tests.utils.oracle import NO_ADDRESS, WAD, selector
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import artifacts, nobody
from tests.utils.timelock import sent_from_deployer, timelock_on

PRICE, KEY = 100 * 10**8, key_of(Kind.FX, "USDEUR")
CONTRACTS = ("ChainlinkSource", "BandSource", "PythSource", "MarketSource", "OracleHub")


@pytest.fixture(scope="module")
def running():
    with own_node(genesis=BEGIN) as node:
        yield node


@pytest.fixture
def node(running):
    snapshot = running.ask("evm_snapshot")
    yield running
    running.ask("evm_revert", snapshot)


@pytest.fixture
def run(node, tmp_path):
    return commands_on(node, tmp_path)


class Sent:
    """A contract that the deployer put on the node."""

    def __init__(self, node, blueprint, *args):
        self.node, self.blueprint = node, blueprint
        code = blueprint.artifact.creation_code() + blueprint.construct(*args)
        self.address = sent_from_deployer(node, code)["contractAddress"]

    def __call__(self, name, *args):
        sent_from_deployer(self.node, self.blueprint.by_name[name][0].encode(*args), self.address)


def aggregator(node, highest):
    """One oracle, the deployer, has submitted one round."""
    limits = (NO_ADDRESS, 1, highest, 8, "test")
    made = Sent(node, published("AccessControlledAggregator"), NO_ADDRESS, 0, 3_600, *limits)
    who = deployer().address
    made("changeOracles", [], [who], [who], 1, 1, 0)
    made("submit", 1, PRICE)
    return made


def played(node, replies):
    made = Sent(node, blueprint_of(artifacts()["PlayedSystem"]))
    for signature, (kinds, values) in replies.items():
        made("teach", selector(signature), encode(kinds, values))
    made("behave", 5)
    return made


@pytest.fixture
def feeds(node):
    try:
        inner = aggregator(node, 10**17)
    except PeerMissing as missing:
        pytest.skip(str(missing))
    proxy = Sent(node, published("EACAggregatorProxy"), inner.address, NO_ADDRESS)
    inner("addAccess", proxy.address)
    words = ("uint256",)
    reserves = {"getReserves()": (words * 3, (10**6, 10**8, BEGIN))}
    sums = {f"price{number}CumulativeLast()": (words, (0,)) for number in (0, 1)}
    price = (("int64", "uint64", "int32", "uint256"), (PRICE, 1, -8, BEGIN))
    others = {
        "uptime": played(node, {"latestRoundData()": (words * 5, (1, 0, BEGIN - 10**6, BEGIN, 1))}),
        "band": played(node, {"getReferenceData(string,string)": (words * 3, (PRICE * 10**10, BEGIN, BEGIN))}),
        "pyth": played(node, {"getPriceUnsafe(bytes32)": price}),
        "market": played(node, reserves | sums),
    }
    return {"proxy": proxy, **others}


@pytest.fixture
def deal(feeds, tmp_path):
    """The example's deal with a value of all of them; the market is too thin, so four of five count."""
    folder = tmp_path / DEAL.parent.name
    shutil.copytree(DEAL.parent, folder)
    at = {name: f'"{each.address}"' for name, each in feeds.items()}
    sources = (
        f"{{ chainlink: {{ feed: {at['proxy']} }}, hours: 25 }}",
        f"{{ chainlink: {{ feed: {at['proxy']}, uptime: {at['uptime']}, grace_minutes: 60 }}, hours: 25 }}",
        f"{{ band: {{ reference: {at['band']}, base: USD, quote: EUR }}, hours: 25 }}",
        f'{{ pyth: {{ contract: {at["pyth"]}, feed: "0x{"ab" * 32}" }}, hours: 25 }}',
        f"{{ market: {{ pair: {at['market']}, base_decimals: 18, quote_decimals: 6 }}, hours: 25 }}",
    )
    lines = ["oracle:", "  challenges: { bond: 1000.00 }", "  values:", "    - key: FX/USDEUR", "      quorum: 4"]
    lines += ["      sources:", *(f"        - {each}" for each in sources)]
    path = folder / "deal.yaml"
    path.write_text(path.read_text() + "\n" + "\n".join(lines) + "\n")
    return path


def test_plan_apply_verify_diff(run, node, deal, feeds, tmp_path):
    before = node.ask("eth_blockNumber")
    planned = run("plan", "--out", tmp_path / "plan.json", deal=deal)
    assert planned.exit_code == 0, planned.output
    assert node.ask("eth_blockNumber") == before, "DP-04"
    addresses = json.loads((tmp_path / "plan.json").read_text())["addresses"]
    applied = run("apply", "--plan", tmp_path / "plan.json", deal=deal)
    assert applied.exit_code == 0, applied.output
    hub = blueprint_of(artifacts()["OracleHub"])
    call = {"to": addresses["OracleHub"], "data": f"0x{hub.by_name['peek'][0].encode(KEY).hex()}"}
    said = decode(("uint256",) * 8, bytes.fromhex(node.ask("eth_call", call, "latest")[2:]))
    assert (said[0], said[4], said[5]) == (100 * WAD, 4, 4)
    for name in ("verify", "diff", "resume"):
        looked = run(name, deal=deal)
        assert looked.exit_code == 0, looked.output
    last = node.ask("eth_blockNumber")
    assert run("apply", "--plan", tmp_path / "plan.json", deal=deal).exit_code == 0
    assert node.ask("eth_blockNumber") == last, "DP-05"


def test_a_feed_with_other_limits_than_were_reviewed_is_another_plan(run, node, deal, feeds, tmp_path):
    assert run("plan", "--out", tmp_path / "plan.json", deal=deal).exit_code == 0
    other = aggregator(node, 10**16)
    other("addAccess", feeds["proxy"].address)
    for name in ("proposeAggregator", "confirmAggregator"):
        feeds["proxy"](name, other.address)
    before = node.ask("eth_blockNumber")
    applied = run("apply", "--plan", tmp_path / "plan.json", deal=deal)
    assert applied.exit_code == 2, applied.output
    assert "is another plan: OracleHub.setPolicy" in applied.output
    assert node.ask("eth_blockNumber") == before


def test_a_feed_that_is_not_there_is_named_with_its_value(run, deal, feeds):
    wrong = nobody(0xFEED)
    deal.write_text(deal.read_text().replace(feeds["pyth"].address, wrong))
    planned = run("plan", deal=deal)
    assert planned.exit_code == 2
    assert f"no contract stands at {wrong}, which the deal file names as source 4 of FX/USDEUR" in planned.output


@pytest.mark.parametrize(("delay", "code"), [(5 * 86_400 - 1, 0), (5 * 86_400, 2)])
def test_a_resolver_who_is_too_slow_to_decide_is_refused(run, node, deal, delay, code):
    slow = timelock_on(node, delay=delay, proposer=nobody(0xB0))
    parts = ("seller", "servicer", "transfer_agent", "arranger")
    own = deal.read_text()
    accounts = "\n".join(f'      {name}: "{nobody(0xA0 + place)}"' for place, name in enumerate(parts))
    deal.write_text(own + f'networks:\n  local:\n    resolver: "{slow}"\n    accounts:\n{accounts}\n')
    planned = run("plan", deal=deal)
    assert planned.exit_code == code, planned.output
    assert ("a timelock of 432000 seconds, and a challenge lapses after 432000" in planned.output) is bool(code)
