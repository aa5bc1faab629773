"""Attack: an allotment that is stuck because its two halves wait for each other, or because its wallet is lost.

Notes and refund were handed over together: one whom the settlement asset refused had no notes either, and one whose
admission had ended got no cash back. And a lost wallet's order was out of the transfer agent's reach until it was
handed over, which compliance may never allow again. Now each half goes alone, once, by anyone, and the agent moves
what is left to the new wallet (rule 2).
"""

import pytest

from tests.utils.full_deal import Terms, Tranche, build, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))
FOREVER = 2**39


@pytest.fixture
def deal(lab):
    """Sold twice over to `stuck` and `other`; each is allotted 500 notes and has 500 back."""
    deal = build(lab, TERMS, rule="AllowList", token=lab.deploy("RefusingToken", sender=lab.actor("admin")))
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    for name in ("stuck", "other"):
        deal.rule.admit(lab.actor(name), FOREVER, sender=lab.actor("agent"))
        deal.order(0, 1_000, lab.actor(name))
    lab.now = deal.closing
    deal.offering.close(sender=lab.actor("outsider"))
    return deal


def test_who_is_refused_by_the_asset_has_the_notes(lab, deal):
    stuck, anyone = lab.actor("stuck"), lab.actor("outsider")
    deal.token.refuse(stuck, True, sender=anyone)
    for call in (deal.offering.settle, deal.offering.refund):
        with lab.refused("Refused", stuck):
            call(0, stuck, sender=anyone)
    deal.offering.handOver(0, stuck, sender=anyone)
    assert deal.notes[0].balanceOf(stuck) == 500
    deal.token.refuse(stuck, False, sender=anyone)
    deal.offering.refund(0, stuck, sender=anyone)
    for call in (deal.offering.settle, deal.offering.handOver, deal.offering.refund):
        with lab.refused("NoOrder", stuck, 0):
            call(0, stuck, sender=anyone)
    assert (deal.notes[0].balanceOf(stuck), deal.token.balanceOf(stuck), deal.offering.cashHeld()) == (500, 500, 500)


def test_who_is_not_admitted_any_more_has_the_refund(lab, deal):
    stuck, anyone = lab.actor("stuck"), lab.actor("outsider")
    deal.rule.remove(stuck, sender=lab.actor("agent"))
    for call in (deal.offering.settle, deal.offering.handOver):
        with lab.refused("NotEligible"):
            call(0, stuck, sender=anyone)
    deal.offering.refund(0, stuck, sender=anyone)
    assert (deal.notes[0].balanceOf(stuck), deal.token.balanceOf(stuck)) == (0, 500)
    deal.rule.admit(stuck, FOREVER, sender=lab.actor("agent"))
    deal.offering.handOver(0, stuck, sender=anyone)
    assert deal.notes[0].balanceOf(stuck) == 500


def test_a_lost_wallet_s_allotment_goes_to_the_new_one_once(lab, deal):
    lost, found, agent = lab.actor("stuck"), lab.actor("new wallet"), lab.actor("agent")
    with lab.refused("NotEligible", found, 0, 1_000):
        deal.offering.recoverOrder(0, lost, found, sender=agent)
    deal.rule.admit(found, FOREVER, sender=agent)
    deal.run(100)
    deal.offering.recoverOrder(0, lost, found, sender=agent)
    for call in (deal.offering.settle, deal.offering.handOver, deal.offering.refund):
        with lab.refused("NoOrder", lost, 0):
            call(0, lost, sender=lost)
    deal.offering.settle(0, found, sender=found)
    assert (deal.notes[0].balanceOf(found), deal.token.balanceOf(found)) == (500, 500)
    assert deal.notes[0].claimable(found) == 50  # the past of its units
    with lab.refused("NoOrder", lost, 0):
        deal.offering.recoverOrder(0, lost, found, sender=agent)


def test_halves_that_were_had_stay_had_in_the_new_wallet(lab, deal):
    lost, found, agent = lab.actor("stuck"), lab.actor("new wallet"), lab.actor("agent")
    deal.rule.admit(found, FOREVER, sender=agent)
    deal.offering.handOver(0, lost, sender=lost)
    deal.offering.recoverOrder(0, lost, found, sender=agent)
    with lab.refused("NoOrder", found, 0):
        deal.offering.handOver(0, found, sender=found)
    deal.offering.refund(0, found, sender=found)
    assert (deal.notes[0].balanceOf(found), deal.token.balanceOf(found)) == (0, 500)
    assert (deal.notes[0].balanceOf(lost), deal.token.balanceOf(lost)) == (500, 0)
