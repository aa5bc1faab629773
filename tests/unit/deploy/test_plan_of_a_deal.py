"""What a plan knows before anything is sent, and what it refuses."""

import json
from dataclasses import replace

import pytest

from salvor.chain.refusal import CallRefused
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.plan import changes_since, outline, read_plan, write_plan
from salvor.deploy.plan.refusals import PlanChanged, PlanUnreadable
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.survey import Found
from tests.property.evergreen_stage import evergreen, small_deal
from tests.unit.deploy.test_live_deal import small_deployment
from tests.utils.own_node import GENESIS, KEYS, deployer
from tests.utils.small_plan import nobody, small_accounts, small_plan, small_steps
from tests.utils.world import DAY, small_terms


def test_it_sends_nothing(node):
    before = node.ask("eth_blockNumber"), node.ask("eth_getTransactionCount", deployer().address, "pending")
    small_plan(node)
    after = node.ask("eth_blockNumber"), node.ask("eth_getTransactionCount", deployer().address, "pending")
    assert before == after, "DP-04"


def test_gas_is_what_it_will_be(node, quick, tmp_path):
    plan = small_plan(node)
    applied = apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    assert applied.gas == plan.gas
    assert applied.cost <= plan.cost


def test_addresses_are_what_they_will_be(node, quick, tmp_path):
    plan = small_plan(node)
    applied = apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    codes = [node.ask("eth_getCode", address, "latest") for address in applied.addresses.values()]
    assert all(len(code) > 2 for code in codes)


def test_what_is_there_is_known_without_a_journal(node, quick, tmp_path):
    apply_plan(small_plan(node), node, [deployer()], tmp_path / "j", quick)
    again = small_plan(node)
    assert set(again.found.values()) == {Found.DONE}
    assert (again.left, again.gas) == ((), 0)


def test_the_hash_is_that_of_the_inputs(node):
    same, other = small_plan(node), small_plan(node, grace=0)
    assert small_plan(node).hash == same.hash
    assert other.hash != same.hash
    assert small_plan(node, salt="2").hash != same.hash


def test_dependencies_come_from_the_addresses(node):
    steps = {step.name: step for step in small_plan(node).steps}
    assert set(steps["Distributor"].after) == {"factory", "DealAccess", "SettlementToken TUSD"}
    assert steps["DealFigures"].after == ("factory", "Waterfall")


def test_the_hand_over_waits_for_everything(node):
    plan = small_plan(node)
    given, renounced = plan.steps[-2:]
    assert set(given.after) >= {step.name for step in plan.steps[:-2]}
    assert given.name in renounced.after


def test_terms_that_a_contract_refuses_are_refused_before_a_node_is_asked(node):
    asked = node.requests
    with pytest.raises(CallRefused, match="MinimumOutOfRange"):
        small_steps(node, tranches=tuple(_without_minimum(small_steps)))
    assert node.requests <= asked + 3  # the factory and the number of the chain


def _without_minimum(_):
    first, *rest = small_terms(1).rules.tranches
    return [replace(first, minimum=0), *rest]


def test_a_deal_whose_closing_is_over_is_planned_with_a_warning(node, tmp_path):
    """Nobody could order: what is deployed so would be of no use."""
    deployment = small_deployment(node, tmp_path, small_accounts())
    over = "by the chain's clock the deal's closing, 2030-01-11, is over"
    assert not [each for each in deployment.plan().warnings if each.startswith(over)]
    node.ask("evm_setNextBlockTimestamp", GENESIS + 11 * DAY)
    node.ask("anvil_mine")
    assert len([each for each in deployment.plan().warnings if each.startswith(over)]) == 1


def test_arguments_are_told_in_words(node):
    steps = {step.name: step for step in small_plan(node).steps}
    assert steps["Distributor"].says == "authority=DealAccess, settlement=SettlementToken TUSD"
    assert "DealAccess.grantRole(roleId=1, account=servicer, executionDelay=0)" in steps
    assert "DealAccess.setTargetFunctionRole(target=LoanPool, selectors=[report], roleId=1)" in steps


class TestTheFile:
    def test_reads_back(self, node, tmp_path):
        plan = small_plan(node)
        write_plan(plan, tmp_path / "plan.json")
        assert read_plan(tmp_path / "plan.json")["hash"] == plan.hash

    def test_has_no_key(self, node, quick, tmp_path):
        plan = small_plan(node)
        write_plan(plan, tmp_path / "plan.json")
        apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert bytes.fromhex(KEYS[0][2:]) not in kept, "DP-07"
        assert KEYS[0][2:].encode() not in kept.lower(), "DP-07"

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"salvor_plan": "0"}'])
    def test_another_file_is_refused(self, tmp_path, text):
        (tmp_path / "plan.json").write_text(text)
        with pytest.raises(PlanUnreadable):
            read_plan(tmp_path / "plan.json")


class TestChanges:
    def test_none(self, node):
        plan = small_plan(node)
        assert changes_since(json.loads(json.dumps(outline(plan.steps))), plan.steps).real == ()

    def test_one_argument_names_the_step_and_what_hangs_on_it(self, node):
        old = outline(small_plan(node).steps)
        changes = changes_since(old, small_plan(node, grace=0).steps).real
        assert any(each.startswith("LoanPool changed (") and "on which Offering" in each for each in changes)

    def test_a_role_that_somebody_else_gets(self, node):
        old = outline(small_plan(node).steps)
        other = small_plan(node, accounts=small_accounts(servicer=nobody(0xBAD)))
        assert any("account=servicer" in each for each in changes_since(old, other.steps).real)

    def test_a_begun_deployment_refuses_another_plan(self, node, quick, tmp_path):
        with Journal(tmp_path / "j") as journal:
            apply_plan(small_plan(node), node, [deployer()], journal, quick)
            nonce = node.ask("eth_getTransactionCount", deployer().address, "pending")
            with pytest.raises(PlanChanged):
                apply_plan(small_plan(node, grace=0), node, [deployer()], journal, quick)
            assert node.ask("eth_getTransactionCount", deployer().address, "pending") == nonce, "DP-06"


class TestEvergreen:
    """A deal of another kind has contracts and calls of its own; the plan has them because `apply` has them."""

    TERMS = replace(small_terms(1), rules=small_deal(GENESIS + 10 * DAY, evergreen()))

    def test_one_sender_does_it_all(self, node):
        plan = small_plan(node, terms=self.TERMS)
        assert {step.sender for step in plan.steps} == {deployer().address}
        assert [each.refused for each in plan.tried.values() if each.refused] == []
        assert {"EvergreenFund", "Gate", "Gate 2", "Gate 3"} <= set(plan.addresses)

    def test_it_is_known_on_the_chain_without_a_journal(self, node, quick, tmp_path):
        apply_plan(small_plan(node, terms=self.TERMS), node, [deployer()], tmp_path / "j", quick)
        assert small_plan(node, terms=self.TERMS).left == ()
