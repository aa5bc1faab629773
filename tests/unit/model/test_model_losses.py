"""Losses, recoveries and attachment points against numbers worked out by hand (rules 20 to 22)."""

import pytest

from salvor.model.losses import attachment
from salvor.model.pool import Correction
from salvor.model.terms import ONE, Losses, Step, StepKind
from tests.utils.modelled import EQUITY, MEZZANINE, SENIOR, SEQUENTIAL, closed, tranche

NAV, LEDGER = Losses.BY_NET_ASSET_VALUE, Losses.BY_LEDGER
NO_INTEREST = tuple(tranche(cap) for cap in (60_000, 25_000, 15_000))


def play(losses, **changes):
    return closed(losses=losses, tranches=NO_INTEREST, **changes)


def ledgers(played):
    return [own.deficiency for own in played.tranches]


class TestByNetAssetValue:
    def test_a_loss_climbs_from_the_bottom(self):
        played = play(NAV)
        played.run(written_off=20_000)
        assert played.principals == [60_000, 20_000, 0]
        assert [own.written_down for own in played.tranches] == [0, 5_000, 15_000]

    def test_what_no_tranche_bears_is_unallocated(self):
        played = play(NAV)
        played.run(written_off=100_007)
        assert (played.principals, played.books.unallocated) == ([0, 0, 0], 7)

    def test_a_recovery_fills_unallocated_then_the_senior_first(self):
        played = play(NAV, steps=(Step(StepKind.TOP_UP),))
        played.run(written_off=110_000)
        played.run(gross=80_000, recovered=80_000)
        # 10,000 unallocated, 60,000 senior, 10,000 mezzanine. The cash is no principal yet: nothing takes it here.
        assert (played.principals, played.books.unallocated) == ([60_000, 10_000, 0], 0)
        assert played.books.waiting == 80_000

    def test_nobody_rises_above_what_it_lost(self):
        played = play(NAV, steps=(Step(StepKind.TOP_UP),))
        played.run(written_off=10_000)
        played.run(gross=50_000, recovered=50_000)
        assert played.principals == [60_000, 25_000, 15_000]

    def test_one_paid_down_meanwhile_rises_only_by_what_it_lost(self):
        played = play(NAV)
        played.run(written_off=45_000)  # senior 55,000
        played.run(gross=55_000)
        assert played.principals == [0, 0, 0]
        played.run(gross=6_000, recovered=6_000, written_off=0)
        # 5,000 senior and 1,000 mezzanine come back, and the cash pays both.
        assert [own.principal_paid for own in played.tranches] == [60_000, 1_000, 0]

    def test_the_loss_is_booked_before_the_recovery_of_the_same_period(self):
        played = play(NAV, steps=(Step(StepKind.TOP_UP),))
        played.run(gross=15_000, recovered=15_000, written_off=15_000)
        assert played.principals == [60_000, 25_000, 15_000]

    def test_a_correction_downwards_is_given_back(self):
        played = play(NAV)
        played.run(written_off=20_000)
        played.run(written_off=1_000, correction=Correction(1, written_off=-8_000))
        # 7,000 come back: 5,000 to mezzanine, 2,000 to equity.
        assert played.principals == [60_000, 25_000, 2_000]
        assert played.deal.pool.totals[2].written_off == 13_000

    def test_a_correction_upwards_is_lost_now(self):
        played = play(NAV)
        played.run(written_off=1_000)
        played.run(written_off=1_000, correction=Correction(1, written_off=500))
        assert played.principals[EQUITY] == 12_500


class TestByLedger:
    def test_ledgers_fill_from_the_bottom_and_principal_stays(self):
        played = play(LEDGER)
        played.run(written_off=41_000)
        assert (ledgers(played), played.principals) == ([1_000, 25_000, 15_000], [60_000, 25_000, 15_000])

    def test_beyond_all_is_unallocated(self):
        played = play(LEDGER)
        played.run(written_off=100_001)
        assert (ledgers(played), played.books.unallocated) == ([60_000, 25_000, 15_000], 1)

    def test_recoveries_credit_the_senior_first(self):
        played = play(LEDGER, steps=(Step(StepKind.TOP_UP),))
        played.run(written_off=41_000)
        played.run(gross=3_000, recovered=3_000)
        assert ledgers(played) == [0, 23_000, 15_000]

    def test_principal_paid_lowers_the_ledger_to_it(self):
        played = play(LEDGER, steps=(Step(StepKind.PRINCIPAL, EQUITY),))
        played.run(gross=9_000, written_off=10_000)
        assert (played.principals[EQUITY], ledgers(played)[EQUITY]) == (6_000, 6_000)

    def test_a_deficiency_step_pays_principal_and_clears_the_ledger(self):
        played = play(LEDGER, steps=(Step(StepKind.DEFICIENCY, MEZZANINE),))
        outcome = played.run(gross=9_000, written_off=18_000)
        assert (outcome.steps[0].due, outcome.steps[0].paid) == (3_000, 3_000)
        assert (played.principals[MEZZANINE], ledgers(played)[MEZZANINE]) == (22_000, 0)
        assert outcome.tranches[MEZZANINE] == (0, 3_000)

    def test_what_is_left_in_the_last_run_is_lost(self):
        played = play(LEDGER)
        for gross in (0, 0, 0, 70_000):
            played.run(gross)
        assert [own.loss for own in played.tranches] == [0, 15_000, 15_000]
        assert played.principals == [0, 0, 0]
        assert ledgers(played) == [0, 0, 0]


class TestAttachment:
    def test_thirds_of_a_whole(self):
        played = play(NAV)
        assert [played.deal.attachment(place) for place in (SENIOR, MEZZANINE, EQUITY)] == [
            (ONE * 40 // 100, ONE),
            (ONE * 15 // 100, ONE * 40 // 100),
            (0, ONE * 15 // 100),
        ]

    def test_ledgers_count_less(self):
        played = play(LEDGER)
        played.run(written_off=20_000)
        assert played.deal.attachment(SENIOR) == (20_000 * ONE // 80_000, ONE)
        assert played.deal.attachment(EQUITY) == (0, 0)

    def test_rounds_down(self):
        played = play(NAV)
        played.run(written_off=1)
        assert played.deal.attachment(EQUITY) == (0, 14_999 * ONE // 99_999)

    def test_nothing_left_is_nothing(self):
        played = play(NAV)
        played.run(written_off=100_000)
        assert attachment(played.tranches, SENIOR) == (0, 0)


@pytest.mark.parametrize("losses", Losses)
def test_no_junior_is_skipped(losses):
    for loss in range(0, 100_001, 4_999):
        played = play(losses, steps=SEQUENTIAL)
        played.run(written_off=loss)
        standing = [own.standing for own in played.tranches]
        touched = [before - after for before, after in zip((60_000, 25_000, 15_000), standing, strict=True)]
        for senior in (SENIOR, MEZZANINE):
            assert not touched[senior] or not any(standing[senior + 1 :])
