"""Each pattern is found in a small history, and not in the same one with one change."""

import random
from itertools import pairwise

import pytest

from salvor.supervision.events import Event, People, fingerprint, history
from salvor.supervision.flags import Alarms, flags

DAY = 86_400
EMPTY = (People(), Alarms(threshold=100_000), 2)
ISSUE = (0, "issue", "", "ann", 10_000_000)


class TestStructuring:
    @pytest.fixture
    def pieces(self, tell):
        def given(*days, units=90_000, takers=("bob", "cem", "dan", "eve")):
            moves = [(10 + day, "transfer", "ann", takers[i % len(takers)], units) for i, day in enumerate(days)]
            return tell(ISSUE, *moves)

        return given

    def test_three_moves_below_the_threshold_within_a_week(self, found, pieces):
        assert found(pieces(0, 1, 7)) == [("structuring", "ann")]

    @pytest.mark.parametrize(
        ("days", "units"),
        [
            ((0, 1), 90_000),  # one less
            ((0, 1, 7.1), 90_000),  # a little later
            ((0, 1, 7), 100_001),  # above the threshold, where each is recorded
            ((0, 1, 7), 49_999),  # far below it
        ],
    )
    def test_one_change_makes_it_ordinary(self, found, pieces, days, units):
        assert found(pieces(*days, units=units)) == []

    def test_together_they_must_be_above_the_threshold(self, found, pieces):
        assert found(pieces(0, 1, units=50_000), pieces=2) == []
        assert found(pieces(0, 1, units=50_001), pieces=2) == [("structuring", "ann")]

    def test_many_givers_to_one_taker(self, found, tell):
        issues = [(0, "issue", "", name, 90_000) for name in ("ann", "bob", "cem")]
        moves = [(10 + i, "transfer", name, "dan", 90_000) for i, name in enumerate(("ann", "bob", "cem"))]
        assert found(tell(*issues, *moves)) == [("structuring", "dan")]

    def test_wallets_of_one_person_count_together(self, found, tell, people):
        issues = [(0, "issue", "", f"0x{i}", 90_000) for i in range(3)]
        moves = [(10 + i, "transfer", f"0x{i}", ["bob", "cem", "dan"][i], 90_000) for i in range(3)]
        assert found(tell(*issues, *moves), people(ann=["0x0", "0x1", "0x2"])) == [("structuring", "ann")]

    def test_moves_between_wallets_of_one_person_do_not_count(self, found, tell, people):
        moves = [(10 + i, "transfer", "0x0", f"0x{i + 1}", 90_000) for i in range(3)]
        history = tell((0, "issue", "", "0x0", 900_000), *moves)
        assert found(history, people(ann=["0x0", "0x1", "0x2", "0x3"])) == []

    def test_two_runs_apart_are_two_flags(self, found, pieces):
        assert found(pieces(0, 1, 2, 50, 51, 52)) == [("structuring", "ann")] * 2

    def test_pieces_in_several_notes_are_pieces(self, found, tell):
        notes = ("senior", "mezzanine", "junior")
        issues = [tell((0, "issue", "", "ann", 90_000), tranche=note, start=10 * i) for i, note in enumerate(notes)]
        moves = [
            tell((10 + i, "transfer", "ann", ["bob", "cem", "dan"][i], 90_000), tranche=note, start=100 + i)
            for i, note in enumerate(notes)
        ]
        story = (*sum(issues, ()), *sum(moves, ()))
        assert found(story) == [("structuring", "ann")]
        (flag,) = flags(story, *EMPTY)
        assert flag.tranche == "junior, mezzanine, senior"

    @pytest.mark.parametrize(("units", "flagged"), [(300_000, True), (249_999, False), (500_001, False)])
    def test_each_note_has_its_own_threshold(self, found, pieces, units, flagged):
        kinds = found(pieces(0, 1, 2, units=units), thresholds={"senior": 500_000})
        assert kinds == ([("structuring", "ann")] if flagged else [])

    def test_says_how_much_in_how_many(self, pieces):
        (flag,) = flags(pieces(0, 1, 2), *EMPTY)
        assert flag.said == "ann gives 2,700.00 in 3 moves, none above 1,000.00"
        assert (flag.units, flag.events) == (270_000, ("2:0", "3:0", "4:0"))


class TestRapidInAndOut:
    def test_most_of_what_came_goes_within_three_days(self, found, tell):
        history = tell(ISSUE, (10, "transfer", "ann", "bob", 500_000), (13, "transfer", "bob", "cem", 400_000))
        assert found(history) == [("rapid in and out", "bob")]

    @pytest.mark.parametrize(("day", "units"), [(13.01, 400_000), (13, 399_999)])
    def test_later_or_less_is_ordinary(self, found, tell, day, units):
        history = tell(ISSUE, (10, "transfer", "ann", "bob", 500_000), (day, "transfer", "bob", "cem", units))
        assert found(history) == []

    def test_a_move_out_answers_for_one_move_in(self, found, tell):
        history = tell(
            ISSUE,
            (10, "transfer", "ann", "bob", 500_000),
            (10, "transfer", "ann", "bob", 500_000),
            (11, "transfer", "bob", "cem", 500_000),
        )
        assert found(history) == [("rapid in and out", "bob")]

    def test_a_large_holding_that_stays_hides_nothing(self, found, tell):
        history = tell(
            ISSUE,
            (10, "transfer", "ann", "bob", 5_000_000),
            (11, "transfer", "ann", "bob", 500_000),
            (12, "transfer", "bob", "cem", 500_000),
        )
        assert found(history) == [("rapid in and out", "bob")]

    def test_what_is_handed_back_is_out(self, found, tell):
        history = tell(ISSUE, (10, "transfer", "ann", "bob", 500_000), (12, "burn", "bob", "", 400_000))
        assert found(history) == [("rapid in and out", "bob")]

    def test_what_went_out_before_it_came_in_does_not_count(self, found, tell):
        history = tell(
            ISSUE,
            (0, "issue", "", "bob", 500_000),
            (20, "transfer", "bob", "cem", 500_000),
            (21, "transfer", "ann", "bob", 500_000),
        )
        assert found(history) == []

    def test_small_change_may_be_left_out(self, found, tell):
        history = tell(ISSUE, (10, "transfer", "ann", "bob", 500_000), (11, "transfer", "bob", "cem", 500_000))
        assert found(history, quick_least=500_001) == []


class TestRing:
    ROUND = ((10, "transfer", "ann", "bob", 500_000), (20, "transfer", "bob", "cem", 450_000))

    def test_units_come_back_by_way_of_two(self, found, tell):
        history = tell(ISSUE, *self.ROUND, (30, "transfer", "cem", "ann", 400_000))
        assert found(history) == [("ring", "ann")]
        (flag,) = flags(history, *EMPTY)
        assert flag.said == "4,000.00 go round: ann -> bob -> cem -> ann"

    @pytest.mark.parametrize(
        "back",
        [
            (41, "transfer", "cem", "ann", 400_000),  # too late
            (30, "transfer", "cem", "ann", 399_999),  # too little of it
            (30, "transfer", "cem", "dan", 400_000),  # not back
            (30, "forced_transfer", "cem", "ann", 400_000),  # not of their own will
        ],
    )
    def test_one_change_opens_it(self, found, tell, back):
        assert found(tell(ISSUE, *self.ROUND, back)) == []

    def test_pieces_on_the_way_are_looked_at_together(self, found, tell):
        pieces = [(24 + i, "transfer", "cem", "ann", 110_000) for i in range(4)]
        assert found(tell(ISSUE, *self.ROUND, *pieces)) == [("ring", "ann")]
        assert found(tell(ISSUE, *self.ROUND, *pieces[:3])) == []

    def test_units_that_were_handed_back_and_issued_again_are_no_ring(self, found, tell):
        history = tell(
            ISSUE, (10, "transfer", "ann", "bob", 5), (20, "burn", "bob", "", 5), (21, "issue", "", "ann", 5)
        )
        assert found(history, quick=0) == []

    def test_moves_in_the_wrong_order_are_none(self, found, tell):
        issues = [(0, "issue", "", name, 500_000) for name in ("ann", "bob", "cem")]
        moves = [(10, "transfer", "cem", "ann", 500_000), (20, "transfer", "bob", "cem", 500_000)]
        assert found(tell(*issues, *moves, (30, "transfer", "ann", "bob", 500_000))) == []

    def test_another_tranche_is_another_matter(self, found, tell):
        other = tell(
            (0, "issue", "", "cem", 400_000), (30, "transfer", "cem", "ann", 400_000), tranche="junior", start=10
        )
        assert found((*tell(ISSUE, *self.ROUND), *other)) == []

    def test_a_ring_of_six_is_longer_than_looked_for(self, found, tell):
        names = ["ann", "bob", "cem", "dan", "eve", "fay", "ann"]
        moves = [(10 + 4 * i, "transfer", *pair, 500_000) for i, pair in enumerate(pairwise(names))]
        assert found(tell(ISSUE, *moves)) == []
        assert found(tell(ISSUE, *moves[:4], (26, "transfer", "eve", "ann", 500_000))) == [("ring", "ann")]


class TestSanctionedNeighbour:
    CHAIN = (ISSUE, (10, "transfer", "ann", "bob", 9_000_000), (20, "transfer", "bob", "cem", 1_000_000),
             (30, "transfer", "cem", "dan", 1_000))  # fmt: skip

    def test_two_moves_away_either_way(self, found, tell):
        assert found(tell(*self.CHAIN), listed=["cem"]) == [
            ("sanctioned neighbour", "ann"),
            ("sanctioned holder", "cem"),
            ("sanctioned neighbour", "bob"),
            ("sanctioned neighbour", "dan"),
        ]

    def test_who_never_moved_anything_is_no_holder(self, found, tell):
        assert found(tell(*self.CHAIN), listed=["zoe"]) == []

    def test_a_listed_person_with_units_is_told_without_any_neighbour(self, found, tell):
        assert found(tell(ISSUE), listed=["ann"]) == [("sanctioned holder", "ann")]

    def test_three_moves_away_is_far(self, found, tell):
        assert ("sanctioned neighbour", "ann") not in found(tell(*self.CHAIN), listed=["dan"])

    def test_a_list_on_chain_counts_until_it_is_taken_back(self, found, tell):
        listed = (40, "listed", "", "dan", 0)
        assert ("sanctioned neighbour", "cem") in found(tell(*self.CHAIN, listed))
        assert found(tell(*self.CHAIN, listed, (41, "unlisted", "", "dan", 0))) == []

    def test_a_person_is_on_the_list_while_one_wallet_is(self, found, tell, people):
        lists = [(40, "listed", "", "0x1", 0), (41, "listed", "", "0x2", 0), (42, "unlisted", "", "0x1", 0)]
        known = people(dan=["0x1", "0x2"])
        chain = [(0, "issue", "", "cem", 5), (30, "transfer", "cem", "0x2", 5)]
        assert ("sanctioned neighbour", "cem") in found(tell(*chain, *lists), known)
        assert found(tell(*chain, *lists, (43, "unlisted", "", "0x2", 0)), known) == []

    def test_the_list_of_another_note_is_another_list(self, found, tell):
        listed = tell((40, "listed", "", "dan", 0), start=100)
        cleared = tell((41, "unlisted", "", "dan", 0), tranche="junior", start=200)
        assert ("sanctioned neighbour", "cem") in found((*tell(*self.CHAIN), *listed, *cleared))

    def test_a_wallet_of_a_listed_person_is_that_person(self, found, tell, people):
        history = tell((0, "issue", "", "0x1", 500), (30, "transfer", "0x2", "bob", 0))
        assert found(history, people(cem=["0x1", "0x2"]), listed=["0x1"]) == [
            ("sanctioned holder", "cem"),
            ("sanctioned neighbour", "bob"),
        ]


class TestAnyHistory:
    def test_is_read_alike_from_any_order_with_doubles(self, tell):
        source = random.Random(8)
        names = [f"holder {i}" for i in range(6)]
        events = [
            Event(i, 0, i * DAY // 4, "senior", "transfer", *source.sample(names, 2), source.randrange(40_000, 120_000))
            for i in range(1, 200)
        ]
        expected = flags(tuple(events), *EMPTY)
        assert {flag.kind for flag in expected} == {"structuring", "rapid in and out", "ring"}
        shuffled = source.sample(events * 2, len(events) * 2)
        assert flags(history(shuffled), *EMPTY) == expected
        assert fingerprint(shuffled) == fingerprint(events)
