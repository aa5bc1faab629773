"""The books of the waterfall between two runs: tranches, fee lines, hurdles, reserve, triggers (section 3).

They hold figures only; where the cash is, the deal knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from salvor.model.refusal import Refused
from salvor.model.terms import ONE, FeeLine, HurdleTerms, ReserveTerms, Step, Terms, TriggerKind
from salvor.model.tranche import Tranche
from salvor.model.triggers import Trigger


@dataclass
class Fee:
    """A fee line's state: what accrued and was carried, what of it was paid in the running period; what it ever had."""

    terms: FeeLine
    total: int = 0
    paid: int = 0
    had: int = 0

    @property
    def due(self) -> int:
        """What is still due on it."""
        return self.total - self.paid

    def carry(self) -> None:
        """At the end of a run what is unpaid is carried on, or lost (rule 16)."""
        self.total = self.due if self.terms.carried_on else 0
        self.paid = 0


@dataclass
class Hurdle:
    """What a tranche still has to get to reach a return (rule 23)."""

    terms: HurdleTerms
    left: int


@dataclass
class Books:
    """Figures after `last_run`; `waiting` is cash that no step took, `account` the revolving account.

    `stopped` says that a trigger ended revolving before its time.
    """

    terms: Terms
    tranches: list[Tranche]
    fees: list[Fee]
    hurdles: list[Hurdle]
    triggers: list[Trigger]
    reserve: int
    pool_balance: int
    revolving: bool
    account: int = 0
    waiting: int = 0
    unallocated: int = 0
    last_run: int = 0
    stopped: bool = False
    accelerated: bool = False
    wound_up: bool = False
    told: dict[int, int] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)  # tranches without units, of an evergreen deal

    @property
    def reserve_target(self) -> int:
        """What the reserve should hold now (rule 19)."""
        return reserve_target(self.terms.reserve, [tranche.principal for tranche in self.tranches])

    @property
    def may_buy(self) -> bool:
        """Whether the account is still there for further loans (rule 4)."""
        ended = self.stopped or self.accelerated
        return not ended and 0 < self.terms.revolving.until >= self.last_run

    @property
    def senior_class(self) -> int | None:
        """The most senior tranche with principal."""
        return next((place for place, tranche in enumerate(self.tranches) if tranche.principal), None)

    def must_have_senior_class(self) -> int:
        """The same; refused where none has principal left."""
        if (senior := self.senior_class) is None:
            raise Refused("NoSuchTranche", 0, 0)
        return senior

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that a run takes, in order."""
        return self.terms.accelerated_steps if self.accelerated else self.terms.steps

    def index(self, period: int) -> int:
        """The index of a period, or the last one known before it (rule 14)."""
        known = [told for told in self.told if told <= period]
        return self.told[max(known)] if known else self.terms.first_index

    def is_on(self, places: frozenset[int]) -> bool:
        """Whether any of these triggers is on."""
        return any(self.triggers[place].on for place in places)

    @property
    def clean_up_on(self) -> bool:
        """Whether a clean-up trigger is on after the last run (rule 6)."""
        return any(trigger.on for trigger in self.triggers if trigger.terms.kind == TriggerKind.CLEAN_UP)


def reserve_target(terms: ReserveTerms, principals: Sequence[int]) -> int:
    """Rule 19, from the principals of all tranches."""
    principal = sum(principals[place] for place in terms.tranches)
    return min(max(terms.floor, terms.share * principal // ONE), terms.cap) if principal else 0


def open_books(terms: Terms, principals: Sequence[int], reserve: int, told: dict[int, int]) -> Books:
    """The books at closing; `told` are the indices of periods, those to come too."""
    return Books(
        terms,
        [Tranche(principal, principal) for principal in principals],
        [Fee(line) for line in terms.fees],
        [Hurdle(hurdle, principals[hurdle.tranche]) for hurdle in terms.hurdles],
        [Trigger(trigger) for trigger in terms.triggers],
        reserve,
        terms.gross_balance,
        terms.revolving.until > 0,
        told=told,
    )
