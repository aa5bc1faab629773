"""What a run costs on a node: at most 60,000 and 25,000 a step, the first one too, whoever was paid before."""

import pytest

from tests.utils.full_deal import PERCENT, WAD, Line, Terms, Tranche, build, step

pytestmark = pytest.mark.engines("anvil")

FEE, ALL = step("fee", share=WAD), 10_000_000
DEFERRED = step("interest", 1, when="while none is on", triggers=1)
SEVEN = Terms(
    tranches=(Tranche(4_500_000, 7 * PERCENT), Tranche(1_500_000, 11 * PERCENT), Tranche(1_500_000)),
    steps=(
        FEE,
        step("interest", 0),
        DEFERRED,
        step("principal", 0),
        step("interest", 1),
        step("principal", 1),
        step("residual", 2),
    ),
    lines=(Line(6 * PERCENT),),
    triggers=(("collection ratio", 0, 90 * PERCENT, 1),),
    gross=13_000_000,
)
THREE = Terms((Tranche(4_500_000, 7 * PERCENT),), (FEE, step("interest", 0), step("residual", 0)), lines=SEVEN.lines)
TWO = Terms((Tranche(4_500_000, 7 * PERCENT),), (step("interest", 0), step("residual", 0)))
UPSIDE = Terms(
    (Tranche(100), Tranche(100)), (step("interest", 0), step("principal", 0), step("residual", 1)), gross=900
)


@pytest.fixture
def sold(lab):
    """The deal is sold and the seller has had the price: nothing is held for anybody."""

    def sell(terms):
        deal = build(lab, terms).sell()
        deal.distributor.payCredit(lab.actor("seller"), sender=lab.actor("outsider"))
        return deal

    return sell


def gas_of(deal, gross, **other):
    deal.run(gross, **other)
    return deal.receipt.gas_used


def limit(terms):
    return 60_000 + 25_000 * len(terms.steps)


class TestAtMost:
    @pytest.mark.parametrize("terms", [SEVEN, THREE, TWO, UPSIDE], ids=["seven", "three", "two", "two tranches"])
    def test_in_the_first_period_with_everything_paid(self, sold, terms):
        assert gas_of(sold(terms), ALL) <= limit(terms)

    def test_when_all_tranches_are_paid_two_of_them_for_the_first_time(self, sold):
        deal = sold(SEVEN)
        assert [gas_of(deal, cash) <= limit(SEVEN) for cash in (300_000, ALL, 1_000)] == [True] * 3


class TestNoSlotIsFilledAgain:
    """Each would cost 17,100 more than a change of what is there."""

    def test_after_all_cash_was_paid_out(self, lab, sold):
        deal = sold(SEVEN)
        usual = [gas_of(deal, ALL), gas_of(deal, ALL)][1]
        for note, holder in zip(deal.notes, deal.holders, strict=True):
            note.claim(sender=holder)
        deal.distributor.payCredit(lab.actor("payee 0"), sender=lab.actor("outsider"))
        assert deal.distributor.heldForHolders() + deal.distributor.heldForCredits() <= 3
        assert gas_of(deal, ALL) < usual + 5_000

    @pytest.mark.parametrize("ledgers", [False, True], ids=["net asset value", "ledgers"])
    def test_by_the_first_loss(self, sold, ledgers):
        terms = Terms((Tranche(100), Tranche(100), Tranche(100)), (step("residual", 2),), ledgers=ledgers, gross=900)
        deal = sold(terms)
        usual = gas_of(deal, 1)
        # Four slots more are read and written, and three events told.
        assert gas_of(deal, 1, written_off=250) < usual + 4 * 5_000 + 3 * 3_500

    def test_by_the_first_cash_that_no_step_takes(self, sold):
        deal = sold(Terms((Tranche(100, PERCENT),), (step("interest", 0),)))
        usual = gas_of(deal, 0)
        first = gas_of(deal, 10_000)  # interest is paid, the rest waits
        assert first < usual + 6 * 5_000 + 3_500


def test_no_slot_of_a_deal_is_empty_before_its_first_run(lab, sold):
    """Where a run writes: books of the notes, credits, cash held, fee lines, losses, what is left."""
    deal = sold(SEVEN)
    waterfall, distributor = lab.slots(deal.waterfall)._deal, lab.slots(deal.distributor)
    flags = [waterfall.open, *(waterfall.tranches[place].open for place in range(3)), waterfall.lines[0].open]
    flags += [distributor._credits[lab.actor("payee 0")].open, distributor._heldOpen, distributor._dealOpen]
    assert lab.sheet(*flags).read() == [True] * len(flags)
    assert all(lab.sheet(*(distributor._books[note].watchedTo for note in deal.notes)).read())
