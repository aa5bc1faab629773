"""Rule 35 on both sides: contracts and model refuse the same terms, and take the same ones at the edge."""

from dataclasses import replace

import pytest

from salvor.chain.refusal import CallRefused
from salvor.deploy.apply import apply
from salvor.deploy.terms import DealTerms
from salvor.errors import ArgumentInvalid
from salvor.model.deal import Deal
from salvor.model.refusal import Refused
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
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.property.waterfall_stage import prepare

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
    FAST | {"vote": Vote(ONE - 1, 1)},
]
UNFIT = [
    {"tranches": ()},
    {"tranches": (JUNIOR,) * 9},
    sold(minimum=0),
    sold(minimum=601),
    {"price": 1_001},
    {"gross_balance": LARGEST + 1},
    {"carrying_ratio": 0},
    {"carrying_ratio": ONE + 1},
    {"tranches": (TrancheTerms(LARGEST - 399), JUNIOR)},
    {"period_ends": (CLOSING, CLOSING + 1, CLOSING + 2)},
    {"period_ends": (CLOSING + 1, CLOSING + 3, CLOSING + 3)},
    {"period_ends": (), "plan": ()},
    {"plan": (10, 20)},
    {"plan": (LARGEST, 0, 1)},
    {"revolving": Revolving(3)},
    {"revolving": Revolving(2, SECOND)},
    {"steps": ()},
    {"steps": (INTEREST,) * 41},
    {"accelerated_steps": (INTEREST,) * 41},
    {"triggers": (LATE,) * 17},
    {"fees": (LINE,) * 17},
    {"hurdles": TERMS.hurdles * 17},
    {"hurdles": (HurdleTerms(2, 0),)},
    {"reserve": ReserveTerms(BEYOND)},
    {"reserve": ReserveTerms(FIRST, 0, 6, 5)},
    {"fees": (replace(LINE, kind=FeeKind.OF_POOL, floor=6, cap=5),)},
    {"fees": (replace(LINE, kind=FeeKind.OF_TRANCHE, tranche=2),)},
    {"triggers": (TriggerTerms(TriggerKind.INTEREST_MISSED, tranche=2),)},
    {"triggers": (TriggerTerms(TriggerKind.INTEREST_COVERAGE, tranche=2),)},
    {"triggers": (TriggerTerms(TriggerKind.OVER_COLLATERALISATION, tranche=2),)},
    rate(RateKind.FLOATING, floor=6, cap=5),
    pairs(),
    pairs(2),
    pairs(1, 2, 2),
    pairs(1, 3, 2),
    pairs(1, 2, 3, 4, 5),
    step(StepKind.FEE, level=ONE + 1),
    step(StepKind.FEE, line=1),
    step(StepKind.TO_TARGET, level=0),
    step(StepKind.DEFICIENCY) | {"losses": Losses.BY_NET_ASSET_VALUE},
    step(StepKind.HURDLE, tranche=0),
    step(StepKind.HURDLE, tranche=1, hurdle=1),
    step(StepKind.PRO_RATA, tranches=BEYOND),
    step(StepKind.DRAW, tranches=BEYOND),
    step(StepKind.DRAW, lines=SECOND),
    step(StepKind.TOP_UP, when=When.ANY_ON, triggers=SECOND),
    step(StepKind.RESIDUAL, tranche=1),
    step(StepKind.SPLIT, tranche=1),
    *(step(kind, tranche=2) for kind in (StepKind.INTEREST, StepKind.INTEREST_UP_TO, StepKind.PRINCIPAL)),
    {"steps": (Step(StepKind.SPLIT, 1, level=ONE + 1),)},
    {"steps": (Step(StepKind.SPLIT, 1, line=1),)},
    {"steps": (Step(StepKind.RESIDUAL, 2),)},
    {"steps": (Step(StepKind.RESIDUAL, 1, when=When.NONE_ON),)},
    {"accelerated_steps": (Step(StepKind.RESIDUAL, 1), INTEREST)},
    FAST | {"vote": Vote(ONE, 1)},
    FAST | {"vote": Vote(ONE // 2, 0)},
]


def short(changes):
    """Which terms are changed."""
    return " and ".join(changes) or "nothing"


@pytest.fixture
def ground(lab):
    return prepare(lab)


def on_chain(ground, rules):
    """Deploy it; returns whether the contracts take it."""
    names = tuple((f"T-{place}", f"T{place}") for place in range(len(rules.tranches)))
    tape = CommittedTape(b"\2" * 32, (ClassTotal("sme_loans", b"\1" * 32, rules.loan_count, rules.gross_balance),))
    terms = DealTerms(names, tape, rules)
    try:
        apply(ground.lab.contracts, terms, parties=ground.parties, settlement=ground.token, oracle=ground.board)
    except (CallRefused, ArgumentInvalid):  # the second: too large for the chain's type
        return False
    return True


def in_the_model(rules):
    """Whether the model takes it."""
    try:
        Deal(rules)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("changes", FIT, ids=short)
def test_is_made_at_the_edge(ground, changes):
    rules = replace(TERMS, **changes)
    assert (on_chain(ground, rules), in_the_model(rules)) == (True, True)


@pytest.mark.parametrize("changes", UNFIT, ids=short)
def test_is_refused_beyond_it(ground, changes):
    rules = replace(TERMS, **changes)
    assert (on_chain(ground, rules), in_the_model(rules)) == (False, False)
