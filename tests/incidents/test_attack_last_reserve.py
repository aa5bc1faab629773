"""Attack: the owner of dust waits for the last report and takes the reserve from under the holders.

The reserve's target stood as long as notes were outstanding, so in the last run a release gave nothing, a top-up
even took cash that was principal's, and rule 5 gave the reserve to the owner of dust while the senior tranche bore
a loss. In the last run the target is 0 (rule 19): nothing is topped up, and a release step gives all to those whose
reserve it was.
"""

from dataclasses import replace

from tests.utils.full_deal import Terms, Tranche, build, step

TRANCHES = (Tranche(60_000), Tranche(40_000))
STEPS = (step("release"), step("top up"), step("principal", 0), step("residual", 1))
TERMS = Terms(
    TRANCHES,
    STEPS,
    price=95_000,
    ledgers=True,
    reserve=(5_000, 5_000, 0, 0b11),
    triggers=[("reserve below target", 0, 0, 1)],
    gross=0,  # so that the first report may be the last
)


def test_the_reserve_is_the_holders_in_the_last_run(lab):
    deal = build(lab, TERMS).sell()
    assert deal.waterfall.reserve() == (5_000, 5_000)
    last = deal.run(10_000, written_off=120_000, last=1)
    assert (last.paid, last.principal) == ((5_000, 0, 15_000, 0), (15_000, 0))
    assert deal.distributor.creditOf(lab.actor("dust owner")) == 0


def test_the_last_run_tops_nothing_up_and_still_says_what_lacks(lab):
    steps = (step("top up"), step("principal", 0), step("residual", 1))
    deal = build(lab, replace(TERMS, steps=steps, price=100_000)).sell()
    last = deal.run(10_000, written_off=120_000, last=1)
    assert (last.due, last.paid) == ((0, 60_000, 0), (0, 10_000, 0))
    assert deal.distributor.creditOf(lab.actor("dust owner")) == 0
    trigger = deal.waterfall.trigger(0)
    assert (trigger.on, trigger.figure) == (True, 5_000)
