"""Attack: the servicer vanishes, and with it every trigger.

Triggers are read at runs, a run needs a report, and only the servicer reports: a servicer that was gone tripped
nothing, and the reserve and what waited stayed where they were for ever. Now anyone reports the period as missing,
once it is past its end by more than twice the grace (rule 10): the trigger *servicer late* goes on by the run, and a
deal whose servicer never says a word is wound up by strangers.
"""

from dataclasses import replace

import pytest

from tests.utils.beside import closed_beside
from tests.utils.full_deal import DAY, WAD, Terms, Tranche, build, step

STEPS = (step("release", when="while any is on", triggers=1), step("principal", 0), step("residual", 1))
TERMS = Terms(
    (Tranche(60_000), Tranche(40_000)),
    STEPS,
    price=95_000,
    reserve=(5_000, 5_000, 0, 0b11),
    triggers=[("servicer late", 0, 0, 1), ("collection ratio", 0, WAD, 1)],
)
GRACE = 5 * DAY


@pytest.fixture
def miss(lab):
    """A stranger reports the next period of a deal as missing, on the first second that allows it."""

    def report(deal):
        period = deal.reported + 1
        lab.now = max(lab.now, deal.end(period) + 2 * GRACE + 1)
        deal.reported = period
        return deal.pool.reportMissing(period, sender=lab.actor("outsider"))

    return report


def test_the_trigger_goes_on_by_a_stranger_s_report_and_is_cured_by_the_next(lab, miss):
    deal = build(lab, TERMS).sell()
    receipt = miss(deal)
    (missing,) = receipt.events_of(deal.pool, "ReportMissing")
    assert tuple(missing.values.values()) == (1, lab.actor("outsider").address)
    (told,) = receipt.events_of(deal.pool, "Reported")
    assert (told.period, tuple(told.report), told.late) == (1, (*(0,) * 6, bytes(32), 0, False), True)
    assert deal.run_reported().cash == 0
    assert (deal.waterfall.trigger(0).on, deal.waterfall.trigger(1).on) == (True, True)
    both = deal.run(70_000, correction=(1, b"\x01" * 32, 1, 0, 0, 0))  # what was collected in both periods
    assert both.principal == (60_000, 10_000)
    assert not deal.waterfall.trigger(0).on
    assert deal.pool.record(1).loansPaying == 1


def test_nobody_else_reports_sooner_or_another_period(lab, miss):
    deal, stranger = build(lab, TERMS).sell(), lab.actor("outsider")
    earliest = deal.end(1) + 2 * GRACE + 1
    lab.now = earliest - 2
    with lab.refused("TooEarly", earliest=earliest):
        deal.pool.reportMissing(1, sender=stranger)
    lab.now = earliest
    for period, error in ((2, "WrongPeriod"), (0, "WrongPeriod"), (5, "NoSuchPeriod")):
        with lab.refused(error):
            deal.pool.reportMissing(period, sender=stranger)
    miss(deal)
    with lab.refused("WrongPeriod", 1, 2):
        deal.pool.reportMissing(1, sender=stranger)
    with lab.refused("TooEarly"):
        deal.pool.reportMissing(2, sender=stranger)


def test_a_grace_as_long_as_can_be_keeps_strangers_out(lab):
    deal = build(lab, replace(TERMS, grace=2**40 - 1)).sell()
    lab.now = deal.end(1)
    with lab.refused("TooEarly", earliest=deal.end(1) + 2 * (2**40 - 1) + 1):
        deal.pool.reportMissing(1, sender=lab.actor("outsider"))


def test_before_closing_there_is_nothing_to_miss(lab):
    with lab.refused("NotPurchased"):
        build(lab, TERMS).pool.reportMissing(1, sender=lab.actor("outsider"))


def test_a_deal_without_a_word_is_wound_up_by_strangers(lab, miss):
    deal = build(lab, TERMS).sell()
    for _ in range(4):
        miss(deal)
        last = deal.run_reported()
    # The reserve came free in the first run, as the trigger was on.
    assert (deal.tranche(0).principalPaid, deal.tranche(0).loss, deal.tranche(1).loss) == (5_000, 55_000, 40_000)
    assert (deal.waterfall.phase(), last.left) == (4, 0)
    with lab.refused("NoSuchPeriod", 5, 4):
        deal.pool.reportMissing(5, sender=lab.actor("outsider"))
    claims = [note.claimFor(who, sender=who).return_value for note, who in zip(deal.notes, deal.holders, strict=True)]
    assert claims == [5_000, 0]
    deal.check_books()


def test_what_positions_closed_at_counts_in_a_period_without_a_word(lab, miss):
    deal = build(lab, TERMS).sell()
    deal.run(10, closed_value=50, closed_plan=100)
    miss(deal)
    assert deal.pool.figures(2).profitabilityRatio == WAD // 2


def test_so_says_the_model_to_the_end(lab):
    beside = closed_beside(lab, grace=3 * DAY)
    for _ in range(beside.deal.terms.periods):
        beside.report_missing()
        outcome = beside.run_reported()
    assert outcome.wound_up
