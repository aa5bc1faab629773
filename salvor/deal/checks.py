"""What must hold between the fields of a deal file: each broken rule is a place in the file and a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches

from salvor.amounts import MAX_AMOUNT, WAD
from salvor.deal.schema import Deal, Pay, SkipWhen

Place = tuple[str | int, ...]
Finding = tuple[Place, str]


def findings(deal: Deal) -> Iterator[Finding]:
    """Every broken rule, in the order of the file."""
    yield from _calendar(deal)
    unfit = list(_amounts(deal))
    yield from unfit
    if not unfit:
        yield from _sizes(deal)
    if deal.triggers.behind_plan > 10 * WAD:
        yield ("triggers", "behind_plan"), "is above 1000 % of the plan"
    yield from _waterfall(deal)
    yield from _investors(deal)
    if not unfit:
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


def _amounts(deal: Deal) -> Iterator[Finding]:
    places: list[tuple[Place, Decimal]] = [(("purchase_price",), deal.purchase_price)]
    places += [(("tranches", i, "size"), tranche.size) for i, tranche in enumerate(deal.tranches)]
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
        if tranche.rate > 10 * WAD:
            yield ("tranches", i, "rate"), "is above 1000 % a year"
    total = sum(tranche.size for tranche in deal.tranches)
    if total != deal.purchase_price:
        yield ("tranches",), f"the tranches add up to {total}, the purchase price is {deal.purchase_price}"


def _waterfall(deal: Deal) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    last = len(deal.waterfall) - 1
    for i, step in enumerate(deal.waterfall):
        place = ("waterfall", i)
        if step.pay is Pay.FEE:
            if step.rate is None or step.tranche is not None:
                yield place, "a fee needs a rate and no tranche"
        elif step.tranche is None or step.rate is not None:
            yield place, f"{step.pay.value} needs a tranche and no rate"
        elif step.tranche not in names:
            yield (*place, "tranche"), _unknown_tranche(step.tranche, names)
        if (step.pay is Pay.RESIDUAL) != (i == last):
            yield place, "the residual must be the last step, and only the last"
        if step.pay is Pay.RESIDUAL and step.skip_when is not SkipWhen.NEVER:
            yield place, "the residual can't be passed over: cash would be left without an owner"
    if (fees := sum(step.rate or 0 for step in deal.waterfall)) > WAD:
        yield ("waterfall",), f"the fees add up to {fees * 100 // WAD} % of collections"
    yield from _unpaid_tranches(deal)


def _unpaid_tranches(deal: Deal) -> Iterator[Finding]:
    """A tranche whose money no step gives back, or whose interest can be passed over for ever."""
    always = {(step.pay, step.tranche) for step in deal.waterfall if step.skip_when is SkipWhen.NEVER}
    for i, tranche in enumerate(deal.tranches):
        if (Pay.PRINCIPAL, tranche.name) not in always and (Pay.RESIDUAL, tranche.name) not in always:
            yield ("tranches", i), f"no step always pays the principal of '{tranche.name}'"
        if tranche.rate and (Pay.INTEREST, tranche.name) not in always:
            yield ("tranches", i), f"no step always pays the interest of '{tranche.name}'"


def _investors(deal: Deal) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    for i, investor in enumerate(deal.investors):
        if investor.tranche not in names:
            yield ("investors", i, "tranche"), _unknown_tranche(investor.tranche, names)
    for tranche in deal.tranches:
        booked = sum(each.amount for each in deal.investors if each.tranche == tranche.name)
        if booked != tranche.size:
            yield ("investors",), f"subscriptions to '{tranche.name}' add up to {booked}, its size is {tranche.size}"


def _trades(deal: Deal) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    held: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for investor in deal.investors:
        held[investor.name, investor.tranche] += investor.amount
    investors = sorted({investor.name for investor in deal.investors})
    for i, trade in sorted(enumerate(deal.trades), key=lambda each: each[1].after_period):
        place = ("trades", i)
        if trade.after_period > deal.calendar.periods:
            yield (*place, "after_period"), f"the deal has {deal.calendar.periods} periods"
        if trade.tranche not in names:
            yield (*place, "tranche"), _unknown_tranche(trade.tranche, names)
        for side in ("seller", "buyer"):
            if getattr(trade, side) not in investors:
                yield (*place, side), f"no investor is called '{getattr(trade, side)}' ({', '.join(investors)})"
        left = held[trade.seller, trade.tranche]
        if trade.amount > left:
            yield (*place, "amount"), f"'{trade.seller}' holds {left} of '{trade.tranche}' by then"
        held[trade.seller, trade.tranche] -= trade.amount
        held[trade.buyer, trade.tranche] += trade.amount


def _unknown_tranche(name: str, names: list[str]) -> str:
    match = get_close_matches(name, names, n=1)
    return f"no tranche is called '{name}'" + (f"; did you mean '{match[0]}'?" if match else f" ({', '.join(names)})")
