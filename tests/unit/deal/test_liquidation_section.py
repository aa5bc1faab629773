"""The `liquidation` section of a deal file: each case is the example of docs/liquidation.md with one change."""

import re
import shutil
from pathlib import Path

import pytest

from salvor.deal import liquidation as section
from salvor.deal.liquidation_checks import group_findings
from salvor.deal.load import load_deal
from salvor.deploy.liquidation_terms import DAY, HOUR, liquidation_terms
from salvor.errors import SalvorError
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import Strategy, StrategyTerms
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from salvor.tape.committed import ClassTotal

TEXT = Path("deals/charged-off-accounts/deal.yaml").read_text(encoding="utf-8")
VALUES = """
oracle:
  signers: {appraiser: "0x1111111111111111111111111111111111111111"}
  challenges: {bond: 100.00}
  values:
    - {key: COLLATERAL/1, quorum: 1, sources: [{signer: appraiser, hours: 24}]}
"""
PAGE = Path("docs/liquidation.md").read_text(encoding="utf-8")
OWN = "\n" + PAGE.split("```yaml\n")[1].split("```")[0]  # what the page teaches
PERCENT = 10**16
ACCOUNTS = ClassTotal("charged_off_accounts", b"\7" * 32, 789, 1)
VICKREY = "{kind: vickrey, commit_hours: 48, reveal_hours: 24, pay_hours: 12, deposit: 10 %}"
DUTCH = OWN.split("falling: ")[1].split("\n")[0]


@pytest.fixture(autouse=True)
def beside(tmp_path):
    """What a deal file names: the mapping of its tape, and a deal whose tranches are a group behind its own."""
    folder = Path("deals/charged-off-accounts")
    shutil.copy(folder / "mapping.yaml", tmp_path / "mapping.yaml")
    (tmp_path / "quick.yaml").write_text(TEXT, encoding="utf-8")


@pytest.fixture
def read(load):
    return lambda text=OWN: load(TEXT + VALUES + text)


class TestTheExample:
    def test_is_compiled(self, read):
        terms = liquidation_terms(read())
        climbing = English(48 * HOUR, HOUR, 6 * HOUR, 100_00, PERCENT)
        assert terms.auctions == (Dutch(HOUR, 240 * HOUR, 24 * HOUR, units=1_000, dust=10), climbing)
        assert terms.strategies == (
            StrategyTerms(),
            StrategyTerms(approval=True, duration=20 * DAY),
            StrategyTerms(duration=720 * DAY),
            StrategyTerms(0, False, 0, 100_00, 120 * PERCENT, 60 * PERCENT, 2, 10 * PERCENT),
            StrategyTerms(1, True, 0, 0, 100 * PERCENT, 50 * PERCENT, 3, 10 * PERCENT, True),
        )
        cover = Condition(Looks.COVERAGE_BELOW, "COLLATERAL/", 80 * PERCENT, 10**8)
        late = Condition(Looks.REPORT_MISSED, window=30 * DAY)
        clauses = (frozenset({0}), frozenset({1}))
        times = (14 * DAY, 2 * DAY, 3 * DAY, 30 * DAY)
        assert terms.triggers == (TriggerTerms((cover, late), clauses, Strategy.FORECLOSURE, *times, 50_00),)
        assert (terms.grace, terms.vehicle, terms.decimals) == (5 * DAY, "0x" + 40 * "4", 2)

    def test_a_deal_without_it_sells_nothing_alone(self, load):
        assert liquidation_terms(load(TEXT)) is None

    def test_seals_are_of_two_kinds(self, read):
        times = (48 * HOUR, 24 * HOUR, 12 * HOUR)
        for kind, second in (("vickrey", True), ("sealed", False)):
            terms = liquidation_terms(read(OWN.replace(DUTCH, VICKREY.replace("vickrey", kind))))
            assert terms.auctions[0] == Sealed(second, *times, 10 * PERCENT)

    def test_what_it_looks_at_is_the_book_s(self):
        assert [each.name.lower() for each in Looks] == list(section.Looks.__args__)
        assert [each.name.lower() for each in Looks if Condition(each).is_of_value] == list(section.OF_VALUES)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("auction: falling", "auction: faling", "no auction is called 'faling'; did you mean 'falling'?"),
        ("any: [[little cover]", "any: [[litle cover]", "did you mean 'little cover'?"),
        ("any: [[little cover]", "any: [[little cover, little cover]", "'little cover' stands twice"),
        ("of: COLLATERAL,", "of: COLATERAL,", "did you mean 'COLLATERAL'?"),
        (", level: 0.8", "", "`of` which kind, and at which `level`?"),
        ("level: 0.8", "level: 0", "must be above 0 and below 309 million"),
        ("margin: 10 %", "margin: 101 %", "is above 100 %"),
        ("looks: report_missed", "looks: report_missed, level: 1", "is of no use: report_missed asks no value"),
        ("looks: report_missed", "looks: report_mised", "liquidation.triggers.collateral fell.conditions.old report"),
        (
            "discounted_pay_off: {",
            "discounted_pay_off: {auction: falling, start: 1 %, floor: 1 %, ",
            "foreclosure sell",
        ),
        ("payment_plan: {", "payment_plan: {haircut: 1 %, ", "is of no use: the strategy has no `auction`"),
        ("way: foreclosure", "way: loan_sail", "liquidation.triggers.collateral fell.way"),
        ("start: 120 %, ", "", "sells, and has no `start` or no `floor`"),
        ("floor: 60 %", "floor: 121 %", "must be above 0 %, at most `start`"),
        ("floor: 60 %", "floor: 0.1 %", "at least a thousandth of it"),
        ("haircut: 10 %, cost", "haircut: 51 %, cost", "is above 50 %"),
        ("cost: 100.00", "cost: 100.001", "decimals"),
        ("  vehicle:", "  # vehicle:", "has no `vehicle` that could take what nobody buys"),
        ("step_hours: 1,", "step_hours: 241,", "is 241, more than the whole fall of 240"),
        ("step_hours: 1, ", "", "is dutch and has no `step_hours`"),
        ("units: 1000", "units: 9", "is 10, and the lot has 9"),
        ("units: 1000", "cut: 100 %", "must be above 0 % and at most 99.9 %"),
        ("units: 1000", "hours: 5", "is of no use: the auction is dutch"),
        ("window_hours: 1,", "window_hours: 49,", "is 49, longer than the auction of 48"),
        ("increment: 100.00", "increment: 0", "must be above 0"),
        ("increment_share: 1 %", "increment_share: 101 %", "is above 100 %"),
        (DUTCH, VICKREY.replace("10 %", "0 %"), "who withholds a price would lose nothing"),
    ],
)
def test_one_slip_is_named_with_its_place(refusal, old, new, said):
    assert old in OWN
    line = refusal(TEXT + VALUES + OWN.replace(old, new, 1))
    assert said in line
    assert "liquidation" in line


GROUPS = (
    re.sub("  # groups: .*", "  groups: {quick: {deal: quick.yaml}}", OWN)
    .replace("loan_sale: {auction", "loan_sale: {group: quick, auction")
    .replace("payment_plan: {", "payment_plan: {group: own, ")
)


class TestGroups:
    def test_are_places_of_strategies(self, read):
        groups = [each.group for each in liquidation_terms(read(GROUPS)).strategies]
        assert groups == [None, None, 0, 1, None]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("group: quick", "group: quik", "no group of tranches is called 'quik'; did you mean 'quick'?"),
            ("groups: {quick:", "groups: {own: {deal: quick.yaml}, quick:", "is the name of the deal's own tranches"),
            ("deal: quick.yaml", "deal: quik.yaml", "quik.yaml"),
        ],
    )
    def test_that_are_not_there_are_named(self, tmp_path, load, old, new, said):
        with pytest.raises(SalvorError, match=re.escape(said)):
            load(TEXT + VALUES + GROUPS.replace(old, new, 1))

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("decimals: 2", "decimals: 6", "of 6 decimals, this deal in"),
            ("purchase_price:", "dust_owner: stranger\npurchase_price:", "pays 'stranger', who is no payee"),
            ("purchase_price:", "compliance: {jurisdictions: [eu], currency: EUR}\npurchase_price:", "bind nobody"),
        ],
    )
    def test_pay_the_same_cash_to_the_same_accounts_and_ask_one_list(self, tmp_path, refusal, old, new, said):
        assert old in TEXT
        (tmp_path / "quick.yaml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
        line = refusal(TEXT + VALUES + GROUPS)
        assert said in line
        assert "liquidation.groups.quick.deal" in line

    def test_stand_beside_no_evergreen_tranches(self):
        ever, closed = (load_deal(Path(f"deals/{name}/deal.yaml")) for name in ("evergreen", "charged-off-accounts"))
        assert any("would stay in their net asset value" in reason for reason in group_findings(ever, closed))
        assert any("is evergreen" in reason for reason in group_findings(closed, ever))
        assert not any("evergreen" in reason for reason in group_findings(closed, closed))

    def test_have_no_values_of_their_own(self, tmp_path, refusal):
        (tmp_path / "quick.yaml").write_text(TEXT + VALUES, encoding="utf-8")
        assert "those of this deal serve all groups" in refusal(TEXT + VALUES + GROUPS)


class TestTheTape:
    @pytest.mark.parametrize(
        ("claim", "said"),
        [
            ("expected_recovry", "did you mean 'expected_recovery'?"),
            ("recovered_later", "no field of money in the leaves of the tape's loans (charged_off_accounts)"),
            ("recovery_level", "no field of money in the leaves of the tape's loans (charged_off_accounts)"),
        ],
    )
    def test_has_the_claim_in_each_loan_s_leaves(self, refusal, claim, said):
        """One that is not mapped, one that became known later and is not committed, and one that is no money."""
        line = refusal(TEXT + VALUES + OWN.replace("claim: expected_recovery", f"claim: {claim}"))
        assert said in line
        assert "liquidation.claim" in line

    def test_says_of_which_class_a_trigger_may_be(self, read, refusal):
        def of(name):
            return OWN.replace("way: foreclosure", f"way: foreclosure\n      asset_class: {name}")

        [trigger] = liquidation_terms(read(of("charged_off_accounts")), [ACCOUNTS]).triggers
        assert trigger.schema == ACCOUNTS.schema
        assert "did you mean 'consumer_debt'?" in refusal(TEXT + VALUES + of("consumer_dept"))
        with pytest.raises(SalvorError, match=re.escape("and the tapes have none (charged_off_accounts)")):
            liquidation_terms(read(of("consumer_debt")), [ACCOUNTS])


def test_a_trigger_leads_to_a_strategy_that_sells(refusal):
    text = OWN.replace("auction: climbing, start: 100 %, floor: 50 %, rounds: 3, haircut: 10 %, unsold: credit_bid", "")
    text = text.replace("approval: yes, }", "approval: yes}")
    assert "is foreclosure, and that strategy has no `auction`" in refusal(TEXT + VALUES + text)


def test_a_deal_without_values_can_not_sell(refusal):
    assert "the deal has no `oracle`" in refusal(TEXT + OWN)
