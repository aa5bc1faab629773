"""A loan of an evergreen deal worked alone: house, book and a falling price beside the gates, and in the model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from salvor.chain.handles import Contract
from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.live import LiveLiquidation
from salvor.lab import Actor, Lab
from salvor.model.liquidation import book, house
from salvor.model.liquidation.state import Case, Plan, State, Strategy, StrategyTerms
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import UNLIMITED, Stage
from tests.property.liquidation_stage import CLAIM, SALE, STEPS
from tests.utils.evergreen_cases import case
from tests.utils.gates import Gates
from tests.utils.leaves import SCHEMA, SmallTape

TAPE = SmallTape((("1", 403, 0), ("2", 597, 0), ("3", 500, 0)))
SIZES = (1_000, 300, 200)
SUBJECT = b"\1" * 32
STRATEGIES = (*(StrategyTerms() for _ in range(3)), StrategyTerms(0, rounds=2, **SALE), StrategyTerms())
ALL, NO_PLAN = STEPS.units, (0, 0, 0)


@dataclass(frozen=True)
class SalesStage:
    """A live evergreen deal with a house and a book; `stage` begins where both are there."""

    stage: Stage
    sold: LiveLiquidation
    values: Contract
    overseer: Actor
    strategies: tuple[StrategyTerms, ...] = STRATEGIES


def set_sales(stage: Stage, strategies: tuple[StrategyTerms, ...] = STRATEGIES) -> SalesStage:
    """Deploy what sells loans beside the deal; the overseer may fire, the newcomer has approved the house."""
    lab, live = stage.lab, stage.live
    overseer, values = lab.actor("overseer"), lab.deploy("ValueBoard", sender=live.parties.admin)
    terms = LiquidationTerms(CLAIM, 0, strategies, (STEPS,))
    sold = deploy_liquidation(lab.contracts, live, terms, values=values, overseer=overseer)
    selectors = [sold.book.fire.selector, sold.book.cured.selector]
    live.access.setTargetFunctionRole(sold.book, selectors, live.access.OVERSEER(), sender=live.parties.admin)
    lab.call_it(sold.house, "house")
    live.settlement.approve(sold.house, UNLIMITED, sender=stage.people[-1])
    return SalesStage(replace(stage, beginning=lab.snapshot()), sold, values, overseer, strategies)


class GatesAndSales(Gates):
    """By itself senior 1,000, mezzanine 300, junior 200 over claims of 1,500, which are carried in full."""

    def __init__(self, lab: Lab, staged: SalesStage | None = None, tape: SmallTape = TAPE) -> None:
        staged = staged or set_sales(case(lab, SIZES, tape=tape.committed, loan_count=len(tape.values)).stage)
        super().__init__(EvergreenMirror(staged.stage))
        self.tape, self.sold, self.values, self.overseer = tape, staged.sold, staged.values, staged.overseer
        servicer = self.live.parties.servicer.address
        self.sales = State(self.deal, staged.strategies, (STEPS,), servicer, "0x" + 40 * "0")
        self.fund.sales = self.sales

    def open(self, loan: int, outstanding: int, worth: int = 4, *, confirmed: bool = True) -> None:
        """A case with one loan of the tape, by the servicer, and what it is about is worth; the overseer saw it."""
        self.sales.values[SUBJECT] = (worth, True)
        self.values.write(SUBJECT, worth, True, sender=self.newcomer)
        place, tape, tree = 1, self.tape, self.tape.tree
        proof = (0, tape.loans[loan], tree.proof(loan), tape.fields(loan)[place], tape.fields_tree(loan).proof(place))
        claim, leaf = tape.values[loan][1], tree.nodes[tree.places[loan]]
        model = partial(book.open_case, self.sales, leaf, claim, outstanding, 0, Case(True, SUBJECT, SCHEMA))
        opening = (outstanding, 0, True, "0x" + 40 * "0", SUBJECT)
        self._sold(model, self.sold.book.open, proof, opening, by=self.live.parties.servicer)
        if confirmed and (number := len(self.sales.cases)):
            seen, content = self.sales.cases[number].joining.content, self.sold.book.joiningOf(number).content
            confirm = partial(book.confirm, self.sales, number, seen)
            self._sold(confirm, self.sold.book.confirm, number, content, by=self.overseer)

    def sell(self, number: int = 1) -> None:
        """By the servicer: what is worth 4 from 5 down to 3 in ten hours."""
        way, servicer = Strategy.LOAN_SALE, self.live.parties.servicer
        propose = partial(book.propose, self.sales, number, way, Plan(), self.lab.now)
        self._sold(propose, self.sold.book.propose, number, way, NO_PLAN, by=servicer)
        self._sold(partial(book.sell, self.sales, number, self.lab.now), self.sold.book.sell, number, by=servicer)

    def fire(self, cure: int, number: int = 1) -> None:
        """A trigger fired, without a fee for who showed it."""
        way, keeper = Strategy.LOAN_SALE, self.newcomer
        model = partial(book.fire, self.sales, number, keeper.address, 0, cure, way, self.lab.now)
        self._sold(model, self.sold.book.fire, number, keeper, 0, cure, way, by=self.overseer)

    def cured(self, number: int = 1) -> None:
        """What fired is no more."""
        self._sold(partial(book.cured, self.sales, number), self.sold.book.cured, number, by=self.overseer)

    def take(self, number: int = 1, *, highest: int = 3) -> None:
        """The newcomer takes all, at the floor: what it pays for what is worth 4 is 3."""
        self.lab.now += STEPS.fall
        given = {"wanted": ALL, "at_least": ALL, "highest": highest}
        model = partial(STEPS.take, self.sales, number, self.newcomer.address, self.lab.now, **given)
        self._sold(model, self.sold.auctions[0].take, number, ALL, ALL, highest, by=self.newcomer)

    def nobody_bids(self, number: int = 1) -> None:
        """Both rounds pass, and the case is held again."""
        for _ in range(2):
            self.lab.now += STEPS.longest
            self.relist(number)

    def relist(self, number: int = 1) -> None:
        """The next round of what nobody took, or the end of it; by anyone."""
        model = partial(house.relist, self.sales, number, self.lab.now)
        self._sold(model, self.sold.house.relist, number, by=self.newcomer)

    def pay_out(self) -> None:
        """What the servicer is owed of costs; by anyone."""
        servicer = self.live.parties.servicer
        self._sold(
            partial(house.pay_out, self.sales, servicer.address), self.sold.house.payOut, servicer, by=self.newcomer
        )

    def open_loss(self) -> int:
        """What chain and model say that may still be lost."""
        told = self.live.fund.announced()
        assert told == self.fund.open_loss(self.fund._last_run)
        return int(told)

    def _sold(self, model: Any, method: Any, *args: Any, by: Any) -> None:
        """The model's rule, whole or not at all."""
        self._do(partial(self.sales.attempt, model), method, *args, by=by)
