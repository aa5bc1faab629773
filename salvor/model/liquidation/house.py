"""The house: cash of all sales, the account of each case, title (sections 3 and 4)."""

from __future__ import annotations

from typing import Any

from salvor.model.deal import NOBODY
from salvor.model.liquidation.state import (
    HOUSE,
    Account,
    Offer,
    Standing,
    State,
    StrategyTerms,
    part_up,
    share_up,
)
from salvor.model.pool import Proceeds
from salvor.model.refusal import Refused
from salvor.model.terms import ONE

ALL = None  # of the rest is lost, down to no credit


def must(state: State, case: int, needed: Standing) -> Account:
    """The account of a case that stands so."""
    account = state.accounts.get(case) or Account(standing=Standing.NONE)
    if account.standing != needed:
        raise Refused("WrongStanding", case, account.standing, needed)
    return account


def auction_of(state: State, account: Account) -> Any:
    """The terms of the auction that sells a case: they know its rules."""
    return state.auctions[account.auction or 0]


def expose(state: State, case: int, keeper: str, fee: int) -> None:
    """Rule 15, with the keeper's fee; one that an earlier keeper still has to get becomes costs."""
    account = state.accounts[case]
    account.costs_due += account.keeper_due
    account.keeper, account.keeper_due = keeper, fee
    _expose(state, account)


def calm(state: State, account: Account) -> None:
    """Neither cure nor sale runs any more."""
    state.exposed -= account.exposed
    account.exposed = 0


def offer(state: State, case: int, terms: StrategyTerms, start: int, floor: int, debtor: str, now: int) -> None:
    """Rule 16: the first round."""
    account = must(state, case, Standing.HELD)
    latest, last = now + state.auctions[terms.auction or 0].longest, state.deal.terms.period_ends[-1]
    if latest > last:
        raise Refused("TooLateToSell", latest, last)
    account.standing, account.round, account.rounds = Standing.ON_SALE, 0, terms.rounds
    account.credit_bid, account.units, account.haircut = terms.credit_bid, terms.units, terms.haircut
    account.costs_due += terms.cost
    account.auction, account.start, account.floor, account.debtor = terms.auction, start, floor, debtor
    _expose(state, account)
    state.deal.pool.wait_for_proceeds()
    _begin(state, case, account, terms.units, now)


def cancel(state: State, case: int, now: int) -> None:
    """Rule 9: all is paid next."""
    account = must(state, case, Standing.ON_SALE)
    account.standing = Standing.HELD
    auction_of(state, account).cancel(state, case, now)
    bring(state, account, 0, done=True)
    state.ended["paid"] += 1


def pay(state: State, case: int, payer: str, cash: int, *, closes: bool) -> None:
    """Rule 9: a payment on a case that is held."""
    account = must(state, case, Standing.HELD)
    pull(state, payer, cash)
    if closes:
        account.standing = Standing.CLOSED
        calm(state, account)
    bring(state, account, cash, closes=closes)


def pull(state: State, payer: str, cash: int) -> None:
    """Cash comes in."""
    state.deal.asset.bring(payer, HOUSE, cash)
    state.came_in += cash


def pull_bid(state: State, case: int, bidder: str, cash: int, now: int) -> None:
    """Cash of a bidder comes in, if admitted."""
    must(state, case, Standing.ON_SALE)
    if not state.admits(bidder, now):
        raise Refused("NotEligible", bidder)
    pull(state, bidder, cash)


def pass_title(
    state: State, case: int, buyer: str, units: int, now: int, *, held: int = 0, more: int = 0, last: bool
) -> None:
    """Rules 11 and 14: title and price at once."""
    account = must(state, case, Standing.ON_SALE)
    if not state.admits(buyer, now):
        raise Refused("NotEligible", buyer)
    if last:
        account.standing = Standing.CLOSED
        calm(state, account)
        state.ended["sold"] += 1
    state.titles[case, buyer] += units
    pull(state, buyer, more)
    bring(state, account, held + more, closes=last, done=last)


def relist(state: State, case: int, now: int) -> None:
    """Rule 18: the next round, or the end."""
    account = must(state, case, Standing.ON_SALE)
    auction = auction_of(state, account)
    left, forfeited = auction.finish(state, case, now)
    last = state.deal.terms.period_ends[-1]
    if account.round == account.rounds or now + auction.longest > last:
        return _end_sale(state, case, account, left, forfeited, now)
    if forfeited:
        bring(state, account, forfeited)
    account.start = share_up(account.start, ONE - account.haircut)
    account.floor = share_up(account.floor, ONE - account.haircut)
    state.ended["relisted"] += 1
    return _begin(state, case, account, left, now)


def pay_out(state: State, account: str) -> int:
    """Rule 10: what an account is owed."""
    cash = state.owed[account]
    state.deal.asset.move(HOUSE, account, cash)
    state.owed[account] = 0
    state.paid_out += cash
    return cash


def bring(
    state: State, account: Account, cash: int, *, closes: bool = False, credit: int = 0, done: bool = False
) -> int:
    """Rules 11 to 13: what a case brings, and what is lost when it closes, down to a credit bid."""
    fees = _pay_fees(state, account, cash)
    net = cash - fees
    to_debtor = 0
    if account.debtor != NOBODY:
        to_debtor = min(net, max(0, account.brought + net - account.outstanding - account.written_off))
        state.owed[account.debtor] += to_debtor
        net -= to_debtor
    before = account.brought
    account.brought += net
    recovered = account.recovered(account.brought) - account.recovered(before)
    loss = max(0, account.rest - credit) if closes else 0
    if net + fees or loss or done:
        state.deal.take_proceeds(Proceeds(net + fees, fees, loss, recovered), HOUSE, done=done)
        state.to_pool += net
    return loss


def _pay_fees(state: State, account: Account, cash: int) -> int:
    to_keeper = min(cash, account.keeper_due)
    account.keeper_due -= to_keeper
    state.owed[account.keeper] += to_keeper
    to_servicer = min(cash - to_keeper, account.costs_due)
    account.costs_due -= to_servicer
    state.owed[state.servicer] += to_servicer
    return to_keeper + to_servicer


def _begin(state: State, case: int, account: Account, left: int, now: int) -> None:
    account.round += 1
    auction_of(state, account).begin(state, case, Offer(account.start, account.floor, account.units, left), now)


def _end_sale(state: State, case: int, account: Account, left: int, forfeited: int, now: int) -> None:
    account.standing = Standing.HELD
    calm(state, account)
    taken = account.credit_bid and state.vehicle != NOBODY and state.admits(state.vehicle, now)
    credit = 0
    if taken:
        credit = part_up(account.floor, left, account.units)
        state.titles[case, state.vehicle] += left
    loss = bring(state, account, forfeited, closes=taken, credit=credit, done=True)
    account.outstanding -= loss
    state.ended["credit bid" if taken else "back"] += 1


def _expose(state: State, account: Account) -> None:
    if not account.exposed:
        account.exposed = account.rest
        state.exposed += account.rest
