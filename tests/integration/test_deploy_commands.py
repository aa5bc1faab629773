"""`ape run deploy ...` as an issuer uses it, on a node of the test's own that stands for a testnet."""

import json
import shutil

import pytest

from tests.utils.deploy_commands import BEGIN, DEAL, commands_on
from tests.utils.own_node import KEYS, own_node
from tests.utils.small_plan import ROOT


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


def test_plan_apply_and_again(run, node, tmp_path):
    planned = run("plan", "--out", tmp_path / "plan.json", "--json")
    assert planned.exit_code == 0
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert int(node.ask("eth_blockNumber"), 16) == 0, "DP-04"
    applied = run("apply", "--plan", tmp_path / "plan.json")
    assert applied.exit_code == 0, applied.output
    book = json.loads((tmp_path / "out/charged-off-accounts-31337/addresses.json").read_text())
    assert {name: each["address"] for name, each in book["contracts"].items()} == plan["addresses"]
    assert all(each["transaction"] for each in book["contracts"].values())
    blocks = node.ask("eth_blockNumber")
    again = run("apply", "--plan", tmp_path / "plan.json")
    assert again.exit_code == 0, again.output
    assert node.ask("eth_blockNumber") == blocks, "DP-05"
    assert run("resume").exit_code == 0
    assert KEYS[0][2:] not in applied.output + (tmp_path / "plan.json").read_text(), "DP-07"


def test_a_changed_deal_is_not_what_was_reviewed(run, node, tmp_path):
    run("plan", "--out", tmp_path / "plan.json")
    shutil.copytree(DEAL.parent, tmp_path / "charged-off-accounts")
    changed = tmp_path / "charged-off-accounts/deal.yaml"
    changed.write_text(changed.read_text().replace("rate: 7 %", "rate: 8 %"))
    refused = run("apply", "--plan", tmp_path / "plan.json", deal=changed)
    assert refused.exit_code == 2
    assert "Waterfall changed (" in refused.output
    assert int(node.ask("eth_blockNumber"), 16) == 0, "DP-06"


@pytest.mark.parametrize("name", ["gacs-style", "evergreen", "whole-life", "sba-7a"])
def test_every_shipped_deal_can_be_planned(run, name):
    """Whatever a deal has, one sender deploys all of it, and no step would be refused."""
    planned = run("plan", "--json", deal=ROOT / "deals" / name / "deal.yaml")
    assert planned.exit_code == 0, planned.output
    assert "would be refused" not in planned.output


class TestADealWithJurisdictions:
    """Its notes ask identities and the rules of its jurisdictions; on a local chain a test account vouches."""

    DEAL = ROOT / "deals/cross-border/deal.yaml"

    @pytest.fixture
    def copied(self, tmp_path):
        """The deal's file in a place where it can be changed."""
        for folder in ("cross-border", "whole-life"):
            shutil.copytree(ROOT / "deals" / folder, tmp_path / folder)
        return tmp_path / "cross-border/deal.yaml"

    def test_is_planned_and_applied_once(self, run, node, tmp_path):
        planned = run("plan", "--out", tmp_path / "plan.json", deal=self.DEAL)
        assert planned.exit_code == 0, planned.output
        assert "claims of test account (" in " ".join(planned.output.split())
        applied = run("apply", "--plan", tmp_path / "plan.json", deal=self.DEAL)
        assert applied.exit_code == 0, applied.output
        book = json.loads((tmp_path / "out/cross-border-31337/addresses.json").read_text())
        kinds = [each["contract"] for each in book["contracts"].values()]
        counted = [kinds.count(kind) for kind in ("RegulatedNote", "RegulatedCompliance", "TrancheNote")]
        assert counted == [3, 3, 0]
        blocks = node.ask("eth_blockNumber")
        assert run("apply", "--plan", tmp_path / "plan.json", deal=self.DEAL).exit_code == 0
        assert node.ask("eth_blockNumber") == blocks, "DP-05"

    def test_does_not_differ_from_its_file_and_is_verified(self, run):
        assert run("apply", deal=self.DEAL).exit_code == 0
        same = run("diff", deal=self.DEAL)
        assert (same.exit_code, same.output.splitlines()[-1]) == (0, "the live deal is what the file says")
        verified = run("verify", "--json", deal=self.DEAL)
        assert verified.exit_code == 0, verified.output

    def test_stands_on_a_network_with_whom_its_file_names(self, run, copied, tmp_path):
        copied.write_text(copied.read_text().replace("  sepolia:", "  local:"))
        applied = run("apply", deal=copied)
        assert applied.exit_code == 0, applied.output
        assert run("diff", deal=copied).exit_code == 0
        accounts = json.loads((tmp_path / "out/cross-border-31337/addresses.json").read_text())["accounts"]
        assert {"owner", "registrar", "claim issuer bureau", "claim issuer civil register"} <= accounts.keys()
        copied.write_text(copied.read_text().replace("topics: [kyc, class]", "topics: [kyc, class, country]"))
        found = run("diff", deal=copied)
        assert (found.exit_code, "trusted issuer of TrustedIssuers: claim issuer bureau" in found.output) == (1, True)

    def test_differs_when_its_own_rules_do(self, run, copied):
        """The rules are on the chain: another file of rules is another deal."""
        assert run("apply", deal=self.DEAL).exit_code == 0
        rules = copied.parent / "rules.yaml"
        rules.write_text(rules.read_text().replace("1000000 EUR", "900000 EUR"))
        found = run("diff", deal=copied)
        assert (found.exit_code, "Velocity: " in found.output) == (1, True), found.output


def test_nothing_begun_is_not_resumed(run):
    refused = run("resume")
    assert refused.exit_code == 2
    assert "nothing was begun here" in refused.output


def test_a_public_network_must_be_in_the_deal(run, node, tmp_path):
    with own_node(genesis=BEGIN, chain_id=11_155_111) as sepolia:
        refused = run("plan", "--network", sepolia.url, "--account", "TEST::0")
        assert refused.exit_code == 2
        assert "name --commitment" in refused.output


def test_no_node(run):
    refused = run("plan", "--network", "http://127.0.0.1:9")
    assert refused.exit_code == 3
    assert refused.output.count("\n") == 1


class TestALiveDeal:
    @pytest.fixture
    def live(self, run):
        assert run("apply").exit_code == 0
        return run

    @pytest.fixture
    def changed(self, tmp_path):
        """The deal's file beside the live one, with some words replaced."""

        def change(old, new):
            folder = tmp_path / "charged-off-accounts"
            shutil.copytree(DEAL.parent, folder)
            text = (folder / "deal.yaml").read_text()
            assert old in text
            (folder / "deal.yaml").write_text(text.replace(old, new))
            return folder / "deal.yaml"

        return change

    def test_does_not_differ(self, live):
        same = live("diff")
        assert (same.exit_code, same.output.splitlines()[-1]) == (0, "the live deal is what the file says")
        assert "nothing to change" in live("change").output

    def test_differs_where_the_file_does(self, live, changed):
        other = changed("rate: 7 %", "rate: 8 %")
        found = live("diff", deal=other)
        assert found.exit_code == 1
        assert "Waterfall: terms.tranches[0].rate" in found.output
        refused = live("change", deal=other)
        assert refused.exit_code == 2
        assert "it is part of the contract" in refused.output

    def test_a_safe_signs_elsewhere(self, run, tmp_path):
        safe = "0x" + "5a" * 20
        written = run("safe", "--safe", safe, "--out", tmp_path / "batches")
        assert written.exit_code == 0
        assert len(list((tmp_path / "batches").glob("*.json"))) > 1
        waits = run("resume", "--safe", safe)
        assert waits.exit_code == 3
        assert "steps are not executed by" in waits.output
        assert run("apply", "--safe", safe).exit_code == 2
