"""Rule 35 on both sides: contracts and model refuse the same terms at the same place, and take the same at the edge."""

from dataclasses import replace
from enum import IntEnum

import pytest

from salvor.model.terms import (
    LARGEST,
    ONE,
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
    Vote,
    When,
)
from tests.property.waterfall_stage import prepare
from tests.utils.made import in_the_model, named, on_chain

DAY = 86_400
CLOSING = 2_000_000_000
SENIOR, JUNIOR = TrancheTerms(600, 100, Rate(rate=ONE // 20)), TrancheTerms(400)
LINE = FeeLine("bank", FeeKind.FIXED, amount=5)
LATE = TriggerTerms(TriggerKind.SERVICER_LATE)
TERMS = Terms(
    seller="seller",
    dust_owner="seller",
    servicer="servicer",
    price=900,
    closing=CLOSING,
    period_ends=(CLOSING + DAY, CLOSING + 2 * DAY, CLOSING + 3 * DAY),
    plan=(10, 20, 30),
    gross_balance=5_000,
    loan_count=7,
    tranches=(SENIOR, JUNIOR),
    steps=(Step(StepKind.INTEREST, 0), Step(StepKind.RESIDUAL, 1)),
    fees=(LINE,),
    hurdles=(HurdleTerms(1, ONE // 10, DayCount.ACTUAL_360),),
    triggers=(LATE,),
    losses=Losses.BY_LEDGER,
)


class Fault(IntEnum):
    """Those of `TermsFault` in interfaces/DealTerms.sol that a plan of a deal can have."""

    STEP_UP_PAIRS = 3
    FLOOR_ABOVE_CAP = 4
    STEP_COUNT = 5
    STEP_TRANCHE = 7
    STEP_LINE = 8
    STEP_TRIGGER = 9
    LAST_ONLY = 10
    CONDITIONAL = 11
    RATIO_ZERO = 12
    NO_LEDGERS = 13
    SHARE_ABOVE_ONE = 14
    HURDLE_TRANCHE = 15
    LINE_COUNT = 16
    LINE_TRANCHE = 17
    TRIGGER_COUNT = 19
    TRIGGER_TRANCHE = 20
    HURDLE_COUNT = 21
    RESERVE_TRANCHE = 22
    REVOLVES_TOO_LONG = 23


def step(kind, **changes):
    """The steps with one more before the last."""
    return {"steps": (TERMS.steps[0], Step(kind, **changes), TERMS.steps[1])}


def rate(kind, **changes):
    """The senior tranche at another rate."""
    return {"tranches": (replace(SENIOR, rate=Rate(kind, **changes)), JUNIOR)}


def sold(**changes):
    """The senior tranche for sale otherwise."""
    return {"tranches": (replace(SENIOR, **changes), JUNIOR)}


def pairs(*periods):
    """A step-up with these periods."""
    return rate(RateKind.STEP_UP, steps=tuple((period, ONE // 10) for period in periods))


FIRST, SECOND = frozenset({0}), frozenset({1})
BEYOND = frozenset({2})
INTEREST = Step(StepKind.INTEREST, 0)
FAST = {"accelerated_steps": (INTEREST,)}
FIT = [
    {},
    sold(minimum=600),
    {"price": 1_000},
    {"price": 0},
    {"gross_balance": LARGEST},
    {"carrying_ratio": 1},
    {"tranches": (TrancheTerms(LARGEST - 400), JUNIOR)},
    {"plan": (LARGEST, 0, 0)},
    {"revolving": Revolving(2, FIRST)},
    {"steps": (INTEREST,) * 40},
    {"accelerated_steps": (INTEREST,) * 40},
    {"triggers": (LATE,) * 16},
    {"fees": (LINE,) * 16},
    {"hurdles": TERMS.hurdles * 16},
    {"tranches": (JUNIOR,) * 8},
    {"reserve": ReserveTerms(SECOND, ONE, 5, 5)},
    {"fees": (replace(LINE, floor=5, cap=5),)},
    {"fees": (replace(LINE, tranche=2),)},  # which a fixed fee does not name
    {"triggers": (replace(LATE, tranche=2),)},
    rate(RateKind.FLOATING, floor=5, cap=5),
    pairs(1, 2, 9, 10),
    step(StepKind.FEE, level=ONE),
    step(StepKind.TO_TARGET, level=1),
    step(StepKind.DEFICIENCY),
    step(StepKind.HURDLE, tranche=1),
    step(StepKind.PRO_RATA, tranches=FIRST | SECOND),
    step(StepKind.DRAW, lines=FIRST),
    step(StepKind.TOP_UP, when=When.ANY_ON, triggers=FIRST),
    {"steps": (Step(StepKind.SPLIT, 1, level=ONE),)},
    {"vote": Vote(ONE, 0)},  # which a deal without a second list does not have
    FAST | {"vote": Vote(ONE - 1, 2)},
]
# What the chain refuses it with, what the model does (part of the terms and place in it), and what is changed.
UNFIT = [
    (("WrongNumberOfTranches", 0, 8), ("tranches", 0), {"tranches": ()}),
    (("WrongNumberOfTranches", 9, 8), ("tranches", 9), {"tranches": (JUNIOR,) * 9}),
    (("MinimumOutOfRange", 0, 0, 600), ("minimum", 0), sold(minimum=0)),
    (("MinimumOutOfRange", 0, 601, 600), ("minimum", 0), sold(minimum=601)),
    (("CapsOutOfRange", 1_000, 1_001, LARGEST), ("price", 1_001), {"price": 1_001}),
    (("ArgumentInvalid",), ("gross balance", LARGEST + 1), {"gross_balance": LARGEST + 1}),
    (("WrongCarryingRatio", 0, ONE), ("carrying ratio", 0), {"carrying_ratio": 0}),
    (("WrongCarryingRatio", ONE + 1, ONE), ("carrying ratio", ONE + 1), {"carrying_ratio": ONE + 1}),
    (
        ("CapsOutOfRange", LARGEST + 1, 900, LARGEST),
        ("price", 900),
        {"tranches": (TrancheTerms(LARGEST - 399), JUNIOR)},
    ),
    (
        ("ScheduleNotRising", 1, CLOSING, CLOSING),
        ("period ends", 0),
        {"period_ends": (CLOSING, CLOSING + 1, CLOSING + 2)},
    ),
    (
        ("ScheduleNotRising", 3, CLOSING + 3, CLOSING + 3),
        ("period ends", 0),
        {"period_ends": (CLOSING + 1, CLOSING + 3, CLOSING + 3)},
    ),
    (("ScheduleMismatch", 0, 0), ("period ends", 0), {"period_ends": (), "plan": ()}),
    (("ScheduleMismatch", 3, 2), ("plan", 2), {"plan": (10, 20)}),
    (("SafeCastOverflowedUintDowncast", 112, LARGEST + 1), ("plan", 3), {"plan": (LARGEST, 0, 1)}),
    ((Fault.REVOLVES_TOO_LONG, 3), ("revolving", 3), {"revolving": Revolving(3)}),
    ((Fault.STEP_TRIGGER, 40), ("revolving", 0), {"revolving": Revolving(2, SECOND)}),
    ((Fault.STEP_COUNT, 0), ("steps", 0), {"steps": ()}),
    ((Fault.STEP_COUNT, 41), ("steps", 41), {"steps": (INTEREST,) * 41}),
    ((Fault.STEP_COUNT, 41), ("accelerated steps", 41), {"accelerated_steps": (INTEREST,) * 41}),
    ((Fault.TRIGGER_COUNT, 17), ("triggers", 17), {"triggers": (LATE,) * 17}),
    ((Fault.LINE_COUNT, 17), ("fees", 17), {"fees": (LINE,) * 17}),
    ((Fault.HURDLE_COUNT, 17), ("hurdles", 17), {"hurdles": TERMS.hurdles * 17}),
    ((Fault.HURDLE_TRANCHE, 0), ("hurdles", 0), {"hurdles": (HurdleTerms(2, 0),)}),
    ((Fault.RESERVE_TRANCHE, 4), ("reserve", 0), {"reserve": ReserveTerms(BEYOND)}),
    ((Fault.FLOOR_ABOVE_CAP, 2), ("reserve", 0), {"reserve": ReserveTerms(FIRST, 0, 6, 5)}),
    ((Fault.FLOOR_ABOVE_CAP, 0), ("fees", 0), {"fees": (replace(LINE, kind=FeeKind.OF_POOL, floor=6, cap=5),)}),
    ((Fault.LINE_TRANCHE, 0), ("fees", 0), {"fees": (replace(LINE, kind=FeeKind.OF_TRANCHE, tranche=2),)}),
    (
        (Fault.TRIGGER_TRANCHE, 0),
        ("triggers", 0),
        {"triggers": (TriggerTerms(TriggerKind.INTEREST_MISSED, tranche=2),)},
    ),
    (
        (Fault.TRIGGER_TRANCHE, 0),
        ("triggers", 0),
        {"triggers": (TriggerTerms(TriggerKind.INTEREST_COVERAGE, tranche=2),)},
    ),
    (
        (Fault.TRIGGER_TRANCHE, 0),
        ("triggers", 0),
        {"triggers": (TriggerTerms(TriggerKind.OVER_COLLATERALISATION, tranche=2),)},
    ),
    ((Fault.FLOOR_ABOVE_CAP, 0), ("rate", 0), rate(RateKind.FLOATING, floor=6, cap=5)),
    ((Fault.STEP_UP_PAIRS, 0), ("rate", 0), pairs()),
    ((Fault.STEP_UP_PAIRS, 0), ("rate", 0), pairs(2)),
    ((Fault.STEP_UP_PAIRS, 0), ("rate", 0), pairs(1, 2, 2)),
    ((Fault.STEP_UP_PAIRS, 0), ("rate", 0), pairs(1, 3, 2)),
    (("ArgumentInvalid",), ("rate", 0), pairs(1, 2, 3, 4, 5)),
    ((Fault.SHARE_ABOVE_ONE, 1), ("steps", 1), step(StepKind.FEE, level=ONE + 1)),
    ((Fault.STEP_LINE, 1), ("steps", 1), step(StepKind.FEE, line=1)),
    ((Fault.RATIO_ZERO, 1), ("steps", 1), step(StepKind.TO_TARGET, level=0)),
    ((Fault.NO_LEDGERS, 1), ("steps", 1), step(StepKind.DEFICIENCY) | {"losses": Losses.BY_NET_ASSET_VALUE}),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.HURDLE, tranche=0)),
    ((Fault.STEP_LINE, 1), ("steps", 1), step(StepKind.HURDLE, tranche=1, hurdle=1)),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.PRO_RATA, tranches=BEYOND)),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.DRAW, tranches=BEYOND)),
    ((Fault.STEP_LINE, 1), ("steps", 1), step(StepKind.DRAW, lines=SECOND)),
    ((Fault.STEP_TRIGGER, 1), ("steps", 1), step(StepKind.TOP_UP, when=When.ANY_ON, triggers=SECOND)),
    ((Fault.LAST_ONLY, 1), ("steps", 1), step(StepKind.RESIDUAL, tranche=1)),
    ((Fault.LAST_ONLY, 1), ("steps", 1), step(StepKind.SPLIT, tranche=1)),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.INTEREST, tranche=2)),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.INTEREST_UP_TO, tranche=2)),
    ((Fault.STEP_TRANCHE, 1), ("steps", 1), step(StepKind.PRINCIPAL, tranche=2)),
    ((Fault.SHARE_ABOVE_ONE, 0), ("steps", 0), {"steps": (Step(StepKind.SPLIT, 1, level=ONE + 1),)}),
    ((Fault.STEP_LINE, 0), ("steps", 0), {"steps": (Step(StepKind.SPLIT, 1, line=1),)}),
    ((Fault.STEP_TRANCHE, 0), ("steps", 0), {"steps": (Step(StepKind.RESIDUAL, 2),)}),
    ((Fault.CONDITIONAL, 0), ("steps", 0), {"steps": (Step(StepKind.RESIDUAL, 1, when=When.NONE_ON),)}),
    ((Fault.LAST_ONLY, 0), ("accelerated steps", 0), {"accelerated_steps": (Step(StepKind.RESIDUAL, 1), INTEREST)}),
    (("CantPass", ONE, 2), ("vote", 0), FAST | {"vote": Vote(ONE, 2)}),
    (("CantPass", ONE // 2, 1), ("vote", 0), FAST | {"vote": Vote(ONE // 2, 1)}),
]


def short(changes):
    """Which terms are changed."""
    return " and ".join(changes) or "nothing"


@pytest.fixture
def ground(lab):
    return prepare(lab)


@pytest.mark.parametrize("changes", FIT, ids=short)
def test_is_made_at_the_edge(ground, changes):
    rules = replace(TERMS, **changes)
    assert (on_chain(ground, named(rules)), in_the_model(rules)) == ((), ())


@pytest.mark.parametrize(("said", "part", "changes"), UNFIT, ids=lambda each: short(each) if type(each) is dict else "")
def test_is_refused_beyond_it(ground, said, part, changes):
    rules = replace(TERMS, **changes)
    expected = ("TermsInvalid", *said) if isinstance(said[0], Fault) else said
    assert (on_chain(ground, named(rules)), in_the_model(rules)) == (expected, ("TermsDoNotFit", *part))
