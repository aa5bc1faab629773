"""What a deal file says of loans that are worked alone, compiled for the model and the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from eth_hash.auto import keccak

from salvor.amounts import WAD, to_units
from salvor.deal import liquidation as file
from salvor.deal.schema import Deal
from salvor.errors import OptionInvalid
from salvor.model.deal import NOBODY
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import Strategy, StrategyTerms
from salvor.model.liquidation.watch import WHOLE, Condition, Looks, TriggerTerms
from salvor.tape.committed import ClassTotal

DAY, HOUR = 86_400, 3_600
Auction = Dutch | English | Sealed


@dataclass(frozen=True)
class LiquidationTerms:
    """What the deal says of disposals; strategies name auctions by their places."""

    claim_field: bytes  # keccak256 of its name
    grace: int
    strategies: tuple[StrategyTerms, ...]  # one a strategy, in their order
    auctions: tuple[Auction, ...]
    triggers: tuple[TriggerTerms, ...] = ()
    vehicle: str = NOBODY
    decimals: int = 0  # of the settlement asset


def liquidation_terms(deal: Deal, classes: Sequence[ClassTotal] = ()) -> LiquidationTerms | None:
    """Of a deal file that was checked; triggers may be for one of the classes that its tapes have."""
    own = deal.liquidation
    if own is None:
        return None
    names = list(own.auctions)
    named = [None if each is Strategy.HOLD else getattr(own.strategies, each.name.lower()) for each in Strategy]
    return LiquidationTerms(
        keccak(own.claim.encode()),
        own.grace_days * DAY,
        tuple(_strategy(deal, each, names, [file.OWN, *own.groups]) if each else StrategyTerms() for each in named),
        tuple(_auction(deal, each) for each in own.auctions.values()),
        tuple(_trigger(deal, name, each, classes) for name, each in own.triggers.items()),
        own.vehicle or NOBODY,
        deal.settlement.decimals,
    )


def _strategy(deal: Deal, own: file.Strategy, names: list[str], groups: list[str]) -> StrategyTerms:
    return StrategyTerms(
        None if own.auction is None else names.index(own.auction),
        own.approval,
        own.days * DAY,
        deal.units(own.cost),
        own.start or 0,
        own.floor or 0,
        own.rounds,
        own.haircut,
        own.unsold == "credit_bid",
        None if own.group is None else groups.index(own.group),
    )


def _auction(deal: Deal, own: file.Auction) -> Auction:
    def seconds(hours: int | None) -> int:
        return (hours or 0) * HOUR

    if own.kind == "dutch":
        times = (seconds(own.step_hours), seconds(own.fall_hours), seconds(own.linger_hours))
        return Dutch(*times, own.cut or 0, own.cusp or 0, own.units or 1, own.dust or 1)
    if own.kind == "english":
        times = (seconds(own.hours), seconds(own.window_hours), seconds(own.extension_hours))
        return English(*times, deal.units(own.increment or Decimal(0)), own.increment_share or 0)
    times = (seconds(own.commit_hours), seconds(own.reveal_hours), seconds(own.pay_hours))
    return Sealed(own.kind == "vickrey", *times, own.deposit or 0)


def _trigger(deal: Deal, name: str, own: file.SaleTrigger, classes: Sequence[ClassTotal]) -> TriggerTerms:
    schemas = {each.asset_class: each.schema for each in classes}
    if own.asset_class and own.asset_class not in schemas:
        what = f"is for loans of the class {own.asset_class}, and the tapes have none"
        raise OptionInvalid(f"{deal.name}: trigger '{name}' {what} ({', '.join(schemas)})")
    places = {name: place for place, name in enumerate(own.conditions)}
    return TriggerTerms(
        tuple(_condition(each) for each in own.conditions.values()),
        tuple(frozenset(places[name] for name in clause) for clause in own.any),
        Strategy[own.way.upper()],
        own.hold_days * DAY,
        own.gap_days * DAY,
        own.age_days * DAY,
        own.cure_days * DAY,
        deal.units(own.fee),
        schemas[own.asset_class] if own.asset_class else bytes(32),
    )


def _condition(own: file.Condition) -> Condition:
    prefix = f"{own.of}/" if own.of else ""
    level = to_units(own.level, 18) if own.level is not None else 0
    return Condition(Looks[own.looks.upper()], prefix, level, own.margin * WHOLE // WAD, own.window_days * DAY)
