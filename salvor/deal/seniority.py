"""No junior ahead of a failing senior test: the last part of rule 35 of docs/waterfall.md for the steps of a deal file.

Names of tranches, triggers and hurdles are checked before; what is said here is how to mend the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from salvor.deal.names import Finding
from salvor.deal.rules import Pay, Step, TriggerTest
from salvor.deal.schema import Deal
from salvor.deal.step_checks import TAKES_ALL

_COVERAGE = (TriggerTest.OVER_COLLATERALISATION, TriggerTest.INTEREST_COVERAGE)
_OF_ONE = (Pay.PRINCIPAL, Pay.PRINCIPAL_TO_TARGET, Pay.DEFICIENCY, Pay.RESIDUAL, Pay.SPLIT)
_BRINGS_CASH = (Pay.RELEASE, Pay.DRAW)


def seniority_findings(deal: Deal) -> Iterator[Finding]:
    """Each step that could pay a junior while a coverage test is on, and each test that does not end revolving."""
    tranches = [tranche.name for tranche in deal.tranches]
    tests = {
        name: tranches[: tranches.index(trigger.tranche) + 1]
        for name, trigger in deal.triggers.items()
        if trigger.test in _COVERAGE and trigger.tranche
    }
    for key, steps in (("waterfall", deal.waterfall), ("accelerated", deal.accelerated)):
        for test, covered in tests.items():
            for i, junior, unpaid in _ahead(deal, steps, test, covered):
                yield (key, i), _sentence(steps[i], test, junior, unpaid)
    if deal.revolving:
        for test in tests:
            if test not in deal.revolving.stops_on:
                yield ("revolving", "stops_on"), f"the coverage test '{test}' must end revolving: add it"


def _ahead(deal: Deal, steps: Sequence[Step], test: str, covered: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Place, junior tranche and the senior ones whose principal may then be unpaid, of each step that is too early."""
    repaid: set[str] = set()
    for i, step in enumerate(steps):
        can_run = test not in step.unless_on if step.unless_on else True
        must_run = test in step.while_on if step.while_on else not step.unless_on
        junior = _junior(deal, step, covered)
        unpaid = [name for name in covered if name not in repaid]
        if junior and can_run and unpaid:
            yield i, junior, unpaid
        if step.pay in _BRINGS_CASH and can_run:
            repaid.clear()
        elif must_run and step.pay is Pay.PRINCIPAL and step.tranche:
            repaid.add(step.tranche)
        elif must_run and step.pay is Pay.PRINCIPAL_PRO_RATA:
            repaid.update(step.tranches or ())


def _junior(deal: Deal, step: Step, covered: list[str]) -> str | None:
    """The tranche below `covered` whose principal or return a step can pay; the payee of a split stands below all."""
    if step.pay is Pay.SPLIT:
        return step.tranche
    paid = [step.tranche] if step.pay in _OF_ONE else []
    if step.pay is Pay.PRINCIPAL_PRO_RATA:
        paid = [*(step.tranches or ())]
    if step.pay is Pay.HURDLE and step.hurdle:
        paid = [deal.hurdles[step.hurdle].tranche]
    return next((name for name in paid if name not in covered), None)


def _sentence(step: Step, test: str, junior: str, unpaid: list[str]) -> str:
    seniors = " and ".join(f"'{name}'" for name in unpaid)
    behind = f"put `principal` of {seniors} before it, with no release or draw between"
    passed_over = "" if step.pay in TAKES_ALL else f"; or give it `unless_on: [{test}]`"
    whom = f"can pay '{junior}'" + (" and its fee" if step.pay is Pay.SPLIT else "")
    return f"{step.pay.value} {whom} while '{test}' is on and {seniors} may have principal left: {behind}{passed_over}"
