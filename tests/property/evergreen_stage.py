"""A small evergreen deal on chain beside its model: sold, handed over, all have cash and have approved every gate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from salvor.chain.engine import Snapshot
from salvor.chain.handles import Contract
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms, OracleTerms
from salvor.lab import Actor, Lab
from salvor.model.deal import Deal
from salvor.model.evergreen.calls import Calls
from salvor.model.evergreen.fund import Fund
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.model.terms import (
    LARGEST,
    FeeKind,
    FeeLine,
    Losses,
    Rate,
    ReserveTerms,
    Revolving,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
)
from salvor.tape.committed import ClassTotal, CommittedTape

DAY = 86_400
PERCENT = 10**16
UNLIMITED = 2**256 - 1
FOREVER = 2**40 - 1
PEOPLE = ("senior holder", "mezz holder", "junior holder", "newcomer")
STEPS = (
    Step(StepKind.FEE, line=0, level=10**18),
    Step(StepKind.INTEREST, 0),
    Step(StepKind.INTEREST, 1),
    Step(StepKind.TOP_UP),
    Step(StepKind.PRINCIPAL, 0),
    Step(StepKind.PRINCIPAL, 1),
    Step(StepKind.RESIDUAL, 2),
)


def evergreen(**changes: Any) -> EvergreenTerms:
    """Epochs of one period, five days of cut-off, 12 % a year; limits of 30 % below the senior, 10 % below the next."""
    own = EvergreenTerms(
        every=1, cut_off=5 * DAY, rate=12 * PERCENT, limits=(30 * PERCENT, 10 * PERCENT), fees=5 * PERCENT
    )
    return replace(own, **changes)


def small_deal(
    closing: int, fund: EvergreenTerms, sizes: tuple[int, ...] = (60_000, 25_000, 15_000), **changes: Any
) -> Terms:
    """Three tranches at 6 %, 10 % and what is left, eight periods of 30 days, revolving to the sixth."""
    terms = Terms(
        seller="seller",
        dust_owner="seller",
        servicer="servicer",
        price=sum(sizes),
        closing=closing,
        period_ends=tuple(closing + 30 * DAY * number for number in range(1, 9)),
        plan=(15_000,) * 8,
        gross_balance=200_000,
        loan_count=10,
        tranches=tuple(TrancheTerms(n, n, Rate(rate=r * PERCENT)) for n, r in zip(sizes, (6, 10, 0), strict=True)),
        steps=STEPS,
        fees=(FeeLine("servicer", FeeKind.OF_COLLECTIONS, rate=5 * PERCENT, carried_on=False),),
        reserve=ReserveTerms(cap=LARGEST, share=PERCENT, tranches=frozenset({0})),
        triggers=(TriggerTerms(TriggerKind.OVER_COLLATERALISATION, 120 * PERCENT, tranche=0),),
        losses=Losses.BY_NET_ASSET_VALUE,
        carrying_ratio=50 * PERCENT,
        revolving=Revolving(6, frozenset({0})),
        grace=5 * DAY,
        evergreen=fund,
    )
    return replace(terms, **changes)


@dataclass(frozen=True)
class Stage:
    """The live deal and the state to which each run goes back; `rules` name accounts by address."""

    lab: Lab
    live: LiveDeal
    rules: Terms
    board: Contract
    people: tuple[Actor, ...]
    beginning: Snapshot

    def model(self) -> Calls:
        """The model of the same deal, sold alike."""
        deal = Deal(self.rules)
        fund = Fund(deal, self.rules.evergreen)
        for gate, contract in zip(fund.gates, self.live.gates, strict=True):
            gate.name = contract.address
            deal.admissions.until[gate.name] = FOREVER
        names = [each.address for each in self.people]
        for name in names:
            deal.admissions.until[name] = FOREVER
            deal.asset.mint(name, self.live.settlement.balanceOf(name))
        deal.asset.mint(self.rules.servicer, self.live.settlement.balanceOf(self.rules.servicer))
        deal.open(0)
        for place, tranche in enumerate(self.rules.tranches):
            deal.asset.mint(names[place], tranche.cap)
            deal.order(names[place], place, tranche.cap, 0)
        deal.close(self.rules.closing)
        for place in range(len(self.rules.tranches)):
            deal.hand_over(names[place], place, self.rules.closing)
        return Calls(fund)


def set_stage(
    lab: Lab,
    terms: Terms | None = None,
    *,
    token: Contract | None = None,
    cash: int = 10**9,
    oracle: OracleTerms | None = None,
    tape: CommittedTape | None = None,
) -> Stage:
    """Deploy, admit, sell each tranche to one holder, close on the day, hand over; with the values that it reads."""
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    people = tuple(lab.actor(role) for role in PEOPLE)
    token = token or lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    rules = terms or small_deal(lab.now + 10 * DAY, evergreen())
    names = tuple((f"T-{place}", f"T{place}") for place in range(len(rules.tranches)))
    total = ClassTotal("sme_loans", b"\1" * 32, rules.loan_count, rules.gross_balance)
    tape = tape or CommittedTape(b"\2" * 32, (total,))
    live = apply(lab.contracts, DealTerms(names, tape, rules, oracle=oracle), parties=parties, settlement=token)
    board = lab.deploy("PoolValueBoard", sender=parties.admin)
    for place, (note, gate) in enumerate(zip(live.notes, live.gates, strict=True)):
        lab.call_it(note, f"note {place}")
        lab.call_it(gate, f"gate {place}")
    for each in (*people, parties.servicer):
        token.mint(each, cash, sender=parties.admin)
        for spender in (live.offering, live.pool, *live.gates):
            token.approve(spender, UNLIMITED, sender=each)
    live.offering.open(live.waterfall, sender=parties.arranger)
    for place, tranche in enumerate(rules.tranches):
        token.mint(people[place], tranche.cap, sender=parties.admin)
    for each in people:
        live.allow_list.admit(each, FOREVER, sender=parties.transfer_agent)
    for place, tranche in enumerate(rules.tranches):
        live.offering.order(place, tranche.cap, sender=people[place])
    lab.now = rules.closing
    live.offering.close(sender=people[0])
    for place in range(len(rules.tranches)):
        live.offering.settle(place, people[place], sender=people[place])
    return Stage(lab, live, by_address(rules, parties), board, people, lab.snapshot())


def by_address(rules: Terms, parties: Parties) -> Terms:
    """With the accounts of those whom the terms name by role."""
    named = {name: parties.account(getattr(rules, name)).address for name in ("seller", "dust_owner", "servicer")}
    fees = tuple(replace(line, payee=parties.account(line.payee).address) for line in rules.fees)
    return replace(rules, fees=fees, **named)
