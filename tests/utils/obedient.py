"""Drawn deals made to obey the last part of rule 35: no junior ahead of a failing senior test.

An offending step gets the test into its condition, or the senior principal before it, or is taken out where neither
fits; so many deals with coverage tests go on paying juniors while these are on.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from salvor.model.seniority import COVERAGE, junior_ahead
from salvor.model.terms import ONE, TAKES_ALL, Revolving, Step, StepKind, Terms, TriggerTerms, When

MOST_STEPS = 40


def obedient(terms: Terms, dice: random.Random) -> Terms:
    """The same deal, mended by chance, so that no junior is ahead of a failing senior test."""
    triggers, revolving = terms.triggers, terms.revolving
    tests = frozenset(place for place, trigger in enumerate(triggers) if trigger.kind in COVERAGE)
    if revolving.until:
        revolving = Revolving(revolving.until, revolving.triggers | tests)
    steps, accelerated = (mended(steps, triggers, dice) for steps in (terms.steps, terms.accelerated_steps))
    return replace(terms, steps=steps, accelerated_steps=accelerated, revolving=revolving)


def mended(steps: tuple[Step, ...], triggers: Sequence[TriggerTerms], dice: random.Random) -> tuple[Step, ...]:
    """One list of steps; an empty one stays so."""
    found = list(steps)
    while bad := _first(found, triggers):
        place, test = bad
        step, tranche = found[place], triggers[test].tranche
        senior = _senior_first(tranche, test, dice)
        if dice.randrange(2) and step.kind not in TAKES_ALL:
            found[place] = _held_back(step, test)
        elif len(found) + len(senior) <= MOST_STEPS:
            found[place:place] = senior
        else:
            del found[place]
    return tuple(found) or (steps and (Step(StepKind.INTEREST, level=ONE),))


def _first(steps: Sequence[Step], triggers: Sequence[TriggerTerms]) -> tuple[int, int] | None:
    for test, trigger in enumerate(triggers):
        if trigger.kind in COVERAGE and (place := junior_ahead(steps, test, trigger.tranche)) is not None:
            return place, test
    return None


def _held_back(step: Step, test: int) -> Step:
    before = step.triggers if step.when == When.NONE_ON else frozenset()
    return replace(step, when=When.NONE_ON, triggers=before | {test})


def _senior_first(tranche: int, test: int, dice: random.Random) -> list[Step]:
    """One after the other, or all at once; always, or while the test is on."""
    own = (When.ALWAYS, frozenset()) if dice.randrange(3) else (When.ANY_ON, frozenset({test}))
    condition = {"when": own[0], "triggers": own[1]}
    if dice.randrange(3):
        return [Step(StepKind.PRINCIPAL, place, **condition) for place in range(tranche + 1)]
    return [Step(StepKind.PRO_RATA, tranches=frozenset(range(tranche + 1)), **condition)]
