"""Investors come and go while loans are worked alone and sold: what may be lost closes the exits, in any order."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from salvor.model.terms import Revolving, TriggerKind, TriggerTerms
from tests.property.evergreen_stage import DAY, PERCENT, evergreen, set_stage, small_deal
from tests.property.liquidation_stage import HOUR
from tests.property.test_evergreen_machine import MovingEvergreenMachine
from tests.utils.evergreen_sales import STRATEGIES, GatesAndSales, set_sales
from tests.utils.leaves import SmallTape

TAPE = SmallTape((("1", 90_000, 0), ("2", 70_000, 0), ("3", 40_000, 0)))
TESTS = tuple(
    TriggerTerms(TriggerKind.OVER_COLLATERALISATION, level * PERCENT, tranche=place)
    for place, level in ((0, 300), (1, 210))
)
DEAR = (*STRATEGIES[:3], replace(STRATEGIES[3], cost=1_000), *STRATEGIES[4:])  # what is sold costs the servicer that
loans = st.integers(0, 2)
cases = st.integers(0, 2)


class EvergreenSalesMachine(MovingEvergreenMachine):
    """The evergreen machine over a deal with a house, and coverage tests that bind; what can't be is refused alike."""

    @classmethod
    def set_stage(cls, lab) -> None:
        own = {"triggers": TESTS, "revolving": Revolving(6, frozenset({0, 1})), "loan_count": len(TAPE.values)}
        terms = small_deal(lab.now + 10 * DAY, evergreen(), **own)
        cls.lab, cls.staged = lab, set_sales(set_stage(lab, terms, tape=TAPE.committed), DEAR)

    def _mirror(self):
        self.sales = GatesAndSales(self.lab, self.staged, TAPE)
        return self.sales.mirror

    @rule(loan=loans, part=st.sampled_from([2, 4]), worth=st.sampled_from([0, 900, 20_000, 90_000]), seen=st.booleans())
    def open_case(self, loan, part, worth, seen) -> None:
        self.sales.open(loan, TAPE.values[loan][1] * part // 4, worth, confirmed=seen)

    def _case(self, drawn) -> int:
        """The number of one that is open; 0 where there is none."""
        count = len(self.sales.sales.cases)
        return drawn % count + 1 if count else 0

    @rule(drawn=cases)
    def sell(self, drawn) -> None:
        if number := self._case(drawn):
            self.sales.sell(number)

    @rule(drawn=cases, days=st.sampled_from([0, 1, 40]))
    def fire(self, drawn, days) -> None:
        if number := self._case(drawn):
            self.sales.fire(days * DAY, number)

    @rule(drawn=cases)
    def cured(self, drawn) -> None:
        if number := self._case(drawn):
            self.sales.cured(number)

    @rule(drawn=cases, highest=st.sampled_from([3, 10**6]))
    def take(self, drawn, highest) -> None:
        if number := self._case(drawn):
            self.sales.take(number, highest=highest)

    @rule(drawn=cases)
    def relist(self, drawn) -> None:
        if number := self._case(drawn):
            self.sales.relist(number)

    @rule()
    def pay_out(self) -> None:
        self.sales.pay_out()

    @rule(hours=st.sampled_from([1, 5, 15, 100]))
    def wait_for_a_round(self, hours) -> None:
        self._until(self.m.now + hours * HOUR)


@pytest.mark.engines("revm")
def test_an_evergreen_deal_that_sells_loans_is_its_model(lab, prove):
    EvergreenSalesMachine.set_stage(lab)
    prove(EvergreenSalesMachine, steps=600)
