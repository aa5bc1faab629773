"""A deal file and its tape, turned into what constructors and the model take: integers, dates in seconds, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from salvor.amounts import Units, timestamp
from salvor.deal.schedule import period_ends, spread
from salvor.deal.schema import Deal, Pay, SkipWhen
from salvor.model.system import Terms
from salvor.model.waterfall import Step, StepKind
from salvor.tape.committed import CommittedTape
from salvor.tape.loans import Loan

_KINDS = {
    Pay.FEE: StepKind.FEE,
    Pay.INTEREST: StepKind.INTEREST,
    Pay.PRINCIPAL: StepKind.PRINCIPAL,
    Pay.RESIDUAL: StepKind.RESIDUAL,
}


@dataclass(frozen=True)
class DealTerms:
    """Amounts in settlement units, dates in seconds since 1970, rates in WAD; tranches by seniority."""

    note_names: tuple[tuple[str, str], ...]
    sizes: tuple[Units, ...]
    rates: tuple[int, ...]
    steps: tuple[Step, ...]
    trigger: int
    purchase_price: Units
    tape: CommittedTape
    closing: int
    period_ends: tuple[int, ...]
    plan: tuple[Units, ...]

    def pool_terms(self, settlement: str, seller: str) -> tuple[object, ...]:
        """The struct `PoolTerms`, in the interface's order."""
        return (
            settlement,
            seller,
            self.purchase_price,
            self.tape.as_struct(),
            self.closing,
            list(self.period_ends),
            list(self.plan),
        )

    def for_model(self, *, seller: str, fee_account: str, servicer: str) -> Terms:
        """The same terms as the reference model takes them."""
        return Terms(
            seller=seller,
            fee_account=fee_account,
            servicer=servicer,
            loan_count=self.tape.loan_count,
            closing=self.closing,
            period_ends=self.period_ends,
            plan=self.plan,
            sizes=self.sizes,
            rates=self.rates,
            steps=self.steps,
            trigger=self.trigger,
        )


def compile_terms(deal: Deal, loans: Sequence[Loan], committed: CommittedTape) -> DealTerms:
    """Everything that the chain needs to know of a deal."""
    return DealTerms(
        note_names=tuple((tranche.note_name, tranche.symbol) for tranche in deal.tranches),
        sizes=tuple(deal.units(tranche.size) for tranche in deal.tranches),
        rates=tuple(tranche.rate for tranche in deal.tranches),
        steps=tuple(
            Step(
                kind=_KINDS[step.pay],
                tranche=deal.place_of(step.tranche) if step.tranche else 0,
                rate=step.rate or 0,
                skip_behind_plan=step.skip_when is SkipWhen.BEHIND_PLAN,
            )
            for step in deal.waterfall
        ),
        trigger=deal.triggers.behind_plan,
        purchase_price=deal.units(deal.purchase_price),
        tape=committed,
        closing=timestamp(deal.calendar.closing),
        period_ends=tuple(timestamp(day) for day in period_ends(deal.calendar)),
        plan=tuple(spread(sum(loan.expected_recovery for loan in loans), deal.calendar.timing_curve)),
    )
