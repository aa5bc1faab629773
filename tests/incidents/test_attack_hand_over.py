"""Attack: a holder to whom the admin gives the offering's role hands notes over to another own wallet, again and again.

A hand-over gives the units' whole past since closing, because the offering's units earned it for whoever ordered
them. Notes that a holder bought have had that past already, so each hand-over of those took the cash of the others,
though no role was to move cash after closing. Now only the issuer's notes are handed over, and a view of what the
issuer could claim says nothing, as a claim does.
"""

import pytest

from tests.utils.full_deal import Terms, Tranche, build, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))


@pytest.mark.parametrize("granted", ["thief", "admin"])
def test_the_role_alone_hands_nothing_over(lab, granted):
    deal = build(lab, TERMS).sell()
    note, thief, admin = deal.notes[0], lab.actor("thief"), lab.actor("admin")
    note.transfer(thief, 100, sender=deal.holders[0])
    deal.run(500)
    note.transfer(thief, 0, sender=thief)  # the past is in the account now
    deal.access.grantRole(deal.access.OFFERING(), lab.actor(granted), 0, sender=admin)
    with lab.refused("NotTheIssuer", lab.actor(granted), deal.offering):
        note.handOver(lab.actor("other wallet"), 0 if granted == "admin" else 100, sender=lab.actor(granted))
    assert (note.claimable(thief), note.claimable(deal.holders[0])) == (50, 450)


def test_a_view_gives_the_issuer_nothing(lab):
    deal = build(lab, TERMS)
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    deal.order(0, 1_000, lab.actor("late"))
    lab.now = deal.closing
    deal.offering.close(sender=lab.actor("late"))
    deal.run(500)
    note = deal.notes[0]
    assert (note.claimable(deal.offering), tuple(note.claimableApart(deal.offering))) == (0, (0, 0))
    deal.offering.settle(0, lab.actor("late"), sender=lab.actor("late"))
    assert note.claimable(lab.actor("late")) == 500
