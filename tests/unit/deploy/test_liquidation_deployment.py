"""A deal whose file has a `liquidation` section: what sells its loans stands with it, and has its roles."""

from dataclasses import replace

import pytest

from salvor.deal.load import load_deal
from salvor.deal.oracle import Oracle
from salvor.deploy.apply import apply
from salvor.deploy.compare import compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.live import Parties
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.survey import holes_of
from salvor.deploy.terms import OracleTerms
from salvor.deploy.verify import Rebuilt, verify
from salvor.model.liquidation.state import Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property.liquidation_stage import CLAIM, CLIMB, OTHER, SEALED, STEPS, STRATEGIES
from tests.unit.deploy.test_oracle_deployment import has_role
from tests.utils.own_node import GENESIS, deployer
from tests.utils.signing import Signer
from tests.utils.small_plan import ROOT, TOKEN, artifacts, small_accounts
from tests.utils.world import DAY, PERCENT, changed, small_terms

OVERSEER, TRIGGERS = 31, 32
COVER = Condition(Looks.COVERAGE_BELOW, "COLLATERAL/", 80 * PERCENT, 10**8)
FELL = TriggerTerms((COVER,), (frozenset({0}),), Strategy.FORECLOSURE, 14 * DAY, 2 * DAY, 3 * DAY, 30 * DAY, 50)
VEHICLE = "0x" + 40 * "4"
TERMS = LiquidationTerms(CLAIM, 5 * DAY, STRATEGIES, (STEPS, CLIMB, SEALED), (FELL,), VEHICLE, 2)


@pytest.fixture
def values():
    """One signer says what collateral is worth."""
    value = {"key": "COLLATERAL/1", "quorum": "1", "sources": [{"signer": "appraiser", "hours": "24"}]}
    signers, challenges = {"appraiser": Signer("appraiser").address}, {"bond": "1000.00"}
    given = {"signers": signers, "challenges": challenges, "values": [value]}
    return OracleTerms(Oracle.model_validate(given), bond=1_000_00)


@pytest.fixture
def deploy(lab, values):
    """The small deal with this section."""

    def deployed(liquidation, groups=()):
        people = (lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger"))
        parties = Parties(*people)
        token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
        terms = replace(small_terms(lab.now + 10 * DAY), oracle=values, liquidation=liquidation)
        terms = replace(terms, groups=tuple(changed(small_terms(lab.now + 10 * DAY), tape=tape) for tape in groups))
        return apply(lab.contracts, terms, parties=parties, settlement=token)

    return deployed


class TestASection:
    def test_stands_with_the_deal(self, deploy):
        live = deploy(TERMS)
        sold = live.liquidation
        assert live.pool.house() == sold.house.address
        assert (sold.house.book(), sold.house.vehicle().lower()) == (sold.book.address, VEHICLE)
        assert (sold.book.values(), sold.values.hub()) == (sold.values.address, live.oracle.hub.address)
        assert (sold.triggers.book(), sold.triggers.count()) == (sold.book.address, 1)
        told = sold.book.termsOf(Strategy.FORECLOSURE)
        assert (told.auction, told.rounds, told.creditBid) == (sold.auctions[1].address, 3, True)
        assert (sold.book.grace(), sold.book.claimField()) == (5 * DAY, CLAIM)

    def test_gives_its_roles(self, deploy):
        live = deploy(TERMS)
        access = live.access
        assert access.hasRole(access.OVERSEER(), live.parties.admin)[0]
        assert access.hasRole(access.TRIGGERS(), live.liquidation.triggers)[0]

    def test_refuses_an_outsider(self, lab, deploy):
        book, outsider = deploy(TERMS).liquidation.book, lab.actor("outsider")
        for call, args in ((book.pause, (True,)), (book.sell, (1,)), (book.fire, (1, outsider, 0, 0, 3))):
            with lab.refused("AccessManagedUnauthorized", outsider):
                call(*args, sender=outsider)

    def test_without_triggers_has_no_book_of_them(self, deploy):
        assert deploy(replace(TERMS, triggers=())).liquidation.triggers is None

    def test_stands_with_further_tranches_behind_its_house(self, deploy):
        way = replace(STRATEGIES[3], group=1)
        grouped = replace(TERMS, strategies=(*STRATEGIES[:3], way, STRATEGIES[4]))
        live = deploy(grouped, (OTHER.committed,))
        [quick], sold = live.liquidation.groups, live.liquidation
        assert [sold.house.poolOf(group) for group in range(2)] == [live.pool.address, quick.pool.address]
        assert (quick.pool.house(), quick.pool.tapeRoot()) == (sold.house.address, OTHER.tree.root)
        assert [sold.book.termsOf(way).group for way in (Strategy.LOAN_SALE, Strategy.FORECLOSURE)] == [2, 0]
        assert quick.settlement.address == live.settlement.address
        assert quick.waterfall.pool() == quick.pool.address

    def test_that_is_not_there_leaves_the_pool_without_a_house(self, deploy):
        live = deploy(None)
        assert (live.liquidation, live.pool.house()) == (None, "0x" + 40 * "0")


def test_a_plan_makes_the_owner_overseer_and_diff_and_verification_look_at_it(node, quick, tmp_path, values):
    behind = changed(small_terms(GENESIS + 10 * DAY), tape=OTHER.committed)
    terms = small_terms(GENESIS + 10 * DAY, oracle=values, liquidation=TERMS, groups=(behind,))
    deal = load_deal(ROOT / "deals/charged-off-accounts/deal.yaml")
    deployment = Deployment(deal, terms, small_accounts(), TOKEN, node, 31_337, tmp_path, artifacts(), "1")
    with Journal(deployment.journal) as journal:
        apply_plan(deployment.plan(journal), node, [deployer()], journal, quick)
    live = deployment.steps().live
    access = live.access.address
    held = [has_role(node, access, OVERSEER, who) for who in (small_accounts().owner, deployer().address)]
    assert held == [True, False]
    assert has_role(node, access, TRIGGERS, live.liquidation.triggers.address)
    found = verify(deployment, {name: as_built(each) for name, each in artifacts().items()})
    assert found.findings == []
    rights = {each.function: each.who[0] for each in found.rights}
    assert rights["LoanBook.fire"].startswith("TriggerBook (")
    assert {"LoanBook.open", "LoanBook.confirm", "LoanBook.pause"} <= set(rights)
    later = replace(terms, liquidation=replace(TERMS, grace=6 * DAY))
    [finding] = compare(replace(deployment, terms=later)).findings
    assert (finding.what, finding.file, finding.chain) == ("LoanBook: grace", str(6 * DAY), str(5 * DAY))


def as_built(artifact):
    code = bytes.fromhex(artifact.runtime) if "__$" not in artifact.runtime else b""
    return Rebuilt(code, holes_of(artifact) if code else ())
