"""Cash of sales stands apart with the deal's own (rule 10): where it comes to, what becomes the deal's, what leaves."""

from __future__ import annotations

from salvor.model.deal import POOL, Deal

APART = "apart"  # an account of a deal that is none of its cash


def held(deal: Deal) -> int:
    """What stands apart with a deal."""
    return deal.asset.balances[deal.own(APART)]


def bring(deal: Deal, source: str, units: int) -> None:
    """Cash comes in whole or not at all."""
    deal.asset.bring(source, deal.own(APART), units)


def pay(deal: Deal, account: str, units: int) -> None:
    """It goes where the house says."""
    deal.asset.move(deal.own(APART), account, units)


def keep(deal: Deal, units: int, at: Deal) -> None:
    """So much of what stands apart `at` a deal is what a disposal brought to this one."""
    if at is deal:
        deal.asset.move(deal.own(APART), deal.own(POOL), units)
    else:
        deal.asset.bring(at.own(APART), deal.own(POOL), units)
    deal.paid_in += units
