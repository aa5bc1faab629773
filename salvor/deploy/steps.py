"""The steps of a deal file with places for names; a fee without a name becomes a fee line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from salvor.amounts import WAD
from salvor.deal import rules
from salvor.deal.schema import Deal
from salvor.model.terms import FeeKind, FeeLine, Step, StepKind, When

_KINDS = dict(zip(rules.Pay, StepKind, strict=True))


@dataclass(frozen=True)
class Places:
    """Places, from 0, of all names that a deal file gives."""

    tranches: tuple[str, ...]
    fees: tuple[str, ...]
    hurdles: dict[str, str]  # with their tranches
    triggers: tuple[str, ...]
    unnamed_fees: int = 0

    @classmethod
    def of(cls, deal: Deal) -> Places:
        """The names of a deal."""
        hurdles = {name: hurdle.tranche for name, hurdle in deal.hurdles.items()}
        return cls(tuple(each.name for each in deal.tranches), tuple(deal.fees), hurdles, tuple(deal.triggers))

    def after(self, unnamed: Sequence[FeeLine]) -> Places:
        """The same with more fee lines that have no name."""
        return replace(self, unnamed_fees=self.unnamed_fees + len(unnamed))

    def tranche(self, name: str | None) -> int:
        """A tranche's place; 0 where none is meant."""
        return 0 if name is None else self.tranches.index(name)

    def trigger(self, name: str) -> int:
        """A trigger's place."""
        return self.triggers.index(name)


def compile_steps(steps: Sequence[rules.Step], names: Places) -> tuple[tuple[Step, ...], tuple[FeeLine, ...]]:
    """One list of steps, and the fee lines that stand in it without a name (they come after the named ones)."""
    compiled: list[Step] = []
    unnamed: list[FeeLine] = []
    for step in steps:
        line = 0
        if step.pay is rules.Pay.FEE and step.rate is not None:
            line = len(names.fees) + names.unnamed_fees + len(unnamed)
            unnamed.append(FeeLine("servicer", FeeKind.OF_COLLECTIONS, rate=step.rate, carried_on=False))
        elif step.fee is not None:
            line = names.fees.index(step.fee)
        compiled.append(_step(step, names, line))
    return tuple(compiled), tuple(unnamed)


def _step(step: rules.Step, names: Places, line: int) -> Step:
    level = step.rate if step.pay is rules.Pay.INTEREST_UP_TO else step.ratio or step.share
    when, triggers = When.ALWAYS, step.while_on or step.unless_on or []
    if triggers:
        when = When.ANY_ON if step.while_on else When.NONE_ON
    return Step(
        _KINDS[step.pay],
        tranche=names.tranche(names.hurdles[step.hurdle] if step.hurdle else step.tranche),
        line=line,
        hurdle=list(names.hurdles).index(step.hurdle) if step.hurdle else 0,
        level=WAD if level is None and step.pay is rules.Pay.FEE else level or 0,
        tranches=frozenset(names.tranche(name) for name in step.tranches or ()),
        lines=frozenset(names.fees.index(name) for name in step.fees or ()),
        when=when,
        triggers=frozenset(names.trigger(name) for name in triggers),
    )
