"""A search finds, shrinks, keeps and forgets; an engine that dies is no finding."""

import time

import pytest
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from salvor.errors import EngineGone, NotAsExpected
from salvor.lab.search import Search, as_choices, reason_of
from salvor.lab.sequences import Example, Sequences
from tests.unit.lab.toys import purse_with


def search_of(machine, database=None, **options):
    return Search(Sequences(machine), database=database or InMemoryExampleDatabase(), key="purse", **options)


def told(machine, example):
    steps = []
    with pytest.raises(Exception, match="TOY-01"):
        Sequences(machine).run(example, watch=lambda step: steps.append(str(step)))
    return steps


class TestNew:
    def test_finds_nothing_where_nothing_is_wrong(self):
        search = search_of(purse_with())
        assert search.new(steps=2_000, seed=1) is None
        assert search.known() is None

    @pytest.mark.parametrize("seed", range(5))
    def test_shrinks_to_the_steps_that_matter(self, seed):
        machine = purse_with("closes")
        failure = search_of(machine).new(steps=20_000, seed=seed)
        steps = told(machine, failure.example)
        # One step pays in enough, one closes, in either order; 501 is the least that is too much.
        assert [step.split("(")[0] for step in steps if not step.startswith("begin")] in (
            ["pay_in", "pay_out"],
            ["pay_out", "pay_in"],
        )
        assert "pay_out(part=7)" in steps
        assert str(failure.error) == "TOY-01: closed with 501"

    def test_a_start_that_is_wrong_needs_no_step(self):
        failure = search_of(purse_with("born")).new(steps=5_000, seed=1)
        assert failure.example.records == ()

    def test_another_failure_on_the_way_does_not_take_its_place(self):
        machine = purse_with("two")
        sequences = Sequences(machine)
        names = [each.name for each in sequences.rules]
        pay, look = names.index("pay_in"), names.index("look")
        search = Search(sequences, database=InMemoryExampleDatabase(), key="purse")
        long = Example((0,), ((pay, 5), (look, 0), (pay, 6), (look, 0), (look, 1)))
        search._search = lambda *_: (long, NotAsExpected("TOY-02: twice"))
        failure = search.new(steps=1, seed=1)
        assert str(failure.error) == "TOY-02: twice"
        assert failure.example.records == ((pay, 0), (pay, 0), (look, 1))

    def test_only_the_smallest_example_is_kept(self):
        database = InMemoryExampleDatabase()
        failure = search_of(purse_with("closes"), database).new(steps=20_000, seed=1)
        assert {key: kept for key, kept in database.data.items() if kept} == {b"purse": {as_choices(failure.example)}}

    def test_runs_as_many_steps_as_asked_and_ends_the_sequence(self):
        sequences = Sequences(purse_with())
        Search(sequences, database=InMemoryExampleDatabase(), key="purse").new(steps=10_000, seed=3)
        assert 10_000 <= sequences.steps <= 10_200

    @pytest.mark.parametrize("steps", [1, 2, 3])
    def test_a_failure_at_the_very_end_is_not_lost(self, steps):
        class Broken(RuleBasedStateMachine):
            def __init__(self):
                super().__init__()
                self.made = 0

            @rule()
            def move(self):
                self.made += 1
                assert self.made < steps, "TOY-03"

        sequences = Sequences(Broken)
        search = Search(sequences, database=InMemoryExampleDatabase(), key="x")
        assert str(search.new(steps=steps, seed=1).error).startswith("TOY-03")

    def test_a_machine_that_can_do_nothing_comes_to_an_end(self):
        class Stuck(RuleBasedStateMachine):
            @precondition(lambda self: False)
            @rule()
            def move(self):
                """Never."""

        sequences = Sequences(Stuck)
        assert Search(sequences, database=InMemoryExampleDatabase(), key="x").new(steps=1_000, seed=1) is None
        assert sequences.steps == 0

    def test_the_same_seed_runs_the_same(self):
        machines = [purse_with(), purse_with()]
        for machine in machines:
            machine.seen = []
            search_of(machine).new(steps=2_000, seed=9)
        assert machines[0].seen == machines[1].seen
        assert machines[0].seen

    def test_stops_when_its_time_is_over(self):
        sequences = Sequences(purse_with())
        search = Search(sequences, database=InMemoryExampleDatabase(), key="purse")
        assert search.new(steps=10**9, seed=1, until=time.monotonic() + 0.2) is None
        assert sequences.steps > 0

    def test_stops_when_it_is_told_to(self):
        beats = []

        def beat():
            beats.append(1)
            search.stopped = len(beats) == 7

        search = search_of(purse_with(), beat=beat)
        assert search.new(steps=100_000, seed=1) is None
        assert len(beats) == 7

    def test_an_engine_that_dies_is_told_as_such(self):
        database = InMemoryExampleDatabase()
        with pytest.raises(EngineGone, match="it was killed"):
            search_of(purse_with("dies"), database).new(steps=5_000, seed=1)
        assert database.data == {}


class TestKnown:
    def test_a_failure_is_found_again_without_a_search(self):
        machine, database = purse_with("closes"), InMemoryExampleDatabase()
        first = search_of(machine, database).new(steps=20_000, seed=1)
        sequences = Sequences(machine)
        again = Search(sequences, database=database, key="purse").known()
        assert again.example == first.example
        assert sequences.steps < 20

    def test_a_failure_that_was_mended_is_forgotten(self):
        database = InMemoryExampleDatabase()
        search_of(purse_with("closes"), database).new(steps=20_000, seed=1)
        assert search_of(purse_with(), database).known() is None
        assert not any(database.data.values())

    def test_what_was_not_shrunk_before_a_crash_is_shrunk_now(self):
        machine, database = purse_with("closes"), InMemoryExampleDatabase()
        long, _ = search_of(machine)._search(20_000, 1, None)
        database.save(b"purse.secondary", as_choices(long))
        assert len(search_of(machine, database).known().example.records) == 2 < len(long.records)

    def test_keys_keep_machines_apart(self):
        database = InMemoryExampleDatabase()
        search_of(purse_with("closes"), database).new(steps=20_000, seed=1)
        assert Search(Sequences(purse_with("closes")), database=database, key="other").known() is None


def test_choices_are_what_hypothesis_reads():
    from hypothesis.database import choices_from_bytes

    read = choices_from_bytes(as_choices(Example((7,), ((1, 500), (2,)))))
    assert read == (True, 1, 500, True, 2, False, 7)


def test_a_reason_is_the_kind_and_the_property():
    assert reason_of(AssertionError("WF-01: in 3, out 2")) == ("AssertionError", "WF-01")
    assert reason_of(ValueError()) == ("ValueError", "")
