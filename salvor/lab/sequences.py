"""A plain RuleBasedStateMachine, driven by blocks instead of by hypothesis: the same rules, preconditions, invariants.

A step is one short record: which rule, and the choices behind what it draws. A block is many steps cut from one binary,
with some rules left out (hypothesis does so too: a sequence without `close` reaches other states). Whatever a block
does is also a list of records, in which hypothesis can leave out and simplify each step by itself.
"""

from __future__ import annotations

import base64
import binascii
import json
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from salvor.errors import OptionInvalid, StrategyNotCut
from salvor.lab.choices import Block, Plan, Recorded, Recorder, Source, plan

_MASKS = 0x100

Record = tuple[int, ...]


@dataclass(frozen=True)
class Example:
    """The choices of the initialize rules, and a record for each step: its rule, then its choices."""

    head: Record
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Step:
    """A rule with the values it drew, as it is told to people and to whoever watches."""

    name: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


class Rule:
    """One rule with the plans of its arguments."""

    def __init__(self, rule: Any, machine: str) -> None:
        self.name, self.function, self.preconditions = rule.function.__name__, rule.function, tuple(rule.preconditions)
        where = f"{machine}.{self.name}"
        if rule.targets or rule.bundles:
            raise StrategyNotCut(where, "a bundle")
        plans = {name: plan(each, f"{where}({name})") for name, each in rule.arguments_strategies.items()}
        self.plans: list[tuple[str, Plan]] = [(name, each) for name, (each, _) in plans.items()]
        self.width = sum(width for _, width in plans.values())

    def values(self, source: Source) -> dict[str, Any]:
        """What the rule draws."""
        return {name: each(source) for name, each in self.plans}

    def applies(self, machine: RuleBasedStateMachine) -> bool:
        """Whether all preconditions hold."""
        return all(precondition(machine) for precondition in self.preconditions)


Watch = Callable[[Step], None]


class Sequences:
    """All that can happen to one machine class."""

    def __init__(self, machine: type[RuleBasedStateMachine]) -> None:
        self.machine, self.name = machine, machine.__name__
        state = machine.setup_state()
        if not state.rules:
            raise OptionInvalid(f"{self.name} has no rules: nothing can happen to it")
        self.begin = [Rule(rule, self.name) for rule in state.initializers]
        self.rules = [Rule(rule, self.name) for rule in state.rules]
        self._invariants = [(each.function, tuple(each.preconditions)) for each in state.invariants]
        self.head = sum(rule.width for rule in self.begin)
        self._width = 1 + max(rule.width for rule in self.rules)
        self._tables = [self._table(number) for number in range(_MASKS)]
        self.steps = 0  # rules that were run, over all examples

    def block_size(self, steps: int) -> int:
        """Bytes of a block of so many steps: one chooses the rules that are left in."""
        return 1 + steps * self._width

    def as_text(self, example: Example) -> str:
        """For a command line; `of_text` reads it."""
        content = json.dumps([self.fingerprint, example.head, *example.records], separators=(",", ":"))
        return base64.urlsafe_b64encode(zlib.compress(content.encode(), 9)).decode()

    def of_text(self, text: str) -> Example:
        """What `as_text` wrote, of this machine as it is."""
        try:
            content = zlib.decompress(base64.b64decode(text, altchars=b"-_", validate=True))
            made_for, head, *records = json.loads(content)
            example = Example(tuple(head), tuple(tuple(record) for record in records))
        except (ValueError, TypeError, binascii.Error, zlib.error):
            raise OptionInvalid(f"--replay: '{text[:20]}' is not what a failing run printed") from None
        if made_for != self.fingerprint:
            raise OptionInvalid(f"--replay: this example is of another machine, or {self.name} has changed since")
        return example

    @property
    def fingerprint(self) -> int:
        """Of the machine's rules and what they draw: a record means something to them only."""
        drawn = [(rule.name, [name for name, _ in rule.plans], rule.width) for rule in (*self.begin, *self.rules)]
        return zlib.crc32(repr((self.name, drawn)).encode())

    def run_blocks(self, head: bytes, blocks: Sequence[bytes]) -> None:
        """Run what blocks say."""
        self._run(Block(head), self._steps(blocks), None)

    def record(self, head: bytes, blocks: Sequence[bytes]) -> tuple[Example, Exception | None]:
        """Run it again and write it down, with the error in which it ends; the failing step is the last record."""
        begin, done, error = Recorder(Block(head)), list[tuple[int, Recorder]](), None
        try:
            self._run(begin, self._steps(blocks), None, done)
        except Exception as found:
            error = found
        records = tuple((number, *source.numbers) for number, source in done)
        return Example(tuple(begin.numbers), records), error

    def run(self, example: Example, watch: Watch | None = None) -> None:
        """Run records; `watch` is told each step before it is run."""
        steps = ((record[0], Recorded(record[1:])) for record in example.records)
        self._run(Recorded(example.head), steps, watch)

    def _run(
        self,
        begin: Source,
        steps: Iterator[tuple[int, Source]],
        watch: Watch | None,
        done: list[tuple[int, Recorder]] | None = None,
    ) -> None:
        """`done` gets each step that is run, with its choices as they are made."""
        machine = self.machine()
        try:
            for rule in self.begin:
                self._do(machine, rule, begin, watch)
            self._check(machine)
            rules = self.rules
            for number, source in steps:
                rule = rules[number]
                if rule.preconditions and not rule.applies(machine):
                    continue
                if done is not None:
                    source = Recorder(source)
                    done.append((number, source))
                self._do(machine, rule, source, watch)
                self._check(machine)
        finally:
            machine.teardown()

    def _do(self, machine: RuleBasedStateMachine, rule: Rule, source: Source, watch: Watch | None) -> None:
        self.steps += 1
        values = rule.values(source)
        if watch:
            watch(Step(rule.name, values))
        rule.function(machine, **values)

    def _check(self, machine: RuleBasedStateMachine) -> None:
        for function, preconditions in self._invariants:
            if not preconditions or all(precondition(machine) for precondition in preconditions):
                function(machine)

    def _steps(self, blocks: Sequence[bytes]) -> Iterator[tuple[int, Source]]:
        """Each step begins at a fixed place of its block, whatever the one before has taken."""
        for block in blocks:
            table, source = self._tables[block[0]], Block(block)
            for at in range(1, len(block), self._width):
                source.at = at + 1
                yield table[block[at]], source

    def _table(self, number: int) -> list[int]:
        """Which rule a byte means: with mask 0 all rules, else a random half or more of them."""
        chosen = list(range(len(self.rules)))
        if number:
            dice = random.Random(number)
            chosen = sorted(dice.sample(chosen, dice.randint(-(-len(chosen) // 2), len(chosen))))
        return [chosen[byte % len(chosen)] for byte in range(_MASKS)]
