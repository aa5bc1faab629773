"""Losses climb from the bottom, recoveries come back from the top (rules 20 to 22).

By net asset value they move principal, by deficiency ledgers only the ledgers. Nothing here moves cash.
"""

from __future__ import annotations

from collections.abc import Sequence

from salvor.model.terms import ONE, Losses
from salvor.model.tranche import Tranche


def book(tranches: Sequence[Tranche], amount: int, how: Losses) -> int:
    """Charge a loss to the most junior first, none skipped; returns what no tranche could bear."""
    for tranche in reversed(tranches):
        share = min(amount, tranche.standing)
        if how == Losses.BY_LEDGER:
            tranche.deficiency += share
        else:
            tranche.principal -= share
            tranche.written_down += share
        amount -= share
    return amount


def give_back(tranches: Sequence[Tranche], amount: int, how: Losses) -> int:
    """Give a recovery back to the most senior that lost first; returns what nobody had lost."""
    for tranche in tranches:
        if how == Losses.BY_LEDGER:
            share = min(amount, tranche.deficiency)
            tranche.deficiency -= share
        else:
            share = min(amount, tranche.written_down)
            tranche.written_down -= share
            tranche.principal += share
        amount -= share
    return amount


def attachment(tranches: Sequence[Tranche], place: int) -> tuple[int, int]:
    """Attachment and detachment point of a tranche (rule 22), WAD; both 0 with no principal left."""
    total = sum(tranche.standing for tranche in tranches)
    below = sum(tranche.standing for tranche in tranches[place + 1 :])
    if not total:
        return 0, 0
    return below * ONE // total, (below + tranches[place].standing) * ONE // total
