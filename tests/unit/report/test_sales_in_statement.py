"""Cash of sales in the statement: it stands beside the deal's own, and disturbs no figure of it."""

from dataclasses import replace

import pytest

from salvor.chain.send import send
from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.model.liquidation.state import Strategy
from tests.property.liquidation_stage import CLAIM, CLIMB, SEALED, SEALED_STRATEGIES, STEPS, SUBJECTS, UNLIMITED
from tests.unit.report.test_from_chain import statement
from tests.utils.world import DAY, TAPE

NOBODY, NO_PLAN = "0x" + 40 * "0", (0, 0, 0)
DEPOSIT = 3_050


@pytest.fixture
def selling(closed):
    """The property behind a loan of 30,000 climbs from 30,500; holders bid. Its debtor is the distributor itself."""
    live, parties = closed.live, closed.live.parties
    admin = parties.admin
    board = admin.deploy(closed.project.ValueBoard)
    terms = LiquidationTerms(CLAIM, 0, SEALED_STRATEGIES, (STEPS, CLIMB, SEALED))
    sold = deploy_liquidation(closed.project, live, terms, values=board)
    closed = replace(closed, live=replace(live, liquidation=sold))
    for place, loan in enumerate((1, 2)):
        send(board.write, SUBJECTS[place], 50_000, True, sender=admin)
        field, proof = TAPE.fields(loan)[1], TAPE.fields_tree(loan).proof(1)
        shown = (0, TAPE.loans[loan], TAPE.tree.proof(loan), field, proof)
        opening = (30_000, 0, True, live.distributor if place == 0 else NOBODY, SUBJECTS[place])
        send(sold.book.open, shown, opening, sender=parties.servicer)
        send(sold.book.confirm, place + 1, sold.book.joiningOf(place + 1).content, sender=parties.manager)
    send(sold.book.switchTo, 1, Strategy.FORECLOSURE, NO_PLAN, sender=parties.manager)
    send(sold.book.sell, 1, sender=parties.servicer)
    for who in closed.holders:
        closed.fund(who, 100_000)
        send(live.settlement.approve, sold.house, UNLIMITED, sender=who)
    return closed


def reckoned(world):
    """Cash of sales, collections, paid out, held for the deal and unasked; all must add up."""
    shown = statement(world)
    cash = shown.reconciliation
    assert cash.holds
    return shown.sales_held, cash.collections, cash.cash_out, cash.cash_held, cash.unasked


def test_bids_and_refunds_are_none_of_the_deals(selling):
    first, second, _ = selling.holders
    sold, before = selling.live.liquidation, reckoned(selling)
    assert before == (0, 0, 0, 100_000, 0)
    send(sold.auctions[1].bid, 1, 30_500, sender=first)
    send(sold.auctions[1].bid, 1, 40_000, sender=second)
    assert reckoned(selling) == (70_500, *before[1:])
    send(sold.house.payOut, first, sender=selling.outsider)
    assert reckoned(selling) == (40_000, *before[1:])


def test_a_bid_that_wins_is_collected_but_for_the_costs_and_what_is_the_debtors(selling):
    sold = selling.live.liquidation
    send(sold.auctions[1].bid, 1, 40_000, sender=selling.holders[0])
    selling.at(selling.now + 2 * DAY)
    send(sold.auctions[1].settle, 1, sender=selling.outsider)
    assert reckoned(selling) == (10_000, 30_000, 0, 130_000, 0)
    send(sold.house.payOut, selling.live.parties.servicer, sender=selling.outsider)
    assert reckoned(selling) == (10_000 - 97, 30_000, 0, 130_000, 0)


def test_what_the_house_pays_to_a_contract_of_the_deal_is_unasked_there(selling):
    sold = selling.live.liquidation
    send(sold.auctions[1].bid, 1, 40_000, sender=selling.holders[0])
    selling.at(selling.now + 2 * DAY)
    send(sold.auctions[1].settle, 1, sender=selling.outsider)
    send(sold.house.payOut, selling.live.distributor, sender=selling.outsider)
    assert reckoned(selling) == (97, 30_000, 0, 130_000, 10_000 - 97)


def test_deposits_and_payments_are_told_apart_from_what_a_stranger_sent(selling):
    sold, parties = selling.live.liquidation, selling.live.parties
    bidder, debtor, stranger = selling.holders
    send(sold.book.pay, 2, 500, sender=debtor)
    send(sold.book.switchTo, 2, Strategy.LOAN_SALE, NO_PLAN, sender=parties.manager)
    send(sold.book.sell, 2, sender=parties.servicer)
    send(sold.auctions[2].commit, 2, 1, b"\1" * 28, sender=bidder)
    send(selling.live.settlement.transfer, selling.live.distributor, 7, sender=stranger)
    assert reckoned(selling) == (DEPOSIT, 500, 0, 100_500, 7)
    selling.at(selling.now + SEALED.longest)
    send(sold.house.relist, 2, sender=selling.outsider)  # nobody told a price: the deposit is the case's
    assert reckoned(selling) == (11, 500 + DEPOSIT - 11, 0, 100_500 + DEPOSIT - 11, 7)
