"""Related tables that do not fit together: each case is the good tape with one change, and what is told of it."""

import pytest

from tests.utils.related import Related


@pytest.fixture
def good():
    return Related()


def test_tables_that_fit_together_break_nothing(good, tmp_path):
    done = good.check(tmp_path)
    assert done.rules() == []
    assert done.loans("counterparty_identifier", "counterparty_city") == {
        "L1": ("C1", "Kiel"),
        "L2": ("C2", "Bonn"),
        "L3": ("C3", "Rome"),
    }


class TestBorrowers:
    def test_a_loan_that_no_relationship_names_is_rejected(self, good, tmp_path):
        done = good.plus("loan", "L4,defaulted,1.00").check(tmp_path)
        assert done.rules() == [("5", "contract_identifier", "TAPE-301")]
        assert done.checked.totals.rows_rejected == 1
        assert "L4" not in done.loans("status")

    def test_a_relationship_to_a_loan_that_is_not_there_is_told(self, good, tmp_path):
        done = good.plus("relationship", "L9,C1,borrower,,").check(tmp_path)
        assert done.rules() == [("5", "relationship.contract_identifier", "TAPE-302")]
        assert done.table("relationship").rows["orphaned"] == 1
        assert len(done.loans("status")) == 3

    def test_a_counterparty_without_any_loan_is_told(self, good, tmp_path):
        done = good.plus("counterparty", "C4,Nice,FR").check(tmp_path)
        assert done.rules() == [("5", "counterparty.counterparty_identifier", "TAPE-302")]
        assert done.table("counterparty").rows["orphaned"] == 1

    def test_a_counterparty_of_an_unknown_loan_alone_has_no_loan(self, good, tmp_path):
        done = good.plus("counterparty", "C4,Nice,FR").plus("relationship", "L9,C4,borrower,,").check(tmp_path)
        assert done.told("field", rule="TAPE-302") == [
            ("counterparty.counterparty_identifier",),
            ("relationship.contract_identifier",),
        ]

    def test_a_borrower_that_has_no_row_leaves_the_loan_without_one(self, good, tmp_path):
        done = good.plus("loan", "L4,defaulted,1.00").plus("relationship", "L4,C9,borrower,,").check(tmp_path)
        assert done.rules() == [
            ("5", "contract_identifier", "TAPE-301"),
            ("5", "relationship.counterparty_identifier", "TAPE-304"),
        ]

    def test_a_guarantor_that_has_no_row_is_told_and_the_loan_kept(self, good, tmp_path):
        done = good.plus("relationship", "L1,C9,guarantor,,").check(tmp_path)
        assert done.told("field", "rule") == [
            ("counterparty_identifier", "TAPE-308"),
            ("relationship.counterparty_identifier", "TAPE-304"),
        ]
        assert len(done.loans("status")) == 3

    def test_a_guarantor_is_no_borrower(self, good, tmp_path):
        lines = ["loan,cp,role", "L1,C1,guarantor", "L2,C2,borrower", "L3,C3,"]
        done = good.with_lines("relationship", *lines).check(tmp_path)
        assert done.rules() == [("2", "contract_identifier", "TAPE-301")]

    def test_borrower_comes_before_joint_borrower_before_no_role_before_the_identifier(self, good, tmp_path):
        lines = ["loan,cp,role", "L1,C1,", "L1,C3,borrower", "L2,C2,", "L2,C3,joint_borrower", "L3,C3,", "L3,C2,"]
        done = good.with_lines("relationship", *lines).check(tmp_path)
        assert done.loans("counterparty_identifier") == {"L1": "C3", "L2": "C3", "L3": "C2"}
        assert done.told("row", "severity", "old", "new", rule="TAPE-308") == [
            ("2", "info", "C3; C1", "C3"),
            ("3", "info", "C3; C2", "C3"),
            ("4", "info", "C2; C3", "C2"),
        ]

    def test_the_role_can_stand_in_the_counterparty_table(self, good, tmp_path):
        lines = ["cp,town,country,role", "C1,Kiel,DE,guarantor", "C2,Bonn,DE,borrower", "C3,Rome,IT,borrower"]
        tape = good.with_lines("counterparty", *lines).mapped("counterparty", counterparty_role="role")
        done = tape.with_lines("relationship", "loan,cp,role", "L1,C1,", "L1,C2,", "L2,C2,", "L3,C3,").check(tmp_path)
        assert done.loans("counterparty_identifier") == {"L1": "C2", "L2": "C2", "L3": "C3"}

    def test_the_loan_table_can_name_the_borrower(self, good, tmp_path):
        lines = ["id,status,balance,cp", "L1,defaulted,100.00,C1", "L2,defaulted,200.00,C3", "L3,defaulted,1.00,C9"]
        rows = {name: good.rows[name] for name in ("loan", "counterparty")}
        tape = Related(rows).with_lines("loan", *lines).mapped("loan", counterparty_identifier="cp")
        done = tape.check(tmp_path)
        assert done.loans("counterparty_identifier", "counterparty_city") == {
            "L1": ("C1", "Kiel"),
            "L2": ("C3", "Rome"),
        }
        assert done.rules() == [
            ("4", "contract_identifier", "TAPE-301"),
            ("4", "counterparty_identifier", "TAPE-304"),
            ("3", "counterparty.counterparty_identifier", "TAPE-302"),
        ]

    def test_the_same_relationship_twice_counts_once(self, good, tmp_path):
        done = good.plus("relationship", "L1,C1,borrower,,").check(tmp_path)
        assert done.rules() == []
        assert done.table("relationship").rows == {
            "joined": 3,
            "orphaned": 0,
            "rejected": 0,
            "repeated": 1,
            "later": 0,
        }


class TestRowsThatAreRejected:
    def test_a_counterparty_that_stands_twice_and_differs_is_taken_in_neither_way(self, good, tmp_path):
        done = good.plus("counterparty", "C1,Trier,DE").check(tmp_path)
        assert done.rules() == [
            ("2", "contract_identifier", "TAPE-309"),
            ("2", "counterparty.counterparty_identifier", "TAPE-305"),
            ("5", "counterparty.counterparty_identifier", "TAPE-305"),
        ]
        assert set(done.loans("status")) == {"L2", "L3"}

    def test_a_counterparty_that_stands_twice_alike_counts_once(self, good, tmp_path):
        done = good.plus("counterparty", "C1,Kiel,DE").check(tmp_path)
        assert done.rules() == []
        assert done.table("counterparty").rows["repeated"] == 1

    def test_a_relationship_that_cannot_be_read_rejects_its_loan(self, good, tmp_path):
        done = good.plus("relationship", "L2,C1,sponsor,,").check(tmp_path)
        assert done.rules() == [
            ("3", "contract_identifier", "TAPE-309"),
            ("5", "relationship.counterparty_role", "TAPE-040"),
        ]

    def test_a_breach_that_only_warns_rejects_nothing(self, good, tmp_path):
        done = good.with_lines("counterparty", "cp,town,country", "C1,Kiel,XX", "C2,Bonn,DE", "C3,Rome,IT").check(
            tmp_path
        )
        assert done.rules() == [("2", "counterparty.counterparty_country", "TAPE-041")]
        assert len(done.loans("status")) == 3

    def test_a_row_that_is_too_long_rejects_its_loan(self, good, tmp_path):
        done = good.with_lines("counterparty", "cp,town,country", "C1,Kiel,DE,x", "C2,Bonn,DE", "C3,Rome,IT").check(
            tmp_path
        )
        assert done.rules() == [("2", "contract_identifier", "TAPE-309"), ("2", "counterparty.", "TAPE-002")]

    def test_loans_that_stand_twice_are_rejected_as_in_one_file(self, good, tmp_path):
        paid = good.plus("historical_collection", "1,L1,2023-01-10,10.00")
        done = paid.plus("loan", "L1,defaulted,7.00").check(tmp_path)
        assert done.table("historical_collection").units["joined"] == 1_000
        assert {rule for _, _, rule in done.rules()} == {"TAPE-005"}
        assert set(done.loans("status")) == {"L2", "L3"}
