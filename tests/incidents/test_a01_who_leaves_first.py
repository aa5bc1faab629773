"""Who left first during an open loss took the other's money.

Elsewhere a partial junior exit was paid at the marked-down value but booked at the unmarked one, so the same loss was
charged again to whoever stayed (dcccrypto/percolator-stake 124). Here nobody exits: a loss lowers the principal of the
class, and its cash is spread over all units. Senior 1,000; junior 1,000, half each of two holders; loss 500.
"""

from itertools import permutations

import pytest

from salvor.model.terms import Losses, Step, StepKind
from tests.utils.beside import closed_beside
from tests.utils.modelled import tranche

STEPS = (Step(StepKind.PRINCIPAL, 0), Step(StepKind.PRINCIPAL, 1))
ORDERS = (("senior", 0, 1_000), ("one", 1, 500), ("other", 1, 500))


@pytest.fixture
def one(lab):
    """The deal on the contracts beside the model."""
    tranches, nav = (tranche(1_000), tranche(1_000)), Losses.BY_NET_ASSET_VALUE
    beside = closed_beside(lab, *ORDERS, tranches=tranches, price=2_000, steps=STEPS, losses=nav)
    beside.claim_credit("seller")
    return beside


@pytest.mark.parametrize("order", permutations(ORDERS))
def test_whoever_claims_first_gets_the_same(one, order):
    one.run(written_off=500)
    assert one.principals == [1_000, 500]
    for investor, place, _ in order:  # nothing to leave with while the loss is open
        assert one.claim(investor, place) == 0
    one.run(1_500)
    claims = {investor: one.claim(investor, place) for investor, place, _ in order}
    assert claims == {"senior": 1_000, "one": 250, "other": 250}
    assert sum(claims.values()) + one.deal.cash_held == 1_500


def test_selling_the_units_moves_the_loss_to_the_buyer_and_to_nobody_else(one):
    one.run(written_off=500)
    one.admit("buyer")
    one.transfer("one", "buyer", 1, 500)
    one.run(1_500)
    assert [one.claim(name, 1) for name in ("one", "buyer", "other")] == [0, 250, 250]
