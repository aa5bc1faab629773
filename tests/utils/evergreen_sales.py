"""A loan of an evergreen deal worked alone: house, book and a falling price beside the gates, and in the model."""

from __future__ import annotations

from functools import partial

from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.lab import Lab
from salvor.model.liquidation import book, house
from salvor.model.liquidation.state import HOUSE, Case, Plan, State, Strategy, StrategyTerms
from tests.property.evergreen_stage import UNLIMITED
from tests.property.liquidation_stage import CLAIM, SALE, STEPS
from tests.utils.evergreen_cases import case
from tests.utils.gates import Gates
from tests.utils.leaves import SCHEMA, SmallTape

TAPE = SmallTape((("1", 403, 0), ("2", 597, 0), ("3", 500, 0)))
SIZES = (1_000, 300, 200)
SUBJECT = b"\1" * 32
STRATEGIES = (*(StrategyTerms() for _ in range(3)), StrategyTerms(0, rounds=2, **SALE), StrategyTerms())
ALL, NO_PLAN = STEPS.units, (0, 0, 0)


class GatesAndSales(Gates):
    """Senior 1,000, mezzanine 300, junior 200; claims of 403, 597 and 500, which are carried in full."""

    def __init__(self, lab: Lab) -> None:
        gates = case(lab, SIZES, tape=TAPE.committed, loan_count=len(TAPE.values))
        super().__init__(gates.mirror)
        self.overseer, parties = lab.actor("overseer"), self.live.parties
        self.values = lab.deploy("ValueBoard", sender=parties.admin)
        terms = LiquidationTerms(CLAIM, 0, STRATEGIES, (STEPS,))
        self.sold = deploy_liquidation(lab.contracts, self.live, terms, values=self.values, overseer=self.overseer)
        self._let_the_overseer_fire()
        lab.call_it(self.sold.house, HOUSE)
        self.live.settlement.approve(self.sold.house, UNLIMITED, sender=self.newcomer)
        self.sales = State(self.deal, STRATEGIES, (STEPS,), parties.servicer.address, "0x" + 40 * "0")
        self.fund.sales = self.sales

    def open(self, loan: int, outstanding: int) -> None:
        """A case with one loan of the tape, by the servicer; what it is about is worth 4."""
        self.sales.values[SUBJECT] = (4, True)
        self.values.write(SUBJECT, 4, True, sender=self.newcomer)
        place, tree = 1, TAPE.tree
        proof = (0, TAPE.loans[loan], tree.proof(loan), TAPE.fields(loan)[place], TAPE.fields_tree(loan).proof(place))
        claim, leaf = TAPE.values[loan][1], tree.nodes[tree.places[loan]]
        model = partial(book.open_case, self.sales, leaf, claim, outstanding, 0, Case(True, SUBJECT, SCHEMA))
        opening = (outstanding, 0, True, "0x" + 40 * "0", SUBJECT)
        self._do(model, self.sold.book.open, proof, opening, by=self.live.parties.servicer)
        number = len(self.sales.cases)
        self._do(partial(book.confirm, self.sales, number, 1), self.sold.book.confirm, number, 1, by=self.overseer)

    def sell(self, number: int = 1) -> None:
        """By the servicer: from 5 down to 3 in ten hours."""
        way, servicer = Strategy.LOAN_SALE, self.live.parties.servicer
        propose = partial(book.propose, self.sales, number, way, Plan(), self.lab.now)
        self._do(propose, self.sold.book.propose, number, way, NO_PLAN, by=servicer)
        self._do(partial(book.sell, self.sales, number, self.lab.now), self.sold.book.sell, number, by=servicer)

    def fire(self, cure: int, number: int = 1) -> None:
        """A trigger fired, without a fee for who showed it."""
        way, keeper = Strategy.LOAN_SALE, self.newcomer
        model = partial(book.fire, self.sales, number, keeper.address, 0, cure, way, self.lab.now)
        self._do(model, self.sold.book.fire, number, keeper, 0, cure, way, by=self.overseer)

    def cured(self, number: int = 1) -> None:
        """What fired is no more."""
        self._do(partial(book.cured, self.sales, number), self.sold.book.cured, number, by=self.overseer)

    def take(self, number: int = 1) -> None:
        """The newcomer takes all, at the floor: what it pays is 3."""
        self.lab.now += STEPS.fall
        given = {"wanted": ALL, "at_least": ALL, "highest": 3}
        model = partial(STEPS.take, self.sales, number, self.newcomer.address, self.lab.now, **given)
        self._do(model, self.sold.auctions[0].take, number, ALL, ALL, 3, by=self.newcomer)

    def nobody_bids(self, number: int = 1) -> None:
        """Both rounds pass, and the case is held again."""
        for _ in range(2):
            self.lab.now += STEPS.longest
            model = partial(house.relist, self.sales, number, self.lab.now)
            self._do(model, self.sold.house.relist, number, by=self.newcomer)

    def open_loss(self) -> int:
        """What chain and model say that may still be lost."""
        told = self.live.fund.announced()
        assert told == self.fund.open_loss(self.fund._last_run)
        return int(told)

    def _let_the_overseer_fire(self) -> None:
        access, sold = self.live.access, self.sold.book
        selectors = [sold.fire.selector, sold.cured.selector]
        access.setTargetFunctionRole(sold, selectors, access.OVERSEER(), sender=self.live.parties.admin)
