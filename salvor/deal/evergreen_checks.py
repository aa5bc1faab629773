"""What an evergreen deal must say, and what it can't: rule 1 of docs/evergreen.md, told before anything is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from salvor.amounts import WAD
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
    yield from _steps(deal)
    yield from _limits(deal, own)


def _steps(deal: Deal) -> Iterator[Finding]:
    lowest = deal.tranches[-1].name
    for name, steps in (("waterfall", deal.waterfall), ("accelerated", deal.accelerated)):
        if steps and (steps[-1].pay is not Pay.RESIDUAL or steps[-1].tranche != lowest):
            yield (name, len(steps) - 1), f"an evergreen deal ends with the residual of its lowest tranche, '{lowest}'"


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
