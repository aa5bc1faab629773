"""What an evergreen deal must say, and what it can't: rule 1 of docs/evergreen.md, told before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.amounts import MAX_AMOUNT, WAD
from salvor.deal.names import Finding, unknown
from salvor.deal.rules import Evergreen, Pay
from salvor.deal.schema import Deal


def evergreen_findings(deal: Deal) -> Iterator[Finding]:
    """Every broken rule; a closed-end deal has none of this."""
    own = deal.evergreen
    if deal.kind == "closed-end":
        if own is not None:
            yield ("evergreen",), "is of a deal of kind evergreen, and this one is closed-end"
        return
    if own is None:
        yield ("kind",), "is evergreen, and the section evergreen is missing"
        return
    if deal.revolving is None:
        yield ("kind",), "is evergreen, which needs the section revolving: entries buy loans or pay leavers until then"
    if deal.losses.by != "nav":
        yield ("losses", "by"), "is ledgers; an evergreen deal books losses by nav"
    if deal.hurdles:
        yield ("hurdles",), "an evergreen deal has none: a hurdle does not follow units that come and go"
    if deal.accelerated:
        yield ("accelerated",), "an evergreen deal has no vote: units come and go, so one unit could decide for all"
    yield from _steps(deal)
    yield from _limits(deal, own)
    yield from _visits(deal, own)


def _steps(deal: Deal) -> Iterator[Finding]:
    lowest = deal.tranches[-1].name
    steps = deal.waterfall
    if steps and (steps[-1].pay is not Pay.RESIDUAL or steps[-1].tranche != lowest):
        yield (
            ("waterfall", len(steps) - 1),
            f"an evergreen deal ends with the residual of its lowest tranche, '{lowest}'",
        )


def _limits(deal: Deal, own: Evergreen) -> Iterator[Finding]:
    names = [tranche.name for tranche in deal.tranches]
    if own.discount_rate > WAD or own.fees > WAD:
        yield ("evergreen",), "discount_rate and fees are at most 100 %"
    for i, limit in enumerate(own.limits):
        place = ("evergreen", "limits", i)
        if limit.tranche not in names:
            yield (*place, "tranche"), unknown("tranche", limit.tranche, names)
        elif limit.tranche == names[-1]:
            yield (*place, "tranche"), f"nothing is below '{limit.tranche}'"
        if limit.at_least >= WAD:
            yield (*place, "at_least"), "must be below 100 %"
        if limit.tranche in [each.tranche for each in own.limits[:i]]:
            yield (*place, "tranche"), f"two limits are of '{limit.tranche}'"


def _visits(deal: Deal, own: Evergreen) -> Iterator[Finding]:
    names, people = [tranche.name for tranche in deal.tranches], {investor.name for investor in deal.investors}
    for i, visit in enumerate(own.visits):
        place = ("evergreen", "visits", i)
        if (visit.enter is None) == (visit.leave is None):
            yield place, "says one of enter and leave"
        elif (tranche := visit.enter or visit.leave or "") not in names:
            yield (*place, "enter" if visit.enter else "leave"), unknown("tranche", tranche, names)
        if visit.who not in people:
            yield (*place, "who"), unknown("investor", visit.who, sorted(people))
        if visit.in_period > deal.calendar.periods:
            yield (*place, "in_period"), f"the deal has {deal.calendar.periods} periods"
        try:
            units = deal.units(visit.amount)
        except ValueError as error:
            yield (*place, "amount"), f"{visit.amount} {error} ({deal.settlement.symbol})"
            continue
        if not 0 < units <= MAX_AMOUNT:
            yield (*place, "amount"), f"{visit.amount} must be above 0 and below {MAX_AMOUNT + 1} units"
