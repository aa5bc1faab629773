"""`check`, `status` and `node` as a user meets them: exit codes, one-line errors, JSON on stdout alone."""

import json
import shutil
import socket

import pytest
from click.testing import CliRunner

from salvor.node.journal import Journal
from scripts.oracle.check import cli as check
from scripts.oracle.node import cli as node
from scripts.oracle.status import cli as status
from tests.unit.node.conftest import ROOT
from tests.utils.oracle_nodes import PASSPHRASE, PASSPHRASE_ENV, Process
from tests.utils.oracle_player import KEYS, NAME, index


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv(PASSPHRASE_ENV, PASSPHRASE)

    try:
        runner = CliRunner(mix_stderr=False)  # of click up to 8.1
    except TypeError:
        runner = CliRunner()

    def invoke(command, *given):
        return runner.invoke(command, [str(each) for each in given])

    return invoke


@pytest.fixture
def config(here):
    """A node's configuration beside a hub that knows its signer and its keys."""
    signer = here.signer(NAME)
    for key in KEYS:
        here.policy([signer], key, quorum=1)
    return here.configure(NAME, KEYS, body=index("100.00"))


def one_line(result, code, said):
    assert result.exit_code == code, result.output
    assert result.stderr.count("\n") == 1
    assert said in result.stderr


class TestCheck:
    @pytest.fixture
    def folder(self, tmp_path):
        for name in ("oracle-node", "examples/consumer_debt"):
            shutil.copytree(ROOT / "deals" / name, tmp_path / name)
        return tmp_path / "oracle-node"

    def test_shows_every_value(self, run, folder):
        result = run(check, folder / "node.yaml", "--json")
        assert result.exit_code == 0, result.output
        found = {value["key"]: value["value"] for source in json.loads(result.stdout) for value in source["values"]}
        assert found["HPI/US-ENC"] == "101360000000000000000"
        assert len(found) == 6
        assert "450,000" in run(check, folder / "node.yaml").stdout

    def test_tells_each_source_that_fails_and_shows_the_others(self, run, folder):
        (folder / "docket.json").write_text("<html>")
        (folder / "price-paid.csv").unlink()
        result = run(check, folder / "node.yaml")
        assert result.exit_code == 1
        assert "101.36" in result.stdout
        assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == [
            "source 'land-registry'",
            "source 'court'",
        ]

    def test_writes_nothing(self, run, folder):
        before = sorted(folder.rglob("*"))
        run(check, folder / "node.yaml")
        assert sorted(folder.rglob("*")) == before

    def test_a_configuration_that_is_not_there(self, run, folder):
        one_line(run(check, folder / "nod.yaml"), 2, "nod.yaml: no such configuration of a node; check the path")


class TestStatus:
    def test_before_the_first_report(self, run, config):
        result = run(status, config, "--json")
        shown = json.loads(result.stdout)
        assert (result.exit_code, shown["is_signer"], shown["all_good"]) == (1, True, False)
        assert [(each["status"], each["why"], each["counted"]) for each in shown["keys"]] == [
            ("refused", "no quorum", 0)
        ] * 3
        assert all(each["next_heartbeat"] is None for each in shown["keys"])

    def test_after_it(self, run, config, here):
        process = Process(config, ROOT)
        process.until(lambda: "landed" in process.said())
        assert process.stop() == 0
        result = run(status, config, "--json")
        shown = json.loads(result.stdout)
        assert (result.exit_code, shown["all_good"]) == (0, True)
        assert {(each["value"], each["spread"], each["own"]["nonce"]) for each in shown["keys"]} == {
            (str(100 * 10**18), "0", 1)
        }
        assert all(3_000 < each["next_heartbeat"] - shown["now"] <= 3_600 for each in shown["keys"])
        table = run(status, config, "--sources")
        assert table.exit_code == 0
        assert "counts" in table.stdout
        assert {source["who"] for each in shown["keys"] for source in each["sources"]} == {f"signer {shown['signer']}"}

    def test_a_signer_that_is_none(self, run, here):
        here.signer(NAME, add=False)
        config = here.configure(NAME, KEYS, body=index("100.00"))
        result = run(status, config)
        assert result.exit_code == 1
        assert "is no signer of the reports" in result.stdout

    def test_no_chain_is_trouble_with_the_chain(self, run, config, here):
        config.write_text(config.read_text().replace(here.url, "http://127.0.0.1:9"))
        one_line(run(status, config), 3, "eth_chainId: 127.0.0.1: refused the connection")

    def test_another_chain(self, run, config):
        config.write_text(config.read_text().replace("chain_id: 31337", "chain_id: 1"))
        one_line(run(status, config), 3, "this is chain 31337, the configuration names 1")

    def test_another_contract(self, run, config, here):
        text = config.read_text()
        config.write_text(text.replace(f'hub: "{here.stage.hub.address}"', f'hub: "{here.stage.access.address}"'))
        one_line(run(status, config), 3, "peek: ")


class TestNode:
    def test_a_passphrase_that_does_not_open_the_key(self, run, config, monkeypatch):
        monkeypatch.setenv(PASSPHRASE_ENV, "wrong one")
        result = run(node, config)
        one_line(result, 2, "the passphrase does not open it")
        assert "wrong one" not in result.output

    def test_another_chain(self, run, config):
        config.write_text(config.read_text().replace("chain_id: 31337", "chain_id: 1"))
        result = run(node, config)
        assert result.exit_code == 3
        assert "this is chain 31337, the configuration names 1" in result.stderr

    def test_a_journal_of_another_signer(self, run, config, here):
        other = "0x" + "11" * 20
        path = config.parent / "node.sqlite"
        Journal(path, signer=other, chain_id=31_337, contract=here.stage.reports.address).close()
        one_line(run(node, config), 2, f"it is of signer {other}")

    def test_a_port_that_is_taken(self, run, config):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            text = config.read_text()
            config.write_text(text.replace("{ port: 0 }", f"{{ port: {taken.getsockname()[1]} }}"))
            one_line(run(node, config), 2, "can't be listened on: Address already in use")
