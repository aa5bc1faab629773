"""Stratification: every table adds up to its pool, and each loan stands on the line where its value belongs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.amounts import WAD
from salvor.tape.review import strata
from salvor.tape.review.groups import dimension, dimensions
from salvor.tape.review.source import Sum, sum_of
from salvor.tape.review.strata import stratify
from tests.utils.checked import CUT_OFF, checked, loan


def table(source, name):
    return stratify(source.scan(), dimension(name, source), sum_of(source.scan()))


def lines(source, name):
    return [(each.label, each.sum.rows) for each in table(source, name).strata]


def on_its_line(folder, name, **fields):
    """Where a single loan stands."""
    balance = fields.pop("balance", "100.00")
    [(label, rows)] = lines(checked(folder, loan(1, balance, **fields)), name)
    assert rows == 1
    return label


class TestGroups:
    @pytest.mark.parametrize(
        ("balance", "label"),
        [
            ("0.00", "below 10,000"),
            ("9999.99", "below 10,000"),
            ("10000.00", "10,000 to below 50,000"),
            ("10000000.00", "10,000,000 and more"),
        ],
    )
    def test_size(self, tmp_path, balance, label):
        assert on_its_line(tmp_path, "size", balance=balance) == label

    def test_size_is_of_the_currency_and_not_of_its_units(self, tmp_path):
        source = checked(tmp_path, loan(1, "9999"), loan(2, "10000"), decimals=0)
        assert lines(source, "size") == [("below 10,000", 1), ("10,000 to below 50,000", 1)]

    @pytest.mark.parametrize(
        ("value", "label"),
        [
            ("200.01", "below 50 %"),
            ("200.00", "50 to below 60 %"),
            ("100.01", "90 to below 100 %"),
            ("100.00", "100 to below 120 %"),
            ("66.67", "120 to below 150 %"),
            ("66.66", "150 % and more"),
            ("0.00", "not given"),
            ("", "not given"),
        ],
    )
    def test_loan_to_value(self, tmp_path, value, label):
        assert on_its_line(tmp_path, "ltv", collateral_value=value) == label

    @pytest.mark.parametrize(
        ("day", "label"),
        [
            ("2024-12-31", "below 1 year"),
            ("2024-01-02", "below 1 year"),
            ("2024-01-01", "1 to below 2 years"),  # 365 days
            ("2015-01-04", "7 to below 10 years"),
            ("2015-01-03", "10 years and more"),  # 3,650 days
            ("", "not given"),
        ],
    )
    def test_time_since_default(self, tmp_path, day, label):
        assert on_its_line(tmp_path, "time_since_default", default_date=day) == label

    def test_a_default_after_the_closing_has_a_line_of_its_own(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", default_date="2025-01-01"), cut_off=None)
        assert lines(source.closing(CUT_OFF), "time_since_default") == [("after the cut-off date", 1)]

    def test_a_charge_off_stands_in_for_a_default_that_is_not_told(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", default_date="", charge_off_date="2024-06-01"),
            loan(2, "2.00", default_date="2020-06-01", charge_off_date="2024-06-01"),
        )
        assert lines(source, "time_since_default") == [("below 1 year", 1), ("3 to below 5 years", 1)]

    def test_without_a_cut_off_date_there_is_no_time_since_default(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", default_date="2020-01-01"), cut_off=None)
        assert dimension("time_since_default", source) is None

    @pytest.mark.parametrize(("code", "label"), [("F41.20", "41"), ("41.20", "41"), ("01.11", "01"), ("", "not given")])
    def test_sector(self, tmp_path, code, label):
        assert on_its_line(tmp_path, "sector", economic_activity=code) == label

    @pytest.mark.parametrize(
        ("fields", "label"),
        [
            ({"collateral_type": "office"}, "secured"),
            ({"collateral_type": "none"}, "unsecured"),
            ({"collateral_type": ""}, "not given"),
            ({"collateral_type": "", "collateral_value": "5.00"}, "secured"),
            ({"collateral_type": "", "collateral_value": "0.00"}, "unsecured"),
        ],
    )
    def test_secured_or_not(self, tmp_path, fields, label):
        assert on_its_line(tmp_path, "secured", **fields) == label

    def test_vintages_stand_in_their_order(self, tmp_path):
        days = ["2021-12-31", "2009-01-01", "2021-01-01", ""]
        source = checked(tmp_path, *(loan(n, f"{n}.00", origination_date=day) for n, day in enumerate(days)))
        assert lines(source, "vintage") == [("2009", 1), ("2021", 2), ("not given", 1)]

    def test_only_what_is_mapped_is_told(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", lender="A", lien_position="1", counterparty_name="Somebody"))
        assert [each.name for each in dimensions(source)] == ["size", "lien_position", "lender"]


class TestTables:
    def test_a_line_has_average_median_and_largest_of_its_loans(self, tmp_path):
        balances = ["1.00", "2.00", "4.00", "9.01"]
        source = checked(tmp_path, *(loan(n, each, lender="A") for n, each in enumerate(balances)))
        [line] = table(source, "lender").strata
        assert (line.sum, line.average, line.median, line.largest) == (Sum(4, 1_601), 400, 200, 901)
        assert line.share == WAD

    def test_the_largest_groups_come_first_and_what_is_not_given_last(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", lender="A"),
            loan(2, "2.00", lender="B"),
            loan(3, "9.00", lender=""),
            loan(4, "1.50", lender="A"),
        )
        found = table(source, "lender").strata
        assert [(each.label, each.which, each.sum.units) for each in found] == [
            ("A", "group", 250),
            ("B", "group", 200),
            ("not given", "empty", 900),
        ]
        assert found[1].share == 200 * WAD // 1350

    def test_a_lender_who_is_called_not_given_is_a_group(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", lender="not given"), loan(2, "2.00", lender=""))
        assert [each.which for each in table(source, "lender").strata] == ["group", "empty"]

    def test_small_groups_are_one_line_when_there_are_too_many(self, tmp_path, monkeypatch):
        monkeypatch.setattr(strata, "MOST", 2)
        names = ["A", "B", "C", "D", "D", ""]
        source = checked(tmp_path, *(loan(n, f"{n + 1}.00", lender=name) for n, name in enumerate(names)))
        found = table(source, "lender").strata
        assert [(each.label, each.which, each.sum) for each in found] == [
            ("D", "group", Sum(2, 900)),
            ("C", "group", Sum(1, 300)),
            ("not given", "empty", Sum(1, 600)),
            ("2 others", "others", Sum(2, 300)),
        ]

    def test_an_empty_pool_has_no_lines(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", lender="A"))
        assert stratify(source.scan().head(0), dimension("lender", source), Sum(0, 0)).strata == ()

    def test_a_table_that_does_not_add_up_is_never_shown(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", lender="A"))
        with pytest.raises(AssertionError, match="lender does not add up"):
            stratify(source.scan(), dimension("lender", source), Sum(1, 101))

    @settings(deadline=None, max_examples=50)
    @given(
        loans=st.lists(
            st.tuples(
                st.integers(0, 10**12), st.sampled_from(["A", "B", "C", ""]), st.integers(0, 10**12), st.integers(1, 4)
            ),
            min_size=1,
            max_size=15,
        )
    )
    def test_every_table_adds_up_to_the_pool(self, tmp_path_factory, loans):
        rows = [
            loan(
                n,
                f"{units // 100}.{units % 100:02}",
                lender=lender,
                collateral_value=f"{value // 100}.{value % 100:02}",
                collateral_valuation_date="2024-01-01",
                lien_position=str(lien),
            )
            for n, (units, lender, value, lien) in enumerate(loans)
        ]
        source = checked(tmp_path_factory.mktemp("tape"), *rows)
        total = sum_of(source.scan())
        found = [stratify(source.scan(), each, total) for each in dimensions(source)]
        assert {each.name for each in found} == {"size", "ltv", "secured", "lien_position", "lender"}
        for each in found:
            assert sum((line.sum for line in each.strata), Sum(0, 0)) == total
