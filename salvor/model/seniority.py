"""No junior ahead of a failing senior test, by construction (the last part of rule 35).

A deal whose steps could pay a junior tranche's principal or return while a coverage test of a more senior one is on,
and that one has principal left, is refused when it is made. So no run has to look.
"""

from __future__ import annotations

from collections.abc import Sequence

from salvor.model.refusal import Refused
from salvor.model.terms import Step, StepKind, Terms, TriggerKind, When

COVERAGE = frozenset({TriggerKind.OVER_COLLATERALISATION, TriggerKind.INTEREST_COVERAGE})
PAYS_BELOW = frozenset(
    {
        StepKind.PRINCIPAL,
        StepKind.TO_TARGET,
        StepKind.DEFICIENCY,
        StepKind.HURDLE,
        StepKind.RESIDUAL,
    }
)
BRINGS_CASH = frozenset({StepKind.RELEASE, StepKind.DRAW})


def refuse_junior_ahead(terms: Terms) -> None:
    """Raises `JuniorAhead(accelerated, step, trigger)` or `RevolvesPastTest(trigger)` for the first that is wrong."""
    tests = [place for place, trigger in enumerate(terms.triggers) if trigger.kind in COVERAGE]
    for accelerated, steps in ((False, terms.steps), (True, terms.accelerated_steps)):
        for test in tests:
            place = junior_ahead(steps, test, terms.triggers[test].tranche)
            if place is not None:
                raise Refused("JuniorAhead", accelerated, place, test)
    for test in tests:
        if terms.revolving.until and test not in terms.revolving.triggers:
            raise Refused("RevolvesPastTest", test)


def junior_ahead(steps: Sequence[Step], test: int, tranche: int) -> int | None:
    """The place of the first step that could pay past the coverage test `test`, which names `tranche`; none is good."""
    covered = frozenset(range(tranche + 1))
    repaid: frozenset[int] = frozenset()
    for place, step in enumerate(steps):
        if is_junior(step, tranche) and can_run(step, test) and not covered <= repaid:
            return place
        if step.kind in BRINGS_CASH and can_run(step, test):
            repaid = frozenset()
        elif must_run(step, test):
            repaid |= principal_of(step)
    return None


def is_junior(step: Step, tranche: int) -> bool:
    """Whether a step can pay principal or return below `tranche`; the payee of a split stands below all."""
    if step.kind == StepKind.PRO_RATA:
        return any(other > tranche for other in step.tranches)
    return step.kind == StepKind.SPLIT or (step.kind in PAYS_BELOW and step.tranche > tranche)


def principal_of(step: Step) -> frozenset[int]:
    """The tranches whose whole principal a step has to pay."""
    if step.kind == StepKind.PRO_RATA:
        return step.tranches
    return frozenset({step.tranche} if step.kind == StepKind.PRINCIPAL else ())


def can_run(step: Step, test: int) -> bool:
    """Whether a step's condition can hold while `test` is on, whatever else is."""
    match step.when:
        case When.ALWAYS:
            return True
        case When.ANY_ON:
            return bool(step.triggers)
        case When.NONE_ON:
            return test not in step.triggers


def must_run(step: Step, test: int) -> bool:
    """Whether a step's condition holds whenever `test` is on, whatever else is."""
    match step.when:
        case When.ALWAYS:
            return True
        case When.ANY_ON:
            return test in step.triggers
        case When.NONE_ON:
            return not step.triggers
