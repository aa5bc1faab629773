"""The source changed after a part was deployed (NomicFoundation/hardhat 5158; hardhat-ignition 420, 576).

The advice was to delete the deployment's folder; and where nothing had changed ("undefined" against empty call data)
a change was reported. Here a comment's change is told and goes on; a change of the code stops before anything is sent
and names the contract, both hashes, and what depends on it; and the journal stays as it is.
"""

import re
from dataclasses import replace

import pytest

from salvor.deploy import Options, apply_plan, make_plan, steps_on
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import PlanChanged
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import artifacts, nobody

METADATA = re.compile(r"(a264697066735822)(1220)[0-9a-f]{64}")
QUICK = Options(pause=0.01, again_after=0.05)


class Stopped(BaseException):
    """The process ended here."""


@pytest.fixture
def node():
    with own_node() as running:
        yield running


def plan_with(node, changed=None):
    """Ten steps, one of them a transfer of nothing without data; `changed` is another artifact of its name."""
    known = {name: artifacts()[name] for name in ("SettlementToken", "DealAccess", "AllowList", "Distributor")}
    steps = steps_on(node, "ten", known | ({changed.name: changed} if changed else {}), deployer())
    token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
    access = steps.deploy("DealAccess", deployer())
    for number in range(4):
        steps.call(token, "mint", nobody(1), 1 << number)
    steps.deploy("AllowList", access)
    distributor = steps.deploy("Distributor", access, token)
    steps.call(access, "grantRole", 1, distributor, 0)
    return make_plan(steps, node)


@pytest.fixture
def begun(node, tmp_path):
    """Six of the ten are done."""
    plan = plan_with(node)
    assert len(plan.steps) == 10

    def stop(what, step):
        if what == "mined" and len(done := {*done_so_far, step}) == 6:
            done_so_far.update(done)
            raise Stopped
        if what == "mined":
            done_so_far.add(step)

    done_so_far = set()
    options = replace(QUICK, in_flight=1, tell=stop)
    with pytest.raises(Stopped):
        apply_plan(plan, node, [deployer()], tmp_path / "j", options)
    assert len(done_so_far) == 6
    return tmp_path / "j"


def other_texts(artifact):
    """The same code, compiled from a source with another comment."""
    code = METADATA.sub(rf"\g<1>\g<2>{'5a' * 32}", artifact.code)
    assert code != artifact.code
    return replace(artifact, code=code, runtime=METADATA.sub(rf"\g<1>\g<2>{'5a' * 32}", artifact.runtime))


@pytest.mark.parametrize("name", ["SettlementToken", "Distributor"])
def test_a_comment_is_told_and_goes_on(node, begun, name):
    """Whether the contract stands there already or not."""
    applied = apply_plan(plan_with(node, other_texts(artifacts()[name])), node, [deployer()], begun, QUICK)
    assert applied.notices == (f"{name}: the same code from other source texts; going on",)
    assert len(applied.mined) == 10


def test_a_constant_stops_and_names_what_depends_on_it(node, begun):
    before = node.ask("eth_getTransactionCount", deployer().address, "pending")
    with Journal(begun) as journal:
        rows = journal.sent()
    with pytest.raises(PlanChanged) as refused:
        apply_plan(plan_with(node, other_constant_of("DealAccess")), node, [deployer()], begun, QUICK)
    said = refused.value.message
    assert re.search(r"DealAccess changed \([0-9a-f]{8}, now [0-9a-f]{8}\), on which AllowList, Distributor", said)
    assert "\n" not in said
    assert node.ask("eth_getTransactionCount", deployer().address, "pending") == before, "DP-06"
    with Journal(begun) as journal:
        assert journal.sent() == rows


def other_constant_of(name):
    artifact = artifacts()[name]
    place = artifact.code.index("5b5f80fd") if "5b5f80fd" in artifact.code else len(artifact.code) // 2
    return replace(artifact, code=f"{artifact.code[:place]}5b5ffdfe{artifact.code[place + 8 :]}")


def test_no_data_and_empty_data_are_one(node, begun):
    """Planned once more from the same inputs, by another process: nothing has changed."""
    applied = apply_plan(plan_with(node), node, [deployer()], begun, QUICK)
    assert applied.notices == ()
    assert len(applied.mined) == 10
