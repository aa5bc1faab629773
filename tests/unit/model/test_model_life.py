"""After closing: runs, votes, acceleration, the index, credits and the end (rules 5, 11, 14, 28 and 35)."""

from dataclasses import replace

import pytest

from salvor.model.deal import Deal, State
from salvor.model.pool import Report
from salvor.model.refusal import Refused
from salvor.model.terms import (
    ONE,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Rate,
    RateKind,
    ReserveTerms,
    Step,
    StepKind,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    Vote,
)
from tests.utils.modelled import (
    CLOSING,
    DAY,
    EQUITY,
    FOREVER,
    MEZZANINE,
    PERCENT,
    SENIOR,
    SEQUENTIAL,
    closed,
    due,
    paid,
    small_terms,
)

SECOND_LIST = (Step(StepKind.PRINCIPAL, SENIOR), Step(StepKind.RESIDUAL, EQUITY))


def refused(call, *args):
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value.error, caught.value.values


class TestRun:
    def test_before_closing_nothing_runs(self):
        one = Deal(small_terms())
        for call in (one.run, one.preview_run):
            assert refused(call, 1) == ("NotBegun", ())
        assert refused(one.report, Report(1), FOREVER) == ("NotPurchased", ())
        assert refused(one.pool_factor, 0) == ("NotBegun", ())
        assert (one.claim("holder 0", 0), one.attachment(0)) == (0, (0, 0))

    def test_in_order_and_once_reported(self):
        played = closed()
        assert refused(played.deal.run, 1) == ("NotReported", (1, 0))
        played.run()
        assert refused(played.deal.run, 1) == ("WrongPeriod", (1, 2))
        assert refused(played.deal.run, 3) == ("WrongPeriod", (3, 2))

    def test_cash_that_no_step_took_is_cash_of_the_next_run(self):
        played = closed(steps=(Step(StepKind.INTEREST, SENIOR),))
        assert played.run(1_000).cash == 1_000
        assert played.run(10).cash == 1_000 - due(60_000, 7) + 10

    def test_a_preview_is_what_then_happens_and_does_nothing(self):
        played = closed()
        played.report(50_000)
        preview = played.deal.preview_run(1)
        assert played.books.last_run == 0
        assert played.deal.run(1) == preview

    def test_late_and_together_gives_what_on_time_gives(self):
        on_time, late = closed(), closed()
        outcomes = [on_time.run(gross) for gross in (20_000, 0, 90_000, 10)]
        for gross in (20_000, 0, 90_000, 10):
            late.report(gross)
        assert [late.deal.run(period) for period in (1, 2, 3, 4)] == outcomes
        assert late.books == on_time.books

    def test_interest_is_reckoned_before_the_losses_of_the_period(self):
        played = closed(losses=0, steps=(Step(StepKind.INTEREST, SENIOR),))
        assert played.run(written_off=100_000).steps[0].due == due(60_000, 7)


class TestTheEnd:
    def test_dust_and_reserve_are_credited_to_their_owner(self):
        reserve = ReserveTerms(frozenset({SENIOR}), floor=5_000)
        played = closed(steps=(Step(StepKind.INTEREST, SENIOR),), price=95_000, reserve=reserve)
        played.run(180_000, written_off=20_000)
        outcome = played.run(last=True)
        assert outcome.wound_up
        assert played.deal.state == State.WOUND_UP
        assert played.deal.claim_credit("dust owner") == 180_000 - 2 * due(60_000, 7) + 5_000
        assert (played.books.waiting, played.books.reserve) == (0, 0)

    def test_claims_stay_open(self):
        played = closed()
        for gross in (0, 0, 0, 70_000):
            played.run(gross)
        assert refused(played.deal.run, 5) == ("NotReported", (5, 4))
        assert played.deal.claim("holder 0", SENIOR) == 60_000 + 4 * due(60_000, 7)
        assert played.tranches[EQUITY].loss == 15_000

    def test_before_the_last_run_there_is_no_loss(self):
        played = closed()
        for _ in range(3):
            played.run()
        assert [own.loss for own in played.tranches] == [0, 0, 0]
        played.run()
        assert [own.loss for own in played.tranches] == [60_000, 25_000, 15_000]


class TestFees:
    def test_one_payee_of_two_lines_has_one_credit(self):
        fees = (FeeLine("bank", FeeKind.FIXED, amount=3), FeeLine("bank", FeeKind.FIXED, amount=4))
        steps = (Step(StepKind.FEE, line=0, level=ONE), Step(StepKind.FEE, line=1, level=ONE))
        played = closed(steps=steps, fees=fees)
        played.run(100)
        assert (played.deal.claim_credit("bank"), played.deal.asset.balances["bank"]) == (7, 7)


class TestIndex:
    @pytest.fixture
    def played(self):
        floating = TrancheTerms(100_000, 100_000, Rate(RateKind.FLOATING, margin=2 * PERCENT))
        return closed(tranches=(floating,), steps=(Step(StepKind.INTEREST),), first_index=1 * PERCENT)

    def rates(self, played, *periods):
        return [played.run(10_000).steps[0].due for _ in periods]

    def test_until_one_is_told_the_deals_own(self, played):
        assert self.rates(played, 1) == [due(100_000, 3)]

    def test_told_before_the_run_it_stands_until_the_next(self, played):
        played.deal.tell_index(2, 4 * PERCENT, CLOSING + 30 * DAY)
        assert self.rates(played, 1, 2, 3) == [due(100_000, 3), due(100_000, 6), due(100_000, 6)]

    def test_below_zero(self, played):
        played.deal.tell_index(1, -5 * PERCENT, CLOSING)
        assert self.rates(played, 1) == [0]

    def test_a_later_period_told_first_does_not_count_before(self, played):
        played.deal.tell_index(3, 9 * PERCENT, CLOSING + 60 * DAY)
        played.deal.tell_index(1, 2 * PERCENT, CLOSING + 60 * DAY)
        assert self.rates(played, 1, 2, 3) == [due(100_000, 4), due(100_000, 4), due(100_000, 11)]

    def test_refuses(self, played):
        tell = played.deal.tell_index
        assert refused(tell, 2, 1, CLOSING + 30 * DAY - 1) == ("IndexNotDue", (2, CLOSING + 30 * DAY))
        tell(1, 5, CLOSING)
        assert refused(tell, 1, 6, CLOSING) == ("IndexAlreadyTold", (1,))
        assert refused(tell, 5, 6, FOREVER) == ("NoSuchPeriod", (5, 4))
        played.run()
        assert refused(tell, 1, 6, CLOSING) == ("IndexTooLate", (1, 1))


class TestVote:
    TRIGGERS = (TriggerTerms(TriggerKind.EVENT_OF_DEFAULT, cured_after=0),)

    @pytest.fixture
    def played(self):
        """The senior class is three holders of 40 %, 35 % and 25 %; more than 60 % accelerate."""
        vote = Vote(60 * PERCENT, 10 * DAY)
        played = closed(accelerated_steps=SECOND_LIST, vote=vote, triggers=self.TRIGGERS)
        for name, units in (("second", 21_000), ("third", 15_000)):
            played.deal.admit(name, FOREVER, 0)
            played.deal.transfer("holder 0", name, SENIOR, units, CLOSING)
        return played

    def test_more_than_the_share_accelerates_from_the_next_run(self, played):
        played.run(1_000)
        played.deal.call_vote("third", CLOSING)
        played.deal.vote("second", CLOSING + 1)
        played.deal.vote("third", CLOSING + 1)  # 60 % exactly
        assert played.deal.state == State.AMORTISING
        played.deal.vote("holder 0", CLOSING + 1)
        assert played.deal.state == State.ACCELERATED
        outcome = played.run(80_000)
        assert len(outcome.steps) == 2
        assert outcome.triggers_on == (True,)
        assert outcome.tranches[MEZZANINE] == (0, 0)

    def test_with_no_more_units_than_when_it_was_called(self, played):
        played.deal.call_vote("third", CLOSING)
        played.deal.transfer("holder 0", "third", SENIOR, 24_000, CLOSING)
        played.deal.vote("third", CLOSING + 1)
        assert played.deal.ballot.votes == 15_000

    def test_with_no_more_units_than_are_held_still(self, played):
        played.deal.call_vote("third", CLOSING)
        played.deal.transfer("holder 0", "third", SENIOR, 23_999, CLOSING)
        played.deal.vote("holder 0", CLOSING + 1)
        assert played.deal.ballot.votes == 1
        played.deal.transfer("second", "third", SENIOR, 21_000, CLOSING)
        assert refused(played.deal.vote, "second", CLOSING + 1) == ("NoUnits", ("second",))

    def test_without_units_of_when_it_was_called_not_at_all(self, played):
        played.deal.call_vote("third", CLOSING)
        played.deal.admit("fourth", FOREVER, 0)
        played.deal.transfer("holder 0", "fourth", SENIOR, 24_000, CLOSING)
        assert refused(played.deal.vote, "fourth", CLOSING + 1) == ("NoUnits", ("fourth",))

    def test_not_in_the_second_of_the_call(self, played):
        played.deal.call_vote("third", CLOSING)
        assert refused(played.deal.vote, "third", CLOSING) == ("JustCalled", (1, CLOSING))
        played.deal.vote("third", CLOSING + 1)

    def test_refuses_to_vote(self, played):
        vote = played.deal.vote
        assert refused(vote, "third", CLOSING + 1) == ("NoVoteOpen", ())
        played.deal.call_vote("third", CLOSING)
        assert refused(vote, "holder 1", CLOSING + 1) == ("NoUnits", ("holder 1",))
        vote("third", CLOSING + 10 * DAY - 1)
        assert refused(vote, "third", CLOSING + 1) == ("AlreadyVoted", (1, "third"))
        assert refused(vote, "second", CLOSING + 10 * DAY) == ("NoVoteOpen", ())

    def test_refuses_to_call(self, played):
        call = played.deal.call_vote
        assert refused(call, "holder 1", CLOSING) == ("NoUnits", ("holder 1",))
        call("third", CLOSING)
        assert refused(call, "second", CLOSING) == ("VoteOpen", (1, CLOSING + 10 * DAY))
        call("second", CLOSING + 10 * DAY)

    def test_calls_are_never_used_up(self, played):
        for number in range(300):
            played.deal.call_vote("third", CLOSING + number * 10 * DAY)
        assert played.deal.ballot.number == 300

    def test_the_class_changes_with_its_principal(self, played):
        played.deal.call_vote("third", CLOSING)
        played.run(70_000)
        assert refused(played.deal.vote, "third", CLOSING + 1) == ("NotSenior", (SENIOR,))
        played.deal.call_vote("holder 1", CLOSING)
        played.deal.vote("holder 1", CLOSING + 1)
        assert played.deal.state == State.ACCELERATED
        assert refused(played.deal.call_vote, "holder 1", CLOSING) == ("NothingToVoteOn", ())
        assert refused(played.deal.vote, "holder 1", CLOSING + 1) == ("NoVoteOpen", ())

    def test_without_a_second_list_there_is_no_vote(self):
        assert refused(closed().deal.call_vote, "holder 0", CLOSING) == ("NothingToVoteOn", ())

    def test_acceleration_ends_revolving(self, played):
        books = played.books
        books.revolving, books.account = True, 500
        played.deal.asset.mint("waterfall", 500)
        played.deal.call_vote("holder 0", CLOSING)
        for name in ("holder 0", "second", "third"):
            if played.deal.state != State.ACCELERATED:
                played.deal.vote(name, CLOSING + 1)
        assert not books.revolving
        assert played.run(1_000).cash == 1_500


class TestTermsThatDoNotFit:
    @pytest.mark.parametrize(
        ("part", "changes"),
        [
            ("tranches", {"tranches": ()}),
            ("tranches", {"tranches": small_terms().tranches * 3}),
            ("steps", {"steps": ()}),
            ("steps", {"steps": (SEQUENTIAL[0],) * 41}),
            ("accelerated steps", {"accelerated_steps": (SEQUENTIAL[0],) * 41}),
            ("triggers", {"triggers": (TriggerTerms(TriggerKind.SERVICER_LATE),) * 17}),
            ("triggers", {"triggers": (TriggerTerms(TriggerKind.INTEREST_MISSED, tranche=3),)}),
            ("period ends", {"period_ends": (CLOSING,) * 4}),
            ("period ends", {"period_ends": (), "plan": ()}),
            ("plan", {"plan": (1, 2, 3)}),
            ("price", {"price": 100_001}),
            ("price", {"tranches": (TrancheTerms(2**112),)}),
            ("gross balance", {"gross_balance": 2**112}),
            ("minimum", {"tranches": (TrancheTerms(200_000, 0), *small_terms().tranches[1:])}),
            ("minimum", {"tranches": (TrancheTerms(200_000, 200_001), *small_terms().tranches[1:])}),
            ("fees", {"fees": (FeeLine("bank", FeeKind.OF_TRANCHE, tranche=3),)}),
            ("fees", {"fees": (FeeLine("bank", FeeKind.FIXED, floor=2, cap=1),)}),
            ("fees", {"fees": (FeeLine("bank", FeeKind.FIXED),) * 17}),
            ("hurdles", {"hurdles": (HurdleTerms(EQUITY, 0),) * 17}),
            ("plan", {"plan": (2**111, 2**111, 0, 0)}),
            ("vote", {"accelerated_steps": SECOND_LIST, "vote": Vote(ONE)}),
            ("vote", {"accelerated_steps": SECOND_LIST, "vote": Vote(ONE // 2, 1)}),
            ("reserve", {"reserve": ReserveTerms(frozenset({3}))}),
            ("reserve", {"reserve": ReserveTerms(floor=2, cap=1)}),
        ],
    )
    def test_refuses(self, part, changes):
        error, values = refused(Deal, small_terms(**changes))
        assert (error, values[0]) == ("TermsDoNotFit", part)

    @pytest.mark.parametrize(
        "rate",
        [
            Rate(floor=2, cap=1),
            Rate(RateKind.STEP_UP),
            Rate(RateKind.STEP_UP, steps=((2, 5),)),
            Rate(RateKind.STEP_UP, steps=((1, 5), (1, 6))),
            Rate(RateKind.STEP_UP, steps=((1, 5), (2, 6), (3, 7), (4, 8), (5, 9))),
        ],
    )
    def test_refuses_a_rate(self, rate):
        tranches = (*small_terms().tranches[:2], replace(small_terms().tranches[2], rate=rate))
        assert refused(Deal, small_terms(tranches=tranches)) == ("TermsDoNotFit", ("rate", 2))

    @pytest.mark.parametrize(
        "step",
        [
            Step(StepKind.INTEREST, 3),
            Step(StepKind.FEE),
            Step(StepKind.HURDLE),
            Step(StepKind.TO_TARGET, SENIOR),
            Step(StepKind.PRO_RATA, tranches=frozenset({3})),
            Step(StepKind.DRAW, lines=frozenset({0})),
            Step(StepKind.TOP_UP, triggers=frozenset({0})),
            Step(StepKind.RESIDUAL),
            Step(StepKind.SPLIT),
        ],
    )
    def test_refuses_a_step(self, step):
        steps = (SEQUENTIAL[0], step, SEQUENTIAL[1])
        assert refused(Deal, small_terms(steps=steps)) == ("TermsDoNotFit", ("steps", 1))
        error = refused(Deal, small_terms(accelerated_steps=steps))
        assert error == ("TermsDoNotFit", ("accelerated steps", 1))

    def test_refuses_a_deficiency_without_ledgers(self):
        steps = (Step(StepKind.DEFICIENCY, SENIOR),)
        assert refused(Deal, small_terms(steps=steps, losses=0)) == ("TermsDoNotFit", ("steps", 0))

    def test_refuses_a_conditional_residual(self):
        steps = (Step(StepKind.RESIDUAL, EQUITY, when=1),)
        assert refused(Deal, small_terms(steps=steps)) == ("TermsDoNotFit", ("steps", 0))


def test_paid_is_never_more_than_due():
    played = closed(fees=(FeeLine("bank", FeeKind.FIXED, amount=100),), steps=(Step(StepKind.FEE, level=ONE),))
    assert paid(played.run(99)) == [99]
