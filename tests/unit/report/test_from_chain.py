"""The statement read off the chain: what strangers send does not disturb it, and every line is what it says."""

from pathlib import Path

import pytest

from salvor.chain.send import send
from salvor.deal.load import load_deal
from salvor.report.from_chain import read_statement
from tests.utils.world import EQUITY, SENIOR

SHIPPED = Path("deals/charged-off-accounts/deal.yaml")  # for the names of the three tranches


def statement(world):
    investors = dict(zip(("senior holder", "mezzanine holder", "equity holder"), world.holders, strict=True))
    return read_statement(world.live, load_deal(SHIPPED), investors=investors)


def play(world):
    """All periods on plan, nothing claimed."""
    for period in range(1, 5):
        world.run(period, 40_000)


def test_adds_up_before_anything_is_claimed(closed):
    play(closed)
    cash = statement(closed).reconciliation
    assert (cash.subscriptions, cash.collections, cash.purchase_price) == (100_000, 160_000, 100_000)
    assert (cash.fees, cash.claims, cash.cash_held, cash.unasked) == (0, 0, 160_000, 0)
    assert cash.holds


def test_counts_what_was_claimed_as_paid_out(closed):
    play(closed)
    send(closed.live.notes[SENIOR].claim, sender=closed.holders[SENIOR])
    send(closed.live.waterfall.claimFees, sender=closed.outsider)
    cash = statement(closed).reconciliation
    senior = statement(closed).tranches[SENIOR]
    assert (cash.fees, cash.claims) == (9_600, senior.interest + senior.principal)
    assert cash.holds


@pytest.mark.parametrize("where", ["offering", "pool", "waterfall", "note 0"])
def test_sets_apart_what_a_stranger_sent(closed, where):
    """One unit sent to a contract can't be swept out; it must not stop the statement for ever."""
    play(closed)
    closed.fund(closed.outsider, 1)
    send(closed.live.settlement.transfer, closed.live.cash_contracts()[where], 1, sender=closed.outsider)
    cash = statement(closed).reconciliation
    assert (cash.unasked, cash.cash_in, cash.cash_held) == (1, 260_000, 160_000)
    assert cash.holds


def test_keeps_refunds_apart_from_the_price_when_the_seller_invests(world):
    seller = world.live.parties.seller
    world.admit(seller)
    world.subscribe(seller, EQUITY, 15_000)
    send(world.live.offering.unsubscribe, EQUITY, 15_000, sender=seller)
    world.close()
    play(world)
    cash = statement(world).reconciliation
    assert (cash.subscriptions, cash.purchase_price, cash.refunds) == (115_000, 100_000, 15_000)
    assert cash.holds
