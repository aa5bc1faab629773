"""Read the closing statement off the chain: books by view calls, payments from events, cash from the token."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from salvor.deal.schema import Deal
from salvor.deploy.live import LiveDeal, LiveLiquidation
from salvor.errors import ReconciliationFailed
from salvor.model.liquidation.state import Standing
from salvor.report.statement import (
    CreditLine,
    HolderLine,
    Reconciliation,
    SaleLine,
    Statement,
    TrancheLine,
    TriggerLine,
)

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractEvent


def read_statement(
    live: LiveDeal,
    deal: Deal,
    *,
    investors: Mapping[str, AccountAPI],
    groups: Sequence[Deal] = (),
    worked: SaleCash | None = None,
) -> Statement:
    """The statement of a deal whose periods have all been run, and of further tranches behind it.

    `worked` is the cash of sales that came to it, where it is itself behind another deal.
    """
    sold = live.liquidation
    lives = (live, *(sold.groups if sold else ()))
    cash = [SaleCash.of(each, sold, place) for place, each in enumerate(lives)] if sold else [worked or SaleCash()]
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
        collected=record.net,
        collection_ratio=live.pool.collectionRatio(last),
        written_off=record.writtenOff,
        carrying_ratio=live.pool.carryingRatio(),
        periods=last,
        triggers=_triggers(live, list(deal.triggers)),
        tranches=_tranches(live, names),
        holders=_holders(live, names, investors),
        credits=_credits(live, deal.payees),
        reconciliation=_reconcile(live, cash[0]),
        sales=_sales(live),
        sales_held=sum(each.held for each in cash) if sold else 0,
        moved=sum(log.claim for log in _logs(live.pool.ClaimMoved, live)),
        groups=tuple(
            read_statement(each, own, investors=_of(own, investors), worked=own_cash)
            for own, each, own_cash in zip(groups, lives[1:], cash[1:], strict=True)
        ),
    )


def _of(deal: Deal, investors: Mapping[str, AccountAPI]) -> dict[str, AccountAPI]:
    return {each.name: investors[each.name] for each in deal.investors}


def _sales(live: LiveDeal) -> tuple[SaleLine, ...]:
    """Each case as its claims came in, as its account stands, and by the losses that its events tell."""
    if live.liquidation is None:
        return ()
    house, book = live.liquidation.house, live.liquidation.book
    claims: defaultdict[int, int] = defaultdict(int)
    lost: defaultdict[int, int] = defaultdict(int)
    for log in _logs(book.LoanTaken, live):
        claims[log.caseId] += log.outstanding + log.writtenOff
    for log in _logs(house.Brought, live):
        lost[log.caseId] += log.loss
    accounts = {case: house.accountOf(case) for case in range(1, book.cases() + 1)}
    return tuple(
        SaleLine(case, claims[case], own.brought, lost[case], own.standing == Standing.CLOSED)
        for case, own in accounts.items()
    )


def _triggers(live: LiveDeal, names: list[str]) -> tuple[TriggerLine, ...]:
    runs = [log.on for log in _logs(live.waterfall.PeriodRun, live)]
    return tuple(TriggerLine(name, sum(on >> place & 1 for on in runs)) for place, name in enumerate(names))


def _tranches(live: LiveDeal, names: list[str]) -> tuple[TrancheLine, ...]:
    """What a run paid to a note is what the distributor said after the run's own event and before the next."""
    runs = [(*_position(log), log.period) for log in _logs(live.waterfall.PeriodRun, live)]
    places = {note.address: place for place, note in enumerate(live.notes)}
    paid: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for log in _logs(live.distributor.Distributed, live):
        _, _, period = max(run for run in runs if run[:2] < _position(log))
        paid[places[log.note]].append((_day(live.pool.record(period).end), log.interest + log.principal))
    lines = []
    for place, name in enumerate(names):
        state = live.waterfall.tranche(place)
        lines.append(
            TrancheLine(
                name=name,
                invested=state.atClosing,
                interest=state.interestPaid,
                principal=state.principalPaid,
                loss=state.loss,
                interest_unpaid=state.interestDue,
                paid=tuple(paid[place]),
                closing=_day(live.pool.record(0).end),
                evergreen=live.fund is not None,
            )
        )
    return tuple(lines)


def _holders(live: LiveDeal, names: list[str], investors: Mapping[str, AccountAPI]) -> tuple[HolderLine, ...]:
    lines = []
    for name, note in zip(names, live.notes, strict=True):
        for investor, account in investors.items():
            units, record = note.balanceOf(account), note.paidTo(account)
            claimed, claimable = record.interest + record.principal, note.claimable(account)
            if units or claimed or claimable:
                lines.append(HolderLine(investor, name, units, claimed, claimable))
    return tuple(lines)


def _credits(live: LiveDeal, payees: Sequence[str]) -> tuple[CreditLine, ...]:
    paid: defaultdict[str, int] = defaultdict(int)
    for log in _logs(live.distributor.CreditPaid, live):
        paid[log.account] += log.cash
    accounts = [(name, live.parties.account(name)) for name in payees]
    return tuple(CreditLine(n, paid[a.address], live.distributor.creditOf(a)) for n, a in accounts)


@dataclass(frozen=True)
class SaleCash:
    """Cash of sales that came to the distributor of a group of tranches and left it, settlement units; by events."""

    came: int = 0
    kept: int = 0  # for the deal itself: collections
    released: int = 0

    @classmethod
    def of(cls, live: LiveDeal, sold: LiveLiquidation, group: int) -> SaleCash:
        """Bids and deposits stand with the first, what a case brings at once with its own."""
        came = kept = 0
        for auction in () if group else sold.auctions:
            if "BidMade" in auction.contract_type.events:
                came += sum(log.amount for log in _logs(auction.BidMade, live))
            if "Committed" in auction.contract_type.events:
                came += sum(log.deposit for log in _logs(auction.Committed, live))
        for log in _logs(sold.house.Brought, live):
            # The last share is the pool's: Ape gives a struct within an event without its names.
            came += sum(log.shares) - log.held if group == (0 if log.held else log.group) else 0
            kept += log.shares[3] if group == log.group and not (group and log.held) else 0
        return cls(came, kept, sum(log.cash for log in _logs(live.distributor.Released, live)))

    @property
    def held(self) -> int:
        """Of bidders and others, beside the deal's."""
        return self.came - self.kept - self.released


def _reconcile(live: LiveDeal, worked: SaleCash) -> Reconciliation:
    """What was paid in and out by the contracts' events; the settlement token's own transfers must say the same."""
    subscribed = sum(log.units for log in _logs(live.offering.Ordered, live))
    # The first two of a report are gross and costs; Ape gives a struct within an event without its names.
    collected = sum(log.report[0] - log.report[1] for log in _logs(live.pool.Reported, live))
    collected += sum(log.proceeds[0] - log.proceeds[1] for log in _logs(live.pool.ProceedsTaken, live))
    refunds = sum(log.units for log in _logs(live.offering.OrderReduced, live))
    refunds += sum(log.cash for log in _logs(live.offering.Refunded, live))
    own = {contract.address for contract in live.cash_contracts().values()}  # cash between these is neither in nor out
    credited = sum(log.cash for log in _logs(live.distributor.CreditPaid, live) if log.account not in own)
    claimed = [log for note in live.notes for log in _logs(note.Claimed, live) if log.holder not in own]
    claims = sum(log.interest + log.principal for log in claimed)
    # What the house pays to a contract of the deal, as to a debtor who is one, is there as if a stranger had sent it.
    inward: Counter[str] = Counter()
    for log in _logs(live.distributor.Released, live):
        inward[log.account] += log.cash if log.account in own else 0
    asked_in = {"offering": subscribed, "distributor": collected - worked.kept + worked.came, "fund": 0}
    asked_out = {"offering": refunds, "distributor": credited + claims + worked.released - inward.total(), "fund": 0}
    for place, gate in enumerate(live.gates):
        name = f"gate {place}"
        asked_in[name] = sum(log.assets for log in _logs(gate.DepositRequest, live))
        back = sum(log.assets for log in _logs(gate.CancelDepositClaim, live))
        left = sum(log.assets for log in _logs(gate.Withdraw, live))
        left += sum(log.cash for log in _logs(gate.EarnedPaid, live))
        asked_out[name] = back + left
        subscribed, refunds, claims = subscribed + asked_in[name], refunds + back, claims + left
    unasked = _check_transfers(live, asked_in, asked_out)
    contracts, books = live.cash_contracts(), live.cash_held()
    for name, contract in contracts.items():
        unasked[name] += inward[contract.address]
    # At closing the offering hands what was raised to the distributor: that is neither in nor out.
    held = {name: live.settlement.balanceOf(contract) - unasked[name] for name, contract in contracts.items()}
    held["distributor"] -= worked.held
    _refuse_other_books(books, held)
    return Reconciliation(
        subscriptions=subscribed,
        collections=collected,
        refunds=refunds,
        claims=claims,
        credits=credited,
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
    unlike = [f"{name} holds {held[name]}, its books say {books[name]}" for name in books if held[name] != books[name]]
    if unlike:
        raise ReconciliationFailed(unlike)


def _logs(event: ContractEvent, live: LiveDeal) -> list[Any]:
    """All logs of an event since the deal was deployed."""
    latest = live.pool.provider.get_block("latest").number
    return list(event.range(live.first_block, latest + 1))


def _position(log: Any) -> tuple[int, int]:
    """Where a log stands on the chain."""
    return log.block_number, log.log_index


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
