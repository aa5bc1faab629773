"""What people do to sell a loan, in short words, over `tests/property/liquidation_stage.py`."""

from __future__ import annotations

from typing import Any

from salvor.model.liquidation.state import Strategy
from tests.property.liquidation_stage import CLIMB, SEALED, STEPS, STRATEGIES, SUBJECTS, Sales, set_sales
from tests.utils.world import NO_CORRECTION, report_of

NOBODY = "0x" + 40 * "0"
NO_PLAN = (0, 0, 0)


def stand(lab: Any, *, auction: Any = None, way: Any = None, **named: Any) -> Selling:
    """A deal of its own on this lab; loans may be sold in another falling price, or by other terms."""
    auctions = (auction or STEPS, CLIMB, SEALED)
    strategies = (*STRATEGIES[:3], way or STRATEGIES[3], STRATEGIES[4])
    return Selling(set_sales(lab, **{"auctions": auctions, "strategies": strategies, **named}))


class Selling:
    """One lab's house and book; case 1 where none is named."""

    def __init__(self, sales: Sales) -> None:
        self.sales, self.lab, self.deal = sales, sales.lab, sales.stage.live
        self.book, self.house, self.token = sales.live.book, sales.live.house, sales.stage.live.settlement
        self.dutch, self.english = sales.live.auctions[:2]
        self.first, self.second, self.third = sales.bidders
        self.debtor, self.vehicle, self.overseer = sales.debtor, sales.vehicle, sales.overseer
        self.servicer, self.outsider = sales.servicer, sales.stage.outsider

    @property
    def now(self) -> int:
        return self.lab.now

    def worth(self, value: int, *, good: bool = True, subject: int = 0) -> None:
        """What the thing is worth from now on."""
        self.sales.live.values.write(SUBJECTS[subject], value, good, sender=self.outsider)

    def open(
        self,
        loan: int,
        outstanding: int,
        written_off: int = 0,
        *,
        by_rank: bool = True,
        debtor: Any = NOBODY,
        subject: int = 0,
    ) -> None:
        """A case with one loan."""
        opening = (outstanding, written_off, by_rank, debtor, SUBJECTS[subject])
        self.book.open(self.sales.proof(loan), opening, sender=self.servicer)
        self.confirm(self.book.cases())

    def join(self, loan: int, outstanding: int, written_off: int = 0, case: int = 1) -> None:
        """A further loan."""
        self.book.join(case, self.sales.proof(loan), outstanding, written_off, sender=self.servicer)
        self.confirm(case)

    def confirm(self, case: int = 1) -> None:
        """By the overseer, who has seen what waits."""
        self.book.confirm(case, self.book.joiningOf(case).content, sender=self.overseer)

    def reject(self, case: int = 1) -> None:
        """By the overseer."""
        self.book.reject(case, sender=self.overseer)

    def hold_loan(self, value: int) -> Selling:
        """Case 1: a loan of 30,000, whose thing is worth that."""
        self.worth(value)
        self.open(1, 30_000)
        return self

    def sell_loan(self, value: int) -> Selling:
        """The same for sale at that value."""
        self.hold_loan(value)
        self.propose("LOAN_SALE")
        self.sell()
        return self

    def sell_part(self, units: int) -> None:
        """So many units at the floor; nobody takes the rest."""
        self.lab.wait(STEPS.fall)
        self.take(units, self.first)
        self.relist_in_vain()

    def relist_in_vain(self) -> None:
        """Both rounds of a falling price pass, and the case is back."""
        for _ in range(2):
            self.lab.wait(STEPS.longest)
            self.relist()

    def propose(self, strategy: str, plan: tuple[int, int, int] = NO_PLAN, case: int = 1) -> None:
        """By the servicer."""
        self.book.propose(case, Strategy[strategy], plan, sender=self.servicer)

    def approve(self, strategy: str, plan: tuple[int, int, int] = NO_PLAN, case: int = 1) -> None:
        """By the overseer."""
        self.book.approve(case, Strategy[strategy], plan, sender=self.overseer)

    def switch(self, strategy: str, plan: tuple[int, int, int] = NO_PLAN, case: int = 1) -> None:
        """By the overseer."""
        self.book.switchTo(case, Strategy[strategy], plan, sender=self.overseer)

    def sell(self, case: int = 1) -> Any:
        """By the servicer."""
        return self.book.sell(case, sender=self.servicer)

    def foreclose(self, case: int = 1) -> None:
        """Proposed, approved and for sale at once."""
        self.propose("FORECLOSURE", case=case)
        self.approve("FORECLOSURE", case=case)
        self.sell(case)

    def fire(self, cure: int = 0, fee: int = 0, after: str = "LOAN_SALE", case: int = 1) -> None:
        """A trigger fired, shown by the outsider."""
        self.book.fire(case, self.outsider, fee, cure, Strategy[after], sender=self.overseer)

    def pay(self, cash: int, case: int = 1) -> Any:
        """By the debtor."""
        return self.book.pay(case, cash, sender=self.debtor)

    def take(self, units: int, who: Any, *, at_least: int = 0, highest: int = 2**255, case: int = 1) -> Any:
        """Of the falling price."""
        return self.dutch.take(case, units, at_least, highest, sender=who)

    def bid(self, amount: int, who: Any, case: int = 1) -> Any:
        """In the climbing one."""
        return self.english.bid(case, amount, sender=who)

    def settle(self, case: int = 1) -> Any:
        """By anyone."""
        return self.english.settle(case, sender=self.outsider)

    def relist(self, case: int = 1) -> Any:
        """By anyone."""
        return self.house.relist(case, sender=self.outsider)

    def remove(self, who: Any) -> None:
        """Compliance does not admit this account any more."""
        self.deal.allow_list.remove(who, sender=self.deal.parties.transfer_agent)

    def report(self, period: int, gross: int = 0, **other: Any) -> Any:
        """By the servicer, on its end."""
        self.lab.now = max(self.now, self.sales.stage.terms.period_ends[period - 1])
        return self.deal.pool.report(period, report_of(gross, **other), NO_CORRECTION, sender=self.servicer)

    def run(self, period: int) -> Any:
        """By anyone."""
        return self.deal.waterfall.run(period, sender=self.outsider)

    def account(self, case: int = 1) -> Any:
        """The account of a case."""
        return self.house.accountOf(case)

    def stage(self, case: int = 1) -> int:
        """The stage of a case."""
        return self.book.caseOf(case).stage

    @property
    def held(self) -> int:
        """Cash of sales, which stands apart with the deal's own."""
        return self.deal.distributor.spare()

    def open_period(self, period: int = 1) -> tuple[int, int, int, int]:
        """Net, gross, written off and recovered of the pool's record."""
        record = self.deal.pool.record(period)
        return record.net, record.gross, record.writtenOff, record.recovered
