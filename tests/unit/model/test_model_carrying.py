"""Losses at carrying value (rules 7, 20 and 21): numbers by hand, then any write-offs, corrections and recoveries."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.model.deal import Deal
from salvor.model.pool import Correction
from salvor.model.refusal import Refused
from salvor.model.terms import LARGEST, ONE, Losses, Step, StepKind, TriggerKind, TriggerTerms
from tests.utils.model_checks import check, picture
from tests.utils.modelled import CLOSING, DAY, EQUITY, PERCENT, closed, small_terms, tranche

FIFTH, THIRD = 20 * PERCENT, ONE // 3  # the second is below a third: three claims are carried at 0
HOLD = (Step(StepKind.TOP_UP),)  # without a reserve: no cash is paid, so the books show what losses do
NO_INTEREST = tuple(tranche(cap) for cap in (60_000, 25_000, 15_000))
PERIODS = 6
SETTINGS = settings(max_examples=150, deadline=None)

hows = st.sampled_from(Losses)
ratios = st.one_of(st.sampled_from((1, THIRD, FIFTH, ONE - 1, ONE)), st.integers(1, ONE))
claims = st.one_of(st.sampled_from((0, 1, 2, 3, 5, 200_000)), st.integers(0, 400_000), st.integers(0, 2**108))
caps = st.lists(st.one_of(st.integers(1, 100_000), st.integers(1, 2**100)), min_size=1, max_size=8)


def play(how, ratio, **changes):
    given_terms = {"losses": how, "carrying_ratio": ratio, "tranches": NO_INTEREST, "steps": HOLD} | changes
    ends = tuple(CLOSING + 30 * DAY * number for number in range(1, PERIODS + 1))
    return closed(period_ends=ends, plan=(0,) * PERIODS, **given_terms)


def lost(played):
    """What each tranche has lost by write-offs, and what nobody could bear."""
    return [own.written_down + own.deficiency for own in played.tranches], played.books.unallocated


def total(played):
    tranches, unallocated = lost(played)
    return sum(tranches) + unallocated


@pytest.mark.parametrize("how", Losses)
class TestByHand:
    def test_a_claim_written_off_costs_what_it_is_carried_at(self, how):
        played = play(how, FIFTH)
        played.run(written_off=100_000)
        assert lost(played) == ([0, 5_000, 15_000], 0)
        assert [own.standing for own in played.tranches] == [60_000, 20_000, 0]

    def test_the_whole_pool_bought_at_half_its_face_costs_its_price(self, how):
        played = play(how, 50 * PERCENT)
        played.run(written_off=200_000)
        assert lost(played) == ([60_000, 25_000, 15_000], 0)

    def test_rounding_is_of_the_total_to_date(self, how):
        played, losses = play(how, THIRD), []
        for written_off in (2, 1, 1, 2):  # to date 2, 3, 4, 6 at a hair below a third: 0, 0, 1, 1
            played.run(written_off=written_off)
            losses.append(total(played))
        assert losses == [0, 0, 1, 1]

    def test_beyond_all_tranches_is_unallocated_at_carrying_value_too(self, how):
        played = play(how, FIFTH)
        played.run(written_off=600_000)
        assert lost(played) == ([60_000, 25_000, 15_000], 20_000)

    def test_a_correction_gives_back_what_its_claims_were_carried_at(self, how):
        played = play(how, FIFTH)
        played.run(written_off=100_000)
        played.run(written_off=5_000, correction=Correction(1, written_off=-40_000))
        # 65,000 to date: 13,000; so 7,000 come back, 5,000 to mezzanine first
        assert lost(played) == ([0, 0, 13_000], 0)

    def test_a_correction_upwards_costs_at_carrying_value(self, how):
        played = play(how, FIFTH)
        played.run(written_off=1_000)
        played.run(correction=Correction(1, written_off=500))
        assert lost(played) == ([0, 0, 300], 0)

    def test_recovered_cash_is_given_back_unscaled(self, how):
        played = play(how, FIFTH)
        played.run(written_off=100_000)
        played.run(8_000, recovered=8_000)
        assert lost(played) == ([0, 0, 12_000], 0)
        assert played.books.waiting == 8_000

    def test_a_recovery_above_carrying_value_gives_back_what_was_lost_and_no_more(self, how):
        played = play(how, FIFTH)
        played.run(written_off=100_000)
        played.run(90_000, recovered=90_000)
        assert lost(played) == ([0, 0, 0], 0)
        assert played.principals == [60_000, 25_000, 15_000]
        assert played.books.waiting == 90_000
        played.run(written_off=5_000)  # what came back above the loss is no cushion for the next
        assert lost(played) == ([0, 0, 1_000], 0)

    def test_pool_balance_and_triggers_stay_in_claim_amounts(self, how):
        trigger = TriggerTerms(TriggerKind.CUMULATIVE_LOSS, 49 * PERCENT)
        played = play(how, FIFTH, triggers=(trigger,))
        played.run(written_off=100_000)
        assert played.books.pool_balance == 100_000
        assert (played.trigger().on, played.trigger().figure) == (True, 50 * PERCENT)

    def test_the_last_run_loses_the_principal_that_is_left(self, how):
        played = play(how, FIFTH)
        played.run(written_off=200_000)
        played.run(last=True)
        assert [own.written_down + own.loss for own in played.tranches] == [60_000, 25_000, 15_000]
        assert played.principals == [0, 0, 0]

    def test_all_that_fits_the_books_can_be_written_off(self, how):
        played = play(how, ONE - 1)
        played.run(written_off=LARGEST)
        assert total(played) == LARGEST * (ONE - 1) // ONE


def test_a_deficiency_step_pays_the_carried_loss():
    played = play(Losses.BY_LEDGER, FIFTH, steps=(Step(StepKind.DEFICIENCY, EQUITY),))
    outcome = played.run(50_000, written_off=10_000)
    assert (outcome.steps[0].due, outcome.steps[0].paid) == (2_000, 2_000)


@pytest.mark.parametrize("ratio", [0, ONE + 1])
def test_a_ratio_of_nothing_or_above_all_is_refused(ratio):
    with pytest.raises(Refused) as refused:
        Deal(small_terms(carrying_ratio=ratio))
    assert (refused.value.error, refused.value.values) == ("TermsDoNotFit", ("carrying ratio", ratio))


class TestAnyLosses:
    @SETTINGS
    @given(hows, ratios, st.lists(claims, min_size=1, max_size=PERIODS - 1))
    def test_splitting_a_write_off_over_periods_changes_nothing(self, how, ratio, parts):
        split, whole = play(how, ratio), play(how, ratio)
        for place, part in enumerate(parts):
            split.run(written_off=part)
            whole.run(written_off=sum(parts) if place == 0 else 0)
        assert (split.tranches, split.books.unallocated) == (whole.tranches, whole.books.unallocated)

    @SETTINGS
    @given(hows, ratios, claims, claims, claims)
    def test_a_write_off_and_its_correction_restore_everything(self, how, ratio, before, claim, meanwhile):
        played = play(how, ratio)
        played.run(written_off=before)
        was = picture(played.tranches), played.books.unallocated
        played.run(written_off=claim)
        played.run(written_off=meanwhile, correction=Correction(2, written_off=-claim - meanwhile))
        assert (picture(played.tranches), played.books.unallocated) == was

    @SETTINGS
    @given(hows, ratios, caps, st.lists(st.tuples(claims, claims, claims), min_size=1, max_size=PERIODS - 1))
    def test_losses_stay_within_principal_and_skip_no_junior(self, how, ratio, sizes, periods):
        tranches = tuple(tranche(size) for size in sizes)
        played, written = play(how, ratio, tranches=tranches, price=sum(sizes)), 0
        for place, (written_off, recovered, less) in enumerate(periods):
            less = min(less, written)
            correction = Correction(place, written_off=-less, root=b"\1" * 32, loans=1) if place else None
            played.run(recovered, recovered=recovered, written_off=written_off, correction=correction)
            written += written_off - (less if place else 0)
            check(played.deal)  # LS-01 among others
            each, unallocated = lost(played)
            assert all(gone <= size for gone, size in zip(each, sizes, strict=True)), "never above principal"
            assert not unallocated or each == sizes, "WF-10"
            for (senior, _), (junior, size) in pairwise(zip(each, sizes, strict=True)):
                assert not senior or junior == size, "WF-10"

    @SETTINGS
    @given(hows, ratios, st.lists(claims, min_size=1, max_size=PERIODS - 1))
    def test_without_recoveries_all_losses_are_what_was_written_off_at_the_ratio(self, how, ratio, parts):
        played = play(how, ratio)
        for part in parts:
            played.run(written_off=part)
        assert total(played) == sum(parts) * ratio // ONE, "LS-01"

    @SETTINGS
    @given(hows, claims)
    def test_at_par_a_claim_costs_its_amount(self, how, claim):
        played = play(how, ONE)
        played.run(written_off=claim)
        assert total(played) == claim
