"""The servicer's collections: what each report says of them, corrections as differences, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.deal.servicing import Corrected, Serviced, nothing, read_servicing
from salvor.errors import CollectionsInvalid, ColumnMissing, FileMissing

HEAD = "period,loan,gross,written_off,recovered,closed_value,closed_plan,told_in"
LOANS = {"01": 10_000, "02": 10_000, "03": 10_000}  # balances


@pytest.fixture
def read(tmp_path):
    """The reports that some rows make."""

    def rows(*lines, head=HEAD, **options):
        path = tmp_path / "collections.csv"
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return read_servicing(path, LOANS, **{"periods": 4, "decimals": 2, "costs": 0} | options).reports

    return rows


@pytest.fixture
def doubts(tmp_path):
    """What is said of some rows and is no error, without the path."""

    def rows(*lines):
        path = tmp_path / "collections.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        said = read_servicing(path, LOANS, periods=4, decimals=2, costs=0).doubts
        return [line.removeprefix(f"{path}: ") for line in said]

    return rows


class TestReports:
    def test_add_up_by_period_and_keep_each_loan(self, read):
        first, second, *_ = read("1,01,10.00,3.50,,9.00,11.00,", "1,02,2.50,,0.50,,,", "2,03,1,,,,,")
        assert first == Serviced({"01": 1_000, "02": 250}, 0, 350, 50, 900, 1_100)
        assert second == Serviced({"03": 100}, 0, 0, 0, 0, 0)

    def test_are_empty_where_nothing_came(self, read):
        assert read("2,01,1,,,,,")[0] == nothing(1).reports[0]
        assert len(nothing(3).reports) == 3

    def test_take_the_costs_off_the_sum_rounded_down(self, read):
        """Rounded for each loan they would be nothing."""
        assert read("1,01,0.09,,,,,", "1,02,0.09,,,,,", costs=10**17)[0].costs == 1

    def test_need_only_the_columns_that_are_used(self, read):
        assert read("1,01,5", head="period,loan,gross")[0].cash == {"01": 500}


class TestCorrections:
    def test_are_signed_differences_to_what_was_said_before(self, read):
        rows = ("1,01,10,8,,10,12,", "1,02,5,,,,,", "1,01,10,3,,11,12,2")
        _, second, *_ = read(*rows)
        assert second.corrected == Corrected(1, {"01": 1_000, "02": 500}, -500, 100, 0)
        assert second.written_off == 0

    def test_of_a_corrected_period_start_from_the_correction(self, read):
        _, _, third, _ = read("1,01,10,8,,,,", "1,01,10,3,,,,2", "1,01,10,4,,,,3")
        assert third.corrected == Corrected(1, {"01": 1_000}, 100, 0, 0)

    def test_may_say_that_another_loan_paid(self, read):
        _, second, *_ = read("1,01,10,,,,,", "1,01,4,,,,,2", "1,02,6,,,,,2")
        assert second.corrected == Corrected(1, {"01": 400, "02": 600}, 0, 0, 0)

    def test_take_no_cash_back(self, read):
        with pytest.raises(CollectionsInvalid, match=r"gross of period 1 adds up to 9\.00, not to 10\.00 as before"):
            read("1,01,10,,,,,", "1,01,9,,,,,2")

    def test_leave_recoveries_alone(self, read):
        with pytest.raises(CollectionsInvalid, match=r"recovered of period 1 adds up to 1\.00, not to 0\.00"):
            read("1,01,10,,,,,", "1,01,10,,1,,,2")

    def test_are_one_a_report(self, read):
        with pytest.raises(CollectionsInvalid, match="the report of period 3 corrects periods 1 and 2: one at a time"):
            read("1,01,10,,,,,", "2,01,10,,,,,", "2,01,10,,,,,3", "1,01,10,,,,,3")

    @given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100)), max_size=8))
    def test_and_reports_add_up_to_what_is_said_last(self, tmp_path_factory, told):
        """However often a write-off is said anew, the sum of all that is reported is the last word."""
        path = tmp_path_factory.mktemp("servicing") / "collections.csv"
        by = dict(told)
        lines = [f"1,01,0,{units}.00,,,,{period}" for period, units in sorted(by.items())]
        path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
        reports = read_servicing(path, LOANS, periods=4, decimals=2, costs=0).reports
        total = sum(one.written_off + (one.corrected.written_off if one.corrected else 0) for one in reports)
        assert total == (100 * by[max(by)] if by else 0)


class TestTotalsOfALoan:
    """Each balance is 100.00."""

    def test_write_off_the_balance_at_most(self, read):
        assert read("1,01,,40,,,,", "2,01,,60,,,,", "2,02,,100,,,,")
        with pytest.raises(CollectionsInvalid) as caught:
            read("1,01,,40,,,,", "2,02,,1,,,,", "3,01,,60.01,,,,")
        said = "line 4: of loan '01' 100.01 is written off to date, its balance is 100.00"
        assert said in caught.value.format_message()

    def test_count_a_correction_in_place_of_what_it_corrects(self, read):
        assert read("1,01,,90,,,,", "1,01,,20,,,,2", "2,01,,80,,,,")
        with pytest.raises(CollectionsInvalid, match=r"line 4: of loan '01' 100\.01"):
            read("1,01,,20,,,,", "2,01,,80,,,,", "1,01,,20.01,,,,3")

    def test_are_told_together_by_the_period_and_not_by_the_line(self, read):
        assert read("2,01,,80,,,,", "1,01,,20,,,,2", "1,01,,90,,,,")

    def test_are_odd_above_three_balances_and_told_once(self, doubts):
        assert doubts("1,01,200,,,,,", "2,01,100,,,,,") == []
        said = ["line 3: loan '01' brought 300.01 to date, its balance is 100.00"]
        assert doubts("1,01,200,,,,,", "2,01,100.01,,,,,", "3,01,5,,,,,") == said


class TestRefusals:
    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("5,01,1,,,,,", "line 2: period is '5', and not from 1 to 4"),
            ("x,01,1,,,,,", "line 2: period is 'x'"),
            ("1,01,1,,,,,9", "line 2: told_in is '9'"),
            ("2,01,1,,,,,1", "line 2: period 2 can't be told in period 1, before it"),
            ("1,04,1,,,,,", "line 2: no loan is called '04'"),
            ("1,001,1,,,,,", "line 2: no loan is called '001'; did you mean '01'?"),
            (
                "1,1,1,,,,,",
                "line 2: no loan is called '1'; did you mean '01'? identifiers are text, with their leading",
            ),
            ("1,01,1;000,,,,,", "line 2: gross is '1;000', not an amount such as 1500.00"),
            (
                '1,01,"1,000.00",,,,,',
                "gross is '1,000.00', not an amount such as 1500.00: leave the thousands comma out",
            ),
            ("1,01,-1,,,,,", "line 2: gross is '-1', not an amount such as 1500.00"),
            ("1,01,1e3,,,,,", "line 2: gross is '1e3', not an amount"),
            ("1,01,1.,,,,,", "line 2: gross is '1.', not an amount"),
            ("1,01,1.005,,,,,", "line 2: gross is 1.005, which has more than 2 decimals"),
            (f"1,01,{10**40},,,,,", "above the most that the books hold"),
            ("1,01,1,,2,,,", "line 2: recovered is a part of gross"),
            ("1,01,1", "line 2: has more or fewer values than the first row has names"),
            ("1,01,1,,,,,,7", "line 2: has more or fewer values than the first row has names"),
        ],
    )
    def test_name_the_line(self, read, row, said):
        with pytest.raises(CollectionsInvalid) as caught:
            read(row)
        assert said in caught.value.format_message()

    def test_a_loan_stands_once_a_period(self, read):
        with pytest.raises(CollectionsInvalid, match="line 3: loan '01' stands twice in period 1"):
            read("1,01,1,,,,,", "1,01,1,,,,,")

    def test_a_row_of_a_period_whose_report_is_missing(self, read):
        assert read("1,01,1,,,,,", missing=[2])
        with pytest.raises(CollectionsInvalid, match=r"collections\.csv: line 3: the report of period 2 is missing"):
            read("1,01,1,,,,,", "2,01,1,,,,,", missing=[2])
        with pytest.raises(CollectionsInvalid, match="line 3: the report of period 2 is missing"):
            read("1,01,1,2,,,,", "1,01,1,3,,,,2", missing=[2])

    def test_values_between_semicolons(self, read):
        with pytest.raises(CollectionsInvalid, match="line 1: values are separated with semicolons"):
            read("1;01;1", head="period;loan;gross")

    def test_a_column_that_nobody_knows(self, read):
        with pytest.raises(
            CollectionsInvalid, match="'writen_off' is no column of collections; did you mean 'written_off'"
        ):
            read("1,01,1,1", head="period,loan,gross,writen_off")

    def test_a_column_that_is_missing(self, read):
        with pytest.raises(ColumnMissing, match="no column 'gross'"):
            read("1,01,1", head="period,loan,gros")

    def test_a_file_that_is_missing_or_not_text(self, tmp_path):
        with pytest.raises(FileMissing):
            read_servicing(tmp_path / "none.csv", LOANS, periods=1, decimals=2, costs=0)
        (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(CollectionsInvalid, match="not CSV in UTF-8"):
            read_servicing(tmp_path / "x.csv", LOANS, periods=1, decimals=2, costs=0)
