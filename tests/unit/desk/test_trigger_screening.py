"""Screening: the columns say of each case what the conditions say of it alone, and what holds is sent."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.desk.screening import causes, nearest, read_cases, screen
from salvor.desk.watching import read_triggers, send_all
from salvor.errors import FileMissing, OptionInvalid
from salvor.model.liquidation.watch import Looks
from tests.property.trigger_stage import set_triggers
from tests.utils.selling import Selling
from tests.utils.world import WAD

EXAMPLE = "deals/examples/triggers"
ONE = 10**12  # millionths to WAD


@pytest.fixture(scope="module")
def triggers():
    from pathlib import Path

    return read_triggers(Path(EXAMPLE) / "triggers.yaml")


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
                "score": st.sampled_from([400_000_000, 399_999_999, 0, 10**9]),
                "score_reference": st.sampled_from([500_000_000, 499_999_999, 0]),
                "dpd": st.sampled_from([90_000_000, 90_000_001, 0]),
                "plan_broken": st.booleans(),
                "court_overdue": st.booleans(),
                "report_late": st.sampled_from([0, 30 * 86_400, 30 * 86_400 + 1]),
                "cover": st.sampled_from([None, 800_000, 1_200_000, 909_091]),
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


def test_the_example_shows_the_nearest_first(triggers):
    from pathlib import Path

    found = screen(read_cases(Path(EXAMPLE) / "cases.csv"), list(triggers.values()), decimals=2)
    near = nearest(found, 100)
    assert len(near) == 36
    assert [each.distance for each in near] == sorted(each.distance for each in near)
    assert nearest(found, 5) == near[:5]
    there = {(each.case, each.trigger) for each in near if each.holds}
    assert there == set(causes(found)) == {(1, 0), (3, 2), (4, 1), (6, 2), (10, 1), (10, 2)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"looks": "moon"}, "no such word"),
        ({"level": -1}, "level"),
        ({"prefix": "MUCH_TOO_LONG/"}, "prefix"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_trigger_is_refused_with_its_place(tmp_path, change, said):
    import yaml

    condition = {"looks": "plan-broken"} | change
    (tmp_path / "t.yaml").write_text(
        yaml.safe_dump({"triggers": [{"name": "one", "conditions": [condition], "clauses": [[0]]}]})
    )
    with pytest.raises(OptionInvalid, match=said):
        read_triggers(tmp_path / "t.yaml")


def test_a_clause_of_nothing_and_no_file_are_refused(tmp_path):
    (tmp_path / "t.yaml").write_text("triggers: [{name: one, conditions: [{looks: plan-broken}], clauses: [[1]]}]")
    with pytest.raises(OptionInvalid, match="names no condition"):
        read_triggers(tmp_path / "t.yaml")
    (tmp_path / "t.yaml").write_text("3")
    with pytest.raises(OptionInvalid, match="not a list"):
        read_triggers(tmp_path / "t.yaml")
    with pytest.raises(FileMissing):
        read_triggers(tmp_path / "none.yaml")
    with pytest.raises(FileMissing):
        read_cases(tmp_path / "none.csv")


def test_a_column_that_is_missing_is_named(triggers):
    with pytest.raises(OptionInvalid, match="no column collateral"):
        screen(pl.DataFrame({"case": [1], "claim": [1]}), [triggers["collateral fell"]], decimals=2)


def test_what_was_found_is_sent_and_a_refusal_stops_no_other(lab):
    watched = set_triggers(lab)
    sales = Selling(watched.sales)
    sales.open(1, 20_000)
    watched.teach("COLLATERAL/1", 0, 150 * WAD, lab.now)
    watched.poke("COLLATERAL/1")
    for trigger in (0, 1):
        watched.book.watch(1, trigger, sender=sales.outsider)
    sales.switch("PAYMENT_PLAN", (100, lab.now + 1, 1))
    lab.wait(6 * 3_600)
    watched.poke("COLLATERAL/1")
    first = send_all(watched.book, [(7, 0), (1, 0)], sender=sales.outsider)
    assert [(each.case, each.outcome.split("(")[0]) for each in first] == [(7, "NotWatched"), (1, "noted")]
    lab.wait(6 * 86_400)
    assert [each.outcome for each in send_all(watched.book, [(1, 1)], sender=sales.outsider)] == ["fired"]
