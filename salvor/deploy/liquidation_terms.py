"""What a deal file says of loans that are worked alone, compiled for the model and the chain."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from eth_hash.auto import keccak

from salvor.amounts import WAD, to_units
from salvor.deal import liquidation as file
from salvor.deal.schema import Deal
from salvor.model.deal import NOBODY
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import Strategy, StrategyTerms
from salvor.model.liquidation.watch import WHOLE, Condition, Looks, TriggerTerms

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


def liquidation_terms(deal: Deal) -> LiquidationTerms | None:
    """Of a deal file that was checked."""
    own = deal.liquidation
    if own is None:
        return None
    names = list(own.auctions)
    named = [None if each is Strategy.HOLD else getattr(own.strategies, each.name.lower()) for each in Strategy]
    return LiquidationTerms(
        keccak(own.claim.encode()),
        own.grace_days * DAY,
        tuple(_strategy(deal, each, names) if each else StrategyTerms() for each in named),
        tuple(_auction(deal, each) for each in own.auctions.values()),
        tuple(_trigger(deal, each) for each in own.triggers.values()),
        own.vehicle or NOBODY,
        deal.settlement.decimals,
    )


def _strategy(deal: Deal, own: file.Strategy, names: list[str]) -> StrategyTerms:
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


def _trigger(deal: Deal, own: file.SaleTrigger) -> TriggerTerms:
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
    )


def _condition(own: file.Condition) -> Condition:
    prefix = f"{own.of}/" if own.of else ""
    level = to_units(own.level, 18) if own.level is not None else 0
    return Condition(Looks[own.looks.upper()], prefix, level, own.margin * WHOLE // WAD, own.window_days * DAY)
