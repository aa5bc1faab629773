"""Every call that a deal's deployment makes is known on the chain afterwards, without a journal: as a Safe needs it."""

from dataclasses import replace

import pytest

from salvor.deal.oracle import Oracle
from salvor.deploy.deal_plan import deal_steps
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.plan.checks import Check
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.survey import Found
from salvor.deploy.regulated import CLASS, COUNTRY, KYC, NoteRules, RegulatedTerms
from salvor.deploy.terms import OracleTerms
from salvor.deploy.vaults import VaultTerms
from salvor.model.compliance_rules import Rule
from salvor.model.liquidation.state import Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from tests.property.liquidation_stage import CLAIM, CLIMB, SEALED, STEPS, STRATEGIES
from tests.utils.own_node import GENESIS, deployer, other_wallet
from tests.utils.small_plan import TOKEN, artifacts, nobody, small_accounts, small_plan
from tests.utils.world import DAY, PERCENT, small_terms

RULES = NoteRules(((int(Rule.MIN_HOLDING), (5).to_bytes(32)),), (("HolderCount", (99, [0, 0, 0, 0], [], [])),))


def everything(**changes):
    """The small deal with values, liquidation, triggers, vaults and notes that ask identities."""
    values = [
        {"key": f"COLLATERAL/{number}", "quorum": "1", "sources": [{"signer": "appraiser", "hours": "24"}]}
        for number in (1, 2)
    ]
    section = {"signers": {"appraiser": nobody(0xD1)}, "challenges": {"bond": "1000.00"}, "values": values}
    cover = Condition(Looks.COVERAGE_BELOW, "COLLATERAL/", 80 * PERCENT, 10**8)
    fell = TriggerTerms((cover,), (frozenset({0}),), Strategy.FORECLOSURE, 14 * DAY, 2 * DAY, 3 * DAY, 30 * DAY, 50)
    return replace(
        small_terms(GENESIS + 10 * DAY, accelerated_steps=small_terms(1).rules.steps),
        oracle=OracleTerms(Oracle.model_validate(section), bond=1_000_00),
        liquidation=LiquidationTerms(CLAIM, 5 * DAY, STRATEGIES, (STEPS, CLIMB, SEALED), (fell,), nobody(0xD2), 2),
        regulated=RegulatedTerms((KYC, 9), COUNTRY, CLASS, ((nobody(0xD3), (KYC, 9)),), (RULES,) * 3, nobody(0xD4)),
        vaults=(VaultTerms("vault", "V", ((0, 1), (1, 2))),),
    )


def unknown(steps):
    return [step.name for step in steps if step.kind == "call" and not step.checks]


def test_no_call_is_known_by_the_journal_alone():
    made = deal_steps(
        "all", everything(), artifacts(), small_accounts(), TOKEN, chain_id=31_337, now=GENESIS
    ).steps.steps
    assert unknown(made) == []


def test_a_safe_that_executed_all_of_it_has_nothing_left(node):
    """It leaves no journal: its owners sign elsewhere, so the chain alone must show every call."""
    accounts = small_accounts(admin=other_wallet().address)

    def look():
        return small_plan(node, accounts=accounts, terms=everything())

    for step in look().left:
        call = {"from": step.sender, "to": step.to, "data": f"0x{step.data.hex()}", "gas": "0xe4e1c0"}
        sent = node.ask("eth_sendTransaction", call)
        while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
            pass
        assert receipt["status"] == "0x1", step.name
    assert [step.name for step in look().left] == []


class TestAPolicy:
    @pytest.fixture
    def applied(self, node, quick, tmp_path):
        plan = small_plan(node, terms=everything())
        apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        return node

    def test_another_one_on_the_chain_is_not_the_plan_s(self, applied):
        terms = everything()
        value = terms.oracle.section.values[0].model_copy(update={"quorum": 1, "haircut": 10**17})
        section = terms.oracle.section.model_copy(update={"values": [value, *terms.oracle.section.values[1:]]})
        plan = small_plan(applied, terms=replace(terms, oracle=replace(terms.oracle, section=section)))
        [open_] = [name for name, is_ in plan.found.items() if is_ is Found.OPEN]
        assert "OracleHub.setPolicy" in open_


class TestAWordInAList:
    CHECK = Check("", b"", (7).to_bytes(32), "", among=True)

    def test_stands_in_it(self):
        assert self.CHECK.is_met(b"".join(each.to_bytes(32) for each in (32, 2, 5, 7)))

    def test_is_neither_its_offset_nor_its_length(self):
        assert not self.CHECK.is_met(b"".join(each.to_bytes(32) for each in (32, 7, *range(8, 15))))

    def test_of_no_answer(self):
        assert not self.CHECK.is_met(None)
