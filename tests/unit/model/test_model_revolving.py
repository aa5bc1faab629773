"""The revolving account: what is set aside, what is bought, and when it ends (rule 4)."""

import pytest

from salvor.model.deal import State
from salvor.model.refusal import Refused
from salvor.model.terms import ONE, Revolving, Step, StepKind, TriggerKind, TriggerTerms
from tests.utils.modelled import EQUITY, MEZZANINE, SENIOR, closed, paid, tranche

NO_INTEREST = tuple(tranche(cap) for cap in (60_000, 25_000, 15_000))
STEPS = (Step(StepKind.PRINCIPAL, SENIOR), Step(StepKind.PRINCIPAL, MEZZANINE), Step(StepKind.RESIDUAL, EQUITY))

ROOT = b"\7" * 32


def play(until=2, **changes):
    return closed(**{"tranches": NO_INTEREST, "steps": STEPS, "revolving": Revolving(until)} | changes)


def test_principal_waits_and_pays_no_tranche():
    played = play()
    outcome = played.run(70_000)
    assert paid(outcome) == [60_000, 10_000, 0]
    assert (played.principals, played.books.account) == ([60_000, 25_000, 15_000], 70_000)
    assert played.deal.state == State.REVOLVING


def test_the_account_stops_at_all_principal():
    played = play()
    played.run(70_000)
    outcome = played.run(70_000)
    assert (paid(outcome)[:2], played.books.account) == ([30_000, 0], 100_000)


def test_it_is_cash_of_the_first_run_that_does_not_revolve():
    played = play()
    played.run(50_000)
    played.run(10_000)
    assert played.deal.state == State.AMORTISING
    outcome = played.run(5_000)
    assert (outcome.cash, played.books.account) == (65_000, 0)
    assert outcome.tranches == ((0, 60_000), (0, 5_000), (0, 0))


def test_a_named_trigger_ends_it_after_its_run_and_for_good():
    triggers = (TriggerTerms(TriggerKind.COLLECTION_RATIO, ONE),)
    played = play(revolving=Revolving(3, frozenset({0})), triggers=triggers)
    played.run(39_999)
    assert (played.books.account, played.deal.state) == (39_999, State.AMORTISING)
    assert played.run(60_001).cash == 100_000
    assert not played.trigger().on
    assert played.deal.state == State.AMORTISING


def test_the_last_run_never_revolves():
    played = play(until=3, gross_balance=20_000)
    assert played.run(20_000).revolved
    outcome = played.run(180_000, last=True)
    assert not outcome.revolved
    assert outcome.tranches == ((0, 60_000), (0, 25_000), (100_000, 15_000))


def test_target_and_pro_rata_wait_too():
    every = frozenset({SENIOR, MEZZANINE})
    steps = (Step(StepKind.TO_TARGET, SENIOR, level=10 * ONE), Step(StepKind.PRO_RATA, tranches=every))
    played = play(steps=steps)
    played.run(80_000)
    # 60,000 to 120,000 / 10 = 12,000 is 48,000, the rest is for the other step.
    assert (played.books.account, played.principals[0]) == (80_000, 60_000)


class TestBuyLoans:
    def test_pays_the_seller_and_adds_to_the_pool(self):
        played = play()
        played.run(50_000)
        played.deal.buy_loans(30_000, ROOT, 4, 90_000)
        assert (played.books.account, played.deal.credits["seller"]) == (20_000, 130_000)
        assert (played.deal.pool.gross_balance, played.deal.pool.loan_count) == (290_000, 14)
        played.run(0)
        assert played.books.pool_balance == 240_000

    @pytest.mark.parametrize(
        ("price", "loans", "gross", "error"),
        [
            (50_001, 1, 1, ("AboveAccount", (50_001, 50_000))),
            (50_000, 0, 1, ("EmptyTape", (ROOT, 0))),
            (50_000, 1, 2**112, ("AboveLimit", (2**112 + 200_000, 2**112 - 1))),
        ],
    )
    def test_refuses(self, price, loans, gross, error):
        played = play()
        played.run(50_000)
        with pytest.raises(Refused) as refused:
            played.deal.buy_loans(price, ROOT, loans, gross)
        assert (refused.value.error, refused.value.values) == error
        assert played.books.account == 50_000

    def test_ends_with_the_run_that_takes_the_account(self):
        played = play(until=1)
        played.run(50_000)
        played.deal.buy_loans(1, ROOT, 1, 1)  # the next run has the rest
        played.run(0)
        with pytest.raises(Refused, match="NotRevolving"):
            played.deal.buy_loans(0, ROOT, 1, 1)

    def test_ends_with_a_named_trigger(self):
        triggers = (TriggerTerms(TriggerKind.COLLECTION_RATIO, ONE),)
        played = play(revolving=Revolving(3, frozenset({0})), triggers=triggers)
        played.run(39_999)
        with pytest.raises(Refused, match="NotRevolving"):
            played.deal.buy_loans(1, ROOT, 1, 1)

    def test_ends_with_acceleration(self):
        played = play()
        played.run(50_000)
        played.books.accelerated = True
        with pytest.raises(Refused, match="NotRevolving"):
            played.deal.buy_loans(1, ROOT, 1, 1)

    def test_refuses_in_a_deal_that_never_revolves(self):
        with pytest.raises(Refused, match="NotRevolving"):
            closed().deal.buy_loans(0, ROOT, 1, 1)

    def test_refuses_once_the_last_report_is_in(self):
        played = play(gross_balance=50_000)
        played.run(50_000)
        played.report(150_000, last=True)
        with pytest.raises(Refused, match="LastReportIsIn"):
            played.deal.buy_loans(1, ROOT, 1, 1)
