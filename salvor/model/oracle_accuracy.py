"""How far sources were from the truth, by period, in exact integers: rules 28 to 30 of docs/oracles.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from eth_abi import encode

from salvor.amounts import WAD
from salvor.model.oracle import Answer, Reason
from salvor.model.refusal import Refused
from salvor.tape.merkle import keccak

MOST = 10 * WAD  # where an error ends


@dataclass(frozen=True)
class Score:
    """Of one source and period; errors are WAD of the truth."""

    count: int = 0
    worst: int = 0
    errors: int = 0
    biases: int = 0

    def after(self, bias: int) -> Score:
        """With one more."""
        error = abs(bias)
        return Score(self.count + 1, max(self.worst, error), self.errors + error, self.biases + bias)


@dataclass
class Accuracy:
    """Notes, truths and scores."""

    start: int
    length: int
    said: dict[tuple[bytes, int], list[tuple[bytes, Answer]]] = field(default_factory=dict)
    truths: dict[tuple[bytes, int], int] = field(default_factory=dict)
    scores: defaultdict[tuple[bytes, int], Score] = field(default_factory=lambda: defaultdict(Score))

    def period_at(self, time: int) -> int:
        """Numbered from 0."""
        return (time - self.start) // self.length

    def note(self, key: bytes, sources: Sequence[bytes], given: Sequence[Answer], now: int) -> None:
        """What each source says now; `given` with what is wrong with each."""
        period = self.period_at(now)
        if (key, period) in self.said:
            raise Refused("NotedBefore", key, period)
        self.said[key, period] = list(zip(sources, given, strict=True))

    def tell_truth(self, key: bytes, period: int, truth: int) -> None:
        """Once; books the error of each answer that nothing was wrong with but its distance from the others."""
        if truth == 0:
            raise Refused("TruthZero")
        if told := self.truths.get((key, period)):
            raise Refused("TruthToldBefore", key, period, told)
        if (key, period) not in self.said:
            raise Refused("NothingNoted", key, period)
        self.truths[key, period] = truth
        for source, answer in self.said[key, period]:
            if answer.reason in (Reason.NONE, Reason.DEVIATES):
                error = min(MOST, abs(answer.value - truth) * WAD // truth)
                bias = -error if answer.value < truth else error
                self.scores[source, period] = self.scores[source, period].after(bias)


def source_id(adapter: str, config: bytes) -> bytes:
    """A source's name: the hash of its adapter and config."""
    return keccak(encode(("address", "bytes"), (adapter, config)))
