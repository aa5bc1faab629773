"""A deal whose settlement asset calls back in the middle of a transfer; it is an investor and has every role.

Two tranches; the asset ordered half of the senior one. Each stage is a snapshot; each entry point is a call that
moves the asset, each reply what the asset may do meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from salvor.chain.refusal import CallRefused
from salvor.lab import Lab
from tests.utils.full_deal import NO_CORRECTION, PERCENT, ROOT, WAD, Deal, Line, Terms, Tranche, build, step

TERMS = Terms(
    (Tranche(601), Tranche(399)),
    (step("fee", share=WAD), step("principal", 0), step("residual", 1)),
    (step("residual", 1),),
    lines=[Line(6 * PERCENT)],
    price=900,
)
HALF = 300
Call = tuple[Any, tuple[Any, ...]]  # a method and its arguments


def _report(gross: int) -> tuple[Any, ...]:
    return gross, 0, 0, 0, 0, 0, ROOT, 1, False


@dataclass
class Stand:
    """The deal and a snapshot of each stage of its life."""

    deal: Deal
    stages: dict[str, Any]

    def act(self, method: Any, *args: Any) -> None:
        """The asset makes a call in its own name."""
        token, outsider = self.deal.token, self.deal.lab.actor("outsider")
        token.act(method.contract, method.encode(*args), sender=outsider)

    def entries(self) -> dict[str, tuple[str, Callable[[], Any]]]:
        """Every call that moves the asset, with its stage."""
        deal, outsider, act = self.deal, self.deal.lab.actor("outsider"), self.act
        note, holder = deal.notes[0], deal.holders[0]
        return {
            "order": ("open", lambda: deal.offering.order(0, 10, sender=holder)),
            "order by the asset": ("open", lambda: act(deal.offering.order, 0, 10)),
            "reduce": ("open", lambda: deal.offering.reduce(0, 10, sender=holder)),
            "close": ("due", lambda: deal.offering.close(sender=outsider)),
            "settle": ("closed", lambda: deal.offering.settle(0, holder, sender=outsider)),
            "settle for the asset": ("closed", lambda: deal.offering.settle(0, deal.token, sender=outsider)),
            "report": ("ended", lambda: act(deal.pool.report, 2, _report(80), NO_CORRECTION)),
            "claim": ("run", lambda: note.claim(sender=holder)),
            "claimFor": ("run", lambda: note.claimFor(deal.token, sender=outsider)),
            "claimMany": ("run", lambda: note.claimMany([holder, deal.token, holder], sender=outsider)),
            "payCredit": ("run", lambda: deal.distributor.payCredit(deal.lab.actor("seller"), sender=outsider)),
            "payCredit of a fee": (
                "run",
                lambda: deal.distributor.payCredit(deal.lab.actor("payee 0"), sender=outsider),
            ),
        }

    def replies(self) -> dict[str, Call]:
        """Every call that changes something, made by the asset."""
        deal, token, seller = self.deal, self.deal.token, self.deal.lab.actor("seller")
        note, holder, other = deal.notes[0], deal.holders[0], deal.lab.actor("other")
        return {
            "open": (deal.offering.open, (deal.waterfall,)),
            "order": (deal.offering.order, (0, 7)),
            "reduce": (deal.offering.reduce, (0, 7)),
            "close": (deal.offering.close, ()),
            "settle": (deal.offering.settle, (0, token)),
            "settle for another": (deal.offering.settle, (0, holder)),
            "report": (deal.pool.report, (2, _report(80), NO_CORRECTION)),
            "run": (deal.waterfall.run, (2,)),
            "claim": (note.claim, ()),
            "claimFor": (note.claimFor, (holder,)),
            "claimMany": (note.claimMany, ([holder, token],)),
            "payCredit": (deal.distributor.payCredit, (seller,)),
            "payCredit of a fee": (deal.distributor.payCredit, (deal.lab.actor("payee 0"),)),
            "payHolder": (deal.distributor.payHolder, (token, 1)),
            "tryPayHolder": (deal.distributor.tryPayHolder, (token, 1)),
            "book": (deal.distributor.book, (0, [], [])),
            "transfer": (note.transfer, (other, 5)),
            "forceTransfer": (note.forceTransfer, (holder, token, 5)),
            "recover": (note.recover, (holder, token)),
            "setFrozen": (note.setFrozen, (holder, True)),
            "call": (deal.vote.call, ()),
        }

    def picture(self) -> tuple[Any, ...]:
        """Everybody's cash, units and claims, and the books of the deal."""
        deal, actor = self.deal, self.deal.lab.actor
        named = ("servicer", "seller", "payee 0", "dust owner", "other")
        people = [*deal.holders, deal.token, *map(actor, named)]
        own = (deal.offering, deal.distributor)
        found: list[Any] = [deal.token.balanceOf(each) for each in (*people, *own)]
        found += [deal.offering.sale(), deal.offering.cashHeld(), *map(deal.offering.ordered, range(2))]
        found += [tuple(deal.offering.orderOf(0, each)) for each in people]
        for note in deal.notes:
            found += [(note.balanceOf(each), tuple(note.claimableApart(each)), note.isFrozen(each)) for each in people]
            found += [tuple(note.paidTo(each)) for each in people]
        found += [deal.distributor.creditOf(each) for each in people]
        found += [deal.distributor.heldForHolders(), deal.distributor.heldForCredits(), deal.distributor.heldForDeal()]
        found += [deal.pool.lastReported(), deal.pool.cashToRun(), deal.waterfall.lastRun(), deal.vote.ballots()]
        return tuple(found)

    def check_books(self) -> None:
        """WF-01 and NT-02, whatever stage the deal is in."""
        deal = self.deal
        assert deal.token.balanceOf(deal.offering) == deal.offering.cashHeld(), "WF-01"
        books = deal.distributor
        kept = books.heldForHolders() + books.heldForCredits() + books.heldForDeal() + deal.pool.cashToRun()
        assert deal.token.balanceOf(books) == kept, "WF-01"
        claims = [note.claimable(each) for note in deal.notes for each in (*deal.holders, deal.token)]
        assert sum(claims) <= books.heldForHolders(), "NT-02"


def stand(lab: Lab) -> Stand:
    """Built once; the asset has approved the deal's contracts, and has cash."""
    token = lab.deploy("CallingToken", sender=lab.actor("admin"))
    deal = build(lab, TERMS, token=token)
    stages: dict[str, Any] = {}
    made = Stand(deal, stages)
    admin, outsider = lab.actor("admin"), lab.actor("outsider")
    for role in (deal.access.SERVICER(), deal.access.TRANSFER_AGENT(), deal.access.ARRANGER()):
        deal.access.grantRole(role, token, 0, sender=admin)
    token.mint(token, 10_000, sender=outsider)
    for spender in (deal.offering, deal.pool):
        made.act(token.approve, spender, 2**200)
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    deal.holders = [lab.actor("holder 0"), lab.actor("holder 1")]
    for place, holder in enumerate(deal.holders):
        token.mint(holder, 10_000, sender=outsider)
        token.approve(deal.offering, 2**200, sender=holder)
        deal.offering.order(place, TERMS.tranches[place].size + 50, sender=holder)
    made.act(deal.offering.order, 0, HALF)
    stages["open"] = lab.snapshot()
    lab.now = deal.closing
    stages["due"] = lab.snapshot()
    deal.offering.close(sender=outsider)
    stages["closed"] = lab.snapshot()
    for place, who in ((0, deal.holders[0]), (0, token), (1, deal.holders[1])):
        deal.offering.settle(place, who, sender=outsider)
    lab.now = deal.end(1)
    made.act(deal.pool.report, 1, _report(500), NO_CORRECTION)
    deal.waterfall.run(1, sender=outsider)
    stages["run"] = lab.snapshot()
    lab.now = deal.end(2)
    stages["ended"] = lab.snapshot()
    return made


def outcome(attempt: Callable[[], Any]) -> bool:
    """Whether a call was obeyed."""
    try:
        attempt()
    except CallRefused:
        return False
    return True
