"""Attack: a deal is accelerated with borrowed notes.

A vote counted the units held when it was called, so whoever borrowed the senior class for one transaction could call a
vote with it, give it back, and vote afterwards; so could who had sold since. Now a vote counts no more than is held
when it is cast, later than in the second of the call (rule 28).
"""

from tests.utils.full_deal import Terms, Tranche, build, step

STEPS = (step("residual", 0),)
TERMS = Terms((Tranche(1_000),), STEPS, accelerated=STEPS)


def test_units_lent_for_a_transaction_decide_nothing(lab):
    deal = build(lab, TERMS).sell()
    note, lender, borrower = deal.notes[0], deal.holders[0], lab.actor("buyer")
    note.transfer(borrower, 1_000, sender=lender)
    deal.vote.call(sender=borrower)
    with lab.refused("JustCalled", 1, lab.now):
        deal.vote.vote(sender=borrower)
    note.transfer(lender, 1_000, sender=borrower)
    lab.wait(1)
    with lab.refused("NoUnits", borrower):
        deal.vote.vote(sender=borrower)
    with lab.refused("NoUnits", lender):  # who held none when it was called
        deal.vote.vote(sender=lender)
    assert deal.waterfall.phase() == 2


def test_units_sold_since_count_for_nobody(lab):
    deal = build(lab, TERMS).sell()
    note, seller, buyer = deal.notes[0], deal.holders[0], lab.actor("buyer")
    deal.vote.call(sender=seller)
    note.transfer(buyer, 500, sender=seller)
    lab.wait(1)
    deal.vote.vote(sender=seller)
    assert deal.vote.ballot(1).units == 500
    with lab.refused("NoUnits", buyer):
        deal.vote.vote(sender=buyer)
    assert deal.waterfall.phase() == 2
