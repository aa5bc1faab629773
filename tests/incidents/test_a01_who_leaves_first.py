"""Who left first during an open loss took the other's money.

Elsewhere a partial junior exit was paid at the marked-down value but booked at the unmarked one, so the same loss was
charged again to whoever stayed (dcccrypto/percolator-stake 124). Here nobody exits: a loss lowers the principal of the
class, and its cash is spread over all units. Senior 1,000; junior 1,000, half each of two holders; loss 500.
"""

from itertools import permutations

import pytest

from salvor.model.deal import Deal
from salvor.model.terms import Losses, Step, StepKind
from tests.utils.modelled import CLOSING, Played, sell, small_terms, tranche

STEPS = (Step(StepKind.PRINCIPAL, 0), Step(StepKind.PRINCIPAL, 1))
ORDERS = (("senior", 0, 1_000), ("one", 1, 500), ("other", 1, 500))


def played(losses=Losses.BY_NET_ASSET_VALUE):
    terms = small_terms(tranches=(tranche(1_000), tranche(1_000)), price=2_000, steps=STEPS, losses=losses)
    deal = Deal(terms)
    sell(deal, *ORDERS)
    deal.close(CLOSING)
    for investor, place, _ in ORDERS:
        deal.hand_over(investor, place, CLOSING)
    deal.claim_credit("seller")
    return Played(deal)


@pytest.mark.parametrize("order", permutations(ORDERS))
def test_whoever_claims_first_gets_the_same(order):
    one = played()
    one.run(written_off=500)
    assert one.principals == [1_000, 500]
    for investor, place, _ in order:  # nothing to leave with while the loss is open
        assert one.deal.claim(investor, place) == 0
    one.run(1_500)
    claims = {investor: one.deal.claim(investor, place) for investor, place, _ in order}
    assert claims == {"senior": 1_000, "one": 250, "other": 250}
    assert sum(claims.values()) + one.deal.cash_held == 1_500


def test_selling_the_units_moves_the_loss_to_the_buyer_and_to_nobody_else():
    one = played()
    one.run(written_off=500)
    one.deal.admit("buyer", 2**40, 0)
    one.deal.transfer("one", "buyer", 1, 500, CLOSING)
    one.run(1_500)
    assert [one.deal.claim(name, 1) for name in ("one", "buyer", "other")] == [0, 250, 250]
