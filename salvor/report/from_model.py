"""The closing statement as the reference model reckons it: the same story played in exact integers, without a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from salvor.deal.schema import Deal
from salvor.deploy.terms import DealTerms
from salvor.model.system import System
from salvor.report.statement import HolderLine, Reconciliation, Statement, TrancheLine

SELLER, FEE_ACCOUNT, SERVICER = "seller", "fee account", "servicer"


def forecast(
    deal: Deal,
    terms: DealTerms,
    collections: Sequence[Mapping[str, int]],
    *,
    claims_after: Sequence[int],
) -> Statement:
    """Play a deal from subscription to the last claim. Trades of a period come before its claims."""
    system = System(terms.for_model(seller=SELLER, fee_account=FEE_ACCOUNT, servicer=SERVICER))
    _sell(system, deal)
    names = list(dict.fromkeys(investor.name for investor in deal.investors))
    claimed = {(place, name): 0 for place in range(len(terms.sizes)) for name in names}
    paid: list[list[tuple[date, int]]] = [[] for _ in terms.sizes]
    behind_plan = 0
    for period, cash in enumerate(collections, start=1):
        _collect(system, period, cash)
        outcome = system.run(period)
        behind_plan += outcome.behind_plan
        for place, parts in enumerate(outcome.tranches):
            if sum(parts):
                paid[place].append((_day(terms.period_ends[period - 1]), sum(parts)))
        for trade in deal.trades:
            if trade.after_period == period:
                place, units = deal.place_of(trade.tranche), deal.units(trade.amount)
                system.transfer(trade.seller, trade.buyer, place, units, terms.period_ends[period - 1])
        if period in claims_after:
            for place, name in claimed:
                claimed[place, name] += system.claim(name, place)
            system.claim_fees()
    return _statement(system, deal, terms, claimed, paid, behind_plan)


def _sell(system: System, deal: Deal) -> None:
    """Everybody in the book is admitted for good and buys; the seller is paid."""
    terms = system.terms
    for investor in deal.investors:
        units = deal.units(investor.amount)
        system.admit(investor.name, terms.period_ends[-1] + 1, now=0)
        system.cash.mint(investor.name, units)
        system.subscribe(investor.name, deal.place_of(investor.tranche), units, now=0)
    system.close(terms.closing)


def _collect(system: System, period: int, cash: Mapping[str, int]) -> None:
    total = sum(cash.values())
    system.cash.mint(SERVICER, total)
    paying = sum(1 for units in cash.values() if units)
    root = bytes([paying > 0]) * 32  # the model asks only whether there is one
    system.report(period, total, paying, system.terms.period_ends[period - 1], root)


def _statement(
    system: System,
    deal: Deal,
    terms: DealTerms,
    claimed: Mapping[tuple[int, str], int],
    paid: Sequence[Sequence[tuple[date, int]]],
    behind_plan: int,
) -> Statement:
    tranches = tuple(
        TrancheLine(
            name=tranche.name,
            invested=terms.sizes[place],
            interest=state.interest_paid,
            principal=state.principal_paid,
            loss=state.loss,
            interest_unpaid=state.interest_due,
            paid=tuple(paid[place]),
            closing=_day(terms.closing),
        )
        for place, (tranche, state) in enumerate(zip(deal.tranches, system.waterfall.tranches, strict=True))
    )
    holders = tuple(
        HolderLine(name, deal.tranches[place].name, note.held[name], total, note.claimable(name))
        for (place, name), total in claimed.items()
        if (note := system.notes[place]).held[name] or total
    )
    claims = sum(claimed.values())
    return Statement(
        deal=deal.name,
        assumptions=deal.assumptions,
        symbol=deal.settlement.symbol,
        decimals=deal.settlement.decimals,
        loans=terms.tape.loan_count,
        tape_root="0x" + terms.tape.root.hex(),
        planned=sum(terms.plan),
        collected=sum(system.collected),
        collection_ratio=system.collection_ratio(len(system.collected)),
        periods=len(system.collected),
        periods_behind_plan=behind_plan,
        tranches=tranches,
        holders=holders,
        reconciliation=Reconciliation(
            subscriptions=sum(terms.sizes),
            collections=sum(system.collected),
            purchase_price=terms.purchase_price,
            refunds=0,
            fees=system.fees_claimed,
            claims=claims,
            cash_held=system.cash_held,
        ),
    )


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
