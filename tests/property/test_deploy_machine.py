"""A machine that draws how a deployment goes wrong: runs with faults and kills, other wallets, reorganisations.

Whatever was drawn, one undisturbed run at the end leaves the state of an undisturbed deployment, each step once.
`SALVOR_FAULTS=all` draws more.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.utils.broken_runs import FINE, TOLD, Arena, Fault
from tests.utils.fault_proxy import KINDS, fault_proxy
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import nobody, small_plan

EXAMPLES, STEPS = (60, 8) if os.environ.get("SALVOR_FAULTS") == "all" else (5, 5)
KILLED = -9
REQUESTS, EVENTS = 45, 110  # more than an undisturbed run has

faults = st.one_of(
    st.builds(Fault, st.sampled_from(KINDS), st.integers(1, REQUESTS)),
    st.builds(Fault, st.just("kill"), st.integers(1, EVENTS)),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with own_node() as node, fault_proxy(node.url) as proxy:
        yield Arena(node, proxy, small_plan(node), tmp_path_factory.mktemp("machine") / "journal")


@pytest.fixture(scope="module")
def undisturbed(stage):
    stage.reset()
    assert stage.run(patient=True) == FINE
    return stage.state()


def test_whatever_goes_wrong_the_next_run_finishes(stage, undisturbed):
    class Deployment(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            stage.reset()
            self.seen = set()

        @rule(drawn=st.lists(faults, min_size=1, max_size=4, unique_by=lambda each: (each.kind == "kill", each.at)))
        def run(self, drawn):
            assert stage.run(drawn) in (FINE, TOLD, KILLED)
            self.seen |= stage.proxy.raws

        @rule(count=st.integers(1, 3))
        def another_wallet_sends_from_the_account(self, count):
            for _ in range(count):
                stage.node.ask("eth_sendTransaction", {"from": deployer().address, "to": nobody(1), "value": "0x1"})

        @rule(depth=st.integers(1, 5))
        def the_chain_is_reorganised(self, depth):
            if int(stage.node.ask("eth_blockNumber"), 16) > depth:
                stage.node.ask("anvil_reorg", depth, [])

        @rule()
        def the_node_forgets_what_waits(self):
            stage.node.ask("anvil_dropAllTransactions")

        @invariant()
        def nothing_is_there_twice(self):
            counts = stage.successes()
            assert [name for name, count in counts.items() if count > 1 and name != "something else"] == [], "DP-02"

        def teardown(self):
            assert stage.run(patient=True) == FINE, "DP-01"
            assert stage.state() == undisturbed, "DP-01"
            wanted = dict.fromkeys((step.name for step in stage.plan.steps), 1)
            counts = stage.successes()
            assert {name: counts[name] for name in wanted} == wanted, "DP-02"
            assert self.seen | stage.proxy.raws <= stage.journalled(), "DP-03"

    run_state_machine_as_test(
        Deployment,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
