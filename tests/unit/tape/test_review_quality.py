"""Quality of the data: a score by a formula that is written down, over fields that may be shown."""

from datetime import date

import pytest

from salvor.tape.review.quality import field_score, quality_of
from tests.utils.checked import checked, loan


def field(source, name):
    return next(each for each in quality_of(source).fields if each.name == name)


class TestScore:
    @pytest.mark.parametrize(
        ("filled", "expected", "rejects", "warnings", "score"),
        [
            (10, 10, 0, 0, 100),
            (9, 10, 0, 0, 90),
            (2, 3, 0, 0, 66),  # rounded down
            (10, 10, 1, 0, 90),
            (10, 10, 0, 1, 95),  # a warning is half a reject
            (5, 10, 1, 1, 42),  # 50 x 0.85
            (10, 10, 6, 8, 0),
            (10, 10, 10, 10, 0),  # never below
            (0, 0, 0, 0, 100),  # no loan should have it
            (0, 0, 5, 0, 50),
        ],
    )
    def test_of_a_field_in_ten_rows(self, filled, expected, rejects, warnings, score):
        assert field_score(filled=filled, expected=expected, rejects=rejects, warnings=warnings, rows=10) == score

    def test_of_no_rows_is_nothing(self):
        assert field_score(filled=0, expected=0, rejects=0, warnings=0, rows=0) == 0

    def test_of_the_tape_counts_required_fields_twice_and_rejected_rows_once_more(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", lender="A"),
            loan(2, "2.00", lender=""),
            loan(3, "x", lender="A"),
            loan(4, "4.00", lender="A"),
        )
        found = quality_of(source)
        assert {each.name: each.score for each in found.fields} == {
            "contract_identifier": 100,
            "gross_balance": 75,
            "lender": 66,
        }
        assert found.score == (2 * 100 + 2 * 75 + 66) * 3 // (5 * 4)


class TestFields:
    def test_what_is_there_and_how_far_it_reaches(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", origination_date="2020-01-01", lender="A", interest_rate="5"),
            loan(2, "3.00", origination_date="2021-01-01", lender="A", interest_rate="-1"),
            loan(3, "2.00", origination_date="", lender="", interest_rate=""),
        )
        balance, day, lender, rate = (
            field(source, name) for name in ("gross_balance", "origination_date", "lender", "interest_rate")
        )
        assert (balance.lowest, balance.highest, balance.distinct, balance.required) == (100, 300, 3, True)
        assert (day.lowest, day.highest, day.filled, day.expected) == (date(2020, 1, 1), date(2021, 1, 1), 2, 3)
        assert (lender.lowest, lender.highest, lender.distinct) == (None, None, 1)  # of words no end is told
        assert (rate.lowest, rate.highest) == (-(10**16), 5 * 10**16)

    def test_breaches_are_counted_by_row_and_severity(self, tmp_path):
        source = checked(tmp_path, loan(1, "x"), loan(2, "y"), loan(3, "1.00"), loan(4, "2.00"))
        balance = field(source, "gross_balance")
        assert (balance.rejects, balance.warnings, balance.filled, balance.expected) == (2, 0, 2, 2)

    def test_days_of_default_are_expected_of_loans_in_default_alone(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", status="performing", default_date=""),
            loan(2, "2.00", status="defaulted", default_date="2020-01-01"),
            loan(3, "3.00", status="", default_date=""),  # it could be in default
        )
        day = field(source, "default_date")
        assert (day.filled, day.expected) == (1, 2)

    def test_a_value_where_none_is_expected_is_not_counted_as_filled(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", status="performing", default_date="2020-01-01"),
            loan(2, "2.00", status="defaulted", default_date="2020-01-01"),
        )
        day = field(source, "default_date")
        assert (day.filled, day.expected) == (1, 1)

    def test_collateral_is_described_where_there_is_some(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", collateral_type="none", lien_position=""),
            loan(2, "2.00", collateral_type="office", lien_position=""),
            loan(3, "3.00", collateral_type="office", lien_position="1"),
        )
        lien = field(source, "lien_position")
        assert (lien.filled, lien.expected) == (1, 2)

    def test_personal_fields_are_counted_and_not_told(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", counterparty_name="Somebody", counterparty_address="Somewhere 1"))
        found = quality_of(source)
        assert [each.name for each in found.fields] == ["contract_identifier", "gross_balance"]
        assert found.personal_left_out == 2
