"""Cases and strategies (sections 1 and 2), and how a sale starts (rule 16)."""

from __future__ import annotations

from typing import Any

from salvor.model.deal import NOBODY
from salvor.model.liquidation import house
from salvor.model.liquidation.state import (
    LATEST,
    MOST,
    Account,
    Case,
    Joining,
    LoanInCase,
    Plan,
    Stage,
    Standing,
    State,
    Strategy,
    StrategyTerms,
    share_up,
)
from salvor.model.refusal import Refused
from salvor.model.terms import ONE

WORKED = frozenset({Stage.HELD, Stage.CURE})


def open_case(
    state: State,
    loan: bytes,
    claim: int,
    outstanding: int,
    written_off: int,
    case: Case,
    debtor: str = NOBODY,
    home: int = 0,
) -> int:
    """Rules 1 and 38; the loan is proved already, against the tape of the group `home`."""
    _not_paused(state)
    number = len(state.cases) + 1
    state.cases[number] = case
    state.accounts[number] = Account(debtor=debtor, group=home)
    case.joining.content = (case.subject, case.by_rank, debtor)
    _take_in(state, number, loan, claim, outstanding, written_off, home)
    return number


def join(state: State, number: int, loan: bytes, claim: int, outstanding: int, written_off: int, home: int = 0) -> None:
    """Rules 2 and 38."""
    _not_paused(state)
    _must_take(state, number)
    _take_in(state, number, loan, claim, outstanding, written_off, home)


def confirm(state: State, number: int, content: tuple[Any, ...]) -> None:
    """Rules 1 and 2, by the overseer, who saw what joins."""
    case = _must_wait(state, number)
    if case.joining.content != content:
        raise Refused("OtherLoans", number)
    _must_take(state, number)
    joins, opened = case.joining, case.stage == Stage.OPENED
    case.joining = Joining(joins.batch + 1)
    if not opened:
        _count(state, number, joins.outstanding, joins.written_off, joins.loans)
    case.stage, case.proposal = Stage.HELD, None
    for home, (claim, written_off) in sorted(joins.homes.items()):
        house.adopt(state, number, home, claim, written_off)


def reject(state: State, number: int) -> None:
    """Rule 2, by the overseer: what waits does not join, and a case that was opened is closed."""
    case = _must_wait(state, number)
    state.dropped.add((number, case.joining.batch))
    case.joining = Joining(case.joining.batch + 1)
    if case.stage == Stage.OPENED:
        case.stage, case.total, case.loans = Stage.CLOSED, 0, 0
        account = state.accounts[number]
        account.standing, account.outstanding, account.written_off = Standing.CLOSED, 0, 0


def propose(state: State, number: int, strategy: Strategy, plan: Plan, now: int) -> None:
    """Rule 4."""
    _not_paused(state)
    case = must(state, number, Stage.HELD)
    _check_plan(state, number, strategy, plan, now)
    group = state.strategies[strategy].group
    if state.strategies[strategy].approval or group not in (None, state.accounts[number].group):
        case.proposal = (strategy, plan)
    else:
        _begin(state, number, strategy, plan, now, forgives=False)


def approve(state: State, number: int, strategy: Strategy, plan: Plan, now: int) -> None:
    """Rule 4, by the overseer."""
    case = must(state, number, Stage.HELD)
    if case.proposal != (strategy, plan):
        raise Refused("NotProposed", number)
    _check_plan(state, number, strategy, plan, now)
    _begin(state, number, strategy, plan, now)


def switch_to(state: State, number: int, strategy: Strategy, plan: Plan, now: int) -> None:
    """Rule 4, by the overseer; a cure is over."""
    case = refreshed(state, number)
    if case.stage == Stage.CURE:
        case.stage = Stage.HELD
        house.calm(state, state.accounts[number])
    must(state, number, Stage.HELD)
    _check_plan(state, number, strategy, plan, now)
    _begin(state, number, strategy, plan, now)


def expire(state: State, number: int, now: int) -> None:
    """Rule 8."""
    case = must(state, number, Stage.HELD)
    broken = _is_broken(state, case, now)
    if not broken and not 0 < case.deadline < now:
        raise Refused("NothingExpired", number)
    _hold(case)
    case.broken = case.broken or broken


def pay(state: State, number: int, payer: str, cash: int, now: int) -> None:
    """Rules 5, 6 and 9: no more is taken than is left to pay."""
    case = refreshed(state, number)
    rest = state.accounts[number].left_to_pay
    if case.stage in {Stage.OPENED, Stage.CLOSED}:
        raise Refused("WrongStage", number, case.stage, Stage.HELD)
    if not cash and rest:
        raise Refused("ZeroPayment")
    cash = min(cash, rest)
    closes = cash == rest
    if case.stage == Stage.FOR_SALE:
        if not closes:
            raise Refused("NotInFull", cash, rest)
        house.cancel(state, number, now)
    else:
        closes = closes or _pays_off(state, number, cash, now)
        if case.strategy == Strategy.PAYMENT_PLAN and cash >= case.amount and not closes:
            case.due = min(case.due + case.interval, LATEST)
    if closes:
        case.stage = Stage.CLOSED
    house.pay(state, number, payer, cash, closes=closes)


def sell(state: State, number: int, now: int) -> None:
    """Rule 16, by the servicer."""
    case = must(state, number, Stage.HELD)
    if now < case.due:
        raise Refused("TooEarlyToSell", now, case.due)
    _offer(state, number, case.strategy, now)


def fire(state: State, number: int, keeper: str, fee: int, cure: int, after: Strategy, now: int) -> None:
    """A trigger fired: the cure begins."""
    _not_paused(state)
    case = must(state, number, Stage.HELD)
    if state.strategies[after].auction is None:
        raise Refused("NothingToSell", after)
    case.stage, case.after, case.cure_until = Stage.CURE, after, now + cure
    house.expose(state, number, keeper, fee)


def cured(state: State, number: int) -> None:
    """Its condition no longer holds."""
    must(state, number, Stage.CURE).stage = Stage.HELD
    house.calm(state, state.accounts[number])


def start_sale(state: State, number: int, now: int) -> None:
    """Rule 16, by anyone."""
    case = must(state, number, Stage.CURE)
    if now < case.cure_until:
        raise Refused("TooEarlyToSell", now, case.cure_until)
    _offer(state, number, case.after, now)


def share_of(state: State, loan: bytes) -> int:
    """Rule 2: what of a case's cash is a loan's."""
    own = state.loans[loan]
    if is_dropped(state, own) or own.batch == state.cases[own.case].joining.batch:
        return 0
    case, brought = state.cases[own.case], state.accounts[own.case].brought
    if case.by_rank:
        return min(own.outstanding, max(0, brought - own.ahead))
    return min(brought, case.total) * own.outstanding // case.total if case.total else 0


def may_reach(state: State, tranche: int, group: int = 0) -> bool:
    """Rule 15."""
    deal = state.groups[group]
    below = sum(each.standing for each in deal.books.tranches[tranche + 1 :]) if deal.books else 0
    return state.exposed[group] * deal.terms.carrying_ratio // ONE > below


def plan_broken(state: State, number: int, now: int) -> bool:
    """Rule 6, now or when it was last expired."""
    case = state.cases[number]
    return case.broken or _is_broken(state, case, now)


def court_overdue(state: State, number: int, now: int) -> bool:
    """Rule 7."""
    case = state.cases[number]
    own = case.due if case.strategy == Strategy.FORECLOSURE else 0
    dates = [date for date in (own, case.court) if date]
    return case.stage in WORKED and bool(dates) and now > min(dates) + state.grace


def refreshed(state: State, number: int) -> Case:
    """The case as its account says: a sale may have ended."""
    case = state.cases.get(number)
    if case is None:
        raise Refused("NoSuchCase", number)
    if case.stage == Stage.FOR_SALE:
        standing = state.accounts[number].standing
        if standing == Standing.CLOSED:
            case.stage = Stage.CLOSED
        elif standing == Standing.HELD:
            case.stage = Stage.HELD
            _hold(case)
    return case


def is_dropped(state: State, loan: LoanInCase) -> bool:
    """Rule 2: the overseer rejected it, and it may join a case again."""
    return (loan.case, loan.batch) in state.dropped


def must(state: State, number: int, needed: Stage) -> Case:
    """The case, in this stage."""
    case = refreshed(state, number)
    if case.stage != needed:
        raise Refused("WrongStage", number, case.stage, needed)
    return case


def _take_in(state: State, number: int, loan: bytes, claim: int, outstanding: int, written_off: int, home: int) -> None:
    case, account = state.cases[number], state.accounts[number]
    known = state.loans.get(loan)
    if known and not is_dropped(state, known):
        raise Refused("LoanIsIn", loan, known.case)
    if not house.is_running(state.groups[home]):
        raise Refused("GroupNotRunning", home)
    both = outstanding + written_off
    if not 0 < both <= claim:
        raise Refused("NotTheClaim", outstanding, written_off, claim)
    joins = case.joining
    ahead = case.total + joins.outstanding
    if (total := both + ahead + account.written_off + joins.written_off) > MOST:
        raise Refused("AboveMost", total, MOST)
    state.loans[loan] = LoanInCase(number, joins.batch, ahead, outstanding)
    joins.content = (*joins.content, loan, outstanding, written_off)
    claims, lost = joins.homes.get(home, (0, 0))
    joins.homes[home] = claims + outstanding, lost + written_off
    if home and state.deal.books is None:
        raise Refused("FirstNotClosed")
    if case.stage == Stage.OPENED:
        return _count(state, number, outstanding, written_off, 1)
    joins.outstanding += outstanding
    joins.written_off += written_off
    joins.loans += 1
    return None


def _count(state: State, number: int, outstanding: int, written_off: int, loans: int) -> None:
    case, account = state.cases[number], state.accounts[number]
    case.total += outstanding
    case.loans += loans
    account.outstanding += outstanding
    account.written_off += written_off
    if account.moved:
        account.unrecovered[account.group] = account.unrecovered.get(account.group, 0) + written_off


def _must_wait(state: State, number: int) -> Case:
    """The case, which has loans that wait for the overseer."""
    case = refreshed(state, number)
    if not case.joining.content:
        raise Refused("NothingJoins", number)
    return case


def _must_take(state: State, number: int) -> None:
    """Rule 2: the case takes further loans."""
    case, account = refreshed(state, number), state.accounts[number]
    if case.stage == Stage.OPENED:
        return
    must(state, number, Stage.HELD)
    sold = account.left or account.gone
    if case.strategy != Strategy.HOLD or sold or account.brought > (account.outstanding if case.by_rank else 0):
        raise Refused("AlreadyWorked", number)


def _check_plan(state: State, number: int, strategy: Strategy, plan: Plan, now: int) -> None:
    if strategy == Strategy.DISCOUNTED_PAY_OFF:
        rest = state.accounts[number].left_to_pay
        fits = 0 < plan.amount <= rest and not plan.due and not plan.interval
    elif strategy == Strategy.PAYMENT_PLAN:
        fits = bool(plan.amount and plan.due > now and plan.interval)
    else:
        fits = not plan.amount and not plan.interval and (strategy == Strategy.FORECLOSURE or not plan.due)
    if not fits:
        raise Refused("WrongPlan", strategy, (plan.amount, plan.due, plan.interval))


def _begin(state: State, number: int, strategy: Strategy, plan: Plan, now: int, *, forgives: bool = True) -> None:
    case, duration = state.cases[number], state.strategies[strategy].duration
    if forgives:
        case.broken, case.court = False, plan.due if strategy == Strategy.FORECLOSURE else 0
    else:
        case.broken = plan_broken(state, number, now)
    case.strategy, case.proposal = strategy, None
    case.deadline = now + duration if duration else 0
    case.due, case.interval, case.amount = plan.due, plan.interval, plan.amount
    case.brought_at = state.accounts[number].brought
    _move(state, number, strategy, strategy, now)


def _offer(state: State, number: int, begun: Strategy, now: int) -> None:
    _not_paused(state)
    if state.strategies[begun].auction is None:
        raise Refused("NothingToSell", begun)
    account = state.accounts[number]
    strategy = account.strategy if account.left else begun
    case, terms = state.cases[number], state.strategies[strategy]
    forecloses = Strategy.FORECLOSURE in {begun, strategy}
    if forecloses and now < case.court:
        raise Refused("TooEarlyToSell", now, case.court)
    value, good = state.values.get(case.subject, (0, False))
    if not good:
        raise Refused("NoGoodValue", case.subject)
    start, floor = _prices(terms, value)
    case.broken = plan_broken(state, number, now)
    if forecloses:
        case.court = 0
    case.stage, case.strategy, case.proposal = Stage.FOR_SALE, strategy, None
    _move(state, number, begun, strategy, now)
    house.offer(state, number, strategy, start, floor, now)


def _move(state: State, number: int, begun: Strategy, sold_in: Strategy, now: int) -> None:
    """Rule 39: to the group of the strategy that began; what is left of a lot may be sold in the way of another."""
    group, auction = state.strategies[begun].group, state.strategies[sold_in].auction
    latest = None if auction is None else now + state.auctions[auction].longest
    if group is not None:
        house.move(state, number, group, latest)


def _prices(terms: StrategyTerms, value: int) -> tuple[int, int]:
    if value > MOST:
        raise Refused("AboveMost", value, MOST)
    start = share_up(value, terms.start_share)
    if start > MOST:
        raise Refused("AboveMost", start, MOST)
    return start, share_up(value, terms.floor_share)


def _hold(case: Case) -> None:
    case.strategy, case.deadline, case.due = Strategy.HOLD, 0, 0


def _pays_off(state: State, number: int, cash: int, now: int) -> bool:
    case, account = state.cases[number], state.accounts[number]
    if case.strategy != Strategy.DISCOUNTED_PAY_OFF or 0 < case.deadline < now:
        return False
    net = max(0, cash - account.costs_due - account.keeper_due)
    return account.brought + net >= case.brought_at + case.amount


def _is_broken(state: State, case: Case, now: int) -> bool:
    planned = case.strategy == Strategy.PAYMENT_PLAN and case.stage in WORKED
    return planned and now > case.due + state.grace


def _not_paused(state: State) -> None:
    if state.paused:
        raise Refused("IsPaused")
