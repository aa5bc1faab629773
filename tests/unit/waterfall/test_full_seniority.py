"""No junior ahead of a failing senior test (rule 35) on both sides: the same refusals, with the same values.

Three tranches; trigger 0 is no coverage test, 1 is over-collateralisation of the senior, 2 interest coverage of it and
the mezzanine.
"""

from collections import Counter
from dataclasses import replace

import pytest

from salvor.model.seniority import COVERAGE
from salvor.model.terms import (
    ONE,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Losses,
    Revolving,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    When,
)
from tests.property.waterfall_stage import prepare
from tests.utils import full_deal
from tests.utils.drawn_deals import draw_any_deal, draw_deal
from tests.utils.made import in_the_model, named, on_chain

DAY = 86_400
CLOSING = 2_000_000_000
LATE = TriggerTerms(TriggerKind.SERVICER_LATE)
COVER = TriggerTerms(TriggerKind.OVER_COLLATERALISATION, ONE, 0)
INTEREST = TriggerTerms(TriggerKind.INTEREST_COVERAGE, ONE, 1)
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
    tranches=(TrancheTerms(500), TrancheTerms(300), TrancheTerms(200)),
    steps=(Step(StepKind.TOP_UP),),
    fees=(FeeLine("bank", FeeKind.FIXED, amount=5),),
    hurdles=(HurdleTerms(0, 0), HurdleTerms(2, ONE // 10)),
    losses=Losses.BY_LEDGER,
)
ALWAYS, ANY_ON, NONE_ON = When


def own(kind, tranche=0, when=ALWAYS, *triggers, **fields):
    return Step(kind, tranche, when=when, triggers=frozenset(triggers), **fields)


def principal(tranche, when=ALWAYS, *triggers):
    return own(StepKind.PRINCIPAL, tranche, when, *triggers)


def pro_rata(*tranches, when=ALWAYS, triggers=()):
    return own(StepKind.PRO_RATA, 0, when, *triggers, tranches=frozenset(tranches))


def residual(tranche):
    return own(StepKind.RESIDUAL, tranche)


def target(tranche, when=ALWAYS, *triggers):
    return own(StepKind.TO_TARGET, tranche, when, *triggers, level=ONE)


def split(tranche):
    return own(StepKind.SPLIT, tranche, level=ONE // 5)


HURDLE = own(StepKind.HURDLE, 2, hurdle=1)
SENIOR_FIRST = (principal(0), principal(1))
ON_COVER, ON_INTEREST = (LATE, COVER), (LATE, LATE, INTEREST)
KINDS = [principal(2), target(2), own(StepKind.DEFICIENCY, 2), HURDLE, residual(2), pro_rata(1, 2), split(2)]
GOOD = [
    # Nobody below the test is paid, or no test is there.
    (ON_COVER, (principal(0), own(StepKind.INTEREST, 2), residual(0))),
    (ON_COVER, (own(StepKind.DEFICIENCY, 0), target(0), own(StepKind.HURDLE, 0), pro_rata(0), residual(0))),
    (ON_INTEREST, (own(StepKind.DEFICIENCY, 1), target(1), pro_rata(0, 1), residual(1))),
    ((LATE, replace(LATE, tranche=0)), (residual(2),)),
    # Passed over while it is on.
    (ON_COVER, (principal(2, NONE_ON, 1), principal(1, NONE_ON, 0, 1))),
    (ON_COVER, (principal(2, ANY_ON),)),
    *((ON_COVER, (replace(each, when=NONE_ON, triggers=frozenset({1})),)) for each in [*KINDS[:4], KINDS[5]]),
    # Behind what pays the covered principal whenever it is on.
    *((ON_INTEREST, (*SENIOR_FIRST, each)) for each in KINDS),
    (ON_COVER, (principal(0), principal(1), residual(2))),
    (ON_INTEREST, (principal(1), principal(0), residual(2))),
    (ON_INTEREST, (pro_rata(0, 1), residual(2))),
    (ON_INTEREST, (pro_rata(1), principal(0, NONE_ON), residual(2))),
    (ON_INTEREST, (principal(0, ANY_ON, 0, 2), principal(1, ANY_ON, 2), residual(2))),
    (ON_INTEREST, (pro_rata(0, 1, when=ANY_ON, triggers=(2,)), residual(2))),
    # New cash before the last of them, or only while the test is off.
    (ON_COVER, (own(StepKind.RELEASE), principal(0), residual(2))),
    (ON_COVER, (principal(0), own(StepKind.DRAW, 0, NONE_ON, 1), residual(2))),
    (ON_COVER, (principal(0), own(StepKind.TOP_UP), own(StepKind.INTEREST, 1), own(StepKind.FEE), residual(2))),
]
BAD = [
    *((ON_COVER, (each,), (0, 1)) for each in KINDS),
    (ON_COVER, (split(0),), (0, 1)),  # whose payee stands below all
    (ON_INTEREST, (principal(0), residual(2)), (1, 2)),
    (ON_INTEREST, (principal(1), residual(2)), (1, 2)),
    (ON_INTEREST, (pro_rata(0, 1, 2),), (0, 2)),
    # A condition that may hold while it is on.
    (ON_COVER, (principal(1, NONE_ON, 0),), (0, 1)),
    (ON_COVER, (principal(1, ANY_ON, 0),), (0, 1)),
    (ON_COVER, (principal(1, ANY_ON, 1),), (0, 1)),
    (ON_COVER, (principal(1, NONE_ON),), (0, 1)),
    # Behind steps that may be passed over, or stop short.
    (ON_COVER, (principal(0, ANY_ON, 0), residual(2)), (1, 1)),
    (ON_COVER, (principal(0, NONE_ON, 0), residual(2)), (1, 1)),
    (ON_COVER, (target(0), residual(2)), (1, 1)),
    (ON_COVER, (own(StepKind.DEFICIENCY, 0), residual(2)), (1, 1)),
    (ON_COVER, (pro_rata(0, when=NONE_ON, triggers=(1,)), residual(2)), (1, 1)),
    # New cash between.
    (ON_COVER, (principal(0), own(StepKind.RELEASE), residual(2)), (2, 1)),
    (ON_COVER, (principal(0), own(StepKind.DRAW, 0, ANY_ON, 0), residual(2)), (2, 1)),
    (ON_INTEREST, (principal(0), own(StepKind.RELEASE), principal(1), residual(2)), (3, 2)),
    # The first of several tests, then the first of its steps.
    ((INTEREST, COVER), (principal(0), principal(2), residual(2)), (1, 0)),
]


@pytest.fixture
def ground(lab):
    return prepare(lab)


def said(ground, **changes):
    """What both say, which must be the same."""
    rules = replace(TERMS, **changes)
    chain, model = on_chain(ground, named(rules)), in_the_model(rules)
    assert chain == model
    return chain


@pytest.mark.parametrize(("triggers", "steps"), GOOD)
def test_is_made_where_no_junior_is_ahead(ground, triggers, steps):
    assert said(ground, triggers=triggers, steps=steps) == ()
    assert said(ground, triggers=triggers, accelerated_steps=steps) == ()


@pytest.mark.parametrize(("triggers", "steps", "place"), BAD)
def test_is_refused_where_one_is(ground, triggers, steps, place):
    assert said(ground, triggers=triggers, steps=steps) == ("JuniorAhead", False, *place)
    assert said(ground, triggers=triggers, accelerated_steps=steps) == ("JuniorAhead", True, *place)


class TestRevolving:
    @pytest.mark.parametrize(
        ("until", "stops", "expected"),
        [
            (0, (), ()),
            (1, (0, 1, 2), ()),
            (1, (1, 2), ()),
            (1, (0, 1), ("RevolvesPastTest", 2)),
            (1, (2,), ("RevolvesPastTest", 1)),
        ],
    )
    def test_must_end_on_each_coverage_test(self, ground, until, stops, expected):
        triggers = (LATE, COVER, INTEREST)
        revolving = Revolving(until, frozenset(stops))
        assert said(ground, triggers=triggers, steps=SENIOR_FIRST, revolving=revolving) == expected


class TestFirstFailingRunOfARevolvingDeal:
    """It still revolves: the account gets the covered principal before a junior gets a unit. Then it amortises."""

    RULES = full_deal.Terms(
        (full_deal.Tranche(60_000), full_deal.Tranche(40_000)),
        (full_deal.step("principal", 0), full_deal.step("residual", 1)),
        triggers=[("over-collateralisation", 0, 2 * ONE, 1)],
        revolves_to=3,
        stops=1,
    )

    @pytest.mark.parametrize(("gross", "account", "junior"), [(50_000, 50_000, 0), (70_000, 60_000, 10_000)])
    def test_fills_the_account_first(self, lab, gross, account, junior):
        deal = full_deal.build(lab, self.RULES).sell()
        first = deal.run(gross)
        assert (first.on, first.revolving, first.revolvingAccount) == (1, True, account)
        assert first.principal == (0, junior)
        second = deal.run(100)
        assert (second.revolving, second.cash) == (False, account + 100)
        assert second.principal == (min(60_000, account + 100), max(0, account + 100 - 60_000))


def test_drawn_deals_are_taken_or_refused_alike(ground):
    """Any steps in any order: many break the rule, each is refused with the same step and test on both sides."""
    seen = Counter()
    for number in range(160):
        drawn = draw_any_deal(number, number % 4, ground.lab.now)
        tested = any(trigger.kind in COVERAGE for trigger in drawn.rules.triggers)
        ground.lab.restore(ground.beginning)
        chain, model = on_chain(ground, drawn), in_the_model(drawn.rules)
        assert chain == model, number
        assert tested or chain == ()
        seen[chain[:1], chain[1:2] == (True,)] += tested
        assert in_the_model(draw_deal(number, number % 4, ground.lab.now).rules) == (), "mended"
    lists = [(("JuniorAhead",), accelerated) for accelerated in (False, True)]
    assert all(seen[each] for each in (((), False), (("RevolvesPastTest",), False), *lists)), seen
