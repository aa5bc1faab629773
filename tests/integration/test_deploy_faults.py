"""A deal's deployment is disturbed at one point, and the same command run once more: nothing is lost, nothing twice.

`make faults` goes through every point; the usual run through some of each kind. The plan is that of the small deal with
an owner who takes over at the end, so that contracts, calls, roles and the hand-over are all there.
"""

import os

import pytest

from tests.utils.broken_runs import BROKEN, FINE, TOLD, Arena, Fault, every_fault, some_of
from tests.utils.fault_proxy import KINDS, fault_proxy
from tests.utils.own_node import own_node
from tests.utils.small_plan import small_plan

KILLED = -9
ALL = os.environ.get("SALVOR_FAULTS") == "all"
USUAL = {"kill": 20} | dict.fromkeys(KINDS, 2)  # points of each kind in the usual run


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    with own_node() as node, fault_proxy(node.url) as proxy:
        ready = Arena(node, proxy, small_plan(node), tmp_path_factory.mktemp("deployment") / "journal")
        ready.reset()
        yield ready


@pytest.fixture(scope="module")
def undisturbed(stage):
    """The state that a run without faults leads to, and how many requests and events it has."""
    stage.reset()
    assert stage.run(patient=True) == FINE
    events, requests = int((stage.folder / "events").read_text()), stage.proxy.count
    names = {step.name for step in stage.plan.steps}
    assert stage.successes() == dict.fromkeys(names, 1)
    return stage.state(), requests, events


def check(stage, undisturbed, faults):
    """Disturbed, run again, compared; what is wrong in words."""
    stage.reset()
    first = stage.run(faults)
    if first not in (FINE, TOLD, KILLED):
        return f"{faults[0]}: the first run ended with {first}"
    seen = stage.proxy.raws
    if stage.run(patient=True) != FINE:
        return f"{faults[0]}: the second run did not finish"
    if stage.state() != undisturbed[0]:
        return f"DP-01 {faults[0]}: another state"
    if stage.successes() != dict.fromkeys((step.name for step in stage.plan.steps), 1):
        return f"DP-02 {faults[0]}: {stage.successes() - dict.fromkeys((s.name for s in stage.plan.steps), 1)}"
    if not seen | stage.proxy.raws <= stage.journalled():
        return f"DP-03 {faults[0]}: something was sent that is not in the journal"
    return ""


@pytest.mark.parametrize("kind", ["kill", *KINDS])
def test_a_disturbed_run_is_finished_by_the_next_one(stage, undisturbed, kind):
    _, requests, events = undisturbed
    points = [each for each in every_fault(requests, events) if each.kind == kind]
    chosen = points if ALL else some_of(points, 2 * USUAL[kind])
    assert [said for fault in chosen if (said := check(stage, undisturbed, [fault]))] == []


def test_two_faults_in_one_run(stage, undisturbed):
    """A node that forgets a transaction, in a run that is killed a moment later."""
    _, _, events = undisturbed
    pairs = [[Fault("swallow", 9), Fault("kill", 25)], [Fault("reorg", 14), Fault("kill", events // 2)]]
    assert [said for pair in pairs if (said := check(stage, undisturbed, pair))] == []


def test_as_many_points_as_promised(undisturbed):
    _, requests, events = undisturbed
    assert len(every_fault(requests, events)) >= 300
    assert sum(USUAL.values()) >= 40


def test_a_second_run_sends_nothing(stage, undisturbed):
    stage.reset()
    assert stage.run(patient=True) == FINE
    before = stage.state(), stage.node.ask("eth_blockNumber")
    stage.proxy.raws.clear()
    assert stage.run(patient=True) == FINE
    assert stage.proxy.raws == set(), "DP-05"
    assert (stage.state(), stage.node.ask("eth_blockNumber")) == before, "DP-05"


def test_a_forked_run_that_breaks_is_seen(stage):
    """The test of the tests: whatever is no error for users counts as broken."""
    from tests.utils.broken_runs import in_child

    def divide():
        raise ZeroDivisionError

    assert in_child(divide) == BROKEN
