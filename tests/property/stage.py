"""The small deal in a lab: deployed once, everybody has approved everything; every run starts from there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from salvor.chain.engine import Snapshot
from salvor.chain.handles import Contract
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.lab import Actor, Lab
from tests.property.waterfall_stage import Drawn, Ground
from tests.utils.world import DAY, small_terms, tranche

UNLIMITED = 2**256 - 1
ODD_SIZES = (59_999, 25_013, 14_983)  # primes: nothing divides evenly, every distribution leaves a remainder


@dataclass(frozen=True)
class Stage:
    """A live deal and everybody around it, and the state to which each run goes back."""

    lab: Lab
    live: LiveDeal
    terms: DealTerms
    investors: tuple[Actor, ...]  # a holder a tranche, by seniority, and the outsider
    beginning: Snapshot

    @property
    def outsider(self) -> Actor:
        return self.investors[-1]

    @cached_property
    def drawn(self) -> Drawn:
        """As the waterfall's mirror takes a deal: accounts by address."""
        live, own, account = self.live, self.terms.rules, self.live.parties.account
        ground = Ground(self.lab, live.parties, live.settlement, None, self.investors, self.beginning)
        fees = tuple(replace(line, payee=account(line.payee).address) for line in own.fees)
        named = {name: account(getattr(own, name)).address for name in ("seller", "dust_owner", "servicer")}
        rules = replace(own, fees=fees, **named)
        payees = dict.fromkeys((rules.seller, rules.dust_owner, *(line.payee for line in fees)))
        return Drawn(ground, live, self.terms, rules, tuple(payees))


def odd_terms(closing: int) -> DealTerms:
    """The small deal's terms with prime sizes."""
    tranches = tuple(tranche(size, percent) for size, percent in zip(ODD_SIZES, (7, 11, 0), strict=True))
    return small_terms(closing, tranches=tranches, price=sum(ODD_SIZES))


def set_stage(lab: Lab, settlement: Contract | None = None) -> Stage:
    """Deploy the small deal with prime sizes; nine days before closing nobody is admitted and nothing is for sale."""
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    investors = tuple(lab.actor(role) for role in ("senior holder", "mezz holder", "equity holder", "outsider"))
    if settlement is None:
        settlement = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    terms = odd_terms(lab.now + 10 * DAY)
    live = apply(lab.contracts, terms, parties=parties, settlement=settlement)
    for name, note in zip(("senior note", "mezz note", "equity note"), live.notes, strict=True):
        lab.call_it(note, name)
    lab.decimals = 2
    for owner, spender in (*((i, live.offering) for i in investors), (parties.servicer, live.pool)):
        settlement.approve(spender, UNLIMITED, sender=owner)
    lab.now = terms.closing - 9 * DAY
    return Stage(lab, live, terms, investors, lab.snapshot())
