"""A plain RuleBasedStateMachine, driven by bytes instead of by hypothesis: the same rules, preconditions, invariants.

A step is one short record: which rule, and what it draws. A block is many records that are drawn as one binary, with
some rules left out (hypothesis does so too: a sequence without `close` reaches other states). Whatever a block does
is also a list of records, in which hypothesis can leave out and simplify each step by itself.
"""

from __future__ import annotations

import base64
import binascii
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from salvor.errors import OptionInvalid, StrategyNotCut
from salvor.lab.choices import Cut, cutter

_MASKS = 0x100


@dataclass(frozen=True)
class Example:
    """What the initialize rules draw, and a record for each step."""

    head: bytes
    records: tuple[bytes, ...]

    def as_text(self) -> str:
        """For a command line; `of_text` reads it."""
        return base64.urlsafe_b64encode(zlib.compress(b"".join((self.head, *self.records)), 9)).decode()


@dataclass(frozen=True)
class Step:
    """A rule with the values it drew, as it is told to people and to whoever watches."""

    name: str
    values: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.values.items())})"


class _Rule:
    """One rule with its cutters."""

    def __init__(self, rule: Any, machine: str) -> None:
        self.name, self.function, self.preconditions = rule.function.__name__, rule.function, tuple(rule.preconditions)
        where = f"{machine}.{self.name}"
        if rule.targets or rule.bundles:
            raise StrategyNotCut(where, "a bundle; keep what rules make in the machine itself")
        cuts = {name: cutter(each, f"{where}({name})") for name, each in rule.arguments_strategies.items()}
        self.cuts: list[tuple[str, Cut]] = [(name, cut) for name, (cut, _) in cuts.items()]
        self.width = sum(width for _, width in cuts.values())

    def values(self, data: bytes, at: int) -> tuple[dict[str, Any], int]:
        """What the rule draws from this place on."""
        values = {}
        for name, cut in self.cuts:
            values[name], at = cut(data, at)
        return values, at

    def applies(self, machine: RuleBasedStateMachine) -> bool:
        return all(precondition(machine) for precondition in self.preconditions)


Watch = Callable[[Step], None]


class Sequences:
    """All that can happen to one machine class."""

    def __init__(self, machine: type[RuleBasedStateMachine]) -> None:
        self.machine, self.name = machine, machine.__name__
        state = machine.setup_state()
        self._begin = [_Rule(rule, self.name) for rule in state.initializers]
        self._rules = [_Rule(rule, self.name) for rule in state.rules]
        self._invariants = [(each.function, tuple(each.preconditions)) for each in state.invariants]
        self.head = sum(rule.width for rule in self._begin)
        self.width = 1 + max(rule.width for rule in self._rules)
        self._tables = [self._table(number) for number in range(_MASKS)]
        self.steps = 0  # rules that were run, over all examples

    def block_size(self, steps: int) -> int:
        """Bytes of a block of so many records: one chooses the rules that are left in."""
        return 1 + steps * self.width

    def example(self, head: bytes, blocks: Sequence[bytes]) -> Example:
        """The same steps as records."""
        return Example(head, tuple(record for block in blocks for record in self._records(block)))

    def of_text(self, text: str) -> Example:
        """What `Example.as_text` wrote."""
        try:
            data = zlib.decompress(base64.urlsafe_b64decode(text))
        except (ValueError, binascii.Error, zlib.error):
            raise OptionInvalid(f"--replay: '{text[:20]}...' is not what a failing run printed") from None
        records = data[self.head :]
        if len(records) % self.width:
            raise OptionInvalid(f"--replay: this example is of another machine, or {self.name} has changed since")
        cut = tuple(records[at : at + self.width] for at in range(0, len(records), self.width))
        return Example(data[: self.head], cut)

    def run_blocks(self, head: bytes, blocks: Sequence[bytes], done: list[bytes] | None = None) -> None:
        """Run blocks; `done` gets the record of each step that was run, the failing one last."""
        self._run(head, (record for block in blocks for record in self._records(block)), done, None)

    def run(self, example: Example, done: list[bytes] | None = None, watch: Watch | None = None) -> None:
        """Run records; `watch` is told each step before it is run."""
        self._run(example.head, iter(example.records), done, watch)

    def _run(self, head: bytes, records: Iterator[bytes], done: list[bytes] | None, watch: Watch | None) -> None:
        machine = self.machine()
        try:
            at = 0
            for rule in self._begin:
                values, at = rule.values(head, at)
                self._do(machine, rule, values, watch)
            self._check(machine)
            rules, count = self._rules, len(self._rules)
            for record in records:
                rule = rules[record[0] % count]
                if rule.preconditions and not rule.applies(machine):
                    continue
                if done is not None:
                    done.append(record)
                values, _ = rule.values(record, 1)
                self._do(machine, rule, values, watch)
                self._check(machine)
        finally:
            machine.teardown()

    def _do(self, machine: RuleBasedStateMachine, rule: _Rule, values: dict[str, Any], watch: Watch | None) -> None:
        self.steps += 1
        if watch:
            watch(Step(rule.name, values))
        rule.function(machine, **values)

    def _check(self, machine: RuleBasedStateMachine) -> None:
        for function, preconditions in self._invariants:
            if not preconditions or all(precondition(machine) for precondition in preconditions):
                function(machine)

    def _records(self, block: bytes) -> Iterator[bytes]:
        table, width = self._tables[block[0]], self.width
        for at in range(1, len(block), width):
            yield table[block[at]] + block[at + 1 : at + width]

    def _table(self, number: int) -> list[bytes]:
        """Which rule a byte means: with mask 0 all rules, else a random half or more of them."""
        chosen = list(range(len(self._rules)))
        if number:
            dice = random.Random(number)
            chosen = sorted(dice.sample(chosen, dice.randint(-(-len(chosen) // 2), len(chosen))))
        return [bytes([chosen[byte % len(chosen)]]) for byte in range(_MASKS)]
