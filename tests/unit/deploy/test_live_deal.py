"""A live deal beside its file: what differs, who could change it, who may do what, and what would mend it."""

import shutil
from dataclasses import replace

import pytest
from eth_abi import decode

from salvor.chain.codec import address_of
from salvor.deal.load import load_deal
from salvor.deploy.change import change
from salvor.deploy.compare import NOBODY_CAN, compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.listed import LISTS
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.logs import logs_of
from salvor.deploy.plan.refusals import ChangeImpossible
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.survey import holes_of
from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.deploy.verify import Rebuilt, rebuild, verify
from salvor.model.compliance_rules import Rule
from tests.unit.deploy.conftest import QUICK
from tests.utils.own_node import GENESIS, deployer, own_node
from tests.utils.small_plan import ROOT, TOKEN, artifacts, nobody, small_accounts, small_steps
from tests.utils.timelock import timelock_on
from tests.utils.world import DAY, STEPS, small_terms

DELAY = 2 * DAY
PROPOSER, SERVICER_ROLE, MANAGER_ROLE = nobody(0xB0), 1, 5
REGISTRAR, MIN_HOLDING = nobody(0xB1), int(Rule.MIN_HOLDING)
TOPIC_ONE = "held ((1,))"


def small_deployment(node, folder, accounts, **changes):
    terms = small_terms(GENESIS + 10 * DAY, **{"accelerated_steps": STEPS, **changes})
    deal = load_deal(ROOT / "deals/charged-off-accounts/deal.yaml")
    return Deployment(deal, terms, accounts, TOKEN, node, 31_337, folder, artifacts(), "1")


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """The small deal on a chain, owned by a timelock of two days."""
    with own_node() as node:
        timelock = timelock_on(node, delay=DELAY, proposer=PROPOSER)
        deployment = small_deployment(node, tmp_path_factory.mktemp("live"), small_accounts(owner=timelock))
        with Journal(deployment.journal) as journal:
            apply_plan(deployment.plan(journal), node, [deployer()], journal, QUICK)
        yield deployment


@pytest.fixture
def deployment(live):
    snapshot = live.node.ask("evm_snapshot")
    yield live
    live.node.ask("evm_revert", snapshot)


def as_somebody(deployment, sender, to, data):
    """A transaction from any address; it must succeed."""
    node = deployment.node
    node.ask("anvil_impersonateAccount", sender)
    node.ask("anvil_setBalance", sender, hex(10**19))
    sent = node.ask("eth_sendTransaction", {"from": sender, "to": to, "data": f"0x{data.hex()}"})
    while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
        pass
    assert receipt["status"] == "0x1"


def as_owner(deployment, function, *args):
    """The timelock itself calls the deal's AccessManager."""
    access = deployment.steps().live.access
    data = access.blueprint.by_name[function][0].encode(*args)
    as_somebody(deployment, deployment.accounts.owner, access.address, data)


def regulated_beside(deployment):
    """The same deal with notes that ask identities, applied under a salt of its own."""
    rules = RegulatedTerms((1,), 2, 3, (), (NoteRules(((MIN_HOLDING, (5).to_bytes(32)),)),) * 3, REGISTRAR)
    terms = replace(deployment.terms, regulated=rules)
    regulated = replace(deployment, terms=terms, folder=deployment.folder / "r", salt="regulated")
    shutil.rmtree(regulated.folder, ignore_errors=True)  # of a chain that was put back
    with Journal(regulated.journal) as journal:
        apply_plan(regulated.plan(journal), regulated.node, [deployer()], journal, QUICK)
    assert compare(regulated).findings == ()
    return regulated


class TestDiff:
    def test_nothing(self, deployment):
        assert compare(deployment).findings == ()

    def test_a_term_of_a_contract_can_be_changed_by_nobody(self, deployment):
        [finding] = compare(changed(deployment, grace=3 * DAY)).findings
        assert (finding.what, finding.file, finding.chain) == ("LoanPool: terms.grace", str(3 * DAY), str(5 * DAY))
        assert finding.changeable == NOBODY_CAN

    def test_a_payee_is_called_by_name(self, deployment):
        other = replace(deployment.accounts, servicer=nobody(0xC0))
        findings = compare(replace(deployment, accounts=other)).findings
        assert [each.what for each in findings] == [
            "Waterfall: terms.lines[0].payee",
            f"SERVICER of {nobody(0xA2)}",
            f"SERVICER of servicer ({nobody(0xC0)})",
        ]

    def test_a_role_that_somebody_got_since(self, deployment):
        as_owner(deployment, "grantRole", SERVICER_ROLE, nobody(0xBAD), 60)
        [finding] = compare(deployment).findings
        assert finding.what.lower() == f"servicer of {nobody(0xBAD)}".lower()
        assert (finding.file, finding.chain) == ("not held", "held, with a delay of 60 seconds")
        assert f"timelock of {DELAY} seconds (" in finding.changeable
        assert f"proposer: {PROPOSER}" in finding.changeable

    def test_a_function_that_was_given_to_all(self, deployment):
        pool = deployment.steps().live.pool
        as_owner(
            deployment, "setTargetFunctionRole", pool.address, [pool.blueprint.by_name["report"][0].selector], 2**64 - 1
        )
        [finding] = compare(deployment).findings
        assert (finding.what, finding.file, finding.chain) == ("LoanPool.report", "SERVICER", "PUBLIC")

    def test_a_closed_contract(self, deployment):
        as_owner(deployment, "setTargetClosed", deployment.steps().live.pool.address, True)
        [finding] = compare(deployment).findings
        assert (finding.file, finding.chain) == ("open", "closed")

    def test_an_agent_whom_nobody_named(self, deployment):
        """Identities and regulated notes have agents of their own, beside the roles of the AccessManager."""
        regulated = regulated_beside(deployment)
        registry = regulated.steps().live.regulated.registry
        data = registry.blueprint.by_name["addAgent"][0].encode(nobody(0xBAD))
        as_somebody(regulated, regulated.accounts.owner, registry.address, data)
        [finding] = compare(regulated).findings
        assert finding.what == f"agent of IdentityRegistry: {nobody(0xBAD)}"
        assert (finding.file, finding.chain) == ("not held", "held")

    def test_the_registrar_and_the_transfer_agent_are_the_only_agents(self, deployment):
        live = regulated_beside(deployment).steps().live
        logs = logs_of(deployment.node, live.regulated.registry.address)
        [agents, *_] = LISTS
        listed = agents.read(live.regulated.registry.blueprint, live.regulated.registry.address, logs)
        assert {*listed} == {REGISTRAR, *(note.address for note in live.notes)}
        note = live.notes[0]
        logs = logs_of(deployment.node, note.address)
        assert {*agents.read(note.blueprint, note.address, logs)} == {deployment.accounts.transfer_agent}

    @pytest.mark.parametrize(
        ("function", "args", "what", "chain"),
        [
            (
                "addTrustedIssuer",
                (nobody(0xBAD), [1]),
                f"trusted issuer of TrustedIssuers: {nobody(0xBAD)}",
                "held ((1,))",
            ),
            ("addClaimTopic", (9,), "claim topic of TrustedIssuers: 9", "held"),
        ],
    )
    def test_an_issuer_or_a_topic_that_nobody_named(self, deployment, function, args, what, chain):
        regulated = regulated_beside(deployment)
        issuers = regulated.steps().live.regulated.issuers
        data = issuers.blueprint.by_name[function][0].encode(*args)
        as_somebody(regulated, regulated.accounts.owner, issuers.address, data)
        [finding] = compare(regulated).findings
        assert (finding.what, finding.file, finding.chain) == (what, "not held", chain)

    def test_a_rule_with_other_parameters(self, deployment):
        regulated = regulated_beside(deployment)
        compliance = regulated.steps().live.regulated.compliances[0]
        data = compliance.blueprint.by_name["setRule"][0].encode(MIN_HOLDING, (6).to_bytes(32))
        as_somebody(regulated, regulated.accounts.owner, compliance.address, data)
        [finding] = compare(regulated).findings
        assert finding.what == "rule of RegulatedCompliance: MIN_HOLDING"
        assert (finding.file, finding.chain) == ("held (5)", "held (6)")

    def test_nothing_is_there(self, deployment):
        elsewhere = replace(deployment, salt="2", folder=deployment.folder / "none")
        assert {each.chain for each in compare(elsewhere).findings} == {"no contract stands there"}


class TestHandOver:
    def test_leaves_nobody_a_role_whom_the_file_does_not_name(self, deployment):
        found = compare(deployment)
        named = {address_of(each) for each in deployment.accounts.by_name().values()} - {deployment.accounts.admin}
        contracts = {each.address for each in found.made.steps.contracts.values()}
        assert {account for _, account in found.rights.members} <= named | contracts

    def test_gives_the_managers_role_to_the_owner(self, deployment):
        assert [*compare(deployment).rights.holders(MANAGER_ROLE)] == [address_of(deployment.accounts.owner)]

    def test_a_role_that_the_deployer_keeps_is_found(self, deployment):
        as_owner(deployment, "grantRole", MANAGER_ROLE, deployment.accounts.admin, 0)
        rebuilt = {each.name: as_built(each) for each in artifacts().all if each.runtime}
        [finding] = verify(deployment, rebuilt).findings
        assert finding == f"MANAGER of admin ({deployment.accounts.admin}): held, by the file not held"

    def test_leaves_all_with_a_deployer_who_is_the_owner(self, deployment):
        accounts = replace(deployment.accounts, owner=deployment.accounts.admin)
        wanted = small_steps(deployment.node, accounts=accounts)
        assert not [step.name for step in wanted.steps.steps if "renounceRole" in step.name]


class TestChange:
    def test_nothing(self, deployment):
        assert change(deployment) is None

    def test_what_is_part_of_a_contract_is_refused(self, deployment):
        with pytest.raises(ChangeImpossible, match=r"LoanPool: terms\.grace is 432000, by the file 259200"):
            change(changed(deployment, grace=3 * DAY))

    def test_another_arranger_is_a_proposal_that_works(self, deployment):
        wanted = replace(deployment, accounts=replace(deployment.accounts, arranger=nobody(0xC1)))
        found = change(wanted)
        assert [step.name.split("(")[0] for step in found.steps] == ["DealAccess.grantRole", "DealAccess.revokeRole"]
        assert (found.by.kind, found.by.delay) == ("timelock", DELAY)
        schedule, execute = found.proposal
        as_somebody(deployment, schedule.sender, schedule.to, schedule.data)
        deployment.node.ask("evm_setNextBlockTimestamp", GENESIS + DELAY + 1)
        deployment.node.ask("anvil_mine")
        as_somebody(deployment, nobody(0xC2), execute.to, execute.data)
        assert compare(wanted).findings == ()

    def test_the_proposal_is_as_the_timelock_reads_it(self, deployment):
        wanted = replace(deployment, accounts=replace(deployment.accounts, arranger=nobody(0xC1)))
        found = change(wanted)
        kinds = ["address[]", "uint256[]", "bytes[]", "bytes32", "bytes32", "uint256"]
        targets, _, payloads, _, _, delay = decode(kinds, found.proposal[0].data[4:])
        assert len(targets) == len(payloads) == 2
        assert delay == DELAY


class TestVerify:
    @pytest.fixture(scope="class")
    def rebuilt(self):
        """One contract is compiled anew; of the others Ape's code stands in, its immutables where the zeros are."""
        own = {each.name: as_built(each) for each in artifacts().all if each.runtime}
        return own | rebuild(ROOT, [artifacts()["AllowList"]])

    def test_all_holds(self, deployment, rebuilt):
        found = verify(deployment, rebuilt)
        assert found.findings == []
        assert {each.verdict for each in found.codes} == {"exact"}

    def test_a_byte_of_code(self, deployment, rebuilt):
        pool = deployment.steps().live.pool.address
        code = deployment.node.ask("eth_getCode", pool, "latest")
        deployment.node.ask("anvil_setCode", pool, f"{code[:1000]}{'0' if code[1000] != '0' else '1'}{code[1001:]}")
        assert "LoanPool: its code differs" in verify(deployment, rebuilt).findings

    def test_an_immutable(self, deployment, rebuilt):
        note = deployment.steps().live.notes[0]
        built = rebuilt["TrancheNote"]
        code = bytearray.fromhex(deployment.node.ask("eth_getCode", note.address, "latest")[2:])
        code[built.holes[0][0] + 31] ^= 1
        deployment.node.ask("anvil_setCode", note.address, f"0x{code.hex()}")
        assert any("has immutables that are not the file's" in each for each in verify(deployment, rebuilt).findings)

    def test_another_comment(self, deployment, rebuilt):
        built = rebuilt["AllowList"]
        other = bytearray(built.code)
        other[-40] ^= 1
        found = verify(deployment, rebuilt | {"AllowList": Rebuilt(bytes(other), built.holes)})
        assert [each.verdict for each in found.codes if each.name == "AllowList"] == ["same code"]
        assert found.findings == []

    def test_rights_lead_through_the_timelock(self, deployment, rebuilt):
        rights = {each.function: each for each in verify(deployment, rebuilt).rights}
        assert rights["LoanPool.report"].who == (f"servicer ({nobody(0xA2)}): one key",)
        assert rights["Distributor.appoint"].who[0].startswith("Offering (")
        [admin] = rights["every other restricted function, and all roles"].who
        assert f"timelock of {DELAY} seconds (" in admin
        assert f"proposer: {PROPOSER}" in admin
        assert "executor: anybody" in admin

    def test_everybody_who_got_a_right_since_is_found(self, deployment, rebuilt):
        as_owner(deployment, "grantRole", 0, nobody(0xBAD), 0)
        findings = verify(deployment, rebuilt).findings
        assert len(findings) == 1
        assert findings[0].startswith("ADMIN of 0x")


def changed(deployment, **terms):
    return replace(deployment, terms=replace(deployment.terms, rules=replace(deployment.terms.rules, **terms)))


def as_built(artifact):
    code = bytes.fromhex(artifact.runtime) if "__$" not in artifact.runtime else b""
    return Rebuilt(code, holes_of(artifact) if code else ())
