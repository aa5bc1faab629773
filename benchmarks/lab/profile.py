"""Where a step's time goes: a stopwatch around the functions that a step passes through, on a real run.

Times are exclusive: what a function calls counts for what is called. What the stopwatch itself costs is measured and
taken off. Inside a check, every part is the check's.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from benchmarks.lab.deal import Unchecked
from benchmarks.lab.drivers import Driver, count
from salvor.chain import handles, refusal
from salvor.chain.layout import Sheet
from salvor.lab.sequences import Sequences
from salvor.model.deal import Deal
from tests.property.waterfall_figures import Twin
from tests.property.waterfall_mirror import WaterfallMirror

DRAW, CUT, START, MACHINE = (
    "draw: hypothesis",
    "draw: cut and choose",
    "begin and end a sequence",
    "rest: rules, mirror, handles",
)
ENCODE, AROUND, EVM, DECODE, MODEL = "encode", "around the EVM", "EVM", "decode", "model"
CHECK, CHECK_READ, CHECK_MODEL = "check: compare", "check: read storage", "check: figures of the model"
PARTS = (DRAW, CUT, START, ENCODE, EVM, AROUND, DECODE, MODEL, MACHINE)
_MODEL = ("admit", "remove", "open", "order", "take_back", "close", "hand_over", "report", "tell_index", "run")
_MODEL += ("buy_loans", "call_vote", "vote", "transfer", "force_transfer", "recover", "freeze", "claim")
_MODEL += ("claim_batch", "claim_credit")
_CALIBRATION = 200_000


@dataclass(frozen=True)
class Profile:
    """Microseconds a step by part, the stopwatch taken off."""

    steps: int
    parts: dict[str, float]
    stopwatch: float  # what it cost and was taken off
    unwatched: float  # a step's time without a stopwatch

    def as_json(self) -> dict[str, object]:
        """To a hundredth."""
        parts = {name: round(value, 2) for name, value in self.parts.items()}
        sums = {"sum": sum(self.parts.values()), "unwatched": self.unwatched, "stopwatch taken off": self.stopwatch}
        return {"steps": self.steps, "parts": parts} | {name: round(value, 2) for name, value in sums.items()}


class Stopwatch:
    """Nanoseconds by part; whatever is not wrapped counts for the part around it."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self.entered: Counter[str] = Counter()
        self.left_for: Counter[str] = Counter()  # by the part that was left for another
        self._stack = [DRAW]
        self._mark = time.perf_counter_ns()

    def wrap(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time booked."""
        clock, stack, spent, entered, left_for = (
            time.perf_counter_ns,
            self._stack,
            self.spent,
            self.entered,
            self.left_for,
        )
        in_check = part if part.startswith("check") else f"check: {part}"

        def watched(*args: Any, **named: Any) -> Any:
            around = stack[-1]
            own = in_check if around.startswith("check") else part
            now = clock()
            spent[around] += now - self._mark
            entered[own] += 1
            left_for[around] += 1
            stack.append(own)
            self._mark = clock()
            try:
                return function(*args, **named)
            finally:
                now = clock()
                spent[own] += now - self._mark
                stack.pop()
                self._mark = clock()

        return watched

    def stop(self) -> None:
        """Book what is under way."""
        self.spent[self._stack[-1]] += time.perf_counter_ns() - self._mark


def profile(driver: Driver, machine: type[Unchecked], *, seconds: float) -> Profile:
    """Run for a third of the time without and for two thirds with the stopwatch."""
    plain = count(driver, machine, seed=1, seconds=seconds / 3)
    inner, outer = _own_cost()
    watch = Stopwatch()
    with _watched(watch, machine):
        steps = count(driver, machine, seed=2, seconds=seconds * 2 / 3).calls
        watch.stop()
    own = {part: watch.entered[part] * inner + watch.left_for[part] * outer for part in watch.spent}
    parts = {part: (watch.spent[part] - own[part]) / steps / 1_000 for part in watch.spent}
    return Profile(steps, parts, sum(own.values()) / steps / 1_000, plain.seconds / plain.calls * 1_000_000)


def _own_cost() -> tuple[float, float]:
    """Nanoseconds that one wrapped call adds to its own part, and to the part around it."""
    watch = Stopwatch()
    nothing = watch.wrap(ENCODE, lambda: None)
    for _ in range(_CALIBRATION):
        nothing()
    watch.stop()
    began = time.perf_counter_ns()
    for _ in range(_CALIBRATION):
        (lambda: None)()
    bare = (time.perf_counter_ns() - began) / _CALIBRATION
    return watch.spent[ENCODE] / _CALIBRATION, max(0.0, watch.spent[DRAW] / _CALIBRATION - bare)


@contextmanager
def _watched(watch: Stopwatch, machine: type[Unchecked]) -> Iterator[None]:
    """Wrap every function that a step passes through, and put all back afterwards."""
    live = machine.stage.live
    engine: Any = machine.stage.lab.engine
    with ExitStack() as stack:

        def put(owner: Any, name: str, part: str) -> None:
            own = vars(owner).get(name) if hasattr(owner, "__dict__") else getattr(owner, name)
            _set(owner, name, watch.wrap(part, getattr(owner, name)))
            stack.callback(*((_set, owner, name, own) if own else (delattr, owner, name)))

        state = machine.setup_state()
        for rule in (*state.rules, *state.initializers):
            put(rule, "function", MACHINE)
        put(machine, "__init__", START)
        put(machine, "teardown", START)
        put(Sequences, "run_blocks", CUT)
        own = (live.settlement, live.allow_list, live.distributor, live.pool, live.offering, live.waterfall)
        for contract in (*own, live.notes[0]):
            for function in contract.blueprint.functions.values():
                put(function, "encode", ENCODE)
        put(handles.Function, "answer", DECODE)
        put(refusal, "read", DECODE)
        for name in _MODEL:
            put(Deal, name, MODEL)
        for name in ("execute", "call", "restore"):
            put(engine, name, AROUND)
        put(engine, "_failure", DECODE)
        inside = engine._evm
        engine._evm = _WatchedEvm(inside, watch)
        stack.callback(setattr, engine, "_evm", inside)
        put(WaterfallMirror, "check", CHECK)
        put(Sheet, "read", CHECK_READ)
        put(Twin, "figures", CHECK_MODEL)
        if "check" in vars(machine):  # the machine's own, by view calls
            for each in state.invariants:
                put(each, "function", CHECK)
        yield


def _set(owner: Any, name: str, value: Any) -> None:
    """Also where a class forbids it."""
    (setattr if isinstance(owner, type | ModuleType) else object.__setattr__)(owner, name, value)


class _WatchedEvm:
    """pyrevm's EVM, of which nothing can be replaced: the same methods, one of them timed."""

    def __init__(self, evm: Any, watch: Stopwatch) -> None:
        self._evm = evm
        for name in dir(evm):
            if not name.startswith("_") and callable(method := getattr(evm, name)):
                setattr(self, name, method)
        self.message_call = watch.wrap(EVM, evm.message_call)

    @property
    def result(self) -> Any:
        """Changes with each call."""
        return self._evm.result
