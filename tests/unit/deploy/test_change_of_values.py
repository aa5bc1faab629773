"""Values, signers and what of a fund may change: a live deal is brought to a changed file; what can't be is refused."""

from dataclasses import replace

import pytest

from salvor.deal.load import load_deal
from salvor.deal.oracle import Oracle
from salvor.deploy.change import change
from salvor.deploy.compare import compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import ChangeImpossible
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.terms import OracleTerms
from salvor.deploy.vaults import VaultTerms
from salvor.model.terms import FeeKind, FeeLine, TriggerKind, TriggerTerms
from tests.property.evergreen_stage import evergreen, small_deal
from tests.unit.deploy.conftest import QUICK
from tests.unit.deploy.test_change_of_rules import send
from tests.utils.own_node import GENESIS, deployer, own_node
from tests.utils.small_plan import ROOT, TOKEN, artifacts, nobody, small_accounts
from tests.utils.world import DAY, small_terms

OWNER, KEEPER = nobody(0xF0), 14
SIGNERS = {"bureau": nobody(0xD1), "registry": nobody(0xD2)}


def value(key, *signers, **changes):
    return {"key": key, "quorum": "1", "sources": [{"signer": each, "hours": "24"} for each in signers], **changes}


VALUES = (value("HPI/US-CA", "bureau"), value("HPI/US-TX", "bureau", "registry"))


def section(*values, signers=None):
    signers = SIGNERS if signers is None else signers
    given = {"signers": signers, "challenges": {"bond": "1000.00"}, "values": list(values)}
    return OracleTerms(Oracle.model_validate(given), bond=1_000_00)


TERMS = replace(small_terms(1), rules=small_deal(GENESIS + 10 * DAY, evergreen()), oracle=section(*VALUES))


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """An evergreen deal with two values on a chain of its own, whose owner is one key."""
    with own_node() as node:
        deal = load_deal(ROOT / "deals/charged-off-accounts/deal.yaml")
        folder, accounts = tmp_path_factory.mktemp("values"), small_accounts(owner=OWNER)
        made = Deployment(deal, TERMS, accounts, TOKEN, node, 31_337, folder, artifacts(), "1")
        with Journal(made.journal) as journal:
            apply_plan(made.plan(journal), node, [deployer()], journal, QUICK)
        yield made


@pytest.fixture
def deployment(live):
    snapshot = live.node.ask("evm_snapshot")
    yield live
    live.node.ask("evm_revert", snapshot)


def with_oracle(deployment, *values, **changes):
    return replace(deployment, terms=replace(TERMS, oracle=section(*values, **changes)))


def with_fund(deployment, **changes):
    rules = replace(TERMS.rules, evergreen=replace(TERMS.rules.evergreen, **changes))
    return replace(deployment, terms=replace(TERMS, rules=rules))


def calls_of(wanted):
    """The names of what is proposed; it is sent, and then nothing differs."""
    found = change(wanted)
    for step in found.steps:
        send(wanted, OWNER, step)
    assert compare(wanted).findings == ()
    assert change(wanted) is None
    return [step.name.split("(")[0] for step in found.steps]


def test_nothing(deployment):
    assert compare(deployment).findings == ()


class TestValues:
    def test_another_bound(self, deployment):
        wanted = with_oracle(deployment, value("HPI/US-CA", "bureau", highest="1000.5"), VALUES[1])
        [finding] = compare(wanted).findings
        assert finding.what == "value of OracleHub: HPI/US-CA"
        assert finding.file == f"held (highest={10005 * 10**17})"
        assert finding.changeable == "whoever is ORACLE_KEEPER, by setPolicy of OracleHub"
        assert calls_of(wanted) == ["OracleHub.setPolicy"]

    def test_one_comes_with_its_signer_and_one_goes(self, deployment):
        signers = {**SIGNERS, "court": nobody(0xD3)}
        wanted = with_oracle(deployment, VALUES[0], value("HPI/US-NY", "court"), signers=signers)
        calls = ["SignedReports.addSigner", "OracleHub.setPolicy", "OracleHub.dropPolicy"]
        assert calls_of(wanted) == calls

    def test_one_that_nobody_named(self, deployment):
        """Somebody who may do it made a value that the file does not have."""
        more = with_oracle(deployment, *VALUES, value("HPI/US-NY", "bureau"))
        calls_of(more)
        [finding] = compare(deployment).findings
        assert (finding.what, finding.file) == ("value of OracleHub: HPI/US-NY", "not held")

    def test_a_signer_goes_after_the_last_value_that_asks_it(self, deployment):
        signers = {"bureau": SIGNERS["bureau"]}
        wanted = with_oracle(deployment, VALUES[0], value("HPI/US-TX", "bureau"), signers=signers)
        assert calls_of(wanted) == ["OracleHub.setPolicy", "SignedReports.removeSigner"]

    def test_a_signer_who_was_removed_does_not_come_back(self, deployment):
        """The contract refuses it, and so does the proposal, by its reason."""
        calls_of(with_oracle(deployment, VALUES[0], signers={"bureau": SIGNERS["bureau"]}))
        with pytest.raises(ChangeImpossible, match=r"SignedReports\.addSigner\(.* would fail: SignerKnown\("):
            change(deployment)

    def test_whoever_has_not_the_role_proposes_nothing(self, deployment):
        """The role was handed on since; who has it is told."""
        live = deployment.steps().live
        keeper = live.access.ORACLE_KEEPER()
        access, grant, revoke = live.access, "grantRole", "revokeRole"
        for name, args in ((grant, (keeper, nobody(0xF9), 0)), (revoke, (keeper, OWNER))):
            function = access.blueprint.by_name[name][0]
            send(deployment, OWNER, Call(access.address, function.encode(*args)))
        wanted = with_oracle(deployment, value("HPI/US-CA", "bureau", highest="1000.5"), VALUES[1])
        with pytest.raises(ChangeImpossible, match=rf"may be called by {nobody(0xF9)} only, not by {OWNER}"):
            change(wanted)


class Call:
    """To an address, with these bytes."""

    name = "call"

    def __init__(self, to, data):
        self.to, self.data = to, data


class TestTheFund:
    def test_limits_and_the_order_of_exits(self, deployment):
        own = TERMS.rules.evergreen
        limits = tuple(each // 2 + 1 for each in own.limits)
        wanted = with_fund(deployment, limits=limits, senior_first=not own.senior_first)
        [finding] = compare(wanted).findings
        assert finding.what == "EvergreenFund: what may change"
        assert "limits=[" in finding.file
        assert f"seniorFirst={not own.senior_first}" in finding.file
        assert finding.changeable.startswith("whoever is MANAGER, by change of EvergreenFund")
        assert calls_of(wanted) == ["EvergreenFund.change"]
        [back] = compare(deployment).findings
        assert (back.file, back.chain) == (finding.chain, finding.file)

    def test_what_is_part_of_the_contract_is_refused(self, deployment):
        wanted = with_fund(deployment, cut_off=TERMS.rules.evergreen.cut_off + DAY)
        with pytest.raises(ChangeImpossible, match=r"EvergreenFund: terms\.cutOff is .* \(it is part of the"):
            change(wanted)


class TestWhatCanNotChange:
    def test_a_contract_that_the_deal_was_deployed_without(self, deployment):
        vault = VaultTerms("vault", "V", ((0, 1),))
        wanted = replace(deployment, terms=replace(TERMS, vaults=(vault,)))
        with pytest.raises(ChangeImpossible, match=r"PayingNoteVault V is .*deployed without it"):
            change(wanted)

    @pytest.mark.parametrize(("what", "where"), [("fees", "lines"), ("triggers", "triggers")])
    def test_fees_and_triggers(self, deployment, what, where):
        """They are part of the waterfall, which nobody can change."""
        more = {
            "fees": FeeLine("servicer", FeeKind.OF_COLLECTIONS, rate=10**16),
            "triggers": TriggerTerms(TriggerKind.SERVICER_LATE),
        }
        rules = replace(TERMS.rules, **{what: (*getattr(TERMS.rules, what), more[what])})
        with pytest.raises(ChangeImpossible, match=rf"Waterfall: terms\.{where}.* \(it is part of the contract\)"):
            change(replace(deployment, terms=replace(TERMS, rules=rules)))
