"""Read the closing statement off the chain: books by view calls, payments from events, cash from token balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from salvor.deploy.live import LiveDeal
from salvor.errors import ReconciliationFailed
from salvor.report.statement import HolderLine, Reconciliation, Statement, TrancheLine

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractEvent


def read_statement(
    live: LiveDeal, *, deal_name: str, tranche_names: list[str], investors: Mapping[str, AccountAPI]
) -> Statement:
    """The statement of a deal whose periods have all been run."""
    last = live.pool.lastReported()
    record = live.pool.record(last)
    return Statement(
        deal=deal_name,
        symbol=live.settlement.symbol(),
        decimals=live.settlement.decimals(),
        loans=live.pool.loanCount(),
        tape_root="0x" + bytes(live.pool.tapeRoot()).hex(),
        planned=record.planned,
        collected=record.collected,
        collection_ratio=live.pool.collectionRatio(last),
        periods=last,
        periods_behind_plan=sum(log.behindPlan for log in _logs(live.waterfall.PeriodRun, live)),
        tranches=_tranches(live, tranche_names),
        holders=_holders(live, tranche_names, investors),
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
    """Cash by the settlement token's own transfers across the deal's border; the contracts' books must say the same."""
    contracts = live.cash_contracts()
    inside = {contract.address for contract in contracts.values()}
    into: defaultdict[str, int] = defaultdict(int)
    out: defaultdict[str, int] = defaultdict(int)
    price, seller = 0, live.pool.seller()
    for log in _logs(live.settlement.Transfer, live):
        source, target, units = log.event_arguments.values()
        if source not in inside and target in inside:
            into[target] += units
        elif source in inside and target not in inside:
            out[source] += units
            price += units if (source, target) == (live.offering.address, seller) else 0
    held = {name: live.settlement.balanceOf(contract) for name, contract in contracts.items()}
    _refuse_other_books({name: contract.cashHeld() for name, contract in contracts.items()}, held)
    return Reconciliation(
        subscriptions=into[live.offering.address],
        collections=into[live.pool.address],
        purchase_price=price,
        refunds=out[live.offering.address] - price,
        fees=out[live.waterfall.address],
        claims=sum(out[note.address] for note in live.notes),
        cash_held=sum(held.values()),
    )


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
