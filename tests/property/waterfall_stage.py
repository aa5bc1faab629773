"""A drawn deal in a lab, deployed by the plan that real deals use; the same parties and investors for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from salvor.chain.engine import Snapshot
from salvor.chain.handles import Contract
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.lab import Actor, Lab
from salvor.model.terms import Terms
from tests.utils.drawn_deals import draw_deal

UNLIMITED = 2**256 - 1
INVESTORS = ("first holder", "second holder", "third holder", "new wallet", "outsider")
OTHERS = ("bank", "guarantor", "dust owner", "first holder")


@dataclass(frozen=True)
class Ground:
    """The settlement asset and the people, before any deal; each run deploys one deal on it."""

    lab: Lab
    parties: Parties
    token: Contract
    board: Contract
    investors: tuple[Actor, ...]
    beginning: Snapshot

    @property
    def outsider(self) -> Actor:
        return self.investors[-1]


@dataclass(frozen=True)
class Drawn:
    """One deal that stands on the ground; `rules` name accounts by address, as the model does."""

    ground: Ground
    live: LiveDeal
    terms: DealTerms
    rules: Terms
    payees: tuple[str, ...]  # addresses of all who can be credited


def prepare(lab: Lab) -> Ground:
    """People and an asset that refuses whom it is told to; nobody has cash."""
    admin, seller, servicer, agent, arranger = map(
        lab.actor, ("admin", "seller", "servicer", "transfer agent", "arranger")
    )
    others = {name: lab.actor(name) for name in OTHERS}
    parties = Parties(admin, seller, servicer, agent, arranger, others)
    token = lab.deploy("RefusingToken", sender=admin)
    board = lab.deploy("IndexBoard", sender=admin)
    investors = tuple(lab.actor(role) for role in INVESTORS)
    return Ground(lab, parties, token, board, investors, lab.snapshot())


def deploy(ground: Ground, number: int, size: int) -> Drawn:
    """Deal `number` on the ground as it was prepared."""
    ground.lab.restore(ground.beginning)
    return stand(ground, draw_deal(number, size, ground.lab.now))


def stand(ground: Ground, terms: DealTerms) -> Drawn:
    """A deal on the ground: nothing is for sale yet, everybody has approved everything."""
    lab, parties = ground.lab, ground.parties
    record, witness = lab.engine.record, lab.engine.record.witness
    record.witness = None  # the fifty calls that hand out roles are in nobody's script
    live = apply(lab.contracts, terms, parties=parties, settlement=ground.token, oracle=ground.board)
    _call_by_name(lab, live)
    for owner, spender in (
        *((each, spender) for each in ground.investors for spender in (live.offering, live.pool)),
        (parties.servicer, live.pool),
    ):
        ground.token.approve(spender, UNLIMITED, sender=owner)
    record.witness = witness
    own = terms.rules
    fees = tuple(replace(line, payee=parties.account(line.payee).address) for line in own.fees)
    named = {name: parties.account(getattr(own, name)).address for name in ("seller", "dust_owner", "servicer")}
    rules = replace(own, fees=fees, **named)
    payees = dict.fromkeys((rules.seller, rules.dust_owner, *(line.payee for line in fees)))
    return Drawn(ground, live, terms, rules, tuple(payees))


def _call_by_name(lab: Lab, live: LiveDeal) -> None:
    """All of them: an address may have been another contract's in the deal before."""
    contracts = [live.access, live.allow_list, live.distributor, live.pool, live.offering, live.waterfall, live.figures]
    for contract in (*contracts, live.vote, live.index_record):
        if contract:
            lab.call_it(contract, contract.blueprint.name)
    for place, note in enumerate(live.notes):
        lab.call_it(note, f"note {place}")


def privileges(drawn: Drawn) -> list[tuple[Any, ...]]:
    """Every privileged function: the error that an outsider meets, the method, its arguments."""
    live, nobody, holder, note = drawn.live, drawn.ground.outsider, drawn.ground.investors[0], drawn.live.notes[-1]
    no_report, no_correction = ((0,) * 6 + (bytes(32), 0, False)), (0, bytes(32), 0, 0, 0, 0)
    by_role = [
        (live.allow_list.admit, nobody, 2**39),
        (live.allow_list.remove, holder),
        (live.pool.report, 1, no_report, no_correction),
        (live.pool.buyFurther, (bytes(32), 1, 1), 0),
        (live.pool.purchase, nobody),
        (live.offering.open, live.waterfall),
        (live.offering.recoverOrder, 0, holder, nobody),
        (live.distributor.appoint, nobody),
        (live.distributor.snapshotOf, note, 2**40 - 1),
        (note.issue, 1),
        (note.handOver, nobody, 1),
        (note.setFrozen, holder, True),
        (note.forceTransfer, holder, nobody, 1),
        (note.recover, holder, nobody),
    ]
    by_contract = [
        ("NotTheWaterfall", live.distributor.book, 0, [], []),
        ("NotANote", live.distributor.payHolder, nobody, 0),
        ("NotANote", live.distributor.tryPayHolder, nobody, 1),
        ("NotTheOffering", live.waterfall.begin, [1] * len(live.notes)),
        ("NotThePool", live.waterfall.spend, 0),
        ("NotTheVote", live.waterfall.declareDefault),
    ]
    return [*(("AccessManagedUnauthorized", *attempt) for attempt in by_role), *by_contract]
