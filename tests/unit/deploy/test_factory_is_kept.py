"""A deployment stays with the factory that it was begun with: another one has other addresses for everything."""

import json

import pytest
from eth_hash.auto import keccak

from salvor.deploy.addresses import write_addresses
from salvor.deploy.bring import refuse_another
from salvor.deploy.compare import compare
from salvor.deploy.deployment import BOOK
from salvor.deploy.plan import create3
from salvor.deploy.plan.create3 import CREATEX, CREATEX_FACTORY, SALVOR, factory_on
from salvor.deploy.plan.journal import Journal, fact_of
from salvor.deploy.plan.plan import write_plan
from salvor.deploy.plan.refusals import FactoryGone, OtherFactory, PlanChanged
from salvor.deploy.plan.run import apply_plan
from tests.unit.deploy.test_live_deal import small_deployment
from tests.utils.own_node import deployer
from tests.utils.small_plan import small_accounts, small_plan


@pytest.fixture
def deployment(node, quick, tmp_path):
    """The small deal, applied through our own factory."""
    made = small_deployment(node, tmp_path / "live", small_accounts())
    with Journal(made.journal) as journal:
        plan = made.plan(journal)
        apply_plan(plan, node, [deployer()], journal, quick)
        write_addresses(made, plan, journal.mined(), made.folder / BOOK)
    return made


@pytest.fixture
def createx_comes(node, monkeypatch):
    """Somebody deploys CreateX; here other code stands for it, and is taken for it."""

    def come():
        monkeypatch.setattr(create3, "_CREATEX_CODE", bytes(keccak(b"\x5b\x00")).hex())
        node.ask("anvil_setCode", CREATEX, "0x5b00")

    return come


class TestADealThatStands:
    def test_is_found_again_by_its_journal(self, deployment, node, createx_comes):
        createx_comes()
        assert factory_on(node) == CREATEX_FACTORY
        (deployment.folder / BOOK).unlink()
        assert compare(deployment).findings == ()
        assert deployment.plan().left == (), "DP-05"

    def test_is_found_again_by_its_address_book(self, deployment, createx_comes):
        createx_comes()
        deployment.journal.unlink()
        assert json.loads((deployment.folder / BOOK).read_text())["factory"] == SALVOR.name
        assert deployment.plan().left == (), "DP-05"

    def test_is_asked_for_while_a_run_has_its_journal(self, deployment):
        with Journal(deployment.journal):
            assert fact_of(deployment.journal, "factory") == SALVOR.name

    def test_of_a_factory_that_the_node_does_not_show(self, deployment):
        with Journal(deployment.journal) as journal:
            journal.say({"factory": CREATEX_FACTORY.name})
        with pytest.raises(FactoryGone, match=f"begun through CreateX, and the node shows other code at {CREATEX}"):
            deployment.steps()


def test_no_journal_says_nothing(tmp_path):
    (tmp_path / "text").write_text("no journal")
    assert fact_of(tmp_path / "text", "factory") is None
    assert fact_of(tmp_path / "none", "factory") is None


def test_a_journal_refuses_a_plan_through_another_factory(node, quick, tmp_path, createx_comes):
    apply_plan(small_plan(node), node, [deployer()], tmp_path / "j", quick)
    createx_comes()
    blocks = node.ask("eth_blockNumber")
    with pytest.raises(OtherFactory, match="begun through the factory Salvor, this plan takes CreateX"):
        apply_plan(small_plan(node), node, [deployer()], tmp_path / "j", quick)
    assert node.ask("eth_blockNumber") == blocks, "DP-06"


def test_a_reviewed_plan_is_of_its_factory(node, tmp_path, createx_comes):
    write_plan(small_plan(node), tmp_path / "plan.json")
    refuse_another(small_plan(node), tmp_path / "plan.json")
    createx_comes()
    with pytest.raises(PlanChanged, match="it is for the factory Salvor, not CreateX: all addresses differ"):
        refuse_another(small_plan(node), tmp_path / "plan.json")
