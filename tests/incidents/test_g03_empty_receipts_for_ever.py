"""Dropped transactions left "empty receipts" for ever (foundry-rs/foundry 3205, 4346; hardhat-ignition 665).

The hash was noted, the node forgot the transaction, and a resumed run only asked for its receipt. Here whatever has no
receipt is sent again, the same bytes with the same nonce; and a transaction that is mined with status 0 stops the run.
"""

import pytest

from salvor.deploy import Node, Options, apply_plan
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import Stalled
from tests.incidents.test_g01_wallet_used_between_two_runs import node, ten_steps  # noqa: F401
from tests.utils.fault_proxy import fault_proxy
from tests.utils.own_node import deployer

QUICK = Options(pause=0.01, again_after=0.05)


@pytest.mark.parametrize("in_flight", [1, 16])
def test_what_a_node_swallowed_is_sent_again(node, tmp_path, in_flight):  # noqa: F811
    """The third and the seventh transaction get a hash, and nobody ever sees them."""
    plan = ten_steps(node)
    with fault_proxy(node.url) as proxy:
        swallowed, sent = set(), 0
        handle = proxy.handle

        def swallow_two(body):
            nonlocal sent
            if b"eth_sendRawTransaction" in body and body not in swallowed:
                sent += 1
                if sent in (3, 7):
                    swallowed.add(body)
                    proxy.at[proxy.count + 1] = "swallow"
            return handle(body)

        proxy.handle = swallow_two
        patience = Options(pause=0.01, again_after=60, patience=0.2, in_flight=in_flight)
        with pytest.raises(Stalled):
            apply_plan(plan, Node(proxy.url), [deployer()], tmp_path / "j", patience)
        for _ in range(2):
            with Journal(tmp_path / "j") as journal:
                try:
                    applied = apply_plan(plan, Node(proxy.url), [deployer()], journal, QUICK)
                except Stalled:
                    continue
                break
        assert len(swallowed) == 2
    assert len(applied.mined) == 10
    with Journal(tmp_path / "j") as journal:
        sent_rows = journal.sent()
    assert len({each.nonce for each in sent_rows}) == len(sent_rows) == 10, "DP-02"
    assert {each.hash for each in sent_rows} == {each.hash for each in applied.mined.values()}
