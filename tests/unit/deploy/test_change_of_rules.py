"""Rules, issuers and agents of a live deal: the calls that bring it to a changed file are sent, and nothing differs."""

from dataclasses import replace

import pytest

from salvor.deal.load import load_deal
from salvor.deploy.change import change
from salvor.deploy.compare import compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.refusals import ChangeImpossible
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.regulated import NoteRules, RegulatedTerms
from salvor.model.compliance_rules import Rule
from tests.unit.deploy.conftest import QUICK
from tests.utils.own_node import GENESIS, deployer, own_node
from tests.utils.small_plan import ROOT, TOKEN, artifacts, nobody, small_accounts
from tests.utils.world import DAY, STEPS, small_terms

OWNER, ISSUER, REGISTRAR = nobody(0xF0), nobody(0xF1), nobody(0xF2)
MIN, MAX = int(Rule.MIN_HOLDING), int(Rule.MAX_HOLDING)
FREE = 2**32 - 1
COUNT = ("HolderCount", (5, [FREE] * 4, [380], [3]))
MODULES = (
    ("LockUp", (365 * DAY, 0)),
    ("HoldPeriod", ([0, DAY, 0, 0],)),
    ("Velocity", (1_000, DAY)),
    ("TravelRule", (500,)),
    COUNT,
    ("SanctionsRoot", ()),
)
RULES = NoteRules(((MIN, (5).to_bytes(32)),), MODULES)
TERMS = RegulatedTerms((1,), 2, 3, ((ISSUER, (1, 3)),), (RULES, NoteRules(modules=(COUNT,)), NoteRules()), REGISTRAR)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    """A small deal on a chain of its own, whose owner is one key."""
    with own_node() as node:
        terms = replace(small_terms(GENESIS + 10 * DAY, accelerated_steps=STEPS), regulated=TERMS)
        deal = load_deal(ROOT / "deals/charged-off-accounts/deal.yaml")
        accounts = small_accounts(owner=OWNER)
        folder = tmp_path_factory.mktemp("rules")
        made = Deployment(deal, terms, accounts, TOKEN, node, 31_337, folder, artifacts(), "1")
        with Journal(made.journal) as journal:
            apply_plan(made.plan(journal), node, [deployer()], journal, QUICK)
        yield made


@pytest.fixture
def deployment(live):
    snapshot = live.node.ask("evm_snapshot")
    yield live
    live.node.ask("evm_revert", snapshot)


def wanted(deployment, **changes):
    """The same deal by a file that says otherwise."""
    return replace(deployment, terms=replace(deployment.terms, regulated=replace(TERMS, **changes)))


def senior(**changes):
    return (replace(RULES, **changes), *TERMS.notes[1:])


def with_module(name, *arguments):
    return senior(modules=tuple((own, arguments if own == name else given) for own, given in MODULES))


def send(deployment, sender, step):
    node = deployment.node
    node.ask("anvil_impersonateAccount", sender)
    node.ask("anvil_setBalance", sender, hex(10**19))
    sent = node.ask("eth_sendTransaction", {"from": sender, "to": step.to, "data": f"0x{step.data.hex()}"})
    while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
        pass
    assert receipt["status"] == "0x1", step.name


def made(deployment):
    """The change, sent by whom it names; afterwards nothing differs."""
    found = change(deployment)
    for step in (*found.first, *found.steps):
        send(deployment, step.sender, step)
    assert compare(deployment).findings == ()
    return [step.name.split("(")[0] for step in found.steps]


class TestChange:
    def test_nothing(self, deployment):
        assert compare(deployment).findings == ()
        assert change(deployment) is None

    @pytest.mark.parametrize(
        ("rules", "calls"),
        [(((MIN, (6).to_bytes(32)),), ["setRule"]), (((MAX, (9).to_bytes(32)),), ["setRule", "dropRule"])],
    )
    def test_rules_that_only_compare(self, deployment, rules, calls):
        assert made(wanted(deployment, notes=senior(rules=rules))) == [f"RegulatedCompliance.{each}" for each in calls]

    def test_parameters_of_rules_with_a_memory(self, deployment):
        other = {
            "LockUp": (366 * DAY, 0),
            "HoldPeriod": ([0, 0, DAY, 0],),
            "Velocity": (2_000, 2 * DAY),
            "TravelRule": (499,),
            "HolderCount": (4, [FREE] * 4, [], []),
        }
        changed = wanted(
            deployment, notes=senior(modules=tuple((own, other.get(own, given)) for own, given in MODULES))
        )
        said = {each.what: (each.file, each.chain) for each in compare(changed).findings}
        free = ", ".join([str(FREE)] * 4)
        assert said == {
            f"{name} of RegulatedCompliance: its parameters": words
            for name, words in {
                "LockUp": (f"duration {366 * DAY}, until 0", f"duration {365 * DAY}, until 0"),
                "HoldPeriod": (f"durations [0, 0, {DAY}, 0]", f"durations [0, {DAY}, 0, 0]"),
                "Velocity": (f"most 2000, period {2 * DAY}", f"most 1000, period {DAY}"),
                "TravelRule": ("threshold 499", "threshold 500"),
                "HolderCount": (
                    f"all 4, classes [{free}], countries [], ofCountry []",
                    f"all 5, classes [{free}], countries [380], ofCountry [3]",
                ),
            }.items()
        }
        assert made(changed) == ["RegulatedCompliance.callModuleFunction"] * 5

    def test_parameters_that_somebody_set_since_are_set_back(self, deployment):
        other = change(wanted(deployment, notes=with_module("HolderCount", 1, [FREE] * 4, [404], [1])))
        send(deployment, OWNER, other.steps[0])
        [finding] = compare(deployment).findings
        assert (finding.what, finding.chain[:5]) == ("HolderCount of RegulatedCompliance: its parameters", "all 1")
        assert made(deployment) == ["RegulatedCompliance.callModuleFunction"]

    def test_modules_that_go(self, deployment):
        """A count that goes is told nothing more."""
        calls = made(wanted(deployment, notes=senior(modules=MODULES[:4])))
        assert calls == ["IdentityRegistry.unwatch", *["RegulatedCompliance.removeModule"] * 2]

    def test_modules_that_come_are_deployed_first(self, deployment):
        changed = wanted(deployment, notes=(*TERMS.notes[:2], NoteRules(modules=(COUNT, ("ApprovedTransfers", ())))))
        found = change(changed)
        assert [(step.name, step.sender) for step in found.first] == [
            ("HolderCount of RegulatedCompliance 3", deployer().address),
            ("ApprovedTransfers of RegulatedCompliance 3", deployer().address),
        ]
        [then] = found.then
        assert then.startswith("HolderCount of RegulatedCompliance 3 knows no count yet")
        assert made(changed) == ["IdentityRegistry.watch", *["RegulatedCompliance 3.addModule"] * 2]

    def test_whose_word_counts_and_who_acts(self, deployment):
        accounts = replace(deployment.accounts, transfer_agent=nobody(0xF5))
        issuers = ((ISSUER, (1, 2, 3)), (nobody(0xF3), (2,)))
        changed = wanted(deployment, issuers=issuers, topics=(1, 7), registrar=nobody(0xF4))
        calls = made(replace(changed, accounts=accounts))
        assert [each for each in calls if "DealAccess" not in each] == [
            "TrustedIssuers.updateIssuerClaimTopics",
            "TrustedIssuers.addTrustedIssuer",
            "TrustedIssuers.addClaimTopic",
            "IdentityRegistry.addAgent",
            *(f"RegulatedNote T-{each}.addAgent" for each in "ABJ"),
            "IdentityRegistry.removeAgent",
            *(f"RegulatedNote T-{each}.removeAgent" for each in "ABJ"),
        ]

    def test_whose_word_counts_no_more(self, deployment):
        calls = made(wanted(deployment, issuers=((nobody(0xF3), (1, 3)),), topics=()))
        functions = ("addTrustedIssuer", "removeTrustedIssuer", "removeClaimTopic")
        assert calls == [f"TrustedIssuers.{each}" for each in functions]

    def test_what_is_not_the_admins_to_call_is_refused(self, deployment):
        access = deployment.steps().live.access
        compliance = deployment.steps().live.regulated.compliances[0]
        selector = compliance.blueprint.by_name["setRule"][0].selector
        data = access.blueprint.by_name["setTargetFunctionRole"][0].encode(compliance.address, [selector], 77)
        send(deployment, OWNER, Call(access.address, data))
        with pytest.raises(ChangeImpossible, match="setRule may be called by nobody only"):
            change(wanted(deployment, notes=senior(rules=((MIN, (6).to_bytes(32)),))))


class Call:
    name = "setTargetFunctionRole"

    def __init__(self, to, data):
        self.to, self.data = to, data
