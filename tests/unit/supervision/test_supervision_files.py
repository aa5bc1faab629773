"""The supervisor's files: one history gives one set of bytes, and an impossible history gives none."""

import json
import random
from dataclasses import replace

import pytest

from salvor.errors import HistoryBroken, RowInvalid
from salvor.supervision.events import Event, People, fingerprint, history
from salvor.supervision.flags import Alarms
from salvor.supervision.holders import holders
from salvor.supervision.report import supervise, write_supervision
from salvor.supervision.table import as_csv, events_as_csv, read_events

DAY = 86_400
A, B = "0x00000000000000000000000000000000000000A1", "0x0000000000000000000000000000000000Ab0000"
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


@pytest.fixture
def written(story):
    """The same of wallets as a table has them."""

    def wallet(name):
        return {"": "", "0xA1": A, "0xB1": B}[name] if name in ("", "0xA1", "0xB1") else f"0x{int(name, 16):040}"

    return tuple(replace(each, giver=wallet(each.giver), taker=wallet(each.taker)) for each in story)


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

    def test_units_that_are_frozen_stand_beside_the_holding(self, tell):
        events = tell(
            (0, "issue", "", "ann", 10),
            (1, "units_frozen", "", "ann", 7),
            (2, "units_unfrozen", "", "ann", 2),
        )
        assert [(each.frozen, each.frozen_units) for each in holders(events, People())] == [(False, 5)]

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

    def test_one_block_has_one_time(self):
        one, other = (Event(7, i, 100 + i, "senior", "issue", "", A, 5) for i in range(2))
        with pytest.raises(HistoryBroken, match="block 7 has two times, 100 and 101"):
            history([one, other])

    def test_no_text_passes_for_two_fields(self):
        one = Event(1, 0, 0, "senior", "issue", "", A, 5, "a\x1fb", "")
        other = Event(1, 0, 0, "senior", "issue", "", A, 5, "a", "b\x1f")
        assert fingerprint([one]) != fingerprint([other])

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
        assert lines[0] == "tranche,holder,country,class,amount,share,since,last_move,frozen,frozen_amount,wallets"
        assert lines[-1] == (
            "senior,bob,IT,professional,2500.00,25.0000 %,1970-01-01T00:00:00Z,1970-01-09T00:00:00Z,yes,0.00,0xB2"
        )
        assert list(data["holders"][-1].values()) == lines[-1].split(",")
        assert len(data["audit"]) == data["events"] == 7

    def test_the_audit_trail_has_reference_and_reason(self, tmp_path):
        events = [Event(1, 0, 0, "senior", "freeze", "", "0xB", 0, "court order 7", "0xabc")]
        write_supervision(supervise(events, People(), ALARMS, 2), tmp_path)
        assert (tmp_path / "audit.csv").read_text().splitlines()[1].endswith(",freeze,,0xB (0xB),,court order 7,0xabc")

    def test_a_cell_is_no_formula_of_a_spreadsheet(self):
        assert as_csv(["a"], [["=1+1"], ["-5"], [-5], ["+x"], ["@y"]]) == "a\n'=1+1\n'-5\n-5\n'+x\n'@y\n"
        for start in "\t\r\n\uff1d\uff0b\uff0d\uff20":
            assert as_csv([], [[f"{start}1"]]).lstrip('\n"').startswith("'"), repr(start)

    def test_events_are_read_as_they_were_written(self, tmp_path, written):
        (tmp_path / "events.csv").write_text(events_as_csv(written))
        assert read_events(tmp_path / "events.csv") == written

    @pytest.mark.parametrize("reference", ["=1+1", "'=1+1", "'quoted'", "-5", "@home", 'a "b", c'])
    def test_what_a_cell_was_tamed_from_is_the_same_history(self, tmp_path, reference):
        events = history([Event(1, 0, 0, "senior", "freeze", "", A, 0, reference, "'")])
        (tmp_path / "events.csv").write_text(events_as_csv(events))
        assert fingerprint(read_events(tmp_path / "events.csv")) == fingerprint(events)

    def test_a_wallet_has_one_spelling(self, tmp_path, written):
        (tmp_path / "events.csv").write_text(events_as_csv(written).replace(A, A.lower()).replace(B, B.upper(), 1)
                                             .replace("0X", "0x"))  # fmt: skip
        assert read_events(tmp_path / "events.csv") == written

    def test_a_run_that_was_cut_off_leaves_no_file_of_an_older_one(self, tmp_path, story, monkeypatch):
        write_supervision(supervise(story, People(), ALARMS, 2), tmp_path)

        def cut(path, text):
            if path.name == "audit.csv":
                raise KeyboardInterrupt
            path.write_text(text)

        monkeypatch.setattr("salvor.supervision.report.write_whole", cut)
        with pytest.raises(KeyboardInterrupt):
            write_supervision(supervise(story[:-1], People(), ALARMS, 2), tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["events.csv", "holders.csv"]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("giver", "givr", "line 1: no column 'giver'; did you mean 'givr'?"),
            ("taker", "giver", "line 1: column 'giver' stands twice"),
            (
                A,
                A[:-2] + "\u0430" + A[-1],
                f"line 2: column 'taker': '{A[:-2]}\u0430{A[-1]}' is no wallet: 0x and 40 hexadecimal digits",
            ),
            (
                B,
                B.replace("Ab", "aB"),
                f"line 3: column 'taker': {B.replace('Ab', 'aB')} has a wrong checksum: a letter was "
                "changed; copy it again",
            ),
            (A, "0x" + "0" * 40, "line 2: column 'taker': the zero address is nobody's wallet"),
            (
                "432000",
                "432000000000000",
                "line 4: column 'at': 432000000000000 is no second since 1970 (milliseconds?)",
            ),
            ("600000,", "600000,,", "line 2: has 11 cells, the header 10"),
            ("600000", "6e5", "line 2: column 'units': '6e5' is not a whole number"),
            ("600000", "-1", "line 2: column 'units': '-1' is not a whole number"),
            ("recovery", "recoverry", "line 7: column 'kind': there is no 'recoverry'; did you mean 'recovery'?"),
        ],
    )
    def test_a_table_is_refused_at_its_line(self, tmp_path, written, old, new, said):
        path = tmp_path / "events.csv"
        path.write_text(events_as_csv(written).replace(old, new, 1))
        with pytest.raises(RowInvalid) as caught:
            read_events(path)
        assert caught.value.format_message() == f"{path}: {said}"
