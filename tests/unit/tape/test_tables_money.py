"""Money in related tables: what each loan is given of collaterals and collections, to the last unit."""

import csv
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.amounts import MAX_AMOUNT
from salvor.deal.load import load_tape_mapping
from salvor.errors import ReconciliationFailed
from salvor.tape.check import check_tape
from salvor.tape.tables.shares import shares
from salvor.tape.tables.totals import totals_of
from tests.utils.related import Related

EXAMPLE = Path(__file__).parents[3] / "deals/examples/related-tables"
PAIRS = ["loan,cp,role,pledge,rank", "L1,C1,borrower,S1,2", "L2,C2,borrower,,", "L3,C3,borrower,,"]


@pytest.fixture
def pledged():
    """Loan L1 is secured by S1 alone."""
    return Related().with_lines("relationship", *PAIRS).plus("collateral", "S1,office,500.00,2024-01-31")


@pytest.fixture
def paid():
    """Loan L1 paid twice."""
    return Related().plus("historical_collection", "1,L1,2023-01-10,10.00", "2,L1,2023-02-28,0.05")


class TestShares:
    @given(st.integers(0, MAX_AMOUNT), st.lists(st.integers(-5, MAX_AMOUNT), min_size=1, max_size=8))
    @settings(max_examples=200, deadline=None)
    def test_they_sum_up_and_are_less_than_a_unit_from_the_exact_part(self, value, weights):
        found, counted = shares(value, weights), [max(0, weight) for weight in weights]
        total = sum(counted)
        counted = counted if total else [1] * len(weights)
        assert sum(found) == value
        for part, weight in zip(found, counted, strict=True):
            assert abs(part - Fraction(value * weight, sum(counted))) < 1

    def test_without_any_weight_they_are_equal(self):
        assert shares(10, [0, 0, -1]) == [3, 3, 4]


class TestCollateral:
    def test_one_gives_its_value_day_rank_and_texts(self, pledged, tmp_path):
        done = pledged.check(tmp_path)
        fields = ("collateral_identifier", "collateral_type", "collateral_value", "lien_position")
        assert done.rules() == []
        assert done.loans(*fields)["L1"] == ("S1", "office", 50_000, 2)
        assert done.loans(*fields)["L2"] == (None, None, None, None)

    def test_of_several_the_values_are_added_and_the_stalest_day_and_best_rank_taken(self, pledged, tmp_path):
        tape = pledged.plus("collateral", "S2,retail,700.01,2023-06-30").plus("relationship", "L1,,,S2,1")
        done = tape.check(tmp_path)
        fields = ("collateral_value", "collateral_valuation_date", "lien_position")
        assert done.loans(*fields)["L1"] == (120_001, date(2023, 6, 30), 1)
        assert done.loans("collateral_identifier", "collateral_type")["L1"] == ("S2", "retail")
        assert done.told("row", "field", "old", "new", rule="TAPE-308") == [
            ("2", "collateral_identifier", "S2; S1", "S2")
        ]

    def test_one_that_secures_several_loans_is_shared_out_by_what_they_owe(self, pledged, tmp_path):
        done = pledged.plus("relationship", "L2,,,S1,1").check(tmp_path)
        assert done.loans("collateral_value") == {"L1": 16_666, "L2": 33_334, "L3": None}
        assert done.told("row", "field", "severity", "old", "new", rule="TAPE-307") == [
            ("2", "collateral_value", "warn", "500.00", "166.66"),
            ("3", "collateral_value", "warn", "500.00", "333.34"),
        ]
        assert done.table("collateral").units["joined"] == 50_000

    def test_a_pair_that_stands_twice_counts_once_with_its_best_rank(self, pledged, tmp_path):
        done = pledged.plus("relationship", "L1,,,S1,1", "L1,,,S1,1", "L1,,,S1,3").check(tmp_path)
        assert done.loans("collateral_value", "lien_position")["L1"] == (50_000, 1)
        assert done.table("relationship").rows["repeated"] == 1
        assert done.rules() == []

    def test_the_pairs_stand_beside_the_loans(self, pledged, tmp_path):
        done = pledged.plus("relationship", "L2,,,S1,1").check(tmp_path)
        day = date(2024, 1, 31)
        assert done.beside("collateral.parquet") == [
            ("L1", "S1", 50_000, 16_666, True, day, 2),
            ("L2", "S1", 50_000, 33_334, True, day, 1),
        ]

    def test_one_of_no_loan_is_told_with_its_money(self, pledged, tmp_path):
        done = pledged.plus("collateral", "S9,land,70.00,2024-01-31").check(tmp_path)
        assert done.rules() == [("3", "collateral.collateral_identifier", "TAPE-302")]
        units = done.table("collateral").units
        assert (done.table("collateral").units_read, units["joined"], units["orphaned"]) == (57_000, 50_000, 7_000)

    def test_one_that_is_named_and_not_there_is_told(self, pledged, tmp_path):
        done = pledged.plus("relationship", "L3,,,S7,1").check(tmp_path)
        assert done.rules() == [("5", "relationship.collateral_identifier", "TAPE-304")]
        assert done.loans("collateral_value")["L3"] is None

    def test_one_that_cannot_be_read_rejects_the_loans_that_it_secures(self, pledged, tmp_path):
        done = pledged.with_lines("collateral", "pledge,kind,worth,valued", "S1,office,50O.00,2024-01-31").check(
            tmp_path
        )
        assert done.rules() == [
            ("2", "contract_identifier", "TAPE-309"),
            ("2", "collateral.collateral_value", "TAPE-010"),
        ]
        assert done.table("collateral").rows["rejected"] == 1
        assert done.checked.rows_rejected == 2

    def test_rules_between_fields_are_looked_at_on_the_joined_loan(self, pledged, tmp_path):
        done = pledged.with_lines("collateral", "pledge,kind,worth,valued", "S1,office,5.00,2021-01-31").check(tmp_path)
        assert done.told("row", "column", "old", "rule") == [
            ("2", "collateral.valued", "2021-01-31", "TAPE-132"),
            ("2", "collateral.worth", "5.00", "TAPE-136"),
        ]

    def test_its_own_table_can_name_the_loan_once_a_row(self, tmp_path):
        lines = ["pledge,kind,worth,valued,loan", "S1,office,500.00,2024-01-31,L1", "S1,office,500.00,2024-01-31,L2"]
        tape = Related().with_lines("relationship", "loan,cp,role", "L1,C1,", "L2,C2,", "L3,C3,")
        done = tape.with_lines("collateral", *lines).mapped("collateral", contract_identifier="loan").check(tmp_path)
        assert done.loans("collateral_value") == {"L1": 16_666, "L2": 33_334, "L3": None}
        assert done.table("collateral").rows["repeated"] == 1
        assert done.table("collateral").units == {
            "joined": 50_000,
            "orphaned": 0,
            "rejected": 0,
            "repeated": 50_000,
            "later": 0,
        }

    def test_of_one_whose_rows_differ_neither_is_taken(self, tmp_path):
        lines = ["pledge,kind,worth,valued,loan", "S1,office,500.00,2024-01-31,L1", "S1,office,400.00,2024-01-31,L2"]
        tape = Related().with_lines("relationship", "loan,cp,role", "L1,C1,", "L2,C2,", "L3,C3,")
        done = tape.with_lines("collateral", *lines).mapped("collateral", contract_identifier="loan").check(tmp_path)
        assert done.told("row", "field", rule="TAPE-309") == [
            ("2", "contract_identifier"),
            ("3", "contract_identifier"),
        ]
        assert len(done.told("row", rule="TAPE-305")) == 2

    def test_a_sum_above_what_the_books_hold_rejects_the_loan(self, pledged, tmp_path):
        largest = f"{MAX_AMOUNT // 100}.00"
        tape = pledged.plus("collateral", f"S2,office,{largest},2024-01-31").plus("relationship", "L1,,,S2,1")
        done = tape.check(tmp_path)
        assert ("2", "collateral_value", "TAPE-015") in done.rules()

    def test_ten_thousand_loans_on_one_collateral_share_it_out(self, tmp_path):
        loans = [f"X{number},defaulted,{number}.00" for number in range(10_000)]
        links = [f"X{number},C1,,S1,1" for number in range(10_000)]
        tape = Related().plus("loan", *loans).plus("relationship", *links)
        done = tape.plus("collateral", "S1,office,123456.78,2024-01-31").check(tmp_path)
        parts = done.loans("collateral_value")
        assert sum(units or 0 for units in parts.values()) == 12_345_678
        assert parts["X0"] == 0
        assert parts["X9999"] == 12_345_678 - 12_345_678 * sum(range(9_999)) // sum(range(10_000))


class TestEnforcement:
    def steps(self, *lines, **fields):
        return Related().plus("enforcement", *lines).mapped("enforcement", **fields)

    def test_the_latest_step_counts_and_of_one_day_the_last_row(self, tmp_path):
        steps = [
            "L1,judgment,2023-05-01",
            "L1,suit_filed,2022-05-01",
            "L2,suit_filed,2023-01-01",
            "L2,settled,2023-01-01",
        ]
        done = self.steps(*steps).check(tmp_path)
        assert done.rules() == []
        assert done.loans("legal_status") == {"L1": "judgment", "L2": "settled", "L3": None}

    def test_a_step_after_the_cut_off_date_is_told_and_not_counted(self, tmp_path):
        done = self.steps("L1,suit_filed,2024-12-31", "L1,judgment,2025-01-01").check(tmp_path)
        assert done.told("row", "field", "old", rule="TAPE-306") == [
            ("3", "enforcement.enforcement_date", "2025-01-01")
        ]
        assert done.loans("legal_status")["L1"] == "suit_filed"

    def test_a_step_on_a_loan_that_is_not_there_is_told(self, tmp_path):
        done = self.steps("L9,suit_filed,2024-12-31").check(tmp_path)
        assert done.rules() == [("2", "enforcement.contract_identifier", "TAPE-302")]
        assert done.table("enforcement").rows["orphaned"] == 1

    def test_a_step_that_cannot_be_read_rejects_its_loan(self, tmp_path):
        done = self.steps("L2,sued,2024-12-31").check(tmp_path)
        assert done.rules() == [
            ("3", "contract_identifier", "TAPE-309"),
            ("2", "enforcement.legal_status", "TAPE-040"),
        ]

    def test_a_step_on_a_collateral_is_one_of_all_its_loans(self, pledged, tmp_path):
        lines = ["pledge,step,day", "S1,judgment,2024-01-01", "S8,judgment,2024-01-01"]
        tape = pledged.plus("relationship", "L2,,,S1,1").with_lines("enforcement", *lines)
        done = tape.mapped("enforcement", contract_identifier=None, collateral_identifier="pledge").check(tmp_path)
        assert done.loans("legal_status") == {"L1": "judgment", "L2": "judgment", "L3": None}
        assert done.told("row", "field", rule="TAPE-302") == [("3", "enforcement.collateral_identifier")]


class TestCollections:
    def test_what_a_loan_paid_is_added_up(self, paid, tmp_path):
        done = paid.check(tmp_path)
        assert done.rules() == []
        assert done.loans("recovered_amount") == {"L1": 1_005, "L2": None, "L3": None}
        assert done.table("historical_collection").units["joined"] == 1_005

    def test_the_months_stand_beside_the_loans(self, paid, tmp_path):
        tape = paid.plus(
            "historical_collection", "3,L1,2023-01-31,1.00", "4,L1,2025-01-01,2.00", "5,L1,2024-12-31,3.00"
        )
        rows = tape.check(tmp_path).beside("collections.parquet")
        source = "historical_collection"
        assert rows == [
            ("L1", date(2023, 1, 1), source, False, 2, 1_100),
            ("L1", date(2023, 2, 1), source, False, 1, 5),
            ("L1", date(2024, 12, 1), source, False, 1, 300),
            ("L1", date(2025, 1, 1), source, True, 1, 200),
        ]

    def test_a_month_that_the_cut_off_date_divides_stands_twice(self, paid, tmp_path):
        done = (
            paid.with_keys(cut_off="2023-01-31").plus("historical_collection", "3,L1,2023-01-31,1.00").check(tmp_path)
        )
        assert done.loans("recovered_amount")["L1"] == 1_100
        assert done.told("row", "old", rule="TAPE-306") == [("3", "2023-02-28")]
        totals = done.table("historical_collection")
        assert (totals.units["joined"], totals.units["later"], totals.units_read) == (1_100, 5, 1_105)

    def test_without_a_cut_off_date_all_is_counted(self, paid, tmp_path):
        done = paid.with_keys(cut_off=None).plus("historical_collection", "3,L1,2099-01-31,1.00").check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == 1_105

    def test_one_of_no_loan_is_rejected_and_its_money_told(self, paid, tmp_path):
        done = paid.plus("historical_collection", "3,L9,2023-01-31,7.00").check(tmp_path)
        assert done.told("row", "field", "severity", "rule") == [
            ("4", "historical_collection.contract_identifier", "reject", "TAPE-303")
        ]
        totals = done.table("historical_collection")
        assert (totals.rows["orphaned"], totals.units["orphaned"], totals.units_read) == (1, 700, 1_705)
        assert (done.checked.totals.rows_rejected, done.checked.rows_rejected) == (0, 1)

    def test_one_that_cannot_be_read_rejects_its_loan(self, paid, tmp_path):
        done = paid.plus("historical_collection", "3,L2,2023-02-30,7.00", "4,L3,2023-02-20,x").check(tmp_path)
        assert done.told("row", rule="TAPE-309") == [("3",), ("4",)]
        assert done.told("row", "field", rule="TAPE-021") == [("4", "historical_collection.collection_date")]
        assert done.told("row", "field", rule="TAPE-010") == [("5", "historical_collection.collected_amount")]
        totals = done.table("historical_collection")
        assert (totals.rows["rejected"], totals.units["rejected"], totals.rows_without_amount) == (2, 700, 1)

    def test_a_booking_that_stands_twice_alike_counts_once(self, paid, tmp_path):
        done = paid.plus("historical_collection", "1,L1,2023-01-10,10.00").check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == 1_005
        assert done.table("historical_collection").units["repeated"] == 1_000

    def test_a_booking_that_stands_twice_and_differs_is_taken_in_neither_way(self, paid, tmp_path):
        done = paid.plus("historical_collection", "1,L1,2023-01-10,10.01").check(tmp_path)
        assert [rule for _, _, rule in done.rules()] == ["TAPE-309", "TAPE-305", "TAPE-305"]

    def test_without_a_number_two_payments_alike_are_two(self, paid, tmp_path):
        tape = paid.plus("historical_collection", "1,L1,2023-01-10,10.00")
        done = tape.mapped("historical_collection", collection_identifier=None).check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == 2_005

    def test_a_payment_that_went_back_is_taken_off(self, paid, tmp_path):
        done = paid.plus("historical_collection", "3,L1,2023-03-01,-10.00").check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == 5

    def test_more_back_than_came_in_rejects_the_loan(self, paid, tmp_path):
        done = paid.plus("historical_collection", "3,L2,2023-03-01,-10.00").check(tmp_path)
        assert done.told("row", "field", "old", "rule") == [("3", "recovered_amount", "-10.00", "TAPE-016")]

    @pytest.mark.parametrize(("included", "recovered"), [(False, 1_405), (True, 1_005)])
    def test_what_the_agents_brought_in_is_added_unless_it_is_in_it(self, paid, tmp_path, included, recovered):
        tape = paid.plus("external_collection", "L1,2023-01-10,4.00").with_keys(includes_external=included)
        done = tape.check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == recovered
        assert done.table("external_collection").units["joined"] == 400

    def test_of_the_agents_alone_it_is_what_they_brought_in(self, tmp_path):
        done = Related().plus("external_collection", "L1,2023-01-10,4.00").check(tmp_path)
        assert done.loans("recovered_amount")["L1"] == 400

    def test_more_than_the_claim_is_told_on_the_loan(self, paid, tmp_path):
        tape = paid.with_lines("loan", "id,status,balance,claim", "L1,defaulted,5.00,10.00")
        tape = tape.mapped("loan", origination_amount="claim").with_lines(
            "counterparty", "cp,town,country", "C1,Kiel,DE"
        )
        done = tape.with_lines("relationship", "loan,cp,role", "L1,C1,").check(tmp_path)
        assert done.told("row", "column", "old", "rule") == [("2", "historical_collection.paid", "10.05", "TAPE-107")]


def test_loans_that_are_given_other_money_than_was_joined_stop_the_check(paid, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "salvor.tape.tables.joined.totals_of", lambda own, given: totals_of(own, given=given and given + 1)
    )
    with pytest.raises(ReconciliationFailed, match="units joined, and loans were given"):
        paid.check(tmp_path)
    assert list((tmp_path / "out").iterdir()) == []


def cents(text):
    return int(text.replace(".", "").replace(",", ""))


def lines_of(name):
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_the_example_gives_what_a_plain_loop_over_its_files_gives(tmp_path):
    checked = check_tape(EXAMPLE, load_tape_mapping(EXAMPLE / "mapping.yaml"), decimals=2, out=tmp_path)
    recovered, worth = defaultdict(int), defaultdict(int)
    for line in lines_of("eingaenge.csv"):
        if line["Datum"][-4:] <= "2024":
            recovered[line["Kontonr"]] += cents(line["Betrag"])
    for line in lines_of("inkasso.csv"):
        recovered[line["Kontonr"]] += cents(line["Erlös"])
    values = {line["Sicherheit"]: cents(line["Gutachten"]) for line in lines_of("sicherheiten.csv")}
    for line in lines_of("sicherheitenzuordnung.csv"):
        worth[line["Kontonr"]] += values.get(line["Sicherheit"], 0)
    accepted = {row["contract_identifier"]: row for row in pl.read_parquet(checked.accepted).iter_rows(named=True)}
    assert {key: row["recovered_amount"] or 0 for key, row in accepted.items()} == {
        key: recovered[key] for key in accepted
    }
    both, owed = ("00000705", "00000706"), [accepted[key]["gross_balance"] for key in ("00000705", "00000706")]
    worth[both[0]] = values["S006"] * owed[0] // sum(owed)
    worth[both[1]] = values["S006"] - worth[both[0]]
    assert {key: row["collateral_value"] or 0 for key, row in accepted.items()} == {key: worth[key] for key in accepted}
    assert sorted(checked.breaches) == [f"TAPE-30{number}" for number in range(1, 10)]
    assert {line["Kontonr"] for line in lines_of("kredite.csv")} - accepted.keys() == {"00000708", "00000720"}
