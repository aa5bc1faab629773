"""What an attack on the first contracts found, each as it was tried (2026-11).

Nobody could take another's cash; these could block it: interest due that outgrew its slot, a waterfall over other
tranches than were sold, one unit handed back just ahead of closing, and assets that refuse to move nothing.
"""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.deploy import refusal_of_deployment, with_terms
from tests.utils.world import DAY, PERCENT, SENIOR

LARGEST = 2**112 - 1


def test_interest_due_outgrows_112_bits_and_the_deal_goes_on(world):
    sizes = (LARGEST - 2, 1, 1)
    deal = with_terms(world, sizes=sizes, purchase_price=LARGEST, rates=(1_000 * PERCENT, 0, 0)).close()
    deal.run(1, 0)
    deal.run(2, 1_000)
    interest = sizes[0] * 10 * 60 // 365
    assert interest > 2**112
    state = deal.live.waterfall.tranche(SENIOR)
    assert interest - 2 <= state.interestDue + state.interestPaid <= interest


@pytest.mark.parametrize("sizes", [(60_000, 40_000, 0), (15_000, 25_000, 60_000), (60_000, 25_000, 14_999)])
def test_a_waterfall_over_other_sizes_than_were_sold(world, sizes):
    live = world.live
    tranches = [(n.address, s, r) for n, s, r in zip(live.notes, sizes, world.terms.rates, strict=True)]
    steps = [(3, 0, 2, 0)]
    args = (live.offering, live.parties.fee_account, 0, tranches, steps)
    refusal = refusal_of_deployment(world.project.Waterfall, *args, sender=world.outsider)
    wrong = next(i for i, size in enumerate(sizes) if size != world.terms.sizes[i])
    assert (refusal.error, refusal.values) == ("NotAsOffered", (wrong, live.notes[wrong].address, sizes[wrong]))


def test_a_waterfall_over_other_notes_than_were_sold(world):
    live = world.live
    swapped = (live.notes[1], live.notes[0], live.notes[2])
    tranches = [(n.address, s, 0) for n, s in zip(swapped, world.terms.sizes, strict=True)]
    args = (live.offering, live.parties.fee_account, 0, tranches, [(3, 0, 2, 0)])
    refusal = refusal_of_deployment(world.project.Waterfall, *args, sender=world.outsider)
    assert (refusal.error, refusal.values) == ("NotAsOffered", (0, swapped[0].address, 60_000))


class TestOneUnitAheadOfClosing:
    WINDOW = 7 * DAY

    @pytest.fixture
    def hand_back(self, world):
        world.sell_all()
        return lambda: send(world.live.offering.unsubscribe, SENIOR, 1, sender=world.holders[SENIOR])

    @pytest.mark.parametrize("after", [0, 7 * DAY - 1])
    def test_is_refused_while_the_offering_can_be_closed(self, world, hand_back, after):
        world.at(world.terms.closing + after)
        refusal = refusal_of(hand_back)
        assert (refusal.error, refusal.values) == ("ReadyToClose", (world.terms.closing + self.WINDOW,))
        send(world.live.offering.close, sender=world.outsider)

    def test_is_possible_the_second_before(self, world, hand_back):
        world.at(world.terms.closing - 1)
        hand_back()

    def test_is_possible_once_closing_has_failed_for_a_week(self, world, hand_back):
        world.at(world.terms.closing + self.WINDOW)
        hand_back()

    def test_is_possible_while_not_all_is_sold(self, world, hand_back):
        hand_back()
        world.at(world.terms.closing + DAY)
        hand_back()


def test_an_asset_that_refuses_to_move_nothing(world):
    token = world.outsider.deploy(world.project.NoZeroTransferToken)
    deal = with_terms(world, settlement=token).close()
    deal.at(deal.terms.period_ends[0])
    send(deal.live.pool.report, 1, 0, bytes(32), 0, sender=deal.live.parties.servicer)
    send(deal.live.waterfall.run, 1, sender=deal.outsider)
    send(deal.live.waterfall.claimFees, sender=deal.outsider)
    send(deal.live.notes[SENIOR].claim, sender=deal.holders[SENIOR])
    assert deal.live.waterfall.lastRun() == 1
