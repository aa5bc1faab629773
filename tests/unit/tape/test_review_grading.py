"""Grades: the points of each driver at the edges of its bands, and what the blind grade must not know."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.deal.load import load_tape_mapping
from salvor.errors import FileMissing, FileUnreadable
from salvor.tape.check import check_tape
from salvor.tape.review.grading import GradeLine, graded, measures, ranking, summarise
from salvor.tape.review.scorecard import Scorecard, load_scorecard
from salvor.tape.review.source import Sum, open_checked
from tests.utils.checked import checked, loan

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "data" / "sba-7a-sample.csv"
CARD = load_scorecard()


def grades_of(source, card=CARD):
    return graded(source, card, eligible=pl.col("units").is_not_null()).collect()


def points(folder, driver, *loans):
    """In the order of the loans."""
    return grades_of(checked(folder, *loans))[f"points_{driver}"].to_list()


def small_card(**drivers):
    grades = {"A": 85, "B": 70, "C": 55, "D": 40, "E": 25, "F": 10, "G": 0}
    return Scorecard.model_validate({"version": 1, "grades": grades, "drivers": drivers})


SIZE = {"says": "size", "bands": [[10, 0], [20, 50], [None, 100]]}
LENDERS = {"says": "status", "values": {"performing": 100, "charged_off": 0}, "after_default": True}


class TestPoints:
    def test_size(self, tmp_path):
        loans = [loan(n, each) for n, each in enumerate(["9999.99", "10000.00", "999999.99", "1000000.00"])]
        assert points(tmp_path, "size", *loans) == [1, 3, 7, 8]

    def test_loan_to_value_is_rounded_up_against_the_loan(self, tmp_path):
        values = ["200.00", "199.99", "100.00", "99.99", "0.00", ""]  # 50 %, above 50 %, 100 %, above 100 %
        loans = [loan(n, "100.00", collateral_value=each) for n, each in enumerate(values)]
        assert points(tmp_path, "ltv", *loans) == [25, 20, 7, 3, None, None]

    def test_guarantee(self, tmp_path):
        loans = [
            loan(n, "1.00", guaranteed_amount=each, origination_amount="100.00")
            for n, each in enumerate(["0.00", "0.99", "49.99", "50.00", "75.00", ""])
        ]
        assert points(tmp_path, "guarantee", *loans) == [0, 0, 5, 8, 12, None]

    def test_secured_and_lien(self, tmp_path):
        loans = [
            loan(n, "1.00", collateral_type=kind, lien_position=lien)
            for n, (kind, lien) in enumerate(
                [("office", "1"), ("office", "2"), ("office", "3"), ("none", ""), ("", "")]
            )
        ]
        found = grades_of(checked(tmp_path, *loans))
        assert found["points_secured"].to_list() == [20, 20, 20, 0, None]
        assert found["points_lien_position"].to_list() == [15, 6, 0, None, None]

    def test_time_since_default(self, tmp_path):
        days = ["2024-12-31", "2024-01-02", "2024-01-01", "2020-01-03", "2020-01-02", ""]
        loans = [loan(n, "1.00", default_date=each) for n, each in enumerate(days)]
        assert points(tmp_path, "time_since_default", *loans) == [15, 15, 11, 4, 0, None]

    def test_status_and_recovery(self, tmp_path):
        rows = [("performing", "0.00"), ("defaulted", "0.01"), ("charged_off", "10.00"), ("defaulted", "30.00")]
        loans = [
            loan(n, "100.00", status=status, recovered_amount=got, charge_off_date="2024-01-01")
            for n, (status, got) in enumerate(rows)
        ]
        found = grades_of(checked(tmp_path, *loans))
        assert found["points_status"].to_list() == [25, 8, 0, 8]
        assert found["points_recovery"].to_list() == [0, 0, 8, 12]

    def test_a_word_that_the_scorecard_does_not_know_gives_none(self, tmp_path):
        card = small_card(size=SIZE, status=LENDERS)
        source = checked(tmp_path, loan(1, "15.00", status="performing"), loan(2, "15.00", status="paid_in_full"))
        found = grades_of(source, card)
        assert found["points_status"].to_list() == [100, None]
        assert found["drivers_known"].to_list() == [2, 1]


class TestGrades:
    @pytest.mark.parametrize(
        ("most", "grade"),
        [(85, "A"), (84, "B"), (70, "B"), (69, "C"), (55, "C"), (40, "D"), (25, "E"), (10, "F"), (9, "G")],
    )
    def test_a_grade_begins_at_its_score(self, tmp_path, most, grade):
        card = small_card(size={"says": "size", "bands": [[10, most], [None, 100]]})
        [line] = grades_of(checked(tmp_path, loan(1, "1.00")), card).iter_rows(named=True)
        assert (line["score"], line["grade"], line["blind_grade"]) == (most, grade, grade)

    def test_the_score_is_of_the_drivers_that_are_known(self, tmp_path):
        card = small_card(size=SIZE, status=LENDERS)
        source = checked(tmp_path, loan(1, "15.00", status="performing"), loan(2, "15.00", status=""))
        assert grades_of(source, card)["score"].to_list() == [75, 50]

    def test_the_blind_score_does_not_know_the_outcome(self, tmp_path):
        card = small_card(size=SIZE, status=LENDERS)
        loans = [
            loan(n, "15.00", status=status, charge_off_date="2024-01-01")
            for n, status in enumerate(["performing", "charged_off"])
        ]
        found = grades_of(checked(tmp_path, *loans), card)
        assert found["score"].to_list() == [75, 25]
        assert found["blind_score"].to_list() == [50, 50]

    def test_every_driver_that_default_makes_is_left_out_of_the_blind_grade(self):
        assert {name for name, driver in CARD.drivers.items() if driver.after_default} == {
            "legal_status",
            "status",
            "time_since_default",
            "recovery",
        }
        assert "term" not in CARD.drivers  # of loans that failed it was cut short, so it tells the outcome

    def test_a_loan_of_which_nothing_is_known_has_no_grade(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", status=""), loan(2, "2.00", status="performing"))
        card = small_card(status=LENDERS)
        loans = grades_of(source, card)
        assert loans["grade"].to_list() == [None, "A"]
        lines = summarise(loans.lazy(), source, card).by_grade
        assert [(each.grade, each.sum.rows) for each in lines if each.sum.rows] == [("A", 1), ("none", 1)]

    def test_only_drivers_of_this_tape_count_and_the_others_are_named(self, tmp_path):
        source = checked(tmp_path, loan(1, "1.00", lien_position="1"))
        found = summarise(grades_of(source).lazy(), source, CARD)
        assert [name for name, _ in found.drivers] == ["lien_position", "size"]
        assert set(found.missing) == set(CARD.drivers) - {"lien_position", "size"}

    def test_every_measure_has_a_driver(self, tmp_path):
        everything = {
            "collateral_value": "1.00",
            "collateral_type": "office",
            "guaranteed_amount": "1.00",
            "origination_amount": "1.00",
            "lien_position": "1",
            "status": "performing",
            "legal_status": "none",
            "default_date": "",
            "recovered_amount": "0.00",
        }
        source = checked(tmp_path, loan(1, "1.00", **everything))
        assert set(measures(source)) == set(CARD.drivers) - {"employees"}  # which real estate has not

    def test_a_line_counts_charge_offs_among_loans_with_a_status(self, tmp_path):
        rows = [("charged_off", "2024-01-01"), ("charged_off", "2024-01-01"), ("performing", ""), ("", "")]
        loans = [loan(n, "1.00", status=status, charge_off_date=day) for n, (status, day) in enumerate(rows)]
        source = checked(tmp_path, *loans)
        found = summarise(grades_of(source).lazy(), source, CARD)
        lines = [each for each in found.by_blind_grade if each.sum.rows]
        assert [(each.sum, each.charged_off, each.with_status, each.rate) for each in lines] == [
            (Sum(4, 400), 2, 3, 2 * 10**18 // 3)
        ]


class TestRanking:
    @settings(deadline=None)
    @given(loans=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
    def test_it_counts_the_pairs_of_a_plain_loop(self, loans):
        lines = [
            GradeLine(
                grade, Sum(0, 0), sum(off for at, off in loans if at == place), sum(at == place for at, _ in loans), 0
            )
            for place, grade in enumerate(["A", "B", "C", "none"])
        ]
        off, fine = ([at for at, failed in loans if failed is which and at != 3] for which in (True, False))
        pairs = list(product(off, fine))
        found = ranking(lines)
        assert (found.right, found.wrong, found.tied) == (
            sum(bad > good for bad, good in pairs),
            sum(bad < good for bad, good in pairs),
            sum(bad == good for bad, good in pairs),
        )

    def test_a_coin_has_half_and_nothing_has_no_share(self):
        line = GradeLine("A", Sum(4, 0), 2, 4, 0)
        assert ranking([line]).share == 5 * 10**17
        assert ranking([GradeLine("A", Sum(4, 0), 0, 4, 0)]).share is None


class TestScorecardFile:
    @pytest.mark.parametrize(
        ("driver", "reason"),
        [
            ({"says": "x"}, "a driver has bands or values"),
            ({"says": "x", "bands": [[None, 1]], "values": {"a": 1}}, "a driver has bands or values"),
            ({"says": "x", "bands": [[5, 1]]}, "the last band alone has none"),
            ({"says": "x", "bands": [[5, 1], [5, 2], [None, 3]]}, "bounds of bands rise"),
            ({"says": "x", "bands": [[None, 1], [5, 2], [None, 3]]}, "bounds of bands rise"),
            ({"says": "x", "values": {"a": 0}}, "one is above 0"),
            ({"says": "x", "values": {"a": 1, "b": -1}}, "points are not negative"),
        ],
    )
    def test_refuses_a_driver_that_can_t_be_meant(self, driver, reason):
        with pytest.raises(ValueError, match=reason):
            small_card(size=driver)

    @pytest.mark.parametrize(
        "grades", [{}, {"A": 50}, {"A": 50, "B": 50, "C": 0}, {"A": 101, "B": 0}, {"A": 0, "B": 50}]
    )
    def test_refuses_grades_that_do_not_fall_to_nothing(self, grades):
        with pytest.raises(ValueError, match="grades fall from at most 100 to 0"):
            Scorecard.model_validate({"version": 1, "grades": grades, "drivers": {}})

    def test_names_the_file_and_the_place(self, tmp_path):
        path = tmp_path / "card.yaml"
        with pytest.raises(FileMissing, match="no such scorecard"):
            load_scorecard(path)
        path.write_text("version: 1\ngrades: { A: 0 }\ndrivers: { size: { says: x, points: 3 } }\n")
        with pytest.raises(FileUnreadable, match=r"card.yaml: not a scorecard: drivers.size.points: Extra inputs"):
            load_scorecard(path)
        path.write_text("version: [\n")
        with pytest.raises(FileUnreadable, match=r"card.yaml: not a scorecard: while parsing"):
            load_scorecard(path)


@pytest.mark.skipif(not REAL.is_file(), reason="the SBA 7(a) sample lies beside the project, not in it")
def test_loans_of_the_real_tape_that_failed_grade_worse(tmp_path):
    check_tape(REAL, load_tape_mapping(ROOT / "deals/sba-7a/mapping.yaml"), decimals=2, out=tmp_path)
    source = open_checked(tmp_path)
    found = summarise(grades_of(source).lazy(), source, CARD)
    assert [(each.grade, each.charged_off, each.with_status) for each in found.by_blind_grade] == [
        ("A", 68, 482),
        ("B", 280, 2_341),
        ("C", 925, 4_571),
        ("D", 1_791, 7_110),
        ("E", 55, 265),
        ("F", 0, 0),
        ("G", 0, 0),
    ]
    # Somewhat better than a coin, blind: 57.1 %. That the full grade knows the outcome is no merit.
    assert 57 * 10**16 < found.blind_ranking.share < 58 * 10**16
    assert ranking(found.by_grade).share > 99 * 10**16
