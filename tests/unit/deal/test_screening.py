"""Screening in a deal file: refused at the line and column of what does not fit the tape, exact where it does."""

from datetime import date
from pathlib import Path

import pytest

from salvor.amounts import MAX_AMOUNT, WAD
from salvor.deal.load import load_deal, load_screening, load_tape_mapping
from salvor.errors import DealInvalid, FileMissing
from salvor.tape.check import check_tape
from salvor.tape.loans import read_loans
from salvor.tape.review.terms import Criterion, Limit, Terms
from tests.utils.checked import mapping_of

DEAL = Path("deals/sba-7a/deal.yaml")
WITHOUT = DEAL.read_text(encoding="utf-8").split("screening:\n")[0]
FIRST = WITHOUT.count("\n") + 3  # the line of the first criterion or limit
FIELDS = (
    "contract_identifier",
    "counterparty_name",
    "counterparty_region",
    "default_date",
    "status",
    "gross_balance",
    "interest_rate",
    "lien_position",
    "lender",
)


@pytest.fixture
def screening(tmp_path):
    """Terms of a deal with this screening."""

    def load(text, fields=FIELDS, decimals=2):
        path = tmp_path / "deal.yaml"
        path.write_text(f"{WITHOUT}screening:\n{text}\n", encoding="utf-8")
        return load_screening(path, mapping=mapping_of(*fields), decimals=decimals)[1]

    return load


@pytest.fixture
def refused(screening, tmp_path):
    """Why a screening is refused, without the path."""

    def reason(text, **more):
        with pytest.raises(DealInvalid) as caught:
            screening(text, **more)
        line = caught.value.format_message()
        assert "\n" not in line
        return line.removeprefix(f"{tmp_path / 'deal.yaml'}: ")

    return reason


def criterion(text):
    return f"  eligibility:\n    - {{ {text} }}"


def limit(text):
    return f"  concentrations:\n    - {{ {text} }}"


class TestShippedDeal:
    def test_fits_its_own_mapping(self):
        deal = load_deal(DEAL)
        assert (len(deal.screening.eligibility), len(deal.screening.concentrations)) == (4, 6)

    def test_can_be_played_from_the_extract_beside_it(self, tmp_path):
        """Nothing is rejected, plan and collections are what ORIGIN.md says."""
        deal = load_deal(DEAL)
        tape = check_tape(
            DEAL.parent / deal.tape.file, load_tape_mapping(DEAL.parent / deal.tape.mapping), decimals=2, out=tmp_path
        )
        loans = read_loans(tape)
        assert (len(loans), tape.totals.rows_rejected) == (679, 0)
        sums = (sum(each.expected_recovery for each in loans), sum(each.actual_recovery for each in loans))
        assert sums == (6_767_447_00, 5_902_390_00)
        origin = (DEAL.parent / "ORIGIN.md").read_text(encoding="utf-8")
        assert all(f"{units // 100:,}" in origin for units in sums)

    def test_of_another_tape_is_refused(self):
        with pytest.raises(DealInvalid, match=r"'screening.eligibility.1.field': the tape has no field 'disbursed"):
            load_deal(DEAL, mapping=mapping_of(*FIELDS))

    def test_needs_its_mapping_beside_it(self, tmp_path):
        path = tmp_path / "deal.yaml"
        path.write_text(DEAL.read_text(encoding="utf-8"), encoding="utf-8")
        with pytest.raises(FileMissing, match=r"extract.yaml: no such mapping file"):
            load_deal(path)

    def test_gives_terms_in_whole_numbers(self):
        mapping = load_tape_mapping(DEAL.parent / "extract.yaml")
        deal, terms = load_screening(DEAL, mapping=mapping, decimals=2)
        assert deal.name == "SBA 7(a) charged-off loans"
        assert terms.criteria[1] == Criterion(
            "EL-02",
            "disbursed_amount",
            "disbursed_amount at least 5000.00 and at most 1500000.00",
            at_least=500_000,
            at_most=150_000_000,
        )
        assert terms.criteria[2] == Criterion(
            "EL-03",
            "charge_off_date",
            "charge_off_date not before 2000-01-01 and at most 3650 days before the cut-off date",
            at_least=date(2000, 1, 1),
            days_at_most=3_650,
        )
        assert terms.limits[1] == Limit(
            "CL-02",
            "contract_identifier",
            155 * WAD // 1_000,
            "the 10 largest loans together: at most 15.5 % of the pool",
            largest=10,
        )
        assert [each.says.split(":")[0] for each in terms.limits] == [
            "any single loan",
            "the 10 largest loans together",
            "any counterparty_region",
            "any sector",
            "the 3 largest groups by lender together",
            "vintage 2006",
        ]


class TestTerms:
    @pytest.mark.parametrize(
        ("text", "exact"),
        [
            ("field: gross_balance, at_least: 0.01", {"at_least": 1}),
            ("field: interest_rate, at_most: 7.25 %", {"at_most": 725 * 10**14}),
            ("field: lien_position, at_most: 2", {"at_most": 2}),
            ("field: default_date, not_after: 2024-01-31", {"at_most": date(2024, 1, 31)}),
            ("field: default_date, days_at_least: 90", {"days_at_least": 90}),
            ("field: status, one_of: [defaulted, charged_off]", {"one_of": ("defaulted", "charged_off")}),
            ("field: lender, none_of: [no]", {"none_of": ("no",)}),  # YAML's own guess would be false
            ("field: lender, filled: yes", {"filled": True}),
            ("field: lender, filled: no", {"filled": False}),
            ("field: lien_position, at_least: 2, at_most: 2", {"at_least": 2, "at_most": 2}),
            ("field: gross_balance, at_most: 51922968585348276285304963292200.95", {"at_most": MAX_AMOUNT}),
        ],
    )
    def test_of_a_criterion(self, screening, text, exact):
        [found] = screening(criterion(text)).criteria
        assert found == Criterion("EL-01", found.field, found.says, **exact)

    def test_ids_come_from_the_place_unless_named(self, screening):
        text = criterion("field: lender, filled: yes") + "\n    - { id: X, field: status, filled: yes }"
        assert [each.id for each in screening(text).criteria] == ["EL-01", "X"]

    def test_a_screening_may_demand_nothing(self, screening):
        assert screening("  eligibility: []") == Terms()


class TestCriteriaThatDoNotFit:
    @pytest.mark.parametrize(
        ("text", "column", "reason"),
        [
            ("field: lendr, filled: yes", 9, "'.field': the tape has no field 'lendr'; did you mean 'lender'?"),
            (
                "field: zzz, filled: yes",
                9,
                "'.field': the tape has no field 'zzz'; it has: contract_identifier, counterparty_name, ",
            ),
            (
                "field: counterparty_name, filled: yes",
                9,
                "'.field': 'counterparty_name' is about a living person; loans are not chosen by it",
            ),
            ("field: lender", 7, "'': says nothing of 'lender'; name one_of, none_of or filled"),
            (
                "field: lender, at_most: 5",
                24,
                "'.at_most': does not fit 'lender', which is text; it takes: one_of, none_of, filled",
            ),
            (
                "field: default_date, at_least: 5",
                30,
                "'.at_least': does not fit 'default_date', which is date; "
                "it takes: not_before, not_after, days_at_least, days_at_most, filled",
            ),
            (
                "field: gross_balance, not_before: 2020-01-01",
                31,
                "'.not_before': does not fit 'gross_balance', which is money; it takes: at_least, at_most, filled",
            ),
            (
                "field: status, one_of: [charged-off]",
                24,
                "'.one_of': 'status' has no value 'charged-off'; did you mean 'charged_off'?",
            ),
            (
                "field: gross_balance, at_least: 0.001",
                31,
                "'.at_least': 0.001 has more than 2 decimals",
            ),
            ("field: gross_balance, at_least: -5", 31, "'.at_least': '-5' is not an amount, such as 450000.00"),
            ("field: interest_rate, at_most: 7", 31, "'.at_most': '7' is not a percentage, such as 7 % or 7.25 %"),
            ("field: lien_position, at_most: 1.5", 31, "'.at_most': '1.5' is not a whole number"),
            (
                "field: gross_balance, at_most: 51922968585348276285304963292200.96",
                31,
                "'.at_most': 51922968585348276285304963292200.96 is more than any loan has",
            ),
            (
                "field: interest_rate, at_most: 99999999999999999999 %",
                31,
                "'.at_most': 99999999999999999999 % is more than any loan has",
            ),
            (
                "field: lien_position, at_least: 3, at_most: 2",
                7,
                "'': no value can be both: the lower bound is above the upper one",
            ),
            (
                "field: default_date, not_before: 2020-01-02, not_after: 2020-01-01",
                7,
                "'': no value can be both: the lower bound is above the upper one",
            ),
            ("field: default_date, days_at_least: 3, days_at_most: 2", 7, "'': no value can be both"),
            ("field: lender, filled: no, one_of: [A]", 24, "'.filled': an empty field meets no other condition"),
            ("field: lender, filled: maybe", 24, "'.filled': 'maybe': input should be 'yes' or 'no'"),
            ("field: lender, one_of: []", 24, "'.one_of': '[]': list should have at least 1 item"),
            ("field: lender, fillled: yes", 24, "'.fillled': unknown key; did you mean 'filled'?"),
        ],
    )
    def test_are_refused_where_they_stand(self, refused, text, column, reason):
        found = refused(criterion(text))
        place, _, said = reason.partition(": ")
        name = f"'screening.eligibility.0{place.strip(chr(39))}'"
        assert found.startswith(f"line {FIRST}, column {column}: {name}: {said}")

    def test_what_became_known_only_later(self, tmp_path):
        path = tmp_path / "deal.yaml"
        path.write_text(
            f"{WITHOUT}screening:\n{criterion('field: recovered_later, at_least: 1.00')}\n", encoding="utf-8"
        )
        mapping = load_tape_mapping(Path("deals/charged-off-accounts/mapping.yaml"))
        with pytest.raises(DealInvalid, match="'recovered_later' became known only after the cut-off date"):
            load_deal(path, mapping=mapping)

    def test_two_with_one_id(self, refused):
        text = criterion("id: EL-02, field: lender, filled: yes") + "\n    - { field: status, filled: yes }"
        assert refused(text).endswith("'screening.eligibility.1.id': 'EL-02' stands twice")


class TestLimitsThatDoNotFit:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("at_most: 101 %", "'.at_most': is above 100 % of the pool"),
            ("at_most: 1.5", "'.at_most': '1.5' is not a percentage"),
            ("by: lender, largest: 2, group: A, at_most: 5 %", "'.largest': a limit is on one group or on the largest"),
            ("largest: 0, at_most: 5 %", "'.largest': '0': input should be greater than or equal to 1"),
            ("by: gross_balance, at_most: 5 %", "'.by': 'gross_balance' is money: it makes no groups"),
            ("by: default_date, at_most: 5 %", "'.by': 'default_date' is date: it makes no groups"),
            ("by: counterparty_name, at_most: 5 %", "'.by': 'counterparty_name' is about a living person"),
            ("by: lendr, at_most: 5 %", "'.by': the tape has no field 'lendr'; did you mean 'lender'?"),
            (
                "by: sector, at_most: 5 %",
                "'.by': 'sector' needs one of these fields, and the tape has none: economic_activity",
            ),
            (
                "by: status, group: lost, at_most: 5 %",
                "'.group': 'status' has no value 'lost'; it has: performing, paid_in_full, defaulted, charged_off",
            ),
            (
                "by: time_since_default, group: below 2 years, at_most: 5 %",
                "'.group': 'time_since_default' has no group 'below 2 years'; did you mean '",
            ),
            ("by: size, group: large, at_most: 5 %", "'.group': 'size' has no group 'large'; it has: below 10,000, "),
        ],
    )
    def test_are_refused(self, refused, text, reason):
        place, _, said = reason.partition(": ")
        found = refused(limit(text))
        assert found.startswith(f"line {FIRST}, column ")
        assert f"'screening.concentrations.0{place.strip(chr(39))}': {said}" in found

    @pytest.mark.parametrize(
        ("by", "field", "group", "example"),
        [("vintage", "origination_date", "06", "2006"), ("sector", "economic_activity", "F41", "44")],
    )
    def test_a_group_that_no_loan_can_be_in(self, refused, screening, by, field, group, example):
        fields = (*FIELDS, field)
        found = refused(limit(f'by: {by}, group: "{group}", at_most: 5 %'), fields=fields)
        assert f"'screening.concentrations.0.group': '{group}' is no {by}; it is digits such as {example}" in found
        [fine] = screening(limit(f'by: {by}, group: "{example}", at_most: 5 %'), fields=fields).limits
        assert fine.group == example

    def test_two_with_one_id(self, refused):
        text = limit("id: A, at_most: 5 %") + "\n    - { id: A, at_most: 6 % }"
        assert refused(text).endswith("'screening.concentrations.1.id': 'A' stands twice")


class TestLoading:
    def test_a_deal_without_a_screening_demands_nothing_and_says_so(self, tmp_path):
        path = tmp_path / "deal.yaml"
        path.write_text(WITHOUT, encoding="utf-8")
        with pytest.raises(DealInvalid, match="'screening': is missing: the deal demands nothing of its loans"):
            load_screening(path, mapping=mapping_of(*FIELDS), decimals=2)

    def test_money_of_other_decimals_is_refused(self, refused):
        found = refused(criterion("field: lender, filled: yes"), decimals=6)
        assert "'settlement.decimals': is 2, and the tape was checked with 6: check it once more" in found
