"""A pool bought at a fifth of its face lost five times what was paid for a claim (docs/decisions/0013).

Rules 20 and 21 took the claim amount written off for the loss: a tenth of the claims wiped out half of the notes. Face
1,000.00, price 200.00; senior 120.00, junior 80.00. On the contracts and in the model, both ways of booking losses.
"""

from dataclasses import replace

import pytest

from salvor.model.pool import Correction
from salvor.model.terms import ONE, Losses, Step, StepKind
from tests.utils.full_deal import Terms, Tranche, build, step
from tests.utils.modelled import closed, tranche

FACE, PRICE, SENIOR, JUNIOR = 1_000_00, 200_00, 120_00, 80_00
NO_ROOT = bytes(32)


class InTheModel:
    def __init__(self, how, ratio, face=FACE):
        self.played = closed(
            tranches=(tranche(SENIOR), tranche(JUNIOR)),
            price=PRICE,
            gross_balance=face,
            steps=(Step(StepKind.TOP_UP),),
            losses=how,
            carrying_ratio=ratio,
        )

    def run(self, correction=0, **fields):
        given = Correction(1, written_off=correction) if correction else None
        self.played.run(fields.get("recovered", 0), correction=given, **fields)

    @property
    def standing(self):
        return [own.standing for own in self.played.tranches]

    @property
    def unallocated(self):
        return self.played.books.unallocated


class OnChain:
    def __init__(self, lab, how, ratio, face=FACE):
        tranches = (Tranche(SENIOR), Tranche(JUNIOR))
        terms = Terms(tranches, (step("top up"),), gross=face, carrying_ratio=ratio, ledgers=how is Losses.BY_LEDGER)
        self.deal = build(lab, replace(terms, price=PRICE)).sell()

    def run(self, correction=0, **fields):
        given = {"correction": (1, NO_ROOT, 0, correction, 0, 0)} if correction else {}
        self.deal.run(fields.get("recovered", 0), **given, **fields)

    @property
    def standing(self):
        states = [self.deal.tranche(place) for place in range(2)]
        return [state.principal - state.deficiency for state in states]

    @property
    def unallocated(self):
        return self.deal.waterfall.unallocatedLoss()


@pytest.fixture(params=["in the model", "on chain"])
def play(request, lab):
    """Make the deal on one of the two, with a carrying ratio."""
    return lambda *args: InTheModel(*args) if request.param == "in the model" else OnChain(lab, *args)


@pytest.fixture(params=Losses, ids=lambda how: how.name)
def how(request):
    return request.param


def test_a_tenth_of_the_claims_costs_a_tenth_of_the_price(play, how):
    deal = play(how, ONE // 5)
    deal.run(written_off=FACE // 10)
    assert deal.standing == [SENIOR, JUNIOR - PRICE // 10]


def test_at_claim_amounts_it_cost_half(play, how):
    deal = play(how, ONE)
    deal.run(written_off=FACE // 10)
    assert deal.standing == [100_00, 0]


def test_all_written_off_costs_exactly_the_notes(play, how):
    deal = play(how, ONE // 5)
    for part in (333_33, 333_33, 333_34):
        deal.run(written_off=part)
    assert (deal.standing, deal.unallocated) == ([0, 0], 0)


def test_a_ratio_that_does_not_divide_leaves_no_unit_when_it_was_rounded_up(play, how):
    face = 999_99
    deal = play(how, -(-PRICE * ONE // face), face)
    for part in (333_33, 333_33, 333_33):
        deal.run(written_off=part)
    assert (deal.standing, deal.unallocated) == ([0, 0], 0)
    down = play(how, PRICE * ONE // face, face)
    down.run(written_off=face)
    assert down.standing == [1, 0]


def test_a_correction_and_a_recovery_restore_all_notes(play, how):
    deal = play(how, ONE // 5)
    deal.run(written_off=FACE)
    deal.run(correction=-(FACE // 2))  # half of it was no write-off: half of the price comes back, to the senior first
    assert deal.standing == [100_00, 0]
    deal.run(recovered=150_00)  # cash, unscaled, and no more than was lost
    assert deal.standing == [SENIOR, JUNIOR]
