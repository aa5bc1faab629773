"""Eligibility: each criterion with what it excludes, and sums that add up whatever the loans are."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.errors import OptionInvalid
from salvor.tape.review.eligibility import screen
from salvor.tape.review.source import Sum
from salvor.tape.review.terms import Criterion
from tests.utils.checked import checked, loan

DAYS = st.dates(date(2000, 1, 1), date(2024, 12, 31))


def criterion(field, number=1, **conditions):
    return Criterion(f"EL-{number:02}", field, "says", **conditions)


def eligible_of(source, **criterion_):
    """Identifiers do not matter here, since each loan has another balance in cents."""
    return screen(source, [criterion(**criterion_)]).eligible


class TestOneCriterion:
    @pytest.mark.parametrize(
        ("conditions", "rows"),
        [
            ({"at_least": 20_000}, 2),
            ({"at_least": 20_001}, 1),
            ({"at_most": 20_000}, 2),
            ({"at_most": 19_999}, 1),
            ({"at_least": 10_001, "at_most": 29_999}, 1),
        ],
    )
    def test_bounds_of_money_are_included(self, tmp_path, conditions, rows):
        source = checked(tmp_path, loan(1, "100.00"), loan(2, "200.00"), loan(3, "300.00"))
        assert eligible_of(source, field="gross_balance", **conditions).rows == rows

    @pytest.mark.parametrize(
        ("conditions", "units"),
        [
            ({"at_least": date(2024, 1, 1)}, 6),
            ({"at_least": date(2024, 1, 2)}, 4),
            ({"at_most": date(2024, 1, 1)}, 3),
            # 365 and 1 days before the cut-off date, 31 December 2024
            ({"days_at_least": 365}, 3),
            ({"days_at_least": 366}, 1),
            ({"days_at_most": 365}, 6),
            ({"days_at_most": 364}, 4),
        ],
    )
    def test_days_are_counted_to_the_cut_off_date(self, tmp_path, conditions, units):
        source = checked(
            tmp_path,
            loan(1, "0.01", default_date="2023-01-01"),
            loan(2, "0.02", default_date="2024-01-01"),
            loan(3, "0.04", default_date="2024-12-30"),
            loan(4, "0.08", default_date=""),
        )
        assert eligible_of(source, field="default_date", **conditions).units == units

    @pytest.mark.parametrize(
        ("conditions", "units"),
        [
            ({"one_of": ("A", "B")}, 3),
            ({"none_of": ("A",)}, 2),  # and the loan without a lender is out too: it could be A
            ({"one_of": ("A", "B"), "none_of": ("B",)}, 1),
            ({"filled": True}, 3),
            ({"filled": False}, 4),
        ],
    )
    def test_what_is_not_known_meets_nothing_but_being_empty(self, tmp_path, conditions, units):
        source = checked(tmp_path, loan(1, "0.01", lender="A"), loan(2, "0.02", lender="B"), loan(3, "0.04", lender=""))
        assert eligible_of(source, field="lender", **conditions).units == units

    def test_days_without_a_cut_off_date_are_refused(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", default_date="2023-01-01"), cut_off=None)
        with pytest.raises(OptionInvalid, match=r"EL-01 counts days to the cut-off date, and neither .* add `cut_off`"):
            eligible_of(source, field="default_date", days_at_most=5)

    def test_the_closing_stands_in_for_a_cut_off_date_that_is_missing(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", default_date="2023-01-01"), cut_off=None).closing(date(2023, 1, 6))
        assert eligible_of(source, field="default_date", days_at_most=5).rows == 1
        assert source.closing(date(2030, 1, 1)).cut_off == date(2023, 1, 6)


class TestSeveral:
    def test_the_first_to_exclude_a_loan_is_told_and_all_that_exclude_it_alone(self, tmp_path):
        source = checked(
            tmp_path,
            loan(1, "1.00", lender="A"),
            loan(2, "5.00", lender="A"),
            loan(3, "6.00", lender="B"),
            loan(4, "0.50", lender="B"),
        )
        found = screen(source, [criterion("lender", one_of=("A",)), criterion("gross_balance", 2, at_most=500)])
        assert [each.alone for each in found.exclusions] == [Sum(2, 650), Sum(1, 600)]
        assert [each.first for each in found.exclusions] == [Sum(2, 650), Sum(0, 0)]
        assert (found.eligible, found.excluded, found.accepted) == (Sum(2, 600), Sum(2, 650), Sum(4, 1250))

    def test_without_any_every_loan_is_eligible(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00"), loan(2, "2.00"), loan(3, "4.00"))
        found = screen(source, [])
        assert (found.eligible, found.excluded, found.exclusions) == (Sum(3, 700), Sum(0, 0), ())

    @settings(deadline=None, max_examples=50)
    @given(
        loans=st.lists(
            st.tuples(st.integers(0, 10**14), st.sampled_from(["A", "B", ""]), st.one_of(DAYS.map(str), st.just(""))),
            min_size=1,
            max_size=12,
        ),
        least=st.integers(0, 10**14),
        before=DAYS,
    )
    def test_sums_are_those_of_a_plain_loop(self, tmp_path_factory, loans, least, before):
        rows = [
            loan(n, f"{units // 100}.{units % 100:02}", lender=lender, default_date=day)
            for n, (units, lender, day) in enumerate(loans)
        ]
        criteria = [
            criterion("gross_balance", 1, at_least=least),
            criterion("lender", 2, none_of=("B",)),
            criterion("default_date", 3, at_most=before),
        ]
        met = [
            (units, (units >= least, lender not in ("B", ""), day != "" and day <= str(before)))
            for units, lender, day in loans
        ]

        def loop(keep):
            kept = [units for units, each in met if keep(each)]
            return Sum(len(kept), sum(kept))

        found = screen(checked(tmp_path_factory.mktemp("tape"), *rows), criteria)
        assert found.eligible == loop(all)
        for place, each in enumerate(found.exclusions):
            assert each.alone == loop(lambda holds, place=place: not holds[place])
            assert each.first == loop(lambda holds, place=place: all(holds[:place]) and not holds[place])
        assert sum((each.first for each in found.exclusions), found.eligible) == found.accepted == loop(lambda _: True)
