"""House, book, auctions and pool beside the model of liquidation: figures in storage, and what always holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from salvor.lab.mirror import Mirror
from salvor.model.liquidation import book as cases
from salvor.model.liquidation import cash as apart
from salvor.model.liquidation.dutch import Dutch, DutchRound
from salvor.model.liquidation.english import EnglishRound
from salvor.model.liquidation.sealed import SealedRound
from salvor.model.liquidation.state import Account, Case, Stage, Standing, State
from tests.property.liquidation_stage import CASH, OTHER, Sales, claim_of, loan_id
from tests.utils.world import TAPE

CASES = range(1, len(TAPE.values) + len(OTHER.values) + 3)  # rejected loans come again
PERIODS = range(1, 5)
ROUNDS = range(1, 9)  # sealed ones that are compared


class Figures:
    """The model's figures in the order of the places below."""

    def __init__(self, state: State, sales: Sales) -> None:
        self.state, self.sales = state, sales

    def figures(self) -> list[int]:
        state, found = self.state, []
        for number in CASES:
            case, account = state.cases.get(number), state.accounts.get(number)
            found += _of_case(case) + _of_account(account) + _of_round(state.rounds.get(number))
            found += [state.titles[number, who.address] for who in self.sales.people]
        found += [state.owed[who.address, group] for who in self.sales.people for group in (0, 1)]
        for number in ROUNDS:
            found += _of_sealed(state.sealed.get(number))
        for group, deal in enumerate(state.groups):
            pool = deal.pool
            for period in PERIODS:
                if period <= pool.reported:
                    totals = pool.totals[period]
                    found += [totals.net, totals.written_off, totals.recovered, totals.gross]
                elif period == pool.reported + 1:
                    own = pool.open
                    found += [own.net, own.written_off, own.recovered, own.gross - own.elsewhere]
                else:
                    found += [0, 0, 0, 0]
            found += [pool.awaited, pool.moved, state.exposed[group]]
        return found


def _of_case(case: Case | None) -> list[int]:
    if case is None:
        return [0] * 14
    return [
        case.stage,
        case.strategy,
        case.broken,
        case.deadline,
        case.due,
        case.cure_until,
        case.amount,
        case.total,
        case.loans,
        case.court,
        case.joining.outstanding,
        case.joining.written_off,
        case.joining.loans,
        case.joining.batch,
    ]


def _of_account(account: Account | None) -> list[int]:
    if account is None:
        return [0] * 16
    due = [account.keeper_due, account.costs_due]
    money = [account.outstanding, account.written_off, account.brought, account.exposed, *due]
    behind = [account.moved, account.short, *(account.unrecovered.get(group, 0) for group in (0, 1))]
    group = account.group
    return [*money, account.standing, account.round, account.strategy, account.left, account.gone, group, *behind]


def _of_round(running: Any) -> list[int]:
    dutch = [running.left, running.start, running.begun] if isinstance(running, DutchRound) else [0] * 3
    english = [running.best, running.end] if isinstance(running, EnglishRound) else [0] * 2
    return dutch + english


def _of_sealed(sealed: SealedRound | None) -> list[int]:
    if sealed is None:
        return [0] * 7
    revealed = 2**32 - 1 if sealed.cancelled else sealed.revealed
    prices = [sealed.best, sealed.second, sealed.place]
    return [sealed.floor, sealed.deposit, len(sealed.commitments), revealed, *prices]


def places(sales: Sales) -> dict[str, Any]:
    """Where the same figures stand on chain."""
    lab, live, named = sales.lab, sales.live, {}
    house, book = lab.slots(live.house), lab.slots(live.book)
    dutch, english = (lab.slots(auction) for auction in live.auctions[:2])
    for number in CASES:
        case, account = book._cases[number], house._accounts[number]
        rounds = dutch._rounds[number], english._rounds[number]
        of_case = ("stage", "strategy", "broken", "deadline", "due", "cureUntil", "amount", "total", "loans", "court")
        money = ("outstanding", "writtenOff", "brought", "exposed", "keeperDue", "costsDue")
        of_account = (*money, "standing", "round", "strategy", "left", "gone", "group")
        named |= {f"case {number} {name}": getattr(case, name) for name in of_case}
        joins = book._joining[number]
        of_joins = ("outstanding", "writtenOff", "loans", "batch")
        named |= {f"case {number} waiting {name}": getattr(joins, name) for name in of_joins}
        named |= {f"account {number} {name}": getattr(account, name) for name in of_account}
        behind = house._behind[number]
        named |= {f"account {number} moved": account.moved, f"account {number} short": behind.short}
        named |= {f"account {number} unrecovered in {group}": behind.unrecovered[group] for group in (0, 1)}
        named |= {f"falling {number} {name}": getattr(rounds[0], name) for name in ("left", "start", "begun")}
        named |= {f"climbing {number} {name}": getattr(rounds[1], name) for name in ("best", "end")}
        named |= {f"title {number} of {who.role}": house.titleOf[number][who] for who in sales.people}
    for who in sales.people:
        named |= {f"owed {who.role} by {group}": house._credits[who][group].cash for group in (0, 1)}
    for number in ROUNDS:
        round_ = lab.slots(live.auctions[2])._rounds[number]
        of_round = ("floor", "deposit", "commitments", "revealed", "best", "second", "place")
        named |= {f"sealed {number} {name}": getattr(round_, name) for name in of_round}
    for group, stage in enumerate(sales.stages):
        pool = lab.slots(stage.live.pool)
        for period in PERIODS:
            record, names = pool._records[period], ("net", "writtenOff", "recovered", "gross")
            named |= {f"{name} {period} of {group}": getattr(record, name) for name in names}
        exposed = house._further[group].exposed if group else house._exposed
        own = {"awaited": pool.awaited, "moved": pool._movedBalance, "exposed": exposed}
        named |= {f"{name} of {group}": place for name, place in own.items()}
    return named


class SalesMirror:
    """Each call on both; refusals are compared with their values."""

    def __init__(self, sales: Sales, named: dict[str, Any]) -> None:
        self.sales, self.state = sales, sales.model()
        self.spent = dict.fromkeys((who.address for who in sales.people), 0)
        self._titles: dict[tuple[int, str], int] = {}
        self._shares: dict[bytes, int] = {}
        self._offered: dict[int, tuple[int, int]] = {}  # of sales that run: what was exposed, and units
        self._mirror = Mirror(sales.lab, Figures(self.state, sales), named, refusals="AU-01", agreement="AU-02")

    def do(
        self, rule: Callable[..., Any], *args: Any, method: Any, given: tuple[Any, ...], by: Any, **named: Any
    ) -> Any:
        """The model's rule, whole or not at all, and the method with what is given."""
        expected = partial(self.state.attempt, partial(rule, self.state, *args, **named))
        return self._mirror.both(expected, method, *given, sender=by)

    def check(self) -> None:
        """Figures, cash, and what follows from them."""
        self._mirror.check()
        state, sales = self.state, self.sales
        token, house = sales.stage.live.settlement, sales.live.house
        staked = sum(each.best for each in state.rounds.values() if isinstance(each, EnglishRound))
        staked += sum(each.staked for each in state.sealed.values())
        held = sum(state.owed.values()) + staked
        assert state.came_in == state.paid_out + held + state.to_pool, "AU-03"
        assert (sum(map(apart.held, state.groups)), token.balanceOf(house)) == (held, 0), "AU-03"
        for (number, who), units in state.titles.items():
            if units > self._titles.get((number, who), 0):
                assert state.admits(who, sales.lab.now), "AU-11"
        self._titles = dict(state.titles)
        on_sale = [number for number, each in state.accounts.items() if each.standing == Standing.ON_SALE]
        assert sum(each.pool.awaited for each in state.groups) == len(on_sale), "AU-07"
        in_cure = [number for number, each in state.cases.items() if each.stage == Stage.CURE]
        for group, stage in enumerate(sales.stages):
            own = [number for number in {*on_sale, *in_cure} if state.accounts[number].group == group]
            exposed = sum(state.accounts[number].exposed for number in own)
            assert house.exposedOf(group) == exposed, "AU-09"
            assert stage.live.pool.awaited() == len(set(own) & set(on_sale)), "AU-07"
            cash = [token.balanceOf(contract) for contract in stage.live.cash_contracts().values()]
            deal = state.groups[group]
            assert sum(cash) == deal.cash_held + apart.held(deal), "AU-03"
            owed = sum(cash for (_, place), cash in state.owed.items() if place == group)
            assert apart.held(deal) == owed + (0 if group else staked), "AU-03"
            assert stage.live.distributor.spare() == apart.held(deal), "AU-03"
        assert sum(state.exposed.values()) == sum(each.exposed for each in state.accounts.values()), "AU-09"
        balances = sum(stage.live.pool.grossBalance() for stage in sales.stages)
        assert balances == sum(claim_of(number) for number in range(sales.loans)), "AU-12"
        for number, account in state.accounts.items():
            if account.standing == Standing.CLOSED:
                total = state.cases[number].total
                assert state.lost[number] == total - min(account.outstanding, account.brought), "AU-06"
        shares = {loan: cases.share_of(state, loan) for loan in state.loans}
        for number, account in state.accounts.items():
            parts = [share for loan, share in shares.items() if state.loans[loan].case == number]
            assert sum(parts) <= account.brought, "AU-08"
        assert all(shares[loan] >= before for loan, before in self._shares.items()), "AU-15"
        self._shares = shares
        for number, account in state.accounts.items():
            if account.standing == Standing.ON_SALE:
                terms = state.auctions[state.strategies[account.strategy].auction or 0]
                self._offered[number] = account.exposed, account.left or getattr(terms, "units", 1)
            elif offer := self._offered.pop(number, None):
                stands = -(-offer[0] * account.left // offer[1])
                assert not account.left or account.rest <= stands, "AU-16"

    def check_bidders(self) -> None:
        """Whoever has no title has all cash that was ever brought, here or in the house."""
        state = self.state
        for who in self.sales.bidders:
            staked = sum(
                each.best
                for each in state.rounds.values()
                if isinstance(each, EnglishRound) and each.bidder == who.address
            )
            lost = state.steps[who.address]
            for sealed in state.sealed.values():
                own = sealed.commitments.get(who.address)
                staked += sealed.deposit if own and not own.over else 0
                lost += sealed.deposit if own and own.lost else 0
            had = self.sales.stage.live.settlement.balanceOf(who)
            had += state.owed_to(who.address) + staked
            assert had == CASH - self.spent[who.address] - lost, "AU-04"

    def shares(self) -> None:
        """What the book says of each loan."""
        for number in range(self.sales.loans):
            loan = loan_id(number)
            expected = cases.share_of(self.state, loan) if loan in self.state.loans else 0
            assert self.sales.live.book.shareOf(loan) == expected, "AU-08"

    def price(self, number: int, now: int) -> tuple[int, int] | None:
        """The price of a falling round now, and its floor."""
        running = self.state.rounds.get(number)
        if not isinstance(running, DutchRound):
            return None
        auction: Dutch = self.state.auctions[0]
        return auction.price(running, now)[0], running.floor
