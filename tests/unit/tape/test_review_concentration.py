"""Concentration limits: exact at the limit, every group that breaks one, and removals that mend it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.amounts import WAD
from salvor.errors import OptionInvalid
from salvor.tape.review import proposal
from salvor.tape.review.concentration import excess_of, measure, percent_up, share_up
from salvor.tape.review.source import Sum, sum_of
from salvor.tape.review.terms import Limit
from tests.utils.checked import checked, loan

PERCENT = WAD // 100


def measured(source, by, at_most, **more):
    pool = source.scan()
    return measure(source, pool, Limit("CL-01", by, at_most, "says", **more), sum_of(pool))


def lenders(folder, **balances):
    """A loan for each balance in whole euros, by lender."""
    rows = [(lender, euros) for lender, each in balances.items() for euros in each]
    return checked(folder, *(loan(n, f"{euros}.00", lender=lender) for n, (lender, euros) in enumerate(rows)))


class TestShares:
    def test_a_share_is_rounded_up(self):
        assert (share_up(1, 3), share_up(0, 3), share_up(3, 3), share_up(0, 0)) == (WAD // 3 + 1, 0, WAD, 0)

    def test_a_share_a_hair_above_a_percentage_does_not_look_like_it(self):
        assert (percent_up(20 * PERCENT), percent_up(20 * PERCENT + 1)) == ("20.00 %", "20.01 %")

    def test_the_excess_is_exact_to_the_unit(self):
        assert [excess_of(units, 1000, 20 * PERCENT) for units in (199, 200, 201)] == [0, 0, 1]
        # A third of 100 units is 33: the 34th is too much.
        assert [excess_of(units, 100, WAD // 3) for units in (33, 34)] == [0, 1]


class TestLimits:
    def test_a_loan_at_the_limit_holds(self, tmp_path):
        source = checked(tmp_path, loan(1, "2.00"), loan(2, "4.00"), loan(3, "4.00"))
        found = measured(source, "contract_identifier", 40 * PERCENT)
        assert (found.broken, found.units, found.share, found.proposal) == (False, 400, 40 * PERCENT, None)

    def test_a_loan_one_unit_above_breaks_it(self, tmp_path):
        source = checked(tmp_path, loan(1, "2.00"), loan(2, "4.01"), loan(3, "3.99"))
        found = measured(source, "contract_identifier", 40 * PERCENT)
        assert (found.broken, found.excess, [each.label for each in found.groups]) == (True, 1, ["L2"])

    def test_every_group_above_is_told_and_by_how_much(self, tmp_path):
        found = measured(lenders(tmp_path, A=[30, 10], B=[35], C=[25]), "lender", 30 * PERCENT)
        assert [(each.label, each.sum, each.share, each.excess) for each in found.groups] == [
            ("A", Sum(2, 4_000), 40 * PERCENT, 1_000),
            ("B", Sum(1, 3_500), 35 * PERCENT, 500),
        ]
        assert (found.units, found.excess) == (4_000, 1_000)

    def test_the_largest_together(self, tmp_path):
        source = lenders(tmp_path, A=[10], B=[30], C=[20], D=[40])
        found = measured(source, "lender", 69 * PERCENT, largest=2)
        assert [each.label for each in found.groups] == ["D", "B"]
        assert (found.units, found.excess, found.share) == (7_000, 100, 70 * PERCENT)
        assert not measured(source, "lender", 70 * PERCENT, largest=2).broken

    def test_one_group_by_its_name(self, tmp_path):
        source = lenders(tmp_path, A=[10], B=[30], C=[60])
        found = measured(source, "lender", 20 * PERCENT, group="B")
        assert ([each.label for each in found.groups], found.units, found.excess) == (["B"], 3_000, 1_000)
        assert measured(source, "lender", 20 * PERCENT, group="A").broken is False

    def test_a_group_that_no_loan_is_in_holds(self, tmp_path):
        found = measured(lenders(tmp_path, A=[10]), "lender", 20 * PERCENT, group="Z")
        assert (found.groups, found.units, found.broken) == ((), 0, False)

    def test_loans_that_name_no_group_are_one(self, tmp_path):
        found = measured(lenders(tmp_path, **{"A": [10], "": [20, 20]}), "lender", 50 * PERCENT)
        assert [(each.label, each.sum) for each in found.groups] == [("not given", Sum(2, 4_000))]
        assert (found.excess, found.proposal.loans) == (1_500, ())  # A alone would be all of it

    @pytest.mark.parametrize(("group", "broken"), [("2021", True), ("2020", False)])
    def test_a_group_made_of_a_day(self, tmp_path, group, broken):
        days = ["2020-05-01", "2021-01-01", "2021-12-31"]
        source = checked(tmp_path, *(loan(n, "1.00", origination_date=day) for n, day in enumerate(days)))
        assert measured(source, "vintage", 50 * PERCENT, group=group).broken is broken

    def test_a_range_by_its_label(self, tmp_path):
        source = checked(tmp_path, loan(1, "9999.99"), loan(2, "10000.00"))
        found = measured(source, "size", 10 * PERCENT, group="below 10,000")
        assert [(each.label, each.sum.units) for each in found.groups] == [("below 10,000", 999_999)]

    def test_of_an_empty_pool_nothing_is_broken(self, tmp_path):
        source = lenders(tmp_path, A=[10])
        empty = source.scan().head(0)
        assert measure(source, empty, Limit("CL-01", "lender", 0, "says"), Sum(0, 0)).broken is False

    def test_what_the_tape_has_not_is_refused(self, tmp_path):
        source = lenders(tmp_path, A=[10])
        with pytest.raises(OptionInvalid, match="CL-01: the tape has no 'vintage', or no cut-off date"):
            measured(source, "vintage", WAD)

    def test_a_personal_field_is_not_there(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", counterparty_name="Somebody"))
        with pytest.raises(OptionInvalid, match="has no 'counterparty_name'"):
            measured(source, "counterparty_name", WAD)


class TestProposals:
    def test_the_pool_that_is_left_is_smaller_too(self, tmp_path):
        # 50 of 100 at most 40 %. Without 20: 30 of 80 are 37.5 %. Taking 10 would do by the old pool: 40 of 100.
        found = measured(lenders(tmp_path, A=[20, 20, 10], B=[25], C=[25]), "lender", 40 * PERCENT).proposal
        assert (found.loans, found.left, found.units) == ((("L0", 2_000),), Sum(4, 8_000), 3_000)

    def test_more_must_go_than_the_excess(self, tmp_path):
        # 60 of 100 at most 50 %: 10 above; without 10 they are 50 of 90, still too much; without 20, 40 of 80.
        found = measured(lenders(tmp_path, A=[10] * 6, B=[20], C=[20]), "lender", 50 * PERCENT).proposal
        assert (len(found.loans), found.left, found.units) == (2, Sum(6, 8_000), 4_000)

    def test_only_loans_of_the_limited_group_go(self, tmp_path):
        found = measured(lenders(tmp_path, A=[50, 50], B=[20, 20]), "lender", 20 * PERCENT, group="B").proposal
        assert (found.loans, found.units) == ((("L2", 2_000),), 2_000)

    def test_loans_that_name_no_group_can_go_too(self, tmp_path):
        found = measured(lenders(tmp_path, **{"": [30, 10], "A": [20], "B": [20], "C": [20]}), "lender", 35 * PERCENT)
        assert found.proposal.loans == (("L0", 3_000),)

    def test_when_nothing_helps_no_loan_is_named(self, tmp_path):
        found = measured(lenders(tmp_path, A=[60], B=[40]), "lender", 30 * PERCENT).proposal
        assert (found.found, found.loans, found.left) == (False, (), Sum(2, 10_000))

    def test_a_list_that_is_too_long_is_none(self, tmp_path, monkeypatch):
        source = lenders(tmp_path, A=[10] * 6, B=[20], C=[20])
        monkeypatch.setattr(proposal, "MOST_LOANS", 1)
        assert not measured(source, "lender", 50 * PERCENT).proposal.found
        monkeypatch.setattr(proposal, "MOST_LOANS", 2)
        assert len(measured(source, "lender", 50 * PERCENT).proposal.loans) == 2

    @settings(deadline=None, max_examples=50)
    @given(
        loans=st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(1, 50)), min_size=1, max_size=25),
        largest=st.integers(1, 3),
        percent=st.integers(1, 99),
        by=st.sampled_from(["lender", "contract_identifier"]),
    )
    def test_it_is_the_list_of_a_plain_loop(self, tmp_path_factory, loans, largest, percent, by):
        rows = {
            f"L{n}": (lender if by == "lender" else f"L{n}", euros * 100) for n, (lender, euros) in enumerate(loans)
        }
        source = checked(
            tmp_path_factory.mktemp("tape"),
            *(loan(n, f"{euros}.00", lender=name) for n, (name, euros) in enumerate(loans)),
        )
        found = measured(source, by, percent * PERCENT, largest=largest)

        names = [name for name, _ in found.proposal.loans] if found.proposal else []
        left = dict(rows)
        while left and limited(left, largest) * 100 > percent * sum(units for _, units in left.values()):
            sums, group_of = sums_of(left), {name: group for name, (group, _) in left.items()}
            fitting = [name for name in left if sums[group_of[name]] == max(sums.values())]
            # Of groups that are equally large any may come first: the loop follows the list in that alone.
            gone = names.pop(0) if names else max(fitting, key=lambda name: left[name][1])
            assert gone in fitting
            assert left[gone][1] == max(units for group, units in left.values() if group == group_of[gone])
            del left[gone]
        assert names == []
        if found.proposal is None:
            assert left == rows
        elif found.proposal.found:
            assert found.proposal.left == Sum(len(left), sum(units for _, units in left.values()))
            assert found.proposal.units == limited(left, largest)
        else:
            assert left == {}


def sums_of(loans):
    sums = {}
    for group, units in loans.values():
        sums[group] = sums.get(group, 0) + units
    return sums


def limited(loans, largest):
    return sum(sorted(sums_of(loans).values(), reverse=True)[:largest])
