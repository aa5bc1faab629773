"""What a person gets: a script of the failing run, the same on every engine, and the command that runs it again."""

import json

import pytest
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.stateful import RuleBasedStateMachine, rule

from salvor.errors import NotAsExpected, OptionInvalid
from salvor.lab.prove import Disproved, Options, prove
from salvor.lab.sequences import Sequences

DAY = 86_400


def payments(lab):
    """A machine whose only fault is that it takes the third unit that the holder gets for one too many."""
    owner, holder = lab.actor("owner"), lab.actor("holder")
    token = lab.call_it(lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=owner), "cash")
    lab.decimals = 2
    start = lab.snapshot()

    class Payments(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            lab.restore(start)

        @rule(days=st.integers(1, 9))
        def wait(self, days):
            lab.wait(days * DAY)

        @rule(units=st.integers(0, 9))
        def pay(self, units):
            token.mint(holder, units, sender=owner)
            if token.balanceOf(holder) > 2:
                raise NotAsExpected("PAY-01: too much")

        @rule(units=st.integers(1, 9))
        def overdraw(self, units):
            with lab.refused("ERC20InsufficientBalance"):
                token.transfer(holder, units, sender=owner)

    return Payments


def disproved(lab, machine=None, **options):
    with pytest.raises(Disproved) as failed:
        prove(
            machine or payments(lab),
            lab,
            steps=20_000,
            options=Options(**options),
            command="run",
            database=InMemoryExampleDatabase(),
        )
    return str(failed.value)


class TestScript:
    def test_has_the_steps_that_matter_with_names_amounts_and_times(self, lab):
        text = disproved(lab)
        assert text.startswith("Payments fails on revm after 1 step:\n\npay(units=3)\n")
        assert "    2030-01-01 00:00:01  owner             cash.mint(to=holder, amount=0.03)\n" in text
        assert "NotAsExpected: PAY-01: too much\n  at tests/unit/lab/test_prove.py:" in text

    def test_has_a_command_for_each_engine(self, lab):
        commands = [line.split() for line in disproved(lab).split("see it again:\n")[1].splitlines()]
        assert [command[:4] for command in commands] == [
            ["run", "--engine", engine, "--replay"] for engine in ("revm", "anvil", "ape")
        ]
        assert len({command[4] for command in commands}) == 1

    def test_a_refused_call_is_told_with_its_error(self, lab):
        machine = payments(lab)
        sequences = Sequences(machine)
        names = [each.name for each in sequences.rules]
        from salvor.lab.sequences import Example

        records = ((names.index("overdraw"), 4), (names.index("wait"), 1), (names.index("pay"), 3))
        text = disproved(lab, machine, replay=sequences.as_text(Example((), records)))
        refused = "cash.transfer(to=holder, value=0.05)  -> refused: ERC20InsufficientBalance(sender=owner, balance="
        assert refused in text
        assert "2030-01-03 00:00:01  owner             cash.mint(to=holder, amount=0.03)" in text

    @pytest.mark.engines("revm", "anvil")
    def test_is_the_same_on_every_engine(self, lab):
        text = disproved(lab)
        replay = text.split("--replay ")[1].split()[0]
        again = disproved(lab, replay=replay)
        assert again == text
        assert again.replace(f"on {lab.engine.name}", "on revm").startswith("Payments fails on revm after 1 step")


class TestOptions:
    def test_a_replay_that_passes_passes(self, lab):
        from salvor.lab.sequences import Example

        machine = payments(lab)
        text = Sequences(machine).as_text(Example((), ((0, 0),)))
        assert (
            prove(
                machine, lab, steps=1, options=Options(replay=text), command="run", database=InMemoryExampleDatabase()
            )
            == 1
        )

    def test_a_replay_that_is_none_is_refused(self, lab):
        with pytest.raises(OptionInvalid, match="--replay"):
            prove(
                payments(lab),
                lab,
                steps=1,
                options=Options(replay="nonsense"),
                command="run",
                database=InMemoryExampleDatabase(),
            )

    def test_a_saved_failure_comes_before_any_search(self, lab):
        machine, database = payments(lab), InMemoryExampleDatabase()
        told = []
        for seed in (1, 2):
            options = Options(seed=seed)
            with pytest.raises(Disproved) as failed:
                prove(machine, lab, steps=20_000, options=options, command="run", database=database)
            told.append((str(failed.value), lab.engine.record.calls))
        assert told[0][0] == told[1][0]
        assert told[1][1] - told[0][1] < 10

    @pytest.mark.engines("anvil")
    def test_a_slower_engine_does_fewer_steps(self, lab):
        class Idle(RuleBasedStateMachine):
            @rule(units=st.integers(0, 9))
            def look(self, units):
                pass

        done = prove(Idle, lab, steps=20_000, options=Options(), command="", database=InMemoryExampleDatabase())
        assert 200 < done < 2_000

    def test_a_campaign_searches_until_its_time_is_over(self, lab):
        class Idle(RuleBasedStateMachine):
            @rule(units=st.integers(0, 9))
            def look(self, units):
                pass

        done = prove(Idle, lab, steps=1, options=Options(minutes=0.02), command="", database=InMemoryExampleDatabase())
        assert done > 1_000

    def test_the_tally_tells_how_far_it_is_and_what_was_found(self, lab, tmp_path):
        tally = tmp_path / "tally.json"
        text = disproved(lab, tally=tally)
        told = json.loads(tally.read_text())
        assert told["disproved"] == text
        assert told["calls"] == lab.engine.record.calls > 0
        assert told["sequences"] > 0
        assert told["refused"].keys() <= {"SettlementToken.transfer"}
