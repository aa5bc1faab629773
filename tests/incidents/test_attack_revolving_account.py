"""Attack: the manager empties the revolving account to the seller after the holders have ended revolving.

Once a named trigger ended revolving, or the senior class voted for acceleration, the account belongs to the next
run, yet until that run, up to a whole period, further loans could still be bought with it. And after it, in any
later period, loans for nothing could be added, whose gross balance cures an over-collateralisation test. Now both
are refused (rule 4).
"""

from dataclasses import replace

import pytest

from tests.utils.full_deal import WAD, Terms, Tranche, build, step

STEPS = (step("principal", 0), step("residual", 1))
TERMS = Terms((Tranche(60_000), Tranche(40_000)), STEPS, accelerated=STEPS, revolves_to=2)
TAPE = (b"\x01" * 32, 7, 1)


@pytest.fixture
def buy(lab):
    """The manager buys further loans at a price."""
    return lambda deal, price, tape=TAPE: deal.pool.buyFurther(tape, price, sender=lab.actor("manager"))


def test_nothing_is_bought_once_the_senior_class_has_voted(lab, buy):
    deal = build(lab, TERMS).sell()
    deal.run(20_000)
    buy(deal, 1)
    deal.vote.call(sender=deal.holders[0])
    lab.wait(1)
    deal.vote.vote(sender=deal.holders[0])
    with lab.refused("NotRevolving"):
        buy(deal, 19_999)
    assert deal.run(0).principal == (19_999, 0)


def test_nothing_is_bought_once_a_trigger_has_ended_revolving(lab, buy):
    terms = replace(TERMS, triggers=[("collection ratio", 0, WAD, 1)], stops=1)
    deal = build(lab, terms).sell()
    deal.run(20_000)
    assert deal.waterfall.trigger(0).on
    with lab.refused("NotRevolving"):
        buy(deal, 20_000)
    assert deal.run(0).principal == (20_000, 0)


def test_no_loans_for_nothing_cure_a_test_after_revolving(lab, buy):
    cover = ("over-collateralisation", 0, 2 * WAD, 1)
    terms = replace(TERMS, ledgers=True, revolves_to=1, triggers=[cover], stops=1)
    deal = build(lab, terms).sell()
    deal.run(0)
    buy(deal, 0)  # the account's run is still to come
    deal.run(0)
    assert not deal.waterfall.trigger(0).on  # it is the run that ended revolving
    with lab.refused("NotRevolving"):
        buy(deal, 0, (b"\x02" * 32, 7, 2**100))
    deal.run(0, written_off=100_000)
    assert deal.waterfall.trigger(0).on
