"""The reference model against numbers worked out by hand from docs/waterfall.md."""

import pytest

from salvor.model.refusal import Refused
from salvor.model.system import System
from tests.utils.world import DAY, EQUITY, MEZZANINE, SENIOR, small_terms

CLOSING = 1_900_000_000
HOLDERS = ("senior holder", "mezzanine holder", "equity holder")


@pytest.fixture
def deal():
    """The small deal sold and closed, no chain."""
    terms = small_terms(CLOSING).for_model(seller="seller", fee_account="fees", servicer="servicer")
    system = System(terms)
    for tranche, holder in enumerate(HOLDERS):
        system.admit(holder, CLOSING + 1_000 * DAY, now=0)
        system.cash.mint(holder, terms.sizes[tranche])
        system.subscribe(holder, tranche, terms.sizes[tranche], now=0)
    system.close(CLOSING)
    return system


def collect(deal, period, cash):
    deal.cash.mint("servicer", cash)
    deal.report(period, cash, bool(cash), deal.terms.period_ends[period - 1], bytes([cash > 0]) * 32)
    return deal.run(period)


def test_a_period_on_plan_pays_mezzanine_interest_before_senior_principal(deal):
    outcome = collect(deal, 1, 40_000)
    # Fee 2,400. Interest of 30 days: 60,000 x 7 % = 345; 25,000 x 11 % = 226. The rest, 37,029, is senior principal.
    assert not outcome.behind_plan
    assert outcome.tranches == ((345, 37_029), (226, 0), (0, 0))
    assert deal.fees_earned == 2_400


def test_a_period_behind_plan_defers_mezzanine_interest(deal):
    outcome = collect(deal, 1, 35_999)  # 89.9975 % of 40,000
    assert outcome.behind_plan
    assert outcome.tranches == ((345, 35_999 - 2_159 - 345), (0, 0), (0, 0))
    assert deal.waterfall.tranches[MEZZANINE].interest_due == 226


def test_exactly_at_the_trigger_is_on_plan(deal):
    assert not collect(deal, 1, 36_000).behind_plan


def test_deferred_interest_is_paid_later_and_earns_nothing(deal):
    collect(deal, 1, 0)
    collect(deal, 2, 200_000)
    assert deal.waterfall.tranches[MEZZANINE].interest_paid == 2 * 226
    assert deal.waterfall.tranches[SENIOR].interest_paid == 2 * 345


def test_the_last_period_books_the_loss_from_the_bottom(deal):
    for period in (1, 2, 3):
        collect(deal, period, 0)
    collect(deal, 4, 70_000)
    # 70,000 - fee 4,200 - senior interest 4 x 345 - senior principal 60,000 = 4,420:
    # mezzanine interest 904, principal 3,516.
    losses = [tranche.loss for tranche in deal.waterfall.tranches]
    assert losses == [0, 25_000 - 3_516, 15_000]
    assert deal.waterfall.tranches[EQUITY].principal == 0


def test_cash_in_is_cash_out_and_cash_held(deal):
    collect(deal, 1, 39_999)
    deal.claim("senior holder", SENIOR)
    deal.claim_fees()
    assert deal.paid_in == 100_000 + 39_999
    assert deal.paid_in == deal.paid_out + deal.cash_held


def test_a_transfer_carries_no_claim_on_the_past(deal):
    collect(deal, 1, 40_000)
    deal.transfer("senior holder", "equity holder", SENIOR, 60_000, CLOSING)
    assert deal.claim("equity holder", SENIOR) == 0
    assert deal.claim("senior holder", SENIOR) == 37_374


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda deal: deal.run(2), ("WrongPeriod", (2, 1))),
        (lambda deal: deal.run(1), ("NotReported", (1, 0))),
        (lambda deal: deal.report(1, 0, 0, CLOSING, bytes(32)), ("TooEarly", (CLOSING, CLOSING + 30 * DAY))),
        (lambda deal: deal.report(5, 0, 0, 2**40, bytes(32)), ("NoSuchPeriod", (5, 4))),
        (lambda deal: deal.subscribe("senior holder", SENIOR, 1, 0), ("OfferingClosed", ())),
        (lambda deal: deal.unsubscribe("senior holder", SENIOR, 1, CLOSING), ("OfferingClosed", ())),
        (lambda deal: deal.close(CLOSING), ("OfferingClosed", ())),
    ],
)
def test_refuses(deal, call, error):
    with pytest.raises(Refused) as refused:
        call(deal)
    assert (refused.value.error, refused.value.values) == error
