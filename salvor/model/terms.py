"""Terms of a deal: all that is fixed when it is made, as plain values (docs/waterfall.md).

Amounts are settlement units, rates and ratios WAD, dates seconds since 1970. Sets of tranches, fee lines and triggers
are frozensets of their places in the deal, counted from 0; periods count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from salvor.model.evergreen.terms import EvergreenTerms

ONE = 10**18  # 100 %
LARGEST = 2**112 - 1  # where amounts from outside end
CEILING = 2**128 - 1  # where what accrues stops growing
NONE: frozenset[int] = frozenset()


class DayCount(IntEnum):
    """Which part of a year a period is (rule 13)."""

    ACTUAL_365 = 0
    ACTUAL_360 = 1
    THIRTY_360 = 2


class RateKind(IntEnum):
    """Where a tranche's rate comes from (rule 14)."""

    FIXED = 0
    STEP_UP = 1
    FLOATING = 2


@dataclass(frozen=True)
class Rate:
    """A tranche's rate a year: `rate`, or the last of `steps` (from period, rate), or the index and `margin`."""

    kind: RateKind = RateKind.FIXED
    rate: int = 0
    steps: tuple[tuple[int, int], ...] = ()
    margin: int = 0
    floor: int = 0
    cap: int = 10 * ONE


class Unpaid(IntEnum):
    """What becomes of interest that was not paid (rule 15)."""

    MISSED = 0
    DEFERRED = 1
    DEFERRED_WITH_INTEREST = 2


@dataclass(frozen=True)
class TrancheTerms:
    """A tranche; `cap` is its size and `minimum` what must be ordered at least, or the deal is cancelled."""

    cap: int
    minimum: int = 1
    rate: Rate = field(default_factory=Rate)
    count: DayCount = DayCount.ACTUAL_365
    unpaid: Unpaid = Unpaid.DEFERRED


class FeeKind(IntEnum):
    """What a fee is reckoned on (rule 16)."""

    FIXED = 0
    OF_COLLECTIONS = 1
    OF_POOL = 2
    OF_TRANCHE = 3


@dataclass(frozen=True)
class FeeLine:
    """Who is paid and what accrues in a period: `amount`, or `rate` of something; then `floor`, then `cap`."""

    payee: str
    kind: FeeKind
    amount: int = 0
    rate: int = 0
    tranche: int = 0
    count: DayCount = DayCount.ACTUAL_365
    floor: int = 0
    cap: int = LARGEST
    carried_on: bool = True
    senior: bool = False


@dataclass(frozen=True)
class ReserveTerms:
    """The reserve's target (rule 19): `share` of the principal of `tranches`, between `floor` and `cap`."""

    tranches: frozenset[int] = NONE
    share: int = 0
    floor: int = 0
    cap: int = LARGEST


@dataclass(frozen=True)
class HurdleTerms:
    """A return that a tranche has to reach (rule 23)."""

    tranche: int
    rate: int
    count: DayCount = DayCount.ACTUAL_365


class TriggerKind(IntEnum):
    """What a trigger looks at (rule 24)."""

    OVER_COLLATERALISATION = 0
    INTEREST_COVERAGE = 1
    COLLECTION_RATIO = 2
    PROFITABILITY_RATIO = 3
    CUMULATIVE_LOSS = 4
    RESERVE_BELOW_TARGET = 5
    SERVICER_LATE = 6
    INTEREST_MISSED = 7
    CLEAN_UP = 8
    FINAL_MATURITY = 9
    EVENT_OF_DEFAULT = 10


@dataclass(frozen=True)
class TriggerTerms:
    """A trigger; so many runs in a row without its condition cure it, 0 is never. `level` is WAD or a period."""

    kind: TriggerKind
    level: int = 0
    tranche: int = 0
    cured_after: int = 1


class StepKind(IntEnum):
    """What a step does, in the order of the table of rule 18."""

    FEE = 0
    INTEREST = 1
    INTEREST_UP_TO = 2
    PRINCIPAL = 3
    PRO_RATA = 4
    TO_TARGET = 5
    TOP_UP = 6
    RELEASE = 7
    DRAW = 8
    DEFICIENCY = 9
    HURDLE = 10
    SPLIT = 11
    RESIDUAL = 12


TAKES_ALL = frozenset({StepKind.SPLIT, StepKind.RESIDUAL})
REVOLVED = frozenset({StepKind.PRINCIPAL, StepKind.PRO_RATA, StepKind.TO_TARGET})


class When(IntEnum):
    """The word of a condition (rule 12)."""

    ALWAYS = 0
    ANY_ON = 1
    NONE_ON = 2


@dataclass(frozen=True)
class Step:
    """One line of the waterfall; `level` is a share, a rate or a ratio, as the kind says."""

    kind: StepKind
    tranche: int = 0
    line: int = 0
    hurdle: int = 0
    level: int = 0
    tranches: frozenset[int] = NONE
    lines: frozenset[int] = NONE
    when: When = When.ALWAYS
    triggers: frozenset[int] = NONE


class Losses(IntEnum):
    """Where losses are booked (rules 20 and 21)."""

    BY_NET_ASSET_VALUE = 0
    BY_LEDGER = 1


@dataclass(frozen=True)
class Revolving:
    """Up to and with the run of period `until`, or the first run after which one of `triggers` is on (rule 4)."""

    until: int = 0
    triggers: frozenset[int] = NONE


@dataclass(frozen=True)
class Vote:
    """Acceleration needs more than `share` of the senior units, within so many seconds (rule 28)."""

    share: int = ONE // 2
    seconds: int = 30 * 86_400


@dataclass(frozen=True)
class Terms:
    """All of a deal; the notes carry a claim at `carrying_ratio` (rule 20)."""

    seller: str
    dust_owner: str
    servicer: str
    price: int
    closing: int
    period_ends: tuple[int, ...]
    plan: tuple[int, ...]
    gross_balance: int
    loan_count: int
    tranches: tuple[TrancheTerms, ...]
    steps: tuple[Step, ...]
    accelerated_steps: tuple[Step, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    reserve: ReserveTerms = field(default_factory=ReserveTerms)
    hurdles: tuple[HurdleTerms, ...] = ()
    triggers: tuple[TriggerTerms, ...] = ()
    losses: Losses = Losses.BY_LEDGER
    carrying_ratio: int = ONE
    revolving: Revolving = field(default_factory=Revolving)
    vote: Vote = field(default_factory=Vote)
    grace: int = 0
    first_index: int = 0
    evergreen: EvergreenTerms | None = None

    @property
    def periods(self) -> int:
        """How many periods the deal has at most."""
        return len(self.period_ends)

    def begin(self, period: int) -> int:
        """Where a period begins: at the end of the one before, the first at closing."""
        return self.period_ends[period - 2] if period > 1 else self.closing

    def end(self, period: int) -> int:
        """Where a period ends."""
        return self.period_ends[period - 1]
