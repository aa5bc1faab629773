"""What must hold between the fields of `liquidation`: each broken rule is a place in the file and a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from salvor.amounts import WAD, to_units
from salvor.deal.liquidation import OF_VALUES, OWN, SELLING, Auction, Condition, Liquidation, SaleTrigger, Strategy
from salvor.deal.names import Finding, Place, each_is_there, is_there, unknown
from salvor.deal.schema import Deal
from salvor.tape.plan import TapeMapping
from salvor.tape.schema import asset_class_names

_TOP: Place = ("liquidation",)
_MOST_SHARE = 2**64 - 1
_MOST = 2**88 - 1  # a cost, a fee or a level
_MOST_CUT = 999 * WAD // 1_000
_SEALED = ("commit_hours", "reveal_hours", "pay_hours", "deposit")
_NEEDS = {
    "dutch": ("step_hours", "fall_hours"),
    "english": ("hours", "increment"),
    "sealed": _SEALED,
    "vickrey": _SEALED,
}
_MAY = {
    "dutch": ("linger_hours", "cut", "cusp", "units", "dust"),
    "english": ("window_hours", "extension_hours", "increment_share"),
    "sealed": (),
    "vickrey": (),
}


def liquidation_findings(deal: Deal) -> Iterator[Finding]:
    """What must hold between the fields of the section."""
    own = deal.liquidation
    if own is None:
        return
    if deal.oracle is None:
        yield _TOP, "sells by values, and the deal has no `oracle`"
    if OWN in own.groups:
        yield (*_TOP, "groups", OWN), "is the name of the deal's own tranches; give another one"
    for name, auction in own.auctions.items():
        for where, sentence in _auction(deal, auction):
            yield (*_TOP, "auctions", name, *where), sentence
    for name in type(own.strategies).model_fields:
        for where, sentence in _strategy(deal, own, name, getattr(own.strategies, name)):
            yield (*_TOP, "strategies", name, *where), sentence
    kinds = list(dict.fromkeys(value.key.partition("/")[0] for value in deal.oracle.values)) if deal.oracle else []
    for name, trigger in own.triggers.items():
        for where, sentence in _trigger(deal, own, trigger, kinds):
            yield (*_TOP, "triggers", name, *where), sentence


def tape_findings(own: Liquidation, mapping: TapeMapping) -> Iterator[Finding]:
    """What must hold between the section and the tape: a claim that no loan's leaves have could never be proved."""
    known = mapping.schema_of.fields
    fit = [name for name in mapping.fields if known[name].kind == "money" and known[name].committed]
    if own.claim not in fit:
        what = f"field of money in the leaves of the tape's loans ({mapping.asset_class})"
        yield (*_TOP, "claim"), unknown(what, own.claim, fit)


def group_findings(deal: Deal, group: Deal) -> Iterator[str]:
    """What must hold between a deal and further tranches behind its book of loans."""
    own, other = deal.settlement, group.settlement
    if (own.symbol, own.decimals) != (other.symbol, other.decimals):
        yield f"pays in {other.symbol} of {other.decimals} decimals, this deal in {own.symbol} of {own.decimals}"
    if group.kind != "closed-end":
        yield f"is {group.kind}; tranches behind the first group are closed-end"
    if deal.kind != "closed-end":
        yield f"is beside tranches that are {deal.kind}: a case that leaves them would stay in their net asset value"
    if group.liquidation or group.oracle:
        yield "has a `liquidation` or an `oracle` of its own; those of this deal serve all groups"
    if group.compliance:
        yield "has `compliance`: notes behind the first group ask the allow-list alone, so its rules would bind nobody"
    if strangers := [name for name in group.payees if name not in deal.payees]:
        yield f"pays '{strangers[0]}', who is no payee of this deal ({', '.join(deal.payees)})"


def _auction(deal: Deal, own: Auction) -> Iterator[Finding]:
    """Places are within the auction."""
    needed, may = _NEEDS[own.kind], _MAY[own.kind]
    for key in type(own).model_fields:
        given = getattr(own, key) is not None
        if key in needed and not given:
            yield (), f"is {own.kind} and has no `{key}`"
        if given and key not in ("kind", *needed, *may):
            yield (key,), f"is of no use: the auction is {own.kind}"
    if own.step_hours and own.fall_hours and own.step_hours > own.fall_hours:
        yield ("step_hours",), f"is {own.step_hours}, more than the whole fall of {own.fall_hours}"
    if own.cut is not None and not 0 < own.cut <= _MOST_CUT:
        yield ("cut",), "must be above 0 % and at most 99.9 %"
    if own.hours and (own.window_hours or 0) > own.hours:
        yield ("window_hours",), f"is {own.window_hours}, longer than the auction of {own.hours}"
    if (own.dust or 1) > (own.units or 1):
        yield ("dust",), f"is {own.dust}, and the lot has {own.units or 1}"
    for key in ("cusp", "increment_share", "deposit"):
        if (getattr(own, key) or 0) > WAD:
            yield (key,), "is above 100 %"
    if own.deposit == 0:
        yield ("deposit",), "must be above 0 %: who withholds a price would lose nothing"
    if own.increment is not None:
        yield from _units(deal, ("increment",), own.increment, least=1)


def _strategy(deal: Deal, section: Liquidation, name: str, own: Strategy) -> Iterator[Finding]:
    """Places are within the strategy."""
    yield from _units(deal, ("cost",), own.cost)
    yield from is_there(("auction",), "auction", own.auction, list(section.auctions))
    yield from is_there(("group",), "group of tranches", own.group, [OWN, *section.groups])
    if own.auction is None:
        for key in {"start", "floor", "rounds", "haircut", "unsold"} & own.model_fields_set:
            yield (key,), "is of no use: the strategy has no `auction`"
        return
    if name not in SELLING:
        yield ("auction",), f"is of no use: only {' and '.join(SELLING)} sell"
    if own.start is None or own.floor is None:
        yield (), "sells, and has no `start` or no `floor`: at which prices?"
    elif not 0 < own.floor <= own.start <= min(_MOST_SHARE, 1_000 * own.floor):
        yield ("floor",), "must be above 0 %, at most `start`, and at least a thousandth of it"
    if own.haircut > WAD // 2:
        yield ("haircut",), "is above 50 %"
    if own.unsold == "credit_bid" and section.vehicle is None:
        yield ("unsold",), "is a credit bid, and `liquidation` has no `vehicle` that could take what nobody buys"


def _trigger(deal: Deal, section: Liquidation, own: SaleTrigger, kinds: list[str]) -> Iterator[Finding]:
    """Places are within the trigger."""
    if getattr(section.strategies, own.way).auction is None:
        yield ("way",), f"is {own.way}, and that strategy has no `auction`"
    yield from _units(deal, ("fee",), own.fee)
    yield from is_there(("asset_class",), "asset class", own.asset_class, asset_class_names())
    for name, condition in own.conditions.items():
        for where, sentence in _condition(condition, kinds):
            yield ("conditions", name, *where), sentence
    for i, clause in enumerate(own.any):
        yield from each_is_there(("any", i), "condition", clause, list(own.conditions))


def _condition(own: Condition, kinds: list[str]) -> Iterator[Finding]:
    """Places are within the condition."""
    if own.margin > WAD:
        yield ("margin",), "is above 100 %"
    if own.looks not in OF_VALUES:
        for key in {"of", "level", "margin"} & own.model_fields_set:
            yield (key,), f"is of no use: {own.looks} asks no value"
        return
    if own.of is None or own.level is None:
        yield (), f"looks at a value ({own.looks}): `of` which kind, and at which `level`?"
        return
    if own.of not in kinds:
        yield ("of",), unknown("kind of value in `oracle`", own.of, kinds)
    try:
        if not 0 < to_units(own.level, 18) <= _MOST:
            yield ("level",), "must be above 0 and below 309 million"
    except ValueError as error:
        yield ("level",), f"{own.level} {error}"


def _units(deal: Deal, place: Place, amount: Decimal, *, least: int = 0) -> Iterator[Finding]:
    try:
        if not least <= deal.units(amount) <= _MOST:
            yield place, f"must be {'above 0' if least else 'at least 0'} and below 2^88 units"
    except ValueError as error:
        yield place, f"{amount} {error} ({deal.settlement.symbol})"
