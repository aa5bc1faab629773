"""Read the closing statement off the chain: books by view calls, payments from events, cash from the token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from salvor.deal.schema import Deal
from salvor.deploy.live import LiveDeal
from salvor.errors import ReconciliationFailed
from salvor.report.statement import HolderLine, Reconciliation, Statement, TrancheLine

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractEvent


def read_statement(live: LiveDeal, deal: Deal, *, investors: Mapping[str, AccountAPI]) -> Statement:
    """The statement of a deal whose periods have all been run."""
    names = [tranche.name for tranche in deal.tranches]
    last = live.pool.lastReported()
    record = live.pool.record(last)
    return Statement(
        deal=deal.name,
        assumptions=deal.assumptions,
        symbol=live.settlement.symbol(),
        decimals=live.settlement.decimals(),
        loans=live.pool.loanCount(),
        tape_root="0x" + bytes(live.pool.tapeRoot()).hex(),
        planned=record.planned,
        collected=record.collected,
        collection_ratio=live.pool.collectionRatio(last),
        periods=last,
        periods_behind_plan=sum(log.behindPlan for log in _logs(live.waterfall.PeriodRun, live)),
        tranches=_tranches(live, names),
        holders=_holders(live, names, investors),
        reconciliation=_reconcile(live),
    )


def _tranches(live: LiveDeal, names: list[str]) -> tuple[TrancheLine, ...]:
    paid: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for log in _logs(live.waterfall.TranchePaid, live):
        paid[log.tranche].append((_day(live.pool.record(log.period).end), log.interest + log.principal))
    lines = []
    for place, name in enumerate(names):
        state = live.waterfall.tranche(place)
        lines.append(
            TrancheLine(
                name=name,
                invested=live.offering.subscribed(place),
                interest=state.interestPaid,
                principal=state.principalPaid,
                loss=state.loss,
                interest_unpaid=state.interestDue,
                paid=tuple(paid[place]),
                closing=_day(live.pool.record(0).end),
            )
        )
    return tuple(lines)


def _holders(live: LiveDeal, names: list[str], investors: Mapping[str, AccountAPI]) -> tuple[HolderLine, ...]:
    lines = []
    for place, (name, note) in enumerate(zip(names, live.notes, strict=True)):
        claimed: defaultdict[str, int] = defaultdict(int)
        for log in _logs(live.notes[place].Claimed, live):
            claimed[log.holder] += log.cash
        for investor, account in investors.items():
            units = note.balanceOf(account)
            if units or claimed[account.address]:
                lines.append(HolderLine(investor, name, units, claimed[account.address], note.claimable(account)))
    return tuple(lines)


def _reconcile(live: LiveDeal) -> Reconciliation:
    """What was paid in and out by the contracts' events; the settlement token's own transfers must say the same."""
    subscribed = sum(log.units for log in _logs(live.offering.Subscribed, live))
    collected = sum(log.cash for log in _logs(live.pool.Reported, live))
    price = sum(log.price for log in _logs(live.pool.Purchased, live))
    refunds = sum(log.units for log in _logs(live.offering.Unsubscribed, live))
    fees = sum(log.cash for log in _logs(live.waterfall.FeesClaimed, live))
    claims = [sum(log.cash for log in _logs(note.Claimed, live)) for note in live.notes]
    asked_in = defaultdict(int, {"offering": subscribed, "pool": collected})
    asked_out = {"offering": price + refunds, "waterfall": fees, "pool": 0}
    asked_out |= {f"note {place}": cash for place, cash in enumerate(claims)}
    unasked = _check_transfers(live, asked_in, asked_out)
    contracts = live.cash_contracts()
    held = {name: live.settlement.balanceOf(contract) - unasked[name] for name, contract in contracts.items()}
    _refuse_other_books({name: contract.cashHeld() for name, contract in contracts.items()}, held)
    return Reconciliation(
        subscriptions=subscribed,
        collections=collected,
        purchase_price=price,
        refunds=refunds,
        fees=fees,
        claims=sum(claims),
        cash_held=sum(held.values()),
        unasked=sum(unasked.values()),
    )


def _check_transfers(live: LiveDeal, asked_in: Mapping[str, int], asked_out: Mapping[str, int]) -> dict[str, int]:
    """Tokens sent to each contract unasked; raises when one got less, or paid other, than its events say."""
    names = {contract.address: name for name, contract in live.cash_contracts().items()}
    into: defaultdict[str, int] = defaultdict(int)
    out: defaultdict[str, int] = defaultdict(int)
    for log in _logs(live.settlement.Transfer, live):
        source, target, units = log.event_arguments.values()
        if source not in names and target in names:
            into[names[target]] += units
        elif source in names and target not in names:
            out[names[source]] += units
    found = [f"{n} paid {out[n]}, its events say {asked_out[n]}" for n in names.values() if out[n] != asked_out[n]]
    found += [f"{n} got {into[n]}, its events say {asked_in[n]}" for n in names.values() if into[n] < asked_in[n]]
    if found:
        raise ReconciliationFailed(found)
    before = {name: live.settlement.balanceOf(address, block_id=live.first_block) for address, name in names.items()}
    return {name: before[name] + into[name] - asked_in[name] for name in names.values()}


def _refuse_other_books(books: Mapping[str, int], held: Mapping[str, int]) -> None:
    unlike = [f"{name} holds {held[name]}, its books say {books[name]}" for name in held if held[name] != books[name]]
    if unlike:
        raise ReconciliationFailed(unlike)


def _logs(event: ContractEvent, live: LiveDeal) -> list[Any]:
    """All logs of an event since the deal was deployed."""
    latest = live.pool.provider.get_block("latest").number
    return list(event.range(live.first_block, latest + 1))


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
