"""What an attack on the first contracts found, each as it was tried (2026-11).

Nobody could take another's cash; these could block it: interest due that outgrew its slot, a waterfall over other
tranches than were sold, one unit handed back just ahead of closing, and assets that refuse to move nothing.
"""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from salvor.deploy.structs import waterfall_terms
from tests.utils.deploy import refusal_of_deployment, with_terms
from tests.utils.world import DAY, NO_CORRECTION, SENIOR, report_of, tranche

LARGEST = 2**112 - 1
NOT_AS_OFFERED, TRANCHE_COUNT = 1, 0


def test_interest_due_outgrows_112_bits_and_the_deal_goes_on(world):
    size = LARGEST - 2
    tranches = (tranche(size, 1_000), tranche(1), tranche(1))
    deal = with_terms(world, tranches=tranches, price=LARGEST).close()
    deal.run(1, 0)
    deal.run(2, 1_000)
    interest = size * 10 * 60 // 365
    assert interest > 2**112
    state = deal.live.waterfall.tranche(SENIOR)
    assert interest - 2 <= state.interestDue + state.interestPaid <= interest


@pytest.mark.parametrize(
    ("order", "fault", "place"),
    [((1, 0, 2), NOT_AS_OFFERED, 0), ((0, 2, 1), NOT_AS_OFFERED, 1), ((0, 1), TRANCHE_COUNT, 2)],
)
def test_a_waterfall_over_other_notes_than_were_sold(world, order, fault, place):
    """Sizes are no argument any more: the waterfall takes what the offering sold."""
    live, rules = world.live, world.terms.rules
    given = list(waterfall_terms(rules, live.notes, lambda payee: live.parties.account(payee).address))
    given[0] = [(live.notes[each].address, *given[0][each][1:]) for each in order]
    given[1] = given[1][: len(order)]
    refusal = refusal_of_deployment(world.project.Waterfall, live.offering, given, sender=world.outsider)
    assert (refusal.error, refusal.values) == ("TermsInvalid", (fault, place))


class TestOneUnitAheadOfClosing:
    @pytest.fixture
    def take_back(self, world):
        world.sell_all()
        return lambda: send(world.live.offering.reduce, SENIOR, 1, sender=world.holders[SENIOR])

    @pytest.mark.parametrize("after", [0, 7 * DAY])
    def test_is_refused_from_the_closing_date_on(self, world, take_back, after):
        world.at(world.terms.closing + after)
        refusal = refusal_of(take_back)
        values = (world.terms.closing + after, world.terms.closing)
        assert (refusal.error, refusal.values) == ("DeadlinePassed", values)
        send(world.live.offering.close, sender=world.outsider)

    def test_is_possible_the_second_before(self, world, take_back):
        world.at(world.terms.closing - 1)
        take_back()


def test_an_asset_that_refuses_to_move_nothing(world):
    token = world.outsider.deploy(world.project.NoZeroTransferToken)
    deal = with_terms(world, settlement=token).close()
    deal.at(deal.terms.period_ends[0])
    send(deal.live.pool.report, 1, report_of(0), NO_CORRECTION, sender=deal.live.parties.servicer)
    send(deal.live.waterfall.run, 1, sender=deal.outsider)
    send(deal.live.distributor.payCredit, deal.live.parties.servicer, sender=deal.outsider)
    send(deal.live.notes[SENIOR].claim, sender=deal.holders[SENIOR])
    assert deal.live.waterfall.lastRun() == 1
