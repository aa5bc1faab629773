"""The deployer used his wallet between two runs (NomicFoundation/hardhat-ignition 725, 781: expected 6, found 28).

The tool insisted on the nonce that its journal had next, and people edited the journal by hand. Here the transaction
that used the nonce is looked up, and the steps that are left go out from the next free one, to the planned addresses.
"""

import pytest

from salvor.deploy import Options, apply_plan, make_plan, read_artifacts, steps_on
from salvor.deploy.plan.journal import Journal
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import ROOT, artifacts, nobody

OTHER_TRANSACTIONS = 22


class Stopped(BaseException):
    """The process ended here."""


@pytest.fixture
def node():
    with own_node() as running:
        yield running


def ten_steps(node):
    """The factory, a token and eight calls."""
    artifacts()
    steps = steps_on(node, "ten steps", read_artifacts(ROOT / ".build"), deployer())
    token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
    for number in range(8):
        steps.call(token, "mint", nobody(1), 1 << number, after=[] if number == 0 else [steps.steps[-1]])
    return make_plan(steps, node)


@pytest.mark.parametrize("sent_by_the_wallet", [1, OTHER_TRANSACTIONS])
@pytest.mark.parametrize("signed_before_the_stop", [False, True])
def test_the_rest_goes_out_from_the_next_free_nonce(node, tmp_path, sent_by_the_wallet, signed_before_the_stop):
    plan, quick = ten_steps(node), Options(pause=0.01, again_after=0.05)

    def stop(what, step):
        mined = int(node.ask("eth_getTransactionCount", deployer().address, "latest"), 16)
        if mined >= 4 and what == ("sent" if signed_before_the_stop else "mined"):
            raise Stopped

    with pytest.raises(Stopped):
        apply_plan(plan, node, [deployer()], tmp_path / "j", Options(pause=0.01, again_after=0.05, tell=stop))
    wallet_uses_its_nonces(node, sent_by_the_wallet)
    applied = apply_plan(ten_steps(node), node, [deployer()], tmp_path / "j", quick)

    assert set(applied.mined) == {step.name for step in plan.steps}
    assert applied.addresses == plan.addresses
    balance = node.ask("eth_call", {"to": plan.addresses["SettlementToken"], "data": "0x18160ddd"}, "latest")
    assert int(balance, 16) == 255, "DP-02"  # each of the eight mints once
    used = int(node.ask("eth_getTransactionCount", deployer().address, "latest"), 16)
    assert used == 10 + sent_by_the_wallet


def test_signed_and_never_sent_is_signed_anew(node, tmp_path):
    """Killed after the journal was written and before anything was sent; then the wallet takes these very nonces."""
    plan, quick = ten_steps(node), Options(pause=0.01, again_after=0.05)

    def stop(event):
        if event == "after signed 1" and int(node.ask("eth_blockNumber"), 16) == 4:
            raise Stopped

    with pytest.raises(Stopped), Journal(tmp_path / "j", watch=stop) as journal:
        apply_plan(plan, node, [deployer()], journal, quick)
    wallet_uses_its_nonces(node, OTHER_TRANSACTIONS)
    with Journal(tmp_path / "j") as journal:
        apply_plan(plan, node, [deployer()], journal, quick)
        displaced = [each for each in journal.sent() if each.state == "displaced"]
        assert [each.nonce for each in displaced] == [4]
        later = [each.nonce for each in journal.sent() if each.id > displaced[0].id]
        assert later == [26, 27, 28, 29, 30, 31]


def wallet_uses_its_nonces(node, count):
    for _ in range(count):
        node.ask("eth_sendTransaction", {"from": deployer().address, "to": nobody(2), "value": "0x1"})
    while node.ask("txpool_status") != {"pending": "0x0", "queued": "0x0"}:
        pass
