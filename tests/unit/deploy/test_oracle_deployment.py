"""A deal whose file has an `oracle` section: its hub stands with the deal, signers are added, policies are set."""

from dataclasses import replace

import pytest
from eth_abi import encode

from salvor.chain.refusal import CallRefused
from salvor.deal.oracle import Oracle
from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.deploy.oracle import policy_of
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.terms import OracleTerms
from salvor.model.oracle import OnFailure, Status
from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_reports import Domain, Report, Told
from tests.utils.oracle import FOREVER, selector
from tests.utils.own_node import deployer
from tests.utils.signing import Signer, parts
from tests.utils.small_plan import nobody, small_accounts, small_plan, small_steps
from tests.utils.world import DAY, small_terms

WAD = 10**18
HPI = key_of(Kind.HPI, "US-CA")


def section(signers, *feeds):
    """Two signers and feeds; nothing that is careful by default is said."""
    sources = [{"signer": name, "hours": "2400"} for name in signers]
    sources += [{"chainlink": feed, "hours": "25"} for feed in feeds]
    value = {"key": "HPI/US-CA", "quorum": "2", "sources": sources}
    value |= {"change": {"share": "20 %", "days": "30"}, "lowest": "1", "highest": "1000.5"}
    value |= {"while_failing": "hold_lower", "haircut": "5 %", "haircut_a_day": "0.5 %", "hold_days": "90"}
    challenges = {"bond": "1000.00", "forfeits_to": "servicer"}
    signing = {name: signer.address for name, signer in signers.items()}
    return Oracle.model_validate({"signers": signing, "challenges": challenges, "values": [value]})


@pytest.fixture
def signers():
    return {name: Signer(name) for name in ("registry", "bureau")}


@pytest.fixture
def feed(lab):
    """A played Chainlink feed of 8 decimals without limits, which says 100."""
    feed = lab.deploy("PlayedSystem", sender=lab.actor("chainlink"))
    words = encode(("uint80", "int256", "uint256", "uint256", "uint80"), (1, 100 * 10**8, lab.now, lab.now, 1))
    for name, reply in (("decimals()", (8).to_bytes(32)), ("latestRoundData()", words)):
        feed.teach(selector(name), reply, sender=lab.actor("chainlink"))
    feed.behave(5, sender=lab.actor("chainlink"))
    return feed


@pytest.fixture
def given(feed, signers):
    return OracleTerms(section(signers, feed.address), bond=1_000_00)


@pytest.fixture
def deploy(lab):
    """The small deal with this section."""

    def deployed(oracle):
        people = (lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger"))
        parties = Parties(*people)
        token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
        terms = replace(small_terms(lab.now + 10 * DAY), oracle=oracle)
        return apply(lab.contracts, terms, parties=parties, settlement=token)

    return deployed


def report(lab, live, signer, value):
    said = Report(Told(HPI, value, lab.now), 1, FOREVER)
    domain = Domain(31_337, live.oracle.reports.address)
    v, r, s = parts(signer.key.sign_msg_hash(said.digest(domain)))
    live.oracle.reports.submit(signer, said.words, r + s + bytes([v]), sender=lab.actor("outsider"))


class TestAnOracleSection:
    def test_makes_a_value_of_its_signers_and_its_feed(self, lab, deploy, given, signers):
        live = deploy(given)
        assert live.oracle.hub.peek(HPI).status == Status.REFUSED
        report(lab, live, signers["registry"], 98 * WAD)
        reading = live.oracle.hub.readFresh(HPI)
        assert (reading.value, reading.counted, reading.quorum) == (99 * WAD, 2, 2)
        report(lab, live, signers["bureau"], 97 * WAD)
        assert live.oracle.hub.readFresh(HPI).value == 98 * WAD

    def test_becomes_the_policy_that_it_says(self, deploy, given):
        live = deploy(given)
        policy = policy_of(given.section.values[0], given.section, live.oracle)
        assert (policy.lowest, policy.highest, policy.max_change) == (WAD, 10005 * WAD // 10, WAD // 5)
        assert (policy.change_window, policy.hold_at_most) == (30 * DAY, 90 * DAY)
        assert (policy.on_failure, policy.haircut_growth) == (OnFailure.HOLD_LOWER, WAD // 200)
        kept = live.oracle.hub.policyOf(HPI)
        assert (kept.quorum, kept.lowest, kept.highest, kept.holdAtMost) == (2, WAD, policy.highest, 90 * DAY)
        assert [source.config for source in kept.sources] == [source.config for source in policy.sources]

    def test_has_its_challenges_and_its_periods(self, deploy, given):
        live = deploy(given)
        own = live.oracle.disputes
        assert (own.bond(), own.window(), own.decideWithin(), own.tolerance()) == (100_000, 2 * DAY, 5 * DAY, WAD // 20)
        assert own.lapseCost() == WAD // 10
        assert own.forfeitsTo() == live.parties.servicer.address
        assert (live.oracle.accuracy.start(), live.oracle.accuracy.length()) == (0, 30 * DAY)

    def test_gives_its_roles_to_the_admin_and_to_the_disputes(self, lab, deploy, given):
        live = deploy(given)
        access, admin = live.access, live.parties.admin
        holders = {"ORACLE_KEEPER": admin, "RESOLVER": admin, "TRUTH_KEEPER": admin, "DISPUTES": live.oracle.disputes}
        for role, holder in holders.items():
            assert access.hasRole(getattr(access, role)(), holder)[0]
        with lab.refused("AccessManagedUnauthorized", lab.actor("outsider")):
            live.oracle.hub.dropPolicy(HPI, sender=lab.actor("outsider"))

    def test_over_a_feed_that_does_not_answer_is_not_deployed(self, lab, deploy, feed, given):
        feed.behave(1, sender=lab.actor("chainlink"))
        with pytest.raises(CallRefused):
            deploy(given)


def test_a_deal_without_the_section_has_no_hub(deploy):
    assert deploy(None).oracle is None


def test_a_plan_gives_the_values_to_the_owner_and_leaves_the_deployer_none(node, quick, tmp_path, signers):
    terms = OracleTerms(section(signers), bond=1_000_00)
    steps = small_steps(node, oracle=terms)
    live = steps.live
    apply_plan(small_plan(node, oracle=terms), node, [deployer()], tmp_path / "j", quick)
    access = live.access.address
    for role in (20, 21, 23):
        owner, left = (has_role(node, access, role, who) for who in (small_accounts().owner, deployer().address))
        assert (owner, left) == (True, False)


def test_a_plan_gives_the_challenges_to_the_resolver_and_to_nobody_else(node, quick, tmp_path, signers):
    terms, accounts = OracleTerms(section(signers), bond=1_000_00), small_accounts(resolver=nobody(0xA6))
    live = small_steps(node, oracle=terms, accounts=accounts).live
    plan = small_plan(node, oracle=terms, accounts=accounts)
    apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    held = {role: has_role(node, live.access.address, role, accounts.resolver) for role in (20, 21, 23)}
    assert held == {20: False, 21: True, 23: False}
    assert not has_role(node, live.access.address, 21, accounts.owner)


def has_role(node, access, role, who):
    data = selector("hasRole(uint64,address)") + encode(("uint64", "address"), (role, who))
    answer = node.ask("eth_call", {"to": access, "data": "0x" + data.hex()}, "latest")
    return int(answer[2:66], 16) == 1
