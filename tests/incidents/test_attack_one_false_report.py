"""Attack: a servicer whose key is stolen ends the deal, or locks its books, with a single report.

All written off and *last* said, in one report: anyone could run it, the deal was wound up and what came later was
nobody's. Gross = costs = the largest amount there is: no cash was needed, and every later report was above the limit.
And cash said to be recovered on loans that nobody wrote off raised the pool balance again, so that what was collected
counted twice in a coverage test. Now a report is the last only where the run before it left the pool empty, one takes
at most its share of the books, and recovered counts as far as something was written off (rules 6 and 9).
"""

from tests.utils.full_deal import MOST, ROOT, WAD, Terms, Tranche, build, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),), gross=2_000, plan=0)


def test_writing_all_off_does_not_end_the_deal_in_the_same_report(lab):
    deal = build(lab, TERMS).sell()
    with lab.refused("PoolNotEmpty", 2_000):
        deal.report(0, written_off=2_000, last=1)
    deal.reported = 0
    deal.report(0, written_off=2_000)
    with lab.refused("PoolNotEmpty", 2_000):
        deal.report(0, last=1)  # nobody has run the first: no holder could see it
    deal.reported = 1
    deal.run_reported()
    assert deal.run(0, last=1).left == 0
    assert deal.waterfall.phase() == 4


def test_a_clean_up_trigger_that_the_report_itself_would_turn_on_does_not_help(lab):
    triggers = [("clean-up", 0, WAD // 10, 1)]
    deal = build(lab, Terms(TERMS.tranches, TERMS.steps, gross=2_000, triggers=triggers)).sell()
    with lab.refused("PoolNotEmpty", 2_000):
        deal.report(0, written_off=1_801, last=1)
    deal.reported = 0
    deal.run(0, written_off=1_801)
    deal.run(0, last=1)
    assert deal.waterfall.phase() == 4


def test_no_report_fills_the_books_of_gross(lab):
    deal, most = build(lab, TERMS).sell(), MOST // 4
    with lab.refused("AboveLimit", MOST, most):
        deal.report(MOST, costs=MOST)
    deal.reported = 0
    with lab.refused("AboveLimit", most + 1, most):
        deal.report(most + 1, costs=most + 1)
    for reported in range(3):
        deal.reported = reported
        deal.run(most, costs=most)
    assert deal.run(700).interest[0] + deal.tranche(0).principalPaid == 700


def test_what_is_corrected_later_was_locked_out_by_nothing(lab):
    deal = build(lab, TERMS).sell()
    deal.run(0, written_off=MOST)
    report = (0, 0, 0, 0, 0, 0, bytes(32), 0, False)
    lab.now = deal.end(2)
    deal.pool.report(2, report, (1, ROOT, 1, -MOST, 0, 0), sender=lab.actor("servicer"))
    assert deal.pool.poolBalance(2) == 2_000


def test_recoveries_that_nobody_wrote_off_do_not_cure_a_test(lab):
    triggers = [("over-collateralisation", 0, WAD, 1)]
    steps = (step("top up"), step("principal", 0))
    terms = Terms(TERMS.tranches, steps, gross=1_000, triggers=triggers, reserve=(1_000, MOST, 0, 1))
    deal = build(lab, terms).sell()
    deal.run(600, recovered=600)
    assert deal.pool.poolBalance(1) == 400
    assert deal.waterfall.trigger(0).on
    deal.run(0, written_off=100)
    assert deal.pool.poolBalance(2) == 400
