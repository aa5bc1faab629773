"""Who was paid in a run although a test held them back: worked out from the run's amounts, not from the order of steps.

`Seen` is one run as somebody saw it, the contract or the model. Each function tells in a sentence what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from salvor.model.terms import Step, StepKind, Terms, TriggerKind, When

COVERAGE = (TriggerKind.OVER_COLLATERALISATION, TriggerKind.INTEREST_COVERAGE)
RETURNS = (StepKind.DEFICIENCY, StepKind.HURDLE, StepKind.RESIDUAL)
INTEREST = (StepKind.INTEREST, StepKind.INTEREST_UP_TO)


@dataclass(frozen=True)
class Seen:
    """A run: its steps with what each paid (nothing where it was passed over), and how it left the tranches.

    `principal` is what each tranche was paid of it, `left` what it has outstanding after the steps, before what is left
    in the last run is lost; `account` is the revolving account, which is there for the most senior first.
    """

    terms: Terms
    steps: Sequence[Step]
    on: frozenset[int]
    paid: Sequence[int]
    principal: Sequence[int]
    left: Sequence[int]
    account: int

    def unpaid(self, tranche: int) -> int:
        """Principal of a tranche and all above it for which there is no cash yet."""
        return max(0, sum(self.left[: tranche + 1]) - self.account)


def juniors_paid(seen: Seen) -> Iterator[str]:
    """WF-11: principal, hurdle, residual, split below a coverage test that is on and covers principal that is left."""
    for test in sorted(seen.on):
        trigger = seen.terms.triggers[test]
        if trigger.kind not in COVERAGE or not seen.unpaid(trigger.tranche):
            continue
        for place in range(trigger.tranche + 1, len(seen.left)):
            if seen.principal[place]:
                yield f"tranche {place} was paid {seen.principal[place]} of principal past test {test}"
        for place, (step, paid) in enumerate(zip(seen.steps, seen.paid, strict=True)):
            below = step.kind in RETURNS and step.tranche > trigger.tranche
            if paid and (below or step.kind is StepKind.SPLIT):
                yield f"step {place}, {step.kind.name}, paid {paid} past test {test}"


def mezzanine_paid(seen: Seen) -> Iterator[str]:
    """WF-05: interest of a step that is passed over while the deal is behind plan, or of its tranche further up."""
    for test in sorted(seen.on):
        if seen.terms.triggers[test].kind is not TriggerKind.COLLECTION_RATIO:
            continue
        for place in marked(seen.steps, test):
            if paid := seen.paid[place]:
                yield f"step {place} paid {paid} of interest while trigger {test} is on"
        for tranche in waiting(seen.steps, test):
            steps = zip(seen.steps, seen.paid, strict=True)
            paid = sum(paid for step, paid in steps if step.kind in INTEREST and step.tranche == tranche)
            if paid and seen.unpaid(tranche - 1):
                yield f"tranche {tranche} was paid {paid} of interest while trigger {test} is on"


def marked(steps: Sequence[Step], test: int) -> list[int]:
    """Places of interest steps below the first tranche that wait while the deal is behind plan."""
    return [
        place
        for place, step in enumerate(steps)
        if step.kind in INTEREST and step.tranche and step.when is When.NONE_ON and test in step.triggers
    ]


def waiting(steps: Sequence[Step], test: int) -> set[int]:
    """Tranches with a marked step whose other interest steps all stand behind the principal of those above."""
    found = {steps[place].tranche for place in marked(steps, test)}
    repaid: set[int] = set()
    for step in steps:
        runs = step.when is When.ALWAYS or (step.when is When.ANY_ON and test in step.triggers)
        passed_over = step.when is When.NONE_ON and test in step.triggers
        if step.kind in INTEREST and not passed_over and not repaid >= set(range(step.tranche)):
            found.discard(step.tranche)
        if step.kind in (StepKind.RELEASE, StepKind.DRAW):
            repaid = set()
        elif step.kind is StepKind.PRINCIPAL and runs:
            repaid.add(step.tranche)
    return found
