"""A deal of one tranche whose cash is all return, and one in which it is principal first."""

import pytest

from tests.utils.full_deal import Line, Terms, Tranche, build, step


@pytest.fixture
def sold(lab):
    """So many units, all with `holder 0`; each run spreads what was collected over them, as return or as principal."""

    def sell(units, *, principal=False, rule="OpenCompliance", periods=12):
        steps = ((step("principal", 0),) if principal else ()) + (step("split", 0),)
        terms = Terms((Tranche(units),), steps, lines=[Line()], periods=periods)
        return build(lab, terms, rule=rule).sell()

    return sell


@pytest.fixture
def deal(sold):
    """60,000 units, a supply that divides the parts of a settlement unit."""
    return sold(60_000)


@pytest.fixture
def note(deal):
    return deal.notes[0]


@pytest.fixture
def holder(deal):
    return deal.holders[0]


@pytest.fixture
def other(lab):
    return lab.actor("other")


@pytest.fixture
def agent(lab):
    return lab.actor("agent")
