"""Model of the waterfall's arithmetic, function by function beside WaterfallEngine.sol (rules 7 to 13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

ONE = 10**18  # 100 %
YEAR_SECONDS = 31_536_000  # 365 days


class StepKind(IntEnum):
    """What a step pays."""

    FEE = 0
    INTEREST = 1
    PRINCIPAL = 2
    RESIDUAL = 3


@dataclass(frozen=True)
class Step:
    """One line of the waterfall; rates in WAD."""

    kind: StepKind
    tranche: int = 0
    rate: int = 0
    skip_behind_plan: bool = False


@dataclass
class Tranche:
    """Where a tranche stands, settlement units; rate in WAD a year."""

    rate: int
    principal: int
    interest_due: int = 0
    interest_paid: int = 0
    principal_paid: int = 0
    loss: int = 0


@dataclass
class Run:
    """One period on its way through the steps."""

    cash: int
    collected: int
    behind_plan: bool
    fees: int = 0
    interest: dict[int, int] = field(default_factory=dict)
    principal: dict[int, int] = field(default_factory=dict)

    def paid_to(self, tranche: int) -> int:
        """Interest and principal of a tranche in this period."""
        return self.interest.get(tranche, 0) + self.principal.get(tranche, 0)


@dataclass(frozen=True)
class StepOutcome:
    """What a step had to pay and what it paid."""

    place: int
    due: int
    paid: int


@dataclass
class Waterfall:
    """Tranches by seniority and the steps in the order of payment."""

    tranches: list[Tranche]
    steps: list[Step]

    def accrue(self, elapsed: int) -> None:
        """Rule 7, for a period of so many seconds."""
        for tranche in self.tranches:
            tranche.interest_due += tranche.principal * tranche.rate * elapsed // (ONE * YEAR_SECONDS)

    def pay_all(self, run: Run) -> list[StepOutcome]:
        """Rule 9: the steps in order; those passed over give no outcome."""
        outcomes = []
        for place, step in enumerate(self.steps):
            if step.skip_behind_plan and run.behind_plan:
                continue
            before = run.cash
            due = self._pay(run, step)
            outcomes.append(StepOutcome(place, due, before - run.cash))
        return outcomes

    def book_losses(self) -> None:
        """Rule 12."""
        for tranche in self.tranches:
            tranche.loss += tranche.principal
            tranche.principal = 0

    def _pay(self, run: Run, step: Step) -> int:
        match step.kind:
            case StepKind.FEE:
                return pay_fee(run, step)
            case StepKind.INTEREST:
                return self.pay_interest(run, step.tranche)
            case StepKind.PRINCIPAL:
                return self.pay_principal(run, step.tranche)
            case StepKind.RESIDUAL:
                return self.pay_residual(run, step.tranche)

    def pay_interest(self, run: Run, place: int) -> int:
        """All interest due; the rest stays due."""
        tranche = self.tranches[place]
        due = tranche.interest_due
        paid = min(due, run.cash)
        tranche.interest_due -= paid
        tranche.interest_paid += paid
        run.cash -= paid
        run.interest[place] = run.interest.get(place, 0) + paid
        return due

    def pay_principal(self, run: Run, place: int) -> int:
        """The outstanding principal."""
        tranche = self.tranches[place]
        due = tranche.principal
        paid = min(due, run.cash)
        tranche.principal -= paid
        tranche.principal_paid += paid
        run.cash -= paid
        run.principal[place] = run.principal.get(place, 0) + paid
        return due

    def pay_residual(self, run: Run, place: int) -> int:
        """All cash left: principal first, the rest is return."""
        due = run.cash
        self.pay_principal(run, place)
        self.tranches[place].interest_paid += run.cash
        run.interest[place] = run.interest.get(place, 0) + run.cash
        run.cash = 0
        return due


def pay_fee(run: Run, step: Step) -> int:
    """A share of the period's collections; a shortfall is not carried on."""
    due = run.collected * step.rate // ONE
    paid = min(due, run.cash)
    run.cash -= paid
    run.fees += paid
    return due
