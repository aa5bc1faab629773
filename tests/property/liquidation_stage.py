"""The small deal sold and closed, with everything that sells its loans; every run starts from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.engine import Snapshot
from salvor.deploy.apply import apply
from salvor.deploy.liquidation import deploy_liquidation
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.live import LiveLiquidation
from salvor.lab import Actor, Lab
from salvor.model.deal import Deal
from salvor.model.liquidation.dutch import Dutch
from salvor.model.liquidation.english import English
from salvor.model.liquidation.sealed import Sealed
from salvor.model.liquidation.state import State, StrategyTerms
from tests.property.stage import UNLIMITED, Stage, odd_terms, set_stage
from tests.utils.leaves import NAMES, SmallTape
from tests.utils.world import DAY, PERCENT, TAPE, WAD, changed

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
# Quick sales are the second group's, what is held long the first's; a foreclosure leaves a case where it is.
GROUP_STRATEGIES = (
    *STRATEGIES[:2],
    replace(STRATEGIES[2], group=0),
    replace(STRATEGIES[3], group=1),
    STRATEGIES[4],
)
OTHER = SmallTape((("21", 12_000, 0), ("22", 8_000, 0)))  # of the second group
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
    second: Stage | None = None  # of a deal with two groups of tranches

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
        rules = self.stage.drawn.rules
        deal = self._closed(self.stage, Deal(rules))
        early = rules.closing - 9 * DAY
        until = rules.period_ends[-1] + 365 * DAY
        further: tuple[Deal, ...] = ()
        if self.second:
            behind = Deal(self.second.drawn.rules, deal.asset, name="second ")
            further = (self._closed(self.second, behind),)
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
            further,
        )

    def _closed(self, stage: Stage, deal: Deal) -> Deal:
        """Every tranche is sold in full, and the loans are bought."""
        rules = deal.terms
        early, until = rules.closing - 9 * DAY, rules.period_ends[-1] + 365 * DAY
        deal.open(early)
        for place, (holder, tranche) in enumerate(zip(stage.investors, rules.tranches, strict=False)):
            deal.admit(holder.address, until, early)
            deal.asset.mint(holder.address, tranche.cap)
            deal.order(holder.address, place, tranche.cap, early)
        deal.close(rules.closing)
        return deal

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Of each group."""
        return (self.stage,) if self.second is None else (self.stage, self.second)

    @property
    def loans(self) -> int:
        """How many there are in all tapes."""
        return len(TAPE.values) + (len(OTHER.values) if self.second else 0)

    def proof(self, number: int) -> tuple[Any, ...]:
        """The struct `LoanProof` of a loan, counted through all tapes."""
        tape, number = tape_of(number)
        place = 1
        field, proof = tape.fields(number)[place], tape.fields_tree(number).proof(place)
        return (0, tape.loans[number], tape.tree.proof(number), field, proof)


def tape_of(number: int) -> tuple[SmallTape, int]:
    """The tape in which a loan stands, and where."""
    first = len(TAPE.values)
    return (TAPE, number) if number < first else (OTHER, number - first)


def claim_of(number: int) -> int:
    """Of a loan, counted through all tapes."""
    tape, place = tape_of(number)
    return tape.values[place][1]


def home_of(number: int) -> int:
    """The group in whose tape a loan is."""
    return int(number >= len(TAPE.values))


def loan_id(number: int) -> bytes:
    """The leaf of a loan in its tape."""
    tape, place = tape_of(number)
    return tape.tree.nodes[tape.tree.places[place]]


def sell_notes(stage: Stage) -> None:
    """All tranches in full."""
    live, token = stage.live, stage.live.settlement
    until = stage.terms.period_ends[-1] + 365 * DAY
    live.offering.open(live.waterfall, sender=live.parties.arranger)
    for place, holder in enumerate(stage.investors[:3]):
        live.allow_list.admit(holder, until, sender=live.parties.transfer_agent)
        token.mint(holder, stage.terms.sizes[place], sender=stage.outsider)
        token.approve(live.offering, UNLIMITED, sender=holder)
        live.offering.order(place, stage.terms.sizes[place], sender=holder)


def second_deal(stage: Stage) -> Stage:
    """Tranches of the same sizes over another tape, in the same asset, which end a period earlier."""
    lab, live = stage.lab, stage.live
    own = odd_terms(stage.terms.closing)
    shorter = {"period_ends": own.period_ends[:3], "plan": own.rules.plan[:3]}
    terms = changed(own, tape=OTHER.committed, **shorter)
    other = apply(lab.contracts, terms, parties=live.parties, settlement=live.settlement)
    live.settlement.approve(other.pool, UNLIMITED, sender=live.parties.servicer)
    return Stage(lab, other, terms, stage.investors, lab.snapshot())


def set_sales(
    lab: Lab,
    auctions: tuple[Any, ...] = (STEPS, CLIMB, SEALED),
    strategies=STRATEGIES,
    settlement=None,
    groups: int = 1,
) -> Sales:
    """Deploy, sell and close the deal, and put the house beside it."""
    stage = set_stage(lab, settlement)
    live, token, outsider = stage.live, stage.live.settlement, stage.outsider
    until = stage.terms.period_ends[-1] + 365 * DAY
    agent = live.parties.transfer_agent
    second = second_deal(stage) if groups == 2 else None
    stages = [each for each in (stage, second) if each]
    for each in stages:
        sell_notes(each)
    lab.now = stage.terms.closing
    for each in stages:
        each.live.offering.close(sender=outsider)
    bidders = tuple(lab.actor(role) for role in BIDDERS)
    debtor, vehicle, overseer = (lab.actor(role) for role in ("debtor", "vehicle", "overseer"))
    board = lab.deploy("ValueBoard", sender=outsider)
    terms = LiquidationTerms(CLAIM, 5 * DAY, strategies, auctions)
    behind = (second.live,) if second else ()
    sold = deploy_liquidation(
        lab.contracts, live, terms, values=board, vehicle=vehicle, overseer=overseer, groups=behind
    )
    lab.call_it(sold.house, "house")
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
    return Sales(stage, sold, terms, bidders, debtor, vehicle, overseer, lab.snapshot(), second)


__all__ = ["CASH", "CURVE", "SUBJECTS", "WAD", "Sales", "loan_id", "second_deal", "sell_notes", "set_sales"]
