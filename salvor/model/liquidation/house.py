"""The house: cash of all sales, the account of each case, title (sections 3 and 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from salvor.model.deal import NOBODY, Deal
from salvor.model.liquidation import cash as apart
from salvor.model.liquidation.state import (
    MOST,
    MOST_COSTS,
    Account,
    Ended,
    Standing,
    State,
    Strategy,
    part_up,
    share_up,
)
from salvor.model.pool import Proceeds
from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, ONE


def must(state: State, case: int, needed: Standing) -> Account:
    """The account of a case that stands so."""
    account = state.accounts.get(case) or Account(standing=Standing.NONE)
    if account.standing != needed:
        raise Refused("WrongStanding", case, account.standing, needed)
    return account


def auction_of(state: State, account: Account) -> Any:
    """The terms of the auction that sells a case: they know its rules."""
    return state.auctions[state.strategies[account.strategy].auction or 0]


def deal_of(state: State, account: Account) -> Deal:
    """The group whose the case is."""
    return state.groups[account.group]


def move(state: State, case: int, group: int, latest: int | None) -> None:
    """Rules 39 and 40; where it can't move, or a round could not end there (at the `latest`), it stays where it is."""
    account = state.accounts[case]
    old, new = state.groups[account.group], state.groups[group]
    if group == account.group or not is_running(new) or not (is_running(old) or is_over(old)):
        return
    if latest is not None and latest > new.terms.period_ends[-1]:
        return
    uncertain = account.exposed
    calm(state, account)
    set_apart(account)
    account.group = group
    _set_exposed(state, account, uncertain)
    account.short = account.rest - _move_claim(old, new, max(0, account.rest - account.short))


def adopt(state: State, case: int, home: int, claim: int, written_off: int) -> None:
    """Rules 38 and 40: loans of another group's tape are confirmed in a case, whose account has their amounts."""
    account = state.accounts[case]
    if home == account.group:
        return
    set_apart(account)
    account.unrecovered[account.group] -= written_off
    account.unrecovered[home] = account.unrecovered.get(home, 0) + written_off
    account.short += claim - _move_claim(state.groups[home], deal_of(state, account), claim)


def set_apart(account: Account) -> None:
    """Rule 40: from now on it is kept whose loss was what; to now all of it was its group's."""
    if not account.moved:
        account.moved = True
        account.unrecovered[account.group] = account.written_off - account.recovered(account.brought)


def _move_claim(old: Deal, new: Deal, rest: int) -> int:
    """Rule 40: not more than there is, nor than there is room for; gives what moved."""
    claim = min(rest, old.pool.gross_balance, LARGEST - new.pool.gross_balance)
    for deal, more in ((old, -claim), (new, claim)) if claim else ():
        if deal.books is None:
            raise Refused("NotPurchased")
        deal.pool.move_claim(more, over=is_over(deal))
    return claim


def is_running(deal: Deal) -> bool:
    """From closing until the last report is in."""
    return deal.books is not None and not deal.pool.is_complete


def is_over(deal: Deal) -> bool:
    """Its last run is done."""
    return deal.books is not None and deal.books.wound_up


def expose(state: State, case: int, keeper: str, fee: int) -> None:
    """Rule 15, with the keeper's fee, unless an earlier keeper still has to get one (rule 34)."""
    account = state.accounts[case]
    _must_be_left(case, account)
    if not account.keeper_due:
        account.keeper, account.keeper_due = keeper, fee
    _set_exposed(state, account, account.rest)


def calm(state: State, account: Account) -> None:
    """Neither cure nor sale runs any more."""
    _set_exposed(state, account, 0)


def offer(state: State, case: int, strategy: Strategy, start: int, floor: int, now: int) -> None:
    """Rule 16: the first round."""
    account = must(state, case, Standing.HELD)
    _must_be_left(case, account)
    terms = state.strategies[strategy]
    latest, last = now + state.auctions[terms.auction or 0].longest, deal_of(state, account).terms.period_ends[-1]
    if latest > last:
        raise Refused("TooLateToSell", latest, last)
    account.standing, account.round, account.strategy = Standing.ON_SALE, 0, strategy
    account.costs_due = min(account.costs_due + terms.cost, MOST_COSTS)
    _set_exposed(state, account, account.rest)
    deal_of(state, account).pool.wait_for_proceeds()
    _begin(state, case, account, start, floor, account.left or None, now)


def cancel(state: State, case: int, now: int) -> None:
    """Rule 9: all is paid next."""
    account = must(state, case, Standing.ON_SALE)
    account.standing = Standing.HELD
    auction_of(state, account).cancel(state, case, account.left, now)
    bring(state, case, done=True)
    state.ended["paid"] += 1


def pay(state: State, case: int, payer: str, cash: int, *, closes: bool) -> None:
    """Rule 9: a payment on a case that is held."""
    account = must(state, case, Standing.HELD)
    if closes:
        account.standing = Standing.CLOSED
        calm(state, account)
    bring(state, case, payer, more=cash, closes=closes)


def pull(state: State, case: int, bidder: str, cash: int, now: int, *, beaten: str = NOBODY, best: int = 0) -> None:
    """Cash of a bidder comes in, if admitted; who is beaten is owed the bid."""
    must(state, case, Standing.ON_SALE)
    if not state.admits(bidder, now):
        raise Refused("NotEligible", bidder)
    state.owe(beaten, best)
    apart.bring(state.deal, bidder, cash)
    state.came_in += cash


def pass_title(
    state: State, case: int, buyer: str, units: int, now: int, *, held: int = 0, more: int = 0, last: bool
) -> None:
    """Rules 11 and 14: title and price at once."""
    account = must(state, case, Standing.ON_SALE)
    if not state.admits(buyer, now):
        raise Refused("NotEligible", buyer)
    if last:
        account.standing, account.left = Standing.CLOSED, 0
        calm(state, account)
        state.ended["sold"] += 1
    state.titles[case, buyer] += units
    bring(state, case, buyer, held=held, more=more, closes=last, done=last)


def relist(state: State, case: int, now: int) -> None:
    """Rule 18: the next round, or the end."""
    account = must(state, case, Standing.ON_SALE)
    auction, terms = auction_of(state, account), state.strategies[account.strategy]
    ended = auction.finish(state, case, now)
    if account.round == terms.rounds or now + auction.longest > deal_of(state, account).terms.period_ends[-1]:
        return _end_sale(state, case, ended, now)
    if ended.forfeited:
        bring(state, case, held=ended.forfeited)
    start, floor = (share_up(price, ONE - terms.haircut) for price in (ended.start, ended.floor))
    state.ended["relisted"] += 1
    return _begin(state, case, account, start, floor, ended.left, now)


def pay_out(state: State, account: str) -> int:
    """Rule 10: what an account is owed."""
    return sum(pay_out_of(state, account, group) for group in range(len(state.groups)))


def pay_out_of(state: State, account: str, group: int) -> int:
    """The same of what stands with one group."""
    cash = state.owed[account, group]
    apart.pay(state.groups[group], account, cash)
    state.owed[account, group] = 0
    state.paid_out += cash
    return cash


def bring(
    state: State,
    case: int,
    payer: str = NOBODY,
    *,
    held: int = 0,
    more: int = 0,
    closes: bool = False,
    credit: int = 0,
    done: bool = False,
) -> int:
    """Rules 11 to 13: what a case brings, of it `held` by the house already, and what is lost when it closes."""
    account, cash = state.accounts[case], held + more
    place = 0 if held else account.group  # where it came, or comes to
    fees = _pay_fees(state, account, cash, place)
    net = cash - fees
    to_debtor = 0
    if account.strategy == Strategy.FORECLOSURE and account.debtor != NOBODY:
        to_debtor = min(net, max(0, account.brought + net - account.outstanding - account.written_off))
        state.owe(account.debtor, to_debtor, place)
        net -= to_debtor
    took = min(net, account.rest)
    recovered = account.recovered(account.brought + net) - account.recovered(account.brought)
    account.brought = min(MOST, account.brought + net)
    loss = max(0, account.rest - credit) if closes else 0
    state.came_in += more
    state.to_pool += net
    state.lost[case] += loss
    proceeds, deal = Proceeds(net + fees, fees, loss, recovered), deal_of(state, account)
    if account.moved:
        proceeds = _of_the_group(account, proceeds, took)
    if proceeds.gross or loss or done:
        deal.pool.take_proceeds(proceeds, done=done)
    apart.bring(state.groups[place], payer, more)
    apart.keep(deal, net, at=state.groups[place])
    return loss


def _of_the_group(account: Account, proceeds: Proceeds, took: int) -> Proceeds:
    """Rule 40: what of the proceeds its group has in its books; `took` came off the rest."""
    loss, group = proceeds.written_off, account.group
    rest = account.rest + took
    beyond = max(0, took + loss - max(0, rest - account.short))
    account.short -= beyond
    cash = min(beyond, took)
    loss -= beyond - cash
    left = proceeds.recovered
    for other in sorted(account.unrecovered):
        if other != group:
            part = min(left, account.unrecovered[other])
            account.unrecovered[other] -= part
            left -= part
    own = min(left, account.unrecovered.get(group, 0))
    account.unrecovered[group] = account.unrecovered.get(group, 0) - own + loss
    return replace(proceeds, written_off=loss, recovered=own, elsewhere=proceeds.gross - (took - cash) - own)


def _must_be_left(case: int, account: Account) -> None:
    if account.gone:
        raise Refused("NothingLeft", case)


def _pay_fees(state: State, account: Account, cash: int, place: int) -> int:
    to_keeper = min(cash, account.keeper_due)
    account.keeper_due -= to_keeper
    state.owe(account.keeper, to_keeper, place)
    to_servicer = min(cash - to_keeper, account.costs_due)
    account.costs_due -= to_servicer
    state.owe(state.servicer, to_servicer, place)
    return to_keeper + to_servicer


def _begin(state: State, case: int, account: Account, start: int, floor: int, left: int | None, now: int) -> None:
    account.round += 1
    auction_of(state, account).begin(state, case, start, floor, left, now)


def _end_sale(state: State, case: int, ended: Ended, now: int) -> None:
    account = state.accounts[case]
    offered, units = account.exposed, account.left or ended.units
    account.standing = Standing.HELD
    calm(state, account)
    credit_bid = state.strategies[account.strategy].credit_bid
    taken = credit_bid and state.vehicle != NOBODY and state.admits(state.vehicle, now)
    parted = ended.left != ended.units
    account.gone, account.left = taken, ended.left if parted and not taken else 0
    if taken:
        state.titles[case, state.vehicle] += ended.left
    stays = ended.rest if taken else part_up(offered, ended.left, units)
    loss = bring(state, case, held=ended.forfeited, closes=taken or parted, credit=stays, done=True)
    account.outstanding -= loss
    account.written_off += loss
    state.ended["credit bid" if taken else "back"] += 1


def _set_exposed(state: State, account: Account, rest: int) -> None:
    state.exposed[account.group] += rest - account.exposed
    account.exposed = rest
