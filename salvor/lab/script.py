"""A failing example as a person reads it: what each rule did, who called what with which amounts, what came of it."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salvor.amounts import format_units
from salvor.chain.codec import canonical
from salvor.chain.handles import Call
from salvor.chain.refusal import Refusal
from salvor.lab.lab import Lab
from salvor.lab.search import Failure
from salvor.lab.sequences import Sequences, Step

_MONEY = {
    "units",
    "cash",
    "amount",
    "value",
    "principal",
    "price",
    "assets",
    "shares",
}  # parameters in settlement units
_DATES = {"until", "closing", "end", "deadline", "timestamp"}  # parameters in seconds since 1970
_ROLE_WIDTH = 16
_DIGITS = 16  # of bytes that are shown whole


@dataclass
class Script:
    """The lines of one run, written while it runs."""

    lab: Lab
    lines: list[str] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    told: int = 0  # the last time that was shown

    def step(self, step: Step) -> None:
        """A rule begins."""
        self._outcomes()
        self._clock()
        self.lines.append(str(step))

    def call(self, call: Call) -> None:
        """A transaction is about to be sent."""
        self._outcomes()
        self.calls.append(call)
        self.told = self.lab.now
        when = _date(self.lab.now)
        who, what = self.lab.name_of(call.sender), self.lab.name_of(call.contract)
        args = zip(call.function.params, call.args, strict=False)
        shown = ", ".join(f"{param.get('name') or '_'}={self._value(param, arg)}" for param, arg in args)
        self.lines.append(f"    {when}  {who:<{_ROLE_WIDTH}}  {what}.{call.function.name}({shown})")

    def text(self) -> str:
        """All of it."""
        self._outcomes()
        self._clock()
        return "\n".join(self.lines)

    def _clock(self) -> None:
        """Time that passed without a transaction."""
        if self.lines and self.told != self.lab.now:
            self.told = self.lab.now
            self.lines.append(f"    {_date(self.lab.now)}  the clock stands here")

    def _outcomes(self) -> None:
        """What came of the last call is known once the next thing happens."""
        for call in self.calls:
            if isinstance(call.outcome, Refusal):
                values = zip(call.outcome.names or [""] * len(call.outcome.values), call.outcome.values, strict=True)
                shown = ", ".join(f"{name}={self._plain(name, value)}" for name, value in values)
                self.lines[-1] += f"  -> refused: {call.outcome.error}({shown})"
        self.calls.clear()

    def _value(self, param: Any, value: Any) -> str:
        kind = canonical(param)
        if kind.startswith("bytes") and not kind.endswith("]"):
            digits = bytes(value).hex()
            return f"0x{digits if len(digits) <= _DIGITS else f'{digits[:6]}..{digits[-4:]}'}"
        return self._plain(param.get("name") or "", value)

    def _plain(self, name: str, value: Any) -> str:
        if name in _DATES and isinstance(value, int) and value < 2**36:
            return _date(value)
        if name in _MONEY and isinstance(value, int):
            return _power(value) or format_units(value, self.lab.decimals)
        return self.lab.name_of(value)


def describe(sequences: Sequences, failure: Failure, lab: Lab, *, commands: Sequence[str]) -> str:
    """Run the example once more with somebody writing it down; then what failed, and how to see it again."""
    script = Script(lab)
    lab.engine.record.witness = script.call
    error: BaseException | None = None
    try:
        sequences.run(failure.example, watch=script.step)
    except Exception as again:
        error = again
    finally:
        lab.engine.record.witness = None
    said = str(error).strip() if error else f"not again: {failure.error} (the machine is not the same twice)"
    kind = type(error or failure.error).__name__
    steps = len(failure.example.records)
    head = f"{sequences.name} fails on {lab.engine.name} after {steps} step{'s' * (steps != 1)}:"
    replay = "\n".join(f"    {command}" for command in commands)
    return (
        f"{head}\n\n{script.text()}\n\n{kind}: {said}\n  at {_where(error or failure.error)}\n\nsee it again:\n{replay}"
    )


def _where(error: BaseException) -> str:
    """The last place in the suite: the rule or the check that failed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = str(Path(__file__).parents[1])
    outside = [frame for frame in frames if not frame.filename.startswith(ours)] or frames
    place = Path(outside[-1].filename)
    shown = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return f"{shown}:{outside[-1].lineno}, in {outside[-1].name}"


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _power(value: int) -> str | None:
    """2^112-1 says more than its 34 digits."""
    for beside in (0, -1, 1):
        power = value - beside
        if value >= 2**64 and power & (power - 1) == 0:
            return f"2^{power.bit_length() - 1}{beside:+d}" if beside else f"2^{power.bit_length() - 1}"
    return None
