"""Deals and reports drawn by hypothesis within the bounds of docs/waterfall.md: any tranches, steps and triggers.

Amounts are small, round, or at the edges up to 2^112, and often alike, so that steps meet exact figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from salvor.model.pool import Correction, Report
from salvor.model.terms import (
    ONE,
    TAKES_ALL,
    DayCount,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Losses,
    Rate,
    RateKind,
    ReserveTerms,
    Revolving,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    Unpaid,
    Vote,
    When,
)
from tests.utils.modelled import CLOSING, DAY, PERCENT
from tests.utils.obedient import obedient

EDGES = (0, 1, 2, 3, 7, 10, 100, 999, 10**6, 10**12 + 1, 10**18, 2**64, 2**96, 2**108)
amounts = st.one_of(st.sampled_from(EDGES), st.integers(0, 1_000), st.integers(0, 2**108))
ones = amounts.map(lambda amount: max(1, amount))  # at least one unit
rates = st.one_of(st.sampled_from((7 * PERCENT, 50 * PERCENT, ONE, 1, 0)), st.integers(0, ONE))
ratios = st.one_of(st.sampled_from((1, 90 * PERCENT, ONE, 125 * PERCENT)), st.integers(1, 3 * ONE))
spans = st.one_of(st.sampled_from((30 * DAY, 365 * DAY, DAY, 1)), st.integers(1, 5 * 365 * DAY))


def places(count: int):
    """Sets of some of so many things."""
    return st.frozensets(st.integers(0, count - 1), max_size=count) if count else st.just(frozenset())


def tranche_terms():
    """Tranches that sell what is ordered, at any kind of rate."""
    rate = st.one_of(
        st.builds(Rate, rate=rates),
        st.builds(lambda first, second: Rate(RateKind.STEP_UP, steps=((1, first), (2, second))), rates, rates),
        st.builds(Rate, st.just(RateKind.FLOATING), margin=rates, floor=st.just(0), cap=rates),
    )
    return st.builds(TrancheTerms, ones, st.just(1), rate, st.sampled_from(DayCount), st.sampled_from(Unpaid))


def fee_lines(tranches: int):
    """Fee lines of every kind; floors stand below caps."""
    return st.builds(
        lambda kind, amount, rate, tranche, bounds, carried, senior: FeeLine(
            f"payee of {kind.name}",
            kind,
            amount,
            rate,
            tranche,
            floor=min(bounds),
            cap=max(bounds),
            carried_on=carried,
            senior=senior,
        ),
        st.sampled_from(FeeKind),
        amounts,
        rates,
        st.integers(0, tranches - 1),
        st.tuples(amounts, amounts),
        st.booleans(),
        st.booleans(),
    )


def reserves(tranches: int):
    """Reserves whose floor is below their cap."""
    return st.builds(
        lambda of, share, bounds: ReserveTerms(of, share, min(bounds), max(bounds)),
        places(tranches),
        rates,
        st.tuples(amounts, amounts),
    )


@st.composite
def lists_of_steps(draw, parts, most: int):
    """Any steps in any order; a step that takes all cash may stand last."""
    tranches, lines, hurdles, triggers, losses = parts
    kinds = [kind for kind in StepKind if kind not in TAKES_ALL]
    kinds = [kind for kind in kinds if kind != StepKind.FEE or lines]
    kinds = [kind for kind in kinds if kind != StepKind.HURDLE or hurdles]
    kinds = [kind for kind in kinds if kind != StepKind.DEFICIENCY or losses == Losses.BY_LEDGER]
    size = draw(st.sampled_from([size for size in (1, 3, 6, 12, 25, 39) if size < most]))
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=size, max_size=size))
    steps = []
    for kind in chosen:
        hurdle = draw(st.integers(0, len(hurdles) - 1)) if kind == StepKind.HURDLE else 0
        steps.append(
            Step(
                kind,
                tranche=hurdles[hurdle].tranche if kind == StepKind.HURDLE else draw(st.integers(0, tranches - 1)),
                line=draw(st.integers(0, lines - 1)) if kind == StepKind.FEE else 0,
                hurdle=hurdle,
                level=draw(ratios if kind == StepKind.TO_TARGET else rates),
                tranches=draw(places(tranches)),
                lines=draw(places(lines)) if kind == StepKind.DRAW else frozenset(),
                when=draw(st.sampled_from(When)),
                triggers=draw(places(triggers)),
            )
        )
    last = draw(st.sampled_from([None, StepKind.RESIDUAL] + [StepKind.SPLIT] * bool(lines)))
    if last is not None:
        steps.append(Step(last, draw(st.integers(0, tranches - 1)), level=draw(rates)))
    return tuple(steps)


@st.composite
def random_terms(
    draw, *, most_steps: int = 40, revolves: bool = True, tests: Sequence[TriggerKind] = tuple(TriggerKind)
):
    """The terms of any deal of 1 to 8 tranches and 1 to 5 periods, with triggers of the kinds `tests`."""
    tranches = tuple(draw(st.lists(tranche_terms(), min_size=1, max_size=8)))
    count, periods = len(tranches), draw(st.sampled_from((4, 5, 3, 2, 1)))
    ends = [CLOSING]
    for _ in range(periods):
        ends.append(ends[-1] + draw(spans))
    fees = tuple(draw(st.lists(fee_lines(count), max_size=3)))
    hurdles = tuple(draw(st.lists(st.builds(HurdleTerms, st.integers(0, count - 1), rates), max_size=3)))
    trigger = st.builds(TriggerTerms, st.sampled_from(tests), ratios, st.integers(0, count - 1), st.integers(0, 2))
    triggers = tuple(draw(st.lists(trigger, max_size=16)))
    losses = draw(st.sampled_from(Losses))
    parts = (count, len(fees), hurdles, len(triggers), losses)
    caps = sum(tranche.cap for tranche in tranches)
    until = draw(st.integers(0, periods - 1)) if revolves else 0
    terms = Terms(
        seller="seller",
        dust_owner="dust owner",
        servicer="servicer",
        price=draw(st.integers(0, caps)),
        closing=CLOSING,
        period_ends=tuple(ends[1:]),
        plan=tuple(draw(amounts) for _ in range(periods)),
        gross_balance=draw(st.one_of(amounts, st.integers(caps, 4 * caps))),
        loan_count=draw(st.integers(1, 2**32)),
        tranches=tranches,
        steps=draw(lists_of_steps(parts, most_steps)),
        accelerated_steps=draw(st.one_of(st.just(()), lists_of_steps(parts, 5))),
        fees=fees,
        reserve=draw(reserves(count)),
        hurdles=hurdles,
        triggers=triggers,
        losses=losses,
        carrying_ratio=draw(st.one_of(st.sampled_from((ONE, ONE // 5, 1)), st.integers(1, ONE))),
        revolving=Revolving(until, draw(places(len(triggers)))),
        vote=Vote(min(draw(rates), ONE - 1), max(2, draw(spans))),
        grace=draw(spans),
        first_index=draw(rates) - ONE // 2,
    )
    return obedient(terms, draw(st.randoms(use_true_random=False)))


@st.composite
def random_reports(draw, period: int, around: tuple[int, ...]):
    """A report that adds up, about as large as some amounts of the deal or not; now and then it says to be the last."""
    near = st.one_of(st.sampled_from(around), st.integers(0, sum(around)), amounts)
    gross = draw(near)
    costs = draw(st.integers(0, gross))
    correction = None
    if period > 1 and draw(st.integers(0, 3)) == 3:
        difference = draw(st.integers(-(10**6), 10**6))
        correction = Correction(draw(st.integers(1, period - 1)), bytes([7]) * 32, 1, difference)
    return Report(
        period,
        gross,
        costs,
        written_off=draw(near),
        recovered=draw(st.integers(0, gross - costs)),
        closed_value=draw(amounts),
        closed_plan=draw(amounts),
        root=bytes([bool(gross)]) * 32,
        loans=int(gross > 0),
        last=draw(st.integers(0, 9)) == 9,
        correction=correction,
    )
