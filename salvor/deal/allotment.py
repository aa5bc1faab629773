"""Who gets how many notes of what the book orders (docs/waterfall.md, rule 2)."""

from __future__ import annotations

from collections import defaultdict

from salvor.amounts import Units, mul_div_down
from salvor.deal.schema import Deal


def orders(deal: Deal) -> dict[tuple[str, str], Units]:
    """Units by investor and tranche: several lines of one investor are one order."""
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for investor in deal.investors:
        found[investor.name, investor.tranche] += deal.units(investor.amount)
    return {key: Units(units) for key, units in found.items()}


def allotted(deal: Deal) -> dict[tuple[str, str], Units]:
    """Notes by investor and tranche once all orders are in: above the size each gets the same share, down."""
    book, sizes = orders(deal), {tranche.name: deal.units(tranche.size) for tranche in deal.tranches}
    ordered: defaultdict[str, int] = defaultdict(int)
    for (_, tranche), units in book.items():
        ordered[tranche] += units
    return {
        (name, tranche): Units(mul_div_down(units, min(ordered[tranche], sizes.get(tranche, 0)), ordered[tranche]))
        for (name, tranche), units in book.items()
    }
