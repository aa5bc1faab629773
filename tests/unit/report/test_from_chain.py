"""The statement read off the chain: what strangers send does not disturb it, and every line is what it says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from salvor.chain.send import send
from salvor.deal.load import load_deal
from salvor.report.from_chain import read_statement
from salvor.report.statement import CreditLine, TriggerLine
from tests.utils.deploy import with_terms
from tests.utils.world import EQUITY, MEZZANINE, SENIOR, WAD

SHIPPED = Path("deals/charged-off-accounts/deal.yaml")  # for the names of tranches and trigger


def statement(world):
    investors = dict(zip(("senior holder", "mezzanine holder", "equity holder"), world.holders, strict=True))
    return read_statement(world.live, load_deal(SHIPPED), investors=investors)


def play(world):
    """All periods on plan, nothing claimed."""
    for period in range(1, 5):
        world.run(period, 40_000)


def test_adds_up_before_anything_is_claimed(closed):
    play(closed)
    shown = statement(closed)
    cash = shown.reconciliation
    assert (cash.subscriptions, cash.collections, cash.credits) == (100_000, 160_000, 0)
    assert shown.credits == (CreditLine("seller", 0, 100_000), CreditLine("servicer", 0, 9_600))
    assert (cash.claims, cash.cash_held, cash.unasked) == (0, 260_000, 0)
    assert cash.holds


def test_counts_what_was_claimed_as_paid_out(closed):
    play(closed)
    send(closed.live.notes[SENIOR].claim, sender=closed.holders[SENIOR])
    for party in (closed.live.parties.seller, closed.live.parties.servicer):
        send(closed.live.distributor.payCredit, party, sender=closed.outsider)
    shown = statement(closed)
    senior = shown.tranches[SENIOR]
    assert shown.credits == (CreditLine("seller", 100_000, 0), CreditLine("servicer", 9_600, 0))
    assert shown.reconciliation.claims == senior.interest + senior.principal == shown.holders[SENIOR].claimed
    assert shown.reconciliation.holds


def test_tells_when_each_tranche_was_paid_and_in_how_many_runs_a_trigger_was_on(closed):
    for period, cash in enumerate((30_000, 50_000, 40_000, 0), start=1):  # behind plan in the first run
        closed.run(period, cash)
    shown = statement(closed)
    days = [datetime.fromtimestamp(end, UTC).date() for end in closed.terms.period_ends]
    assert [day for day, _ in shown.tranches[SENIOR].paid] == days[:2]
    assert [day for day, _ in shown.tranches[EQUITY].paid] == days[2:3]
    assert sum(units for _, units in shown.tranches[MEZZANINE].paid) == 25_000 + shown.tranches[MEZZANINE].interest
    assert shown.triggers == (TriggerLine("behind plan", 1),)


def test_subtracts_the_costs_of_the_servicer(closed):
    closed.run(1, 40_000, costs=1_000)
    shown = statement(closed)
    assert (shown.collected, shown.reconciliation.collections) == (39_000, 39_000)
    assert shown.reconciliation.holds


@pytest.mark.parametrize("where", ["offering", "distributor"])
def test_sets_apart_what_a_stranger_sent(closed, where):
    """One unit sent to a contract can't be swept out; it must not stop the statement for ever."""
    play(closed)
    closed.fund(closed.outsider, 1)
    send(closed.live.settlement.transfer, closed.live.cash_contracts()[where], 1, sender=closed.outsider)
    cash = statement(closed).reconciliation
    assert (cash.unasked, cash.cash_in, cash.cash_held) == (1, 260_000, 260_000)
    assert cash.holds


def test_counts_cash_that_is_reported_and_not_run(closed):
    closed.run(1, 40_000)
    closed.report(2, 30_000)
    cash = statement(closed).reconciliation
    assert (cash.collections, cash.cash_held) == (70_000, 170_000)
    assert cash.holds


def test_keeps_refunds_apart_when_the_seller_invests(world):
    seller = world.live.parties.seller
    world.sell_all()
    world.admit(seller)
    world.order(seller, EQUITY, 15_000)
    send(world.live.offering.reduce, EQUITY, 14_999, sender=seller)
    world.at(world.terms.closing)
    send(world.live.offering.close, sender=world.outsider)
    world.settle(world.holders[EQUITY], EQUITY)  # 15,000 x 15,000 / 15,001 notes, and no whole unit back
    world.settle(seller, EQUITY)
    world.run(1, 40_000)
    cash = statement(world).reconciliation
    assert (cash.subscriptions, cash.refunds) == (115_000, 14_999)
    assert cash.cash_held == 100_000 + 1 + 40_000
    assert cash.holds


def test_tells_what_was_written_off_and_what_it_cost(world):
    deal = with_terms(world, carrying_ratio=WAD // 3).close()
    deal.run(1, 30_000, written_off=400)
    deal.run(2, 0, written_off=100)
    shown = statement(deal)
    assert (shown.written_off, shown.carrying_ratio, shown.written_off_loss) == (500, WAD // 3, 166)
