"""What sells loans that are worked alone: the house, its auctions and the book, beside a deal that stands already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from salvor.chain.send import deploy_nested, learn_errors_of, selector_of, send
from salvor.deploy.liquidation_terms import Auction, LiquidationTerms
from salvor.deploy.live import LiveDeal, LiveLiquidation
from salvor.deploy.structs import NOBODY
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import StrategyTerms
from salvor.model.liquidation.watch import Condition, TriggerTerms

_OF_THE_OVERSEER = ["confirm", "reject", "approve", "switchTo", "pause"]


def with_liquidation(
    project: Any, live: LiveDeal, terms: LiquidationTerms | None, groups: tuple[LiveDeal, ...] = ()
) -> LiveDeal:
    """A deal that stands, with what its file says of loans that are worked alone; its own hub has the values."""
    if terms is None or live.oracle is None:
        return live
    hub, admin = live.oracle.hub, live.parties.admin
    values = admin.deploy(project.HubValues, hub, terms.decimals)
    sold = deploy_liquidation(project, live, terms, values=values, vehicle=terms.vehicle, groups=groups)
    if terms.triggers:
        triggers = deploy_triggers(project, live, sold, terms.triggers, hub=hub, decimals=terms.decimals)
        sold = replace(sold, triggers=triggers)
    return replace(live, liquidation=sold)


def deploy_liquidation(
    project: Any,
    live: LiveDeal,
    terms: LiquidationTerms,
    *,
    values: Any,
    vehicle: Any = NOBODY,
    overseer: Any = None,
    groups: tuple[LiveDeal, ...] = (),
) -> LiveLiquidation:
    """Deploy from the admin's account and set the roles; the overseer is the manager where nobody is named."""
    admin, parties, access = live.parties.admin, live.parties, live.access
    house = admin.deploy(project.AuctionHouse, access, live.pool, live.allow_list, parties.servicer, vehicle)
    for group in groups:
        send(house.addGroup, group.pool, sender=admin)
    for each in (live, *groups):
        send(each.pool.appointHouse, house, sender=admin)
        send(each.distributor.appointHouse, house, sender=admin)
    auctions = tuple(_deploy_auction(project, admin, house, each) for each in terms.auctions)
    strategies = [_strategy(each, auctions) for each in terms.strategies]
    book = admin.deploy(project.LoanBook, access, house, values, terms.claim_field, terms.grace, strategies)
    for contract in (house, book, *auctions):
        learn_errors_of(contract)
    send(house.appoint, book, sender=admin)
    roles = {
        access.SERVICER(): ([(book, ["open", "join", "propose", "sell"])], None),  # who has it already
        access.OVERSEER(): ([(book, _OF_THE_OVERSEER)], overseer or parties.manager),
    }
    for role, (targets, holder) in roles.items():
        for target, functions in targets:
            selectors = [selector_of(target, name) for name in functions]
            send(access.setTargetFunctionRole, target, selectors, role, sender=admin)
        if holder:
            send(access.grantRole, role, holder, 0, sender=admin)
    return LiveLiquidation(house, book, auctions, values, groups=groups)


def deploy_triggers(
    project: Any, live: LiveDeal, sold: LiveLiquidation, terms: tuple[TriggerTerms, ...], *, hub: Any, decimals: int
) -> Any:
    """The book of triggers over a hub's values, and its role."""
    admin, access = live.parties.admin, live.access
    conditions = [[_condition(one) for one in each.conditions] for each in terms]
    declared, classes = [_trigger(each) for each in terms], [each.schema for each in terms]
    given = (hub.address, sold.book.address, decimals, declared, conditions, classes)
    triggers = deploy_nested(admin, project.TriggerBook, *given)
    learn_errors_of(triggers)
    selectors = [selector_of(sold.book, name) for name in ("fire", "cured")]
    send(access.setTargetFunctionRole, sold.book, selectors, access.TRIGGERS(), sender=admin)
    send(access.grantRole, access.TRIGGERS(), triggers, 0, sender=admin)
    return triggers


def _trigger(terms: TriggerTerms) -> tuple[Any, ...]:
    sets = [sum(1 << place for place in clause) for clause in terms.clauses]
    clauses = sum(each << (8 * number) for number, each in enumerate(sets))
    times = (terms.hold, terms.gap, terms.age, terms.cure)
    return (clauses, *times, terms.fee, int(terms.way), len(terms.conditions))


def _condition(one: Condition) -> tuple[Any, ...]:
    return (int(one.looks), one.prefix.encode().ljust(11, b"\0"), one.level, one.margin, one.window)


def _deploy_auction(project: Any, admin: Any, house: Any, terms: Auction) -> Any:
    if isinstance(terms, Dutch):
        times = (terms.step, terms.fall, terms.linger)
        given = (bool(terms.cut), terms.cut, *times, terms.cusp, terms.units, terms.dust)
        return admin.deploy(project.DutchAuction, house, given)
    if isinstance(terms, Sealed):
        times = (terms.commit_time, terms.reveal_time, terms.pay_time)
        return admin.deploy(project.SealedAuction, house, (terms.second_price, *times, terms.deposit_share))
    limits = (terms.duration, terms.window, terms.extension, terms.increment, terms.increment_share)
    return admin.deploy(project.EnglishAuction, house, limits)


def _strategy(terms: StrategyTerms, auctions: tuple[Any, ...]) -> tuple[Any, ...]:
    auction = NOBODY if terms.auction is None else auctions[terms.auction].address
    return (
        auction,
        terms.approval,
        terms.duration,
        terms.cost,
        terms.start_share,
        terms.floor_share,
        terms.rounds,
        terms.haircut,
        terms.credit_bid,
        0 if terms.group is None else terms.group + 1,
    )
