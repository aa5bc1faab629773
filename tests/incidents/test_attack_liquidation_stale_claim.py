"""Attack: a debtor pays half, nobody notes it, and a hold is counted with the debt of before.

Checkpoints measure with the claim that was noted last, so that they stay cheap: who kept it stale counted a hold that
was never there, and fired at the first second at which the cause was. Now a hold counts only as far as the claim that
was noted is at most a margin above the claim as it is (rule 33): else it begins anew, by `watch` as by `fire`.
"""

import pytest

from salvor.model.liquidation.state import Stage
from tests.property.trigger_stage import key_bytes, set_triggers
from tests.utils.selling import Selling
from tests.utils.world import DAY, WAD

KEY = "COLLATERAL/1"
HOLD = 2 * DAY


class Watching(Selling):
    """Case 1, a claim of 200 whole units; trigger 0 looks for a coverage below 80 %, with a margin of 10 %."""

    def __init__(self, watched) -> None:
        super().__init__(watched.sales)
        self.watched, self.triggers = watched, watched.book
        self.worth(20_000)
        self.open(1, 20_000)
        self.note()

    def note(self):
        self.triggers.watch(1, 0, sender=self.outsider)

    def look(self, value):
        self.watched.teach(KEY, 0, value * WAD, self.now)
        self.watched.hub.poke(key_bytes(KEY), sender=self.outsider)
        return self.triggers.check(1, 0, sender=self.outsider).return_value

    def look_daily(self, value, days):
        for _ in range(days):
            assert self.look(value) == 1
            self.lab.wait(DAY)

    def show(self):
        return self.triggers.fire(1, 0, sender=self.outsider)


@pytest.fixture
def half_paid(lab):
    """150 cover the 100 that are left by far, and stand below 80 % of the 200 that were noted."""
    here = Watching(set_triggers(lab))
    here.look(150)
    here.pay(10_000)
    here.look_daily(150, 2)
    here.look(79)
    return here


def test_a_hold_that_was_counted_with_a_stale_claim_fires_nothing(half_paid, lab):
    with lab.refused("NotHeld", 1, 0, 0, HOLD):
        half_paid.show()


def test_nor_does_it_once_the_claim_is_noted(half_paid, lab):
    half_paid.note()
    assert half_paid.triggers.watchOf(1, 0).since == 0
    with lab.refused("NotHeld", 1, 0, 0, HOLD):
        half_paid.show()


def test_a_hold_counted_with_the_claim_as_it_is_fires(half_paid):
    half_paid.note()
    half_paid.look_daily(79, 2)
    half_paid.look(79)
    half_paid.show()
    assert half_paid.stage() == Stage.CURE


@pytest.mark.parametrize("noted", [True, False])
def test_a_payment_within_the_margin_begins_nothing_anew(lab, noted):
    here = Watching(set_triggers(lab))
    here.look_daily(140, 1)
    here.pay(2_000)
    if noted:
        here.note()
    here.look_daily(140, 1)
    here.look(140)
    here.show()
    assert (here.stage(), here.triggers.watchOf(1, 0).claim) == (Stage.CURE, 18_000)


def test_a_unit_more_than_the_margin_does(lab):
    here = Watching(set_triggers(lab))
    here.look_daily(140, 2)
    here.look(140)
    here.pay(2_001)
    with lab.refused("NotHeld", 1, 0, 0, HOLD):
        here.show()
