"""Screening: the columns say of each case what the conditions say of it alone, and what holds is sent."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.deal.load import load_deal
from salvor.desk.loan_values import read_values
from salvor.desk.sales import triggers_of
from salvor.desk.screening import causes, nearest, screen
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, RowInvalid
from salvor.model.liquidation.watch import Looks
from tests.utils.worked import DAY, DEAL

FELL = "collateral fell"
NOW = 1_900_000_000
CLAIMS = {"A-1": 100_00, "A-2": 200_00, "00A3": 300_00}
ONE = 10**12  # millionths to WAD


@pytest.fixture(scope="module")
def triggers():
    return triggers_of(load_deal(DEAL), DEAL)


def holds(line, terms):
    """One case by the model's conditions."""
    found = set()
    for place, one in enumerate(terms.conditions):
        column = one.prefix.rstrip("/").lower()
        if one.looks == Looks.PLAN_BROKEN:
            yes = line["plan_broken"]
        elif one.looks == Looks.COURT_OVERDUE:
            yes = line["court_overdue"]
        elif one.looks == Looks.REPORT_MISSED:
            yes = line["report_late"] > one.window
        else:
            reference = line.get(f"{column}_reference", 0) * ONE
            yes = one.holds(line[column] * ONE, line["claim"], 100, reference, relaxed=False)
        found |= {place} if yes else set()
    return any(clause <= found for clause in terms.clauses)


near = st.integers(-3, 3)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "claim": st.integers(0, 10**9) | st.integers(0, 10**15),
                "collateral": st.integers(0, 10**13) | st.integers(0, 10**17),
                "score": st.sampled_from([420_000_000, 419_999_999, 400_000_000, 399_999_999, 0, 10**9]),
                "score_reference": st.sampled_from([500_000_000, 499_999_999, 0]),
                "plan_broken": st.booleans(),
                "court_overdue": st.booleans(),
                "report_late": st.sampled_from([0, 30 * 86_400, 30 * 86_400 + 1]),
                "cover": st.sampled_from([None, 800_000, 1_200_000, 909_091, 909_090]),
                "beside": near,
            }
        ),
        min_size=1,
        max_size=20,
    )
)
def test_a_table_says_what_each_case_alone_says(triggers, lines):
    for number, line in enumerate(lines):
        cover, beside = line.pop("cover"), line.pop("beside")
        if cover is not None:  # at the level, or a few units beside it
            line["collateral"] = max(0, line["claim"] * cover // 100 + beside * 10_000)
        line["case"] = number
    found = screen(pl.DataFrame(lines), list(triggers.values()), decimals=2)
    there = set(causes(found))
    for line in lines:
        for trigger, terms in enumerate(triggers.values()):
            assert ((line["case"], trigger) in there) == holds(line, terms), (line, trigger)


def test_shows_the_nearest_first(triggers):
    lines = {"case": [1, 2, 3], "claim": [100_00] * 3, "collateral": [80 * 10**6 - 1, 80 * 10**6, 200 * 10**6]}
    facts = {"score": [600 * 10**6] * 3, "score_reference": [600 * 10**6] * 3, "report_late": [0] * 3}
    more = {name: [False, False, True] for name in ("plan_broken", "court_overdue")}
    found = screen(pl.DataFrame(lines | facts | more), list(triggers.values()), decimals=2)
    near = nearest(found, 100)
    assert len(near) == 9
    assert [each.distance for each in near] == sorted(each.distance for each in near)
    assert nearest(found, 5) == near[:5]
    assert {(each.key, each.trigger) for each in near if each.holds} == set(causes(found)) == {(1, 0), (3, 2)}


class TestWhatIsNotKnown:
    def test_of_a_clause_one_value_is_enough_to_tell_nothing(self, triggers):
        score = triggers["score fell, little cover"]
        lines = {"case": [1], "claim": [100_00], "collateral": [1], "score": [None], "score_reference": [None]}
        table = pl.DataFrame(lines, schema_overrides={"score": pl.Int64, "score_reference": pl.Int64})
        found = screen(table, [score], decimals=2)
        assert (found["0"].to_list(), causes(found), nearest(found, 9)) == ([None], [], [])

    def test_another_clause_can_still_tell(self, triggers):
        facts = {"plan_broken": [False], "court_overdue": [True], "report_late": [None]}
        lines = {"case": [1], "claim": [1], "collateral": [None], "score": [None]} | facts
        kinds = dict.fromkeys(("collateral", "score", "report_late"), pl.Int64)
        found = screen(pl.DataFrame(lines, schema_overrides=kinds), [triggers["nobody pays"]], decimals=2)
        assert causes(found) == [(1, 0)]

    def test_a_value_counts_to_the_last_second_of_its_age(self, triggers):
        fell = triggers[FELL]
        for name in ("at", "collateral_at"):
            table = pl.DataFrame({"case": [1, 2], "claim": [100_00] * 2, "collateral": [1, 1], name: [NOW, NOW - 1]})
            found = screen(table, [fell], decimals=2, now=NOW + fell.age)
            assert [case for case, _ in causes(found)] == [1]

    def test_what_is_of_another_class_is_infinitely_far(self, triggers):
        fell = replace(triggers[FELL], schema=bytes([7]) * 32)
        lines = {"case": [1, 2], "claim": [100_00] * 2, "collateral": [1, 1], "class": ["07" * 32, "08" * 32]}
        found = screen(pl.DataFrame(lines), [fell], decimals=2)
        assert (causes(found), [each.key for each in nearest(found, 9)]) == ([(1, 0)], [1])
        with pytest.raises(OptionInvalid, match="no column class"):
            screen(pl.DataFrame(lines).drop("class"), [fell], decimals=2)

    def test_a_column_that_is_missing_is_named(self, triggers):
        with pytest.raises(OptionInvalid, match="no column collateral"):
            screen(pl.DataFrame({"case": [1], "claim": [1]}), [triggers[FELL]], decimals=2)


class TestAFileOfValues:
    @pytest.fixture
    def read(self, triggers, tmp_path):
        def given(text, *, name="values.csv"):
            (tmp_path / name).write_text(text)
            return read_values(tmp_path / name, [triggers[FELL]], CLAIMS, now=NOW)

        return given

    def test_is_read_exactly(self, read):
        table = read("loan,at,collateral\n00A3,2030-01-01,1234567.123456\nA-1,1899999999, 0.5 \nA-2,2030-01-02,\n")
        assert table["collateral"].to_list() == [1_234_567_123_456, 500_000, None]
        assert table["claim"].to_list() == [300_00, 100_00, 200_00]
        assert table["at"].to_list() == [1_893_456_000, 1_899_999_999, 1_893_456_000 + DAY]
        assert set(table["plan_broken"]) == {False}

    def test_may_be_parquet_with_decimals_but_no_binary_fractions(self, triggers, tmp_path):
        columns = {"loan": ["A-1"], "at": [str(NOW)], "collateral": [7]}
        pl.DataFrame(columns).write_parquet(tmp_path / "v.parquet")
        read = read_values(tmp_path / "v.parquet", [triggers[FELL]], CLAIMS, now=NOW)
        assert read["collateral"].to_list() == [7_000_000]
        pl.DataFrame(columns | {"collateral": [0.1]}).write_parquet(tmp_path / "v.parquet")
        with pytest.raises(OptionInvalid, match="binary fractions"):
            read_values(tmp_path / "v.parquet", [triggers[FELL]], CLAIMS, now=NOW)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("loan,at,colateral\nA-1,2030-01-01,1\n", "line 1: no column 'collateral'; did you mean 'colateral'"),
            ("loan,collateral\nA-1,1\n", "line 1: no column 'at'"),
            ("loan,at,collateral\n", "line 2: no loan stands here"),
            (
                "loan,at,collateral\nA-1,2030-01-01,1\nA-9,2030-01-01,1\n",
                "line 3: loan 'A-9' is not in the tape; did you mean",
            ),
            ("loan,at,collateral\n,2030-01-01,1\n", "line 2: loan '' is not in the tape"),
            ("loan,at,collateral\nA3,2030-01-01,1\n", "line 2: loan 'A3' is not in the tape"),
            ("loan,at,collateral\nA-1,2030-01-01,1\nA-1,2030-01-01,1\n", "line 2: loan 'A-1' stands more than once"),
            ("loan,at,collateral\nA-1,2030-02-30,1\n", "line 2: column 'at': '2030-02-30' is no day"),
            ("loan,at,collateral\nA-1,,1\n", "line 2: column 'at'"),
            ("loan,at,collateral\nA-1,2031-01-01,1\n", "line 2: column 'at': 2031-01-01 is to come: it is 2030-03-17"),
            ("loan,at,collateral\nA-1,2030-01-01,-1\n", "line 2: column 'collateral': '-1' is no amount"),
            ('loan,at,collateral\nA-1,2030-01-01,"1,5"\n', "is no amount"),
            ("loan,at,collateral\nA-1,2030-01-01,1.0000001\n", "is no amount of at most six decimals"),
            ("loan,at,collateral\nA-1,2030-01-01,9999999999999\n", "is no amount"),
        ],
    )
    def test_is_refused_with_its_line(self, read, text, said):
        with pytest.raises(RowInvalid, match=said.replace("(", "\\(")):
            read(text)

    def test_that_is_none_is_refused(self, read, triggers, tmp_path):
        with pytest.raises(FileUnreadable, match="CSV or Parquet"):
            read("no parquet", name="v.parquet")
        with pytest.raises(FileMissing):
            read_values(tmp_path / "none.csv", [triggers[FELL]], CLAIMS, now=NOW)
