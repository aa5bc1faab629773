"""A plain machine driven by bytes: same rules, preconditions and invariants, and the same run as often as wanted."""

import random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule, run_state_machine_as_test

from salvor.errors import NotAsExpected, OptionInvalid, StrategyNotCut
from salvor.lab.choices import Block, Recorder
from salvor.lab.sequences import Example, Sequences
from tests.unit.lab.toys import purse_with

DICE = random.Random(2)


@pytest.fixture(autouse=True)
def same_dice():
    """What is drawn does not depend on which tests ran before."""
    DICE.seed(2)


def blocks_of(sequences, count=3, steps=50):
    return DICE.randbytes(sequences.head), [DICE.randbytes(sequences.block_size(steps)) for _ in range(count)]


def told(sequences, example):
    steps = []
    sequences.run(example, watch=lambda step: steps.append(str(step)))
    return steps


class TestRunning:
    def test_runs_what_hypothesis_runs_too(self):
        machine = purse_with()
        run_state_machine_as_test(machine)
        Sequences(machine).run_blocks(*blocks_of(Sequences(machine)))

    def test_every_rule_is_met_and_each_run_is_torn_down(self):
        sequences = Sequences(purse_with())
        names = set()
        for _ in range(20):
            example, _ = sequences.record(*blocks_of(sequences))
            names |= {step.split("(")[0] for step in told(sequences, example)}
        assert names == {"begin", "pay_in", "pay_out", "look"}
        assert sequences.machine.torn_down == sequences.machine.made == 40

    def test_some_blocks_leave_rules_out(self):
        sequences = Sequences(purse_with())
        met = []
        for _ in range(40):
            example, _ = sequences.record(*blocks_of(sequences, count=1))
            met.append(len({step.split("(")[0] for step in told(sequences, example)} - {"begin"}))
        assert {2, 3} <= set(met)

    def test_a_run_is_torn_down_when_it_fails(self):
        sequences = Sequences(purse_with("closes"))
        _, error = sequences.record(*blocks_of(sequences, count=100))
        assert isinstance(error, NotAsExpected)
        assert sequences.machine.torn_down == sequences.machine.made

    def test_steps_are_counted(self):
        sequences = Sequences(purse_with())
        example, _ = sequences.record(*blocks_of(sequences))
        assert sequences.steps == len(example.records) + 1  # and `begin`


class TestRecords:
    def test_a_record_is_written_for_each_step_that_was_run(self):
        sequences = Sequences(purse_with())
        head, blocks = blocks_of(sequences)
        sequences.run_blocks(head, blocks)
        before = sequences.steps
        example, error = sequences.record(head, blocks)
        assert error is None
        assert sequences.steps == 2 * before
        assert len(told(sequences, example)) == before

    def test_each_step_is_cut_at_its_own_place_whatever_others_took(self):
        sequences = Sequences(purse_with())
        _, (block,) = blocks_of(sequences, count=1)
        bare = bytes([0]) + block[1:]  # no rule is left out
        example, _ = sequences.record(bytes(sequences.head), [bare])
        width, rules = (sequences.block_size(2) - 1) // 2, sequences.rules
        expected = []
        for at in range(1, len(bare), width):
            number, source = bare[at] % len(rules), Recorder(Block(bare, at + 1))
            rules[number].values(source)
            expected.append((number, *source.numbers))
        met = [record for record in expected if rules[record[0]].name != "pay_out"]
        assert [record for record in example.records if rules[record[0]].name != "pay_out"] == met

    def test_the_steps_of_blocks_are_the_same_as_records(self):
        machines = [purse_with(), purse_with()]
        for machine in machines:
            machine.seen = []
        sequences = Sequences(machines[0])
        example, _ = sequences.record(*blocks_of(sequences))
        Sequences(machines[1]).run(example)
        assert machines[0].seen == machines[1].seen
        assert machines[0].seen

    def test_the_record_of_the_failing_step_is_the_last(self):
        sequences = Sequences(purse_with("closes"))
        error = None
        while error is None:
            example, error = sequences.record(*blocks_of(sequences))
        with pytest.raises(NotAsExpected) as again:
            sequences.run(example)
        assert str(again.value) == str(error)
        sequences.run(Example(example.head, example.records[:-1]))

    def test_text_gives_the_example_back(self):
        sequences = Sequences(purse_with())
        example, _ = sequences.record(*blocks_of(sequences))
        assert sequences.of_text(sequences.as_text(example)) == example

    @pytest.mark.parametrize("text", ["", "%%%", "bm90IGEgcnVu"])
    def test_text_that_no_run_printed_is_refused(self, text):
        with pytest.raises(OptionInvalid, match="is not what a failing run printed"):
            Sequences(purse_with()).of_text(text)

    def test_text_of_another_machine_is_refused(self):
        sequences = Sequences(purse_with())
        text = Sequences(purse_with("one rule more")).as_text(Example((), ()))
        with pytest.raises(OptionInvalid, match="another machine, or Purse has changed"):
            sequences.of_text(text)


def test_a_machine_with_bundles_is_refused_by_name():
    class Bundled(RuleBasedStateMachine):
        made = Bundle("made")

        @rule(target=made, value=st.integers(0, 1))
        def make(self, value):
            return value

    with pytest.raises(StrategyNotCut, match=r"Bundled.make: a bundle"):
        Sequences(Bundled)


def test_a_strategy_that_cannot_be_cut_is_named_with_rule_and_argument():
    class Texts(RuleBasedStateMachine):
        @rule(name=st.text())
        def say(self, name):
            """Never called."""

    with pytest.raises(StrategyNotCut, match=r"Texts.say\(name\)"):
        Sequences(Texts)
