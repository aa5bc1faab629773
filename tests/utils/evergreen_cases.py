"""Evergreen deals for published cases: sizes as given, no fees, no discount, no limits."""

from __future__ import annotations

from typing import Any

from salvor.lab import Lab
from salvor.model.terms import Rate, ReserveTerms, Revolving, Step, StepKind, TrancheTerms
from salvor.tape.committed import CommittedTape
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import DAY, evergreen, set_stage, small_deal
from tests.utils.gates import Gates

HOLD = (Step(StepKind.PRINCIPAL, 0), Step(StepKind.RESIDUAL, 2))


def case(
    lab: Lab, sizes: tuple[int, int, int], *, plan: int = 0, tape: CommittedTape | None = None, **changes: Any
) -> Gates:
    """The whole plan comes in the last of eight periods: until then only losses move the value."""
    gross = plan or sum(sizes)
    changes.setdefault("revolving", Revolving(6))
    changes.setdefault("tranches", tuple(TrancheTerms(size, size, Rate()) for size in sizes))
    terms = small_deal(
        lab.now + 10 * DAY,
        evergreen(rate=0, fees=0, limits=(0, 0)),
        sizes,
        plan=(0,) * 7 + (gross,),
        gross_balance=gross,
        carrying_ratio=10**18,
        fees=(),
        steps=HOLD,
        **{"triggers": (), "reserve": ReserveTerms(cap=0), **changes},
    )
    return Gates(EvergreenMirror(set_stage(lab, terms, tape=tape)))
