"""The small deal sold and closed, with everything that sells its loans; every run starts from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.engine import Snapshot
from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.live import LiveLiquidation
from salvor.lab import Actor, Lab
from salvor.model.deal import Deal
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import HOUSE, State, StrategyTerms
from tests.property.stage import UNLIMITED, Stage, set_stage
from tests.utils.leaves import NAMES, tree_over
from tests.utils.world import DAY, PERCENT, TAPE, WAD

CLAIM = keccak(NAMES[1].encode())
HOUR = 3_600
CASH = 10**9
SUBJECTS = tuple(bytes([number]) * 32 for number in (1, 2, 3))
STEPS = Dutch(step=HOUR, fall=10 * HOUR, linger=5 * HOUR, units=1_000, dust=10)
CURVE = Dutch(step=HOUR, fall=24 * HOUR, linger=HOUR, cut=95 * PERCENT, cusp=40 * PERCENT, units=1_000)
CLIMB = English(duration=2 * DAY, window=HOUR, extension=6 * HOUR, increment=7, increment_share=5 * PERCENT)
SEALED = Sealed(False, 2 * DAY, DAY, DAY, 10 * PERCENT)
VICKREY = Sealed(True, 2 * DAY, DAY, DAY, 100 * PERCENT)
SALE = {"start_share": 120 * PERCENT, "floor_share": 61 * PERCENT, "haircut": 10 * PERCENT}
STRATEGIES = (
    StrategyTerms(),
    StrategyTerms(approval=True, duration=20 * DAY),
    StrategyTerms(duration=60 * DAY),
    StrategyTerms(0, rounds=2, cost=11, **SALE),
    StrategyTerms(1, approval=True, rounds=3, cost=97, credit_bid=True, **SALE),
)
SEALED_STRATEGIES = (*STRATEGIES[:3], replace(STRATEGIES[3], auction=2), STRATEGIES[4])
VICKREY_STRATEGIES = (*STRATEGIES[:4], replace(STRATEGIES[4], auction=2))
BIDDERS = ("first bidder", "second bidder", "third bidder")


@dataclass(frozen=True)
class Sales:
    """The stage, and the model beside it, made anew for each run."""

    stage: Stage
    live: LiveLiquidation
    terms: LiquidationTerms
    bidders: tuple[Actor, ...]
    debtor: Actor
    vehicle: Actor
    overseer: Actor
    beginning: Snapshot

    @property
    def lab(self) -> Lab:
        return self.stage.lab

    @property
    def servicer(self) -> Actor:
        return self.stage.live.parties.servicer

    @property
    def people(self) -> tuple[Actor, ...]:
        """Who can have cash or title here."""
        return (*self.bidders, self.debtor, self.vehicle, self.overseer, self.servicer)

    def model(self) -> State:
        """The same moment, reckoned."""
        rules, investors = self.stage.drawn.rules, self.stage.investors
        deal = Deal(rules)
        early = rules.closing - 9 * DAY
        until = rules.period_ends[-1] + 365 * DAY
        deal.open(early)
        for place, (holder, tranche) in enumerate(zip(investors, rules.tranches, strict=False)):
            deal.admit(holder.address, until, early)
            deal.asset.mint(holder.address, tranche.cap)
            deal.order(holder.address, place, tranche.cap, early)
        deal.close(rules.closing)
        for who in self.people:
            deal.asset.mint(who.address, CASH)
        for who in (*self.bidders, self.vehicle):
            deal.admit(who.address, until, early)
        return State(
            deal,
            self.terms.strategies,
            self.terms.auctions,
            self.servicer.address,
            self.vehicle.address,
            self.terms.grace,
        )

    def proof(self, number: int) -> tuple[Any, ...]:
        """The struct `LoanProof` of a loan of the small tape."""
        loan, fields = TAPE.loans[number], TAPE.fields(number)
        place, proof = 1, tree_over(TAPE.loans).proof(number)
        return (0, loan, proof, fields[place], TAPE.fields_tree(number).proof(place))


def loan_id(number: int) -> bytes:
    """The leaf of a loan in its tape."""
    tree = tree_over(TAPE.loans)
    return tree.nodes[tree.places[number]]


def set_sales(
    lab: Lab, auctions: tuple[Any, ...] = (STEPS, CLIMB, SEALED), strategies=STRATEGIES, settlement=None
) -> Sales:
    """Deploy, sell and close the deal, and put the house beside it."""
    stage = set_stage(lab, settlement)
    live, token, outsider = stage.live, stage.live.settlement, stage.outsider
    until = stage.terms.period_ends[-1] + 365 * DAY
    agent = live.parties.transfer_agent
    live.offering.open(live.waterfall, sender=live.parties.arranger)
    for place, holder in enumerate(stage.investors[:3]):
        live.allow_list.admit(holder, until, sender=agent)
        token.mint(holder, stage.terms.sizes[place], sender=outsider)
        live.offering.order(place, stage.terms.sizes[place], sender=holder)
    lab.now = stage.terms.closing
    live.offering.close(sender=outsider)
    bidders = tuple(lab.actor(role) for role in BIDDERS)
    debtor, vehicle, overseer = (lab.actor(role) for role in ("debtor", "vehicle", "overseer"))
    board = lab.deploy("ValueBoard", sender=outsider)
    terms = LiquidationTerms(CLAIM, 5 * DAY, strategies, auctions)
    sold = deploy_liquidation(lab.contracts, live, terms, values=board, vehicle=vehicle, overseer=overseer)
    lab.call_it(sold.house, HOUSE)
    lab.call_it(sold.book, "book")
    for who in (*bidders, debtor, vehicle, overseer, live.parties.servicer):
        token.mint(who, CASH, sender=outsider)
        token.approve(sold.house, UNLIMITED, sender=who)
    token.approve(live.pool, UNLIMITED, sender=live.parties.servicer)
    for who in (*bidders, vehicle):
        live.allow_list.admit(who, until, sender=agent)
    # What no role was given is the admin's; here the overseer plays the book of triggers too.
    access, admin = live.access, live.parties.admin
    selectors = [sold.book.fire.selector, sold.book.cured.selector]
    access.setTargetFunctionRole(sold.book, selectors, access.OVERSEER(), sender=admin)
    return Sales(stage, sold, terms, bidders, debtor, vehicle, overseer, lab.snapshot())


__all__ = ["CASH", "CURVE", "SUBJECTS", "WAD", "Sales", "loan_id", "set_sales"]
