"""The small deal in a lab: deployed once, everybody has approved everything; every run starts from there."""

from __future__ import annotations

from dataclasses import dataclass

from salvor.chain.engine import Snapshot
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.lab import Actor, Lab
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


def set_stage(lab: Lab, **changes) -> Stage:
    """Deploy the small deal with prime sizes; nine days before closing nobody is admitted and nothing is sold."""
    roles = ("admin", "seller", "servicer", "transfer agent", "arranger")
    parties = Parties(*(lab.actor(role) for role in roles))
    investors = tuple(lab.actor(role) for role in ("senior holder", "mezz holder", "equity holder", "outsider"))
    settlement = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    sizes = zip(ODD_SIZES, (7, 11, 0), strict=True)
    odd = {"tranches": tuple(tranche(size, percent) for size, percent in sizes), "price": sum(ODD_SIZES)}
    terms = small_terms(lab.now + 10 * DAY, **(odd | changes))
    live = apply(lab.contracts, terms, parties=parties, settlement=settlement)
    for name, note in zip(("senior note", "mezz note", "equity note"), live.notes, strict=True):
        lab.call_it(note, name)
    lab.decimals = 2
    for owner, spender in (*((i, live.offering) for i in investors), (parties.servicer, live.pool)):
        settlement.approve(spender, UNLIMITED, sender=owner)
    lab.now = terms.closing - 9 * DAY
    return Stage(lab, live, terms, investors, lab.snapshot())
