"""What must hold between the fields of a deal file: each broken rule is a place in the file and a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from salvor.amounts import MAX_AMOUNT, WAD, format_units
from salvor.deal.allotment import allotted
from salvor.deal.evergreen_checks import evergreen_findings
from salvor.deal.liquidation_checks import liquidation_findings
from salvor.deal.names import Finding, Place, unknown
from salvor.deal.networks import network_findings
from salvor.deal.oracle_checks import oracle_findings
from salvor.deal.rule_checks import rule_findings
from salvor.deal.rules import FeeLine, Reserve
from salvor.deal.schema import Deal
from salvor.deal.seniority import seniority_findings
from salvor.deal.step_checks import step_findings
from salvor.deal.vaults import vault_findings

_OWN_NAMES = ("seller", "servicer", "offering", "pool", "waterfall")


def findings(deal: Deal) -> Iterator[Finding]:
    """Every broken rule, in the order of the file."""
    yield from _calendar(deal)
    unfit = list(_amounts(deal))
    yield from unfit
    if not unfit:
        yield from _sizes(deal)
    yield from rule_findings(deal)
    yield from step_findings(deal)
    yield from seniority_findings(deal)
    yield from evergreen_findings(deal)
    asked = any(tranche.floating for tranche in deal.tranches) and not (deal.index and deal.index.value)
    has = {"regulated": deal.compliance is not None, "challenged": deal.oracle is not None}
    yield from network_findings(deal.networks, deal.payees, floating=asked, **has)
    yield from vault_findings(deal.vaults, [tranche.name for tranche in deal.tranches])
    yield from oracle_findings(deal)
    yield from liquidation_findings(deal)
    if not unfit:
        yield from _investors(deal)
        yield from _trades(deal)


def _calendar(deal: Deal) -> Iterator[Finding]:
    calendar = deal.calendar
    if (calendar.closing + timedelta(days=1)).day != 1:
        yield ("calendar", "closing"), f"{calendar.closing} is not the last day of a month"
    if len(calendar.timing_curve) != calendar.periods:
        yield (
            ("calendar", "timing_curve"),
            f"has {len(calendar.timing_curve)} entries, the calendar {calendar.periods} periods",
        )
    if (total := sum(calendar.timing_curve)) != 10_000:
        yield ("calendar", "timing_curve"), f"adds up to {total} basis points, not 10000"
    if calendar.costs > WAD:
        yield ("calendar", "costs"), "is above 100 %: the servicer can't take off more than was collected"


def _amounts(deal: Deal) -> Iterator[Finding]:
    places: list[tuple[Place, Decimal]] = [(("purchase_price",), deal.purchase_price)]
    for i, tranche in enumerate(deal.tranches):
        places.append((("tranches", i, "size"), tranche.size))
        if tranche.minimum is not None:
            places.append((("tranches", i, "minimum"), tranche.minimum))
    named: list[tuple[Place, FeeLine | Reserve]] = [(("fees", name), line) for name, line in deal.fees.items()]
    named += [(("reserve",), deal.reserve)] if deal.reserve else []
    for place, part in named:
        for key in ("amount", "floor", "cap"):
            if (amount := getattr(part, key, None)) is not None:
                places.append(((*place, key), amount))
    places += [(("investors", i, "amount"), investor.amount) for i, investor in enumerate(deal.investors)]
    places += [(("trades", i, "amount"), trade.amount) for i, trade in enumerate(deal.trades)]
    for place, amount in places:
        try:
            units = deal.units(amount)
        except ValueError as error:
            yield place, f"{amount} {error} ({deal.settlement.symbol})"
            continue
        if not 0 < units <= MAX_AMOUNT:
            yield place, f"{amount} must be above 0 and below {MAX_AMOUNT + 1} units"


def _sizes(deal: Deal) -> Iterator[Finding]:
    for i, tranche in enumerate(deal.tranches):
        if tranche.name in [each.name for each in deal.tranches[:i]]:
            yield ("tranches", i, "name"), f"two tranches are called '{tranche.name}'"
        if tranche.symbol in [each.symbol for each in deal.tranches[:i]]:
            yield ("tranches", i, "symbol"), f"two tranches have the symbol '{tranche.symbol}'"
        if len(tranche.note_name.encode()) > 31:
            # OpenZeppelin's EIP-712 domain keeps the name in one word.
            yield ("tranches", i, "name"), f"the note's name '{tranche.note_name}' is longer than 31 bytes"
        if tranche.minimum is not None and tranche.minimum > tranche.size:
            yield ("tranches", i, "minimum"), f"{tranche.minimum} is above the size, {tranche.size}"
    total = sum(tranche.size for tranche in deal.tranches)
    if total < deal.purchase_price or (total > deal.purchase_price and deal.reserve is None):
        yield ("tranches",), f"the tranches add up to {total}, the purchase price is {deal.purchase_price}"


def _investors(deal: Deal) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    for i, investor in enumerate(deal.investors):
        if investor.name in _OWN_NAMES or investor.name.startswith("note "):
            yield ("investors", i, "name"), f"'{investor.name}' is a part of the deal itself; give another name"
        if investor.tranche not in names:
            yield ("investors", i, "tranche"), unknown("tranche", investor.tranche, names)
    raised = Decimal(0)
    for tranche in deal.tranches:
        booked = sum(each.amount for each in deal.investors if each.tranche == tranche.name)
        raised += min(booked, tranche.size)
        if booked < (least := tranche.minimum or tranche.size):
            yield ("investors",), f"orders for '{tranche.name}' add up to {booked}, it needs {least}"
    if raised < deal.purchase_price:
        yield ("investors",), f"the book pays {raised}, the purchase price is {deal.purchase_price}"


def _trades(deal: Deal) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    held: defaultdict[tuple[str, str], int] = defaultdict(int)
    held.update(allotted(deal))
    investors = sorted({investor.name for investor in deal.investors})
    for i, trade in sorted(enumerate(deal.trades), key=lambda each: each[1].after_period):
        place = ("trades", i)
        if trade.after_period > deal.calendar.periods:
            yield (*place, "after_period"), f"the deal has {deal.calendar.periods} periods"
        if trade.tranche not in names:
            yield (*place, "tranche"), unknown("tranche", trade.tranche, names)
        for side in ("seller", "buyer"):
            if getattr(trade, side) not in investors:
                yield (*place, side), f"no investor is called '{getattr(trade, side)}' ({', '.join(investors)})"
        left, units = held[trade.seller, trade.tranche], deal.units(trade.amount)
        if units > left:
            has = format_units(left, deal.settlement.decimals)
            yield (*place, "amount"), f"'{trade.seller}' holds {has} of '{trade.tranche}' by then"
        held[trade.seller, trade.tranche] -= units
        held[trade.buyer, trade.tranche] += units
