"""The supervisor's files: one history gives one set of bytes, and an impossible history gives none."""

import json
import random

import pytest

from salvor.errors import HistoryBroken, RowInvalid
from salvor.supervision.events import Event, People, history
from salvor.supervision.flags import Alarms
from salvor.supervision.holders import holders
from salvor.supervision.report import supervise, write_supervision
from salvor.supervision.table import as_csv, events_as_csv, read_events

DAY = 86_400
ALARMS = Alarms(threshold=100_000)


@pytest.fixture
def story(tell):
    return tell(
        (0, "issue", "", "0xA1", 600_000),
        (0, "issue", "", "0xB1", 400_000),
        (5, "transfer", "0xA1", "0xA2", 100_000),
        (6, "freeze", "", "0xB1", 0),
        (7, "forced_transfer", "0xB1", "0xA1", 150_000),
        (8, "recovery", "0xB1", "0xB2", 250_000),
        (9, "transfer", "0xA1", "0xC", 650_000),
    )


class TestHolders:
    def test_are_persons_with_all_their_wallets(self, story, people):
        known = people(ann=["0xa1", "0xa2"], bob=["0xb1", "0xb2"])
        found = [
            (each.holder, each.units, each.wallets, each.since // DAY, each.frozen) for each in holders(story, known)
        ]
        assert found == [
            ("0xC", 650_000, ("0xC",), 9, False),
            ("ann", 100_000, ("0xA2",), 0, False),
            ("bob", 250_000, ("0xB2",), 0, True),  # the freeze went along with the recovery
        ]
        assert {each.supply for each in holders(story, known)} == {1_000_000}

    def test_who_left_and_came_back_holds_since_then(self, tell):
        moves = tell(
            (0, "issue", "", "ann", 5),
            (1, "transfer", "ann", "bob", 5),
            (2, "transfer", "bob", "ann", 5),
        )
        assert [(each.holder, each.since // DAY) for each in holders(moves, People())] == [("ann", 2)]

    def test_more_given_than_came_is_a_history_with_holes(self, tell):
        with pytest.raises(HistoryBroken) as caught:
            holders(tell((0, "issue", "", "ann", 5), (1, "transfer", "ann", "bob", 6)), People())
        assert caught.value.format_message() == "at 2:0 ann gives 6 units of senior and holds 5: events are missing"


class TestHistory:
    def test_one_event_read_twice_is_one(self, story):
        assert history([*story, *story]) == story

    def test_two_events_at_one_place_are_of_two_chains(self, tell):
        with pytest.raises(HistoryBroken, match="two different events stand at block 1, place 0"):
            history([*tell((0, "issue", "", "ann", 5)), *tell((0, "issue", "", "ann", 6))])

    def test_a_clock_that_goes_back_is_none(self, tell):
        with pytest.raises(HistoryBroken, match="block 2 is older than block 1"):
            history(tell((2, "issue", "", "ann", 5), (1, "issue", "", "ann", 6)))


class TestFiles:
    def test_two_runs_give_the_same_bytes_whatever_the_order(self, tmp_path, story, people):
        known = people(ann=["0xA1", "0xA2"], bob=["0xB1", "0xB2"])
        shuffled = random.Random(3).sample(story, len(story))
        one = write_supervision(supervise(story, known, ALARMS, 2), tmp_path / "one")
        other = write_supervision(supervise(shuffled, known, ALARMS, 2), tmp_path / "other")
        assert [path.name for path in one] == [
            "events.csv",
            "holders.csv",
            "audit.csv",
            "flags.csv",
            "supervision.json",
        ]
        assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other], "JU-04"

    def test_another_history_has_another_fingerprint(self, story):
        assert (
            supervise(story, People(), ALARMS, 2).fingerprint != supervise(story[:-1], People(), ALARMS, 2).fingerprint
        )

    def test_say_the_same_as_csv_and_json(self, tmp_path, story, people):
        write_supervision(supervise(story, people(bob=["0xB1", "0xB2"]), ALARMS, 2), tmp_path)
        data = json.loads((tmp_path / "supervision.json").read_text())
        lines = (tmp_path / "holders.csv").read_text().splitlines()
        assert lines[0] == "tranche,holder,country,class,amount,share,since,last_move,frozen,wallets"
        assert lines[-1] == (
            "senior,bob,IT,professional,2500.00,25.0000 %,1970-01-01T00:00:00Z,1970-01-09T00:00:00Z,yes,0xB2"
        )
        assert list(data["holders"][-1].values()) == lines[-1].split(",")
        assert len(data["audit"]) == data["events"] == 7

    def test_the_audit_trail_has_reference_and_reason(self, tmp_path):
        events = [Event(1, 0, 0, "senior", "freeze", "", "0xB", 0, "court order 7", "0xabc")]
        write_supervision(supervise(events, People(), ALARMS, 2), tmp_path)
        assert (tmp_path / "audit.csv").read_text().splitlines()[1].endswith(",freeze,,0xB (0xB),,court order 7,0xabc")

    def test_a_cell_is_no_formula_of_a_spreadsheet(self):
        assert as_csv(["a"], [["=1+1"], ["-5"], [-5], ["+x"], ["@y"]]) == "a\n'=1+1\n'-5\n-5\n'+x\n'@y\n"

    def test_events_are_read_as_they_were_written(self, tmp_path, story):
        (tmp_path / "events.csv").write_text(events_as_csv(story))
        assert read_events(tmp_path / "events.csv") == story

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("giver", "givr", "line 1: no column 'giver'; did you mean 'givr'?"),
            ("600000", "6e5", "line 2: column 'units': '6e5' is not a whole number"),
            ("600000", "-1", "line 2: column 'units': '-1' is not a whole number"),
            ("recovery", "recoverry", "line 7: column 'kind': there is no 'recoverry'; did you mean 'recovery'?"),
        ],
    )
    def test_a_table_is_refused_at_its_line(self, tmp_path, story, old, new, said):
        path = tmp_path / "events.csv"
        path.write_text(events_as_csv(story).replace(old, new, 1))
        with pytest.raises(RowInvalid) as caught:
            read_events(path)
        assert caught.value.format_message() == f"{path}: {said}"
