"""What is left of a plan as batches of the Safe Transaction Builder, and what a Safe has executed of it."""

import json

import pytest

from salvor.deploy.plan.safe import batches, checksum
from salvor.deploy.propose import propose, safe_account
from salvor.errors import OptionInvalid
from tests.utils.own_node import other_wallet
from tests.utils.small_plan import nobody, small_accounts, small_plan


def plan_of_a_safe(node):
    return small_plan(node, accounts=small_accounts(admin=other_wallet().address))


def batches_of(plan):
    gas = [plan.tried[step.name].gas for step in plan.left]
    return batches(plan.title, plan.chain_id, plan.sender, plan.left, gas, created=1)


def test_all_steps_are_there_in_their_order(node):
    plan = plan_of_a_safe(node)
    sent = [each for batch in batches_of(plan) for each in batch.content["transactions"]]
    assert [(each["to"], each["data"]) for each in sent] == [(s.to, f"0x{s.data.hex()}") for s in plan.left]


def test_no_batch_is_too_large_for_a_block(node):
    made = batches_of(plan_of_a_safe(node))
    assert len(made) > 1
    assert all(batch.gas <= 12_000_000 for batch in made)


def test_the_file_is_the_builder_s(node):
    content = json.loads(batches_of(plan_of_a_safe(node))[0].text())
    assert (content["version"], content["chainId"]) == ("1.0", "31337")
    assert content["meta"]["createdFromSafeAddress"] == other_wallet().address
    assert content["meta"]["checksum"] == checksum(content)


def test_the_checksum_is_over_everything_but_the_name(node):
    content = batches_of(plan_of_a_safe(node))[0].content
    renamed = content | {"meta": content["meta"] | {"name": "another"}}
    other = content | {"chainId": "1"}
    assert checksum(renamed) == checksum(content)
    assert checksum(other) != checksum(content)


def test_what_was_executed_is_seen(node):
    """The Safe sends every transaction of the first batch; the next plan has only the rest."""
    plan = plan_of_a_safe(node)
    first, *rest = batches_of(plan)
    for each in first.content["transactions"]:
        sent = node.ask("eth_sendTransaction", {"from": plan.sender, "to": each["to"], "data": each["data"]})
        while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
            pass
        assert receipt["status"] == "0x1"
    left = plan_of_a_safe(node).left
    assert len(left) == sum(len(batch.content["transactions"]) for batch in rest)


class TestProposing:
    """What the plugin ape-safe is asked for; the plugin itself was tried by hand (docs/deploying.md)."""

    def test_each_batch_is_one_transaction_in_its_order(self, node):
        made = batches_of(plan_of_a_safe(node))
        safe = PlayedSafe(7, 7)
        assert list(propose(made, safe, "owner")) == [f"hash {7 + place}" for place in range(len(made))]
        for batch, calls in zip(made, safe.proposed, strict=True):
            assert calls == [
                {"target": each["to"], "value": 0, "callData": bytes.fromhex(each["data"][2:])}
                for each in batch.content["transactions"]
            ]

    def test_none_joins_a_queue(self, node):
        safe = PlayedSafe(7, 9)
        with pytest.raises(OptionInvalid, match="2 transactions of the Safe wait already"):
            list(propose(batches_of(plan_of_a_safe(node)), safe, "owner"))
        assert safe.proposed == []

    def test_without_the_plugin_the_files_are_named(self):
        with pytest.raises(OptionInvalid, match=r"--propose needs the plugin ape-safe .*; without it, load the files"):
            safe_account(nobody(1))


class PlayedSafe:
    """A Safe's account as the plugin has it: batches with calls, proposed under a nonce by somebody."""

    def __init__(self, next_nonce, new_nonce):
        self.next_nonce, self.new_nonce, self.proposed = next_nonce, new_nonce, []

    def create_batch(self):
        return PlayedBatch(self)


class PlayedBatch:
    def __init__(self, safe):
        self.safe, self.calls = safe, []

    def propose(self, submitter, nonce):
        assert submitter == "owner"
        self.safe.proposed.append(self.calls)
        return f"hash {nonce}"
