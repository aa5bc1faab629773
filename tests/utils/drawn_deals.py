"""A whole deal from a number: any terms that docs/waterfall.md allows, the same ones each time.

Half of the lists of steps are ordered as deals really are, with some steps moved, doubled or made conditional; the rest
is any steps in any order, mended where a junior stands ahead of a failing senior test (`obedient`). Amounts are of one
scale within a deal, from single units to 2^108.
"""

from __future__ import annotations

import random
from dataclasses import replace

from salvor.deploy.terms import DealTerms
from salvor.model.terms import (
    LARGEST,
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
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.utils.obedient import obedient

DAY = 86_400
PERCENT = 10**16
WIDEST_RATE = 2**64 - 1
PAYEES = ("seller", "servicer", "bank", "guarantor", "first holder")  # the last is an investor besides
SCALES = (1, 10, 1_000, 10**5, 10**7, 10**12, 10**20, 2**90, 2**108)
LENGTHS = (1, DAY, 28 * DAY, 30 * DAY, 31 * DAY, 91 * DAY, 365 * DAY, 366 * DAY)
MOST_TRANCHES, MOST_LINES, MOST_HURDLES, MOST_TRIGGERS, MOST_PERIODS = (2, 3, 5, 8), (1, 2, 3, 6), (1, 2, 2, 4), 16, 12
MOST_STEPS = (5, 10, 20, 40)
OFTEN = (TriggerKind.OVER_COLLATERALISATION, TriggerKind.INTEREST_COVERAGE, TriggerKind.COLLECTION_RATIO) * 2
LISTED_LOANS = (1, 7, 2**32 - 1)


def draw_deal(number: int, size: int, earliest: int) -> DealTerms:
    """Deal `number`, with more parts the larger `size` (0 to 3) is; closing is within a year of `earliest`."""
    dice = random.Random(number)
    drawn = _Drawing(dice, size).deal(earliest + 1)
    return replace(drawn, rules=obedient(drawn.rules, dice))


def draw_any_deal(number: int, size: int, earliest: int) -> DealTerms:
    """The same before its steps are mended: it may let a junior stand ahead of a failing senior test (rule 35)."""
    return _Drawing(random.Random(number), size).deal(earliest + 1)


class _Drawing:
    """One deal in the making."""

    def __init__(self, dice: random.Random, size: int) -> None:
        self.dice, self.size = dice, size
        self.wild = self.often(1)  # rates and times so large that what accrues reaches its ceiling
        self.scale = SCALES[-1] if self.wild else dice.choice(SCALES)
        self.tranches = dice.randint(1, MOST_TRANCHES[size])
        self.losses = dice.choice(list(Losses))
        self.fees = tuple(self.line() for _ in range(dice.randint(0, MOST_LINES[size])))
        self.hurdles = tuple(
            HurdleTerms(self.place(), self.rate(), dice.choice(list(DayCount)))
            for _ in range(dice.randint(0, MOST_HURDLES[size]))
        )
        self.triggers = tuple(self.trigger() for _ in range(dice.randint(0, (2, 4, 8, MOST_TRIGGERS)[size])))

    # Values

    def often(self, parts: int, of: int = 10) -> bool:
        return self.dice.randrange(of) < parts

    def place(self) -> int:
        return self.dice.randrange(self.tranches)

    def some(self, count: int) -> frozenset[int]:
        chance = self.dice.randint(1, 9)
        return frozenset(place for place in range(count) if self.often(chance))

    def amount(self) -> int:
        return self.dice.choice((0, 1, self.scale, self.dice.randint(0, 2 * self.scale), self.dice.randint(0, 100)))

    def rate(self) -> int:
        if self.wild:
            return WIDEST_RATE
        percent = self.dice.randint(0, 15) * PERCENT
        return self.dice.choice((percent, percent, percent, 0, 1, ONE, self.dice.randint(0, ONE), WIDEST_RATE))

    def ratio(self) -> int:
        near = self.dice.randint(50, 150) * PERCENT
        return self.dice.choice((near, near, near, 1, ONE, self.dice.randint(1, 3 * ONE), WIDEST_RATE))

    def share(self) -> int:
        return self.dice.choice((ONE, ONE, ONE // 2, 0, 1, self.dice.randint(0, ONE)))

    def length(self) -> int:
        if self.wild:
            return 5 * 365 * DAY
        if self.often(2):
            return self.dice.randint(1, 5 * 365 * DAY)
        return self.dice.choice(LENGTHS)

    # Parts

    def tranche(self) -> TrancheTerms:
        dice = self.dice
        cap = max(1, self.amount())
        kind = dice.choice((RateKind.FIXED, RateKind.FIXED, RateKind.STEP_UP, RateKind.FLOATING))
        froms = [1, *sorted(dice.sample(range(2, MOST_PERIODS + 2), dice.randint(0, 3)))]
        steps = tuple((period, self.rate()) for period in froms) if kind == RateKind.STEP_UP else ()
        floor, top = sorted((self.rate(), self.rate()))
        bounds = {"floor": floor, "cap": top, "margin": self.rate()} if kind == RateKind.FLOATING else {}
        return TrancheTerms(
            cap,
            dice.choice((1, cap, dice.randint(1, cap))),
            Rate(kind, self.rate() if kind == RateKind.FIXED else 0, steps, **bounds),
            dice.choice(list(DayCount)),
            dice.choice(list(Unpaid)),
        )

    def line(self) -> FeeLine:
        dice = self.dice
        floor, cap = sorted((self.amount(), self.amount()))
        return FeeLine(
            dice.choice(PAYEES),
            dice.choice(list(FeeKind)),
            self.amount() // 10,
            self.rate() // dice.choice((1, 10)),
            self.place(),
            dice.choice(list(DayCount)),
            *((0, LARGEST) if self.often(6) else (floor, cap)),
            carried_on=self.often(7),
            senior=self.often(5),
        )

    def trigger(self) -> TriggerTerms:
        kind = self.dice.choice([*TriggerKind, *OFTEN])
        level = self.dice.randint(0, 6) if kind == TriggerKind.FINAL_MATURITY else self.ratio()
        if kind == TriggerKind.CUMULATIVE_LOSS:
            level //= 10
        return TriggerTerms(kind, level, self.place(), self.dice.choice((0, 1, 1, 2, 3)))

    def reserve(self) -> ReserveTerms:
        if self.often(3):
            return ReserveTerms()
        floor, cap = sorted((self.amount() // 10, self.amount()))
        return ReserveTerms(self.some(self.tranches), self.rate(), floor, self.dice.choice((cap, LARGEST)))

    # Steps

    def step(self, kind: StepKind, tranche: int | None = None) -> Step:
        dice = self.dice
        hurdle = dice.randrange(len(self.hurdles)) if kind == StepKind.HURDLE else 0
        place = self.place() if tranche is None else tranche
        named = kind in {StepKind.FEE, StepKind.SPLIT}
        levels = {StepKind.FEE: self.share, StepKind.SPLIT: self.share, StepKind.TO_TARGET: self.ratio}
        always = kind in TAKES_ALL or not self.triggers or self.often(7)
        return Step(
            kind,
            self.hurdles[hurdle].tranche if kind == StepKind.HURDLE else place,
            dice.randrange(len(self.fees)) if named else 0,
            hurdle,
            levels.get(kind, self.rate)(),
            self.some(self.tranches),
            self.some(len(self.fees)),
            When.ALWAYS if always else dice.choice((When.ANY_ON, When.NONE_ON)),
            frozenset() if always else self.some(len(self.triggers)),
        )

    def kinds(self) -> list[StepKind]:
        unfit = set(TAKES_ALL)
        unfit |= set() if self.fees else {StepKind.FEE}
        unfit |= set() if self.hurdles else {StepKind.HURDLE}
        unfit |= set() if self.losses == Losses.BY_LEDGER else {StepKind.DEFICIENCY}
        return [kind for kind in StepKind if kind not in unfit]

    def ordered(self) -> list[Step]:
        """As deals are: fees, reserve, interest, ledgers, principal, returns."""
        own, places = self.step, range(self.tranches)
        steps = [own(StepKind.FEE) for _ in self.fees]
        steps.append(own(self.dice.choice((StepKind.DRAW, StepKind.RELEASE))))
        behind = [place for place, each in enumerate(self.triggers) if each.kind == TriggerKind.COLLECTION_RATIO]
        if behind and self.often(5):
            return self.waiting(steps, self.dice.choice(behind))
        steps += [own(self.dice.choice((StepKind.INTEREST, StepKind.INTEREST_UP_TO)), place) for place in places]
        steps.append(own(StepKind.TOP_UP))
        if self.losses == Losses.BY_LEDGER:
            steps += [own(StepKind.DEFICIENCY, place) for place in places]
        steps += [own(self.dice.choice((StepKind.PRINCIPAL, StepKind.PRO_RATA, StepKind.TO_TARGET))) for _ in places]
        steps += [own(StepKind.PRINCIPAL, place) for place in places if self.often(7)]
        return steps + [own(StepKind.HURDLE) for _ in self.hurdles]

    def waiting(self, steps: list[Step], behind: int) -> list[Step]:
        """As in the Italian deals: interest below the first tranche waits behind principal while behind plan."""
        interest, principal = StepKind.INTEREST, StepKind.PRINCIPAL
        early = [replace(self.step(interest, place), when=When.NONE_ON) for place in range(1, self.tranches)]
        steps = [*steps, self.step(interest, 0), *(replace(each, triggers=each.triggers | {behind}) for each in early)]
        for place in range(self.tranches):
            steps += [Step(principal, place), self.step(interest, min(place + 1, self.tranches - 1))]
        return steps

    def steps(self) -> tuple[Step, ...]:
        most = MOST_STEPS[self.size] - 1
        if self.often(5):
            steps = self.ordered()
            for _ in range(self.dice.randint(0, 3)):
                steps.insert(self.dice.randrange(len(steps) + 1), self.step(self.dice.choice(self.kinds())))
        else:
            steps = [self.step(self.dice.choice(self.kinds())) for _ in range(self.dice.randint(1, most))]
        while len(steps) > most:
            steps.pop(self.dice.randrange(len(steps)))
        last = self.dice.choice([None, StepKind.RESIDUAL, StepKind.RESIDUAL, *[StepKind.SPLIT] * bool(self.fees)])
        return tuple(steps) if last is None else (*steps, self.step(last))

    def deal(self, earliest: int) -> DealTerms:
        dice = self.dice
        tranches = tuple(self.tranche() for _ in range(self.tranches))
        caps = sum(tranche.cap for tranche in tranches)
        periods = dice.randint(1, MOST_PERIODS)
        closing = earliest + dice.choice((1, 10 * DAY, dice.randint(1, 365 * DAY)))
        ends = [closing]
        alike = self.length() if self.often(5) else 0
        for _ in range(periods):
            ends.append(ends[-1] + (alike or self.length()))
        gross = min(LARGEST, dice.choice((caps, 2 * caps, self.amount(), dice.randint(0, 4 * caps))))
        total = ClassTotal("sme_loans", b"\x01" * 32, dice.choice(LISTED_LOANS), gross)
        rules = Terms(
            seller="seller",
            dust_owner=dice.choice(("dust owner", "seller")),
            servicer="servicer",
            price=dice.choice((caps, caps * 9 // 10, caps // 2, 0, min(caps, 1))),
            closing=closing,
            period_ends=tuple(ends[1:]),
            plan=tuple(self.amount() for _ in range(periods)),
            gross_balance=gross,
            loan_count=total.loans,
            tranches=tranches,
            steps=self.steps(),
            accelerated_steps=self.steps() if self.often(6) else (),
            fees=self.fees,
            reserve=self.reserve(),
            hurdles=self.hurdles,
            triggers=self.triggers,
            losses=self.losses,
            revolving=self.revolving(periods),
            vote=Vote(min(self.share(), ONE - 1), dice.choice((2, 10 * DAY, 400 * DAY))),
            grace=dice.choice((0, 5 * DAY, 100 * DAY)),
            first_index=dice.randint(-15, 15) * PERCENT,
            carrying_ratio=max(1, self.share()),
        )
        names = tuple((f"T-{place}", f"T{place}") for place in range(self.tranches))
        return DealTerms(names, CommittedTape(b"\x02" * 32, (total,)), rules)

    def revolving(self, periods: int) -> Revolving:
        until = self.dice.randint(0, periods - 1) if self.often(5) else 0
        return Revolving(until, self.some(len(self.triggers)))
