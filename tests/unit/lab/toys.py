"""A purse without a chain, with bugs to choose from: what a search must find is known beforehand."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from salvor.errors import EngineGone, NotAsExpected


def purse_with(bug=None):
    """A machine class of its own for each test: counters start at zero, and the bug is fixed."""

    class Purse(RuleBasedStateMachine):
        torn_down = made = 0
        seen: ClassVar[list] = []

        def __init__(self):
            super().__init__()
            type(self).made += 1
            self.units = 0
            self.open = True
            self.payments = 0

        def teardown(self):
            type(self).torn_down += 1

        @initialize(start=st.sampled_from([0, 10, 100]))
        def begin(self, start):
            self.units = start

        @rule(units=st.integers(0, 1_000))
        def pay_in(self, units):
            self.units += units
            self.payments += 1

        @precondition(lambda self: self.units > 0)
        @rule(part=st.integers(1, 10))
        def pay_out(self, part):
            assert self.units > 0, "a rule ran without its precondition"
            self.units -= self.units // part
            if bug == "closes" and part == 7:
                self.open = False

        @rule(flag=st.booleans())
        def look(self, flag):
            self.seen.append(flag)
            if bug == "dies" and flag:
                raise EngineGone("toy", "it was killed")
            if bug == "two" and flag:
                raise NotAsExpected("TOY-02: twice" if self.payments > 1 else "TOY-01: before")

        if bug == "one rule more":

            @rule()
            def rest(self):
                """Nothing."""

        @invariant()
        def never_odd_when_closed(self):
            if not self.open and self.units > 500:
                raise NotAsExpected(f"TOY-01: closed with {self.units}")
            if bug == "born" and self.units == 100:
                raise NotAsExpected("TOY-01: from the beginning")

    return Purse
