"""What must hold of tranches, fees, reserve, hurdles, triggers and the rest of a deal's cash rules.

These are the rules 14 to 28 and 35 of docs/waterfall.md, told where the reader of the file can mend them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from salvor.amounts import WAD
from salvor.deal.names import Finding, Place, each_is_there, is_there
from salvor.deal.rules import FeeOf, Tranche, Trigger, TriggerTest
from salvor.deal.schema import Deal

_OF_A_TRANCHE = (TriggerTest.OVER_COLLATERALISATION, TriggerTest.INTEREST_COVERAGE, TriggerTest.INTEREST_MISSED)
_BELOW = (
    TriggerTest.OVER_COLLATERALISATION,
    TriggerTest.INTEREST_COVERAGE,
    TriggerTest.COLLECTION_RATIO,
    TriggerTest.PROFITABILITY_RATIO,
    TriggerTest.CLEAN_UP,
)
_HIGHEST = 10 * WAD


def rule_findings(deal: Deal) -> Iterator[Finding]:
    """Every broken rule, in the order of the file."""
    tranches = [tranche.name for tranche in deal.tranches]
    for i, tranche in enumerate(deal.tranches):
        yield from _rate(deal, ("tranches", i), tranche)
    if deal.index and deal.index.first > _HIGHEST:
        yield ("index", "first"), "is above 1000 % a year"
    for i, assumed in enumerate(deal.index.assumed if deal.index else ()):
        if assumed > _HIGHEST:
            yield ("index", "assumed", i), "is above 1000 % a year"
    if deal.index and len(deal.index.assumed) > deal.calendar.periods:
        yield ("index", "assumed"), f"has {len(deal.index.assumed)} entries, the deal {deal.calendar.periods} periods"
    yield from _fees(deal, tranches)
    if deal.reserve:
        yield from each_is_there(("reserve", "tranches"), "tranche", deal.reserve.tranches, tranches)
        yield from _floor_and_cap(("reserve",), deal.reserve.floor, deal.reserve.cap)
        if deal.reserve.share > WAD:
            yield ("reserve", "share"), "is above 100 %"
    for name, hurdle in deal.hurdles.items():
        yield from is_there(("hurdles", name, "tranche"), "tranche", hurdle.tranche, tranches)
        if hurdle.rate > _HIGHEST:
            yield ("hurdles", name, "rate"), "is above 1000 % a year"
    for name, trigger in deal.triggers.items():
        yield from _trigger(deal, ("triggers", name), trigger, tranches)
    if deal.losses.carrying_ratio is not None and not 0 < deal.losses.carrying_ratio <= WAD:
        yield ("losses", "carrying_ratio"), "must be above 0 % and at most 100 %"
    yield from _life(deal)


def _rate(deal: Deal, place: Place, tranche: Tranche) -> Iterator[Finding]:
    kinds = [key for key in ("rate", "step_up", "floating") if key in tranche.model_fields_set]
    if len(kinds) > 1:
        yield place, f"has {' and '.join(kinds)}: a tranche has one rate"
    if tranche.rate > _HIGHEST:
        yield (*place, "rate"), "is above 1000 % a year"
    if tranche.step_up:
        starts = [each.from_period for each in tranche.step_up]
        if starts[0] != 1 or any(after <= before for before, after in pairwise(starts)):
            yield (*place, "step_up"), "must begin at period 1, and its periods must rise"
        for i, each in enumerate(tranche.step_up):
            if each.rate > _HIGHEST:
                yield (*place, "step_up", i, "rate"), "is above 1000 % a year"
    if tranche.floating:
        if deal.index is None:
            yield (*place, "floating"), "needs the deal's `index`"
        if tranche.floating.cap > _HIGHEST or tranche.floating.margin > _HIGHEST:
            yield (*place, "floating"), "is above 1000 % a year"
        yield from _floor_and_cap((*place, "floating"), Decimal(tranche.floating.floor), Decimal(tranche.floating.cap))


def _fees(deal: Deal, tranches: list[str]) -> Iterator[Finding]:
    for name, line in deal.fees.items():
        place: Place = ("fees", name)
        if line.of is FeeOf.AMOUNT:
            if line.amount is None or line.rate is not None or line.floor is not None or line.cap is not None:
                yield place, "a fee of an amount has `amount`, and neither rate, floor nor cap"
        elif line.rate is None or line.amount is not None:
            yield place, f"a fee of {line.of.value} has `rate`, and no amount"
        elif line.rate > (WAD if line.of is FeeOf.COLLECTIONS else _HIGHEST):
            yield (*place, "rate"), f"is above {'100' if line.of is FeeOf.COLLECTIONS else '1000'} %"
        if (line.of is FeeOf.TRANCHE) != (line.tranche is not None):
            yield place, "names a tranche when it is a fee of a tranche, and only then"
        yield from is_there((*place, "tranche"), "tranche", line.tranche, tranches)
        yield from _floor_and_cap(place, line.floor, line.cap)


def _trigger(deal: Deal, place: Place, trigger: Trigger, tranches: list[str]) -> Iterator[Finding]:
    test = trigger.test
    needed = {"tranche"} if test in _OF_A_TRANCHE else set()
    if test in _BELOW:
        needed.add("below")
    elif test is TriggerTest.CUMULATIVE_LOSS:
        needed.add("above")
    elif test is TriggerTest.FINAL_MATURITY:
        needed.add("period")
    if trigger.model_fields_set - {"test", "cured"} != needed:
        words = " and ".join(f"`{key}`" for key in sorted(needed)) or "no key but `cured`"
        yield place, f"{test.value} needs {words}" + (", and no other key but `cured`" if needed else "")
        return
    yield from is_there((*place, "tranche"), "tranche", trigger.tranche, tranches)
    for key in ("below", "above"):
        level = getattr(trigger, key)
        if level is not None and level > _HIGHEST:
            yield (*place, key), "is above 1000 %"
    if trigger.period is not None and trigger.period > deal.calendar.periods:
        yield (*place, "period"), f"the deal has {deal.calendar.periods} periods"
    if test is TriggerTest.EVENT_OF_DEFAULT and not deal.accelerated:
        yield place, "an event of default needs the steps that follow it, `accelerated`"


def _life(deal: Deal) -> Iterator[Finding]:
    if deal.revolving:
        if deal.revolving.to_period >= deal.calendar.periods:
            last = deal.calendar.periods
            yield ("revolving", "to_period"), f"must be before the last of the deal's {last} periods"
        yield from each_is_there(("revolving", "stops_on"), "trigger", deal.revolving.stops_on, list(deal.triggers))
    if deal.vote and not deal.accelerated:
        yield ("vote",), "needs the steps that follow it, `accelerated`"
    if deal.vote and deal.vote.share >= WAD:
        yield ("vote", "share"), "must be below 100 %: it has to be exceeded"


def _floor_and_cap(place: Place, floor: Decimal | None, cap: Decimal | None) -> Iterator[Finding]:
    if floor is not None and cap is not None and floor > cap:
        yield (*place, "floor"), "is above the cap"
