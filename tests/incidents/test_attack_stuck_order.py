"""Attack: an order that is accepted and can never be handed over, or that goes below a least without being asked.

The rules were asked for the units that a raise added, not for the order that came of it; and asked again, when what
was allotted was handed over, for a least that scaling had undercut: the cash was gone and the notes stayed.
"""

import pytest

from salvor.model.compliance_rules import Rule
from tests.utils.full_deal import Terms, Tranche, build, step
from tests.utils.regulated import open_office

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))
LEAST, PIECE = 300, 100


@pytest.fixture
def office(lab):
    return open_office(lab, by_agents=False)


@pytest.fixture
def deal(lab, office):
    """A tranche of 1,000 whose note asks a compliance with rules."""
    deal = build(lab, TERMS, office=office)
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    return deal


class TestOrder:
    def test_is_asked_for_all_that_is_ordered_then(self, lab, office, deal):
        office.rule(Rule.MAX_HOLDING, 500)
        deal.order(0, 400, office.person("big"))
        with lab.refused("NotEligible", lab.actor("big"), 0, 501):
            deal.order(0, 101, lab.actor("big"))
        deal.order(0, 100, lab.actor("big"))

    def test_above_a_least_is_raised_by_less(self, lab, office, deal):
        office.rule(Rule.MIN_INVESTMENT, LEAST)
        with lab.refused("NotEligible", lab.actor("small"), 0, LEAST - 1):
            deal.order(0, LEAST - 1, office.person("small"))
        deal.order(0, LEAST, lab.actor("small"))
        deal.order(0, 1, lab.actor("small"))

    def test_is_not_lowered_below_a_least_but_ended(self, lab, office, deal):
        office.rule(Rule.MIN_INVESTMENT, LEAST)
        deal.order(0, LEAST + 1, office.person("small"))
        small = lab.actor("small")
        deal.offering.reduce(0, 1, sender=small)
        with lab.refused("NotEligible", small, 0, LEAST - 1):
            deal.offering.reduce(0, 1, sender=small)
        deal.offering.reduce(0, LEAST, sender=small)
        assert deal.token.balanceOf(small) == LEAST + 1

    def test_is_ended_by_who_may_not_hold_any_more(self, lab, office, deal):
        deal.order(0, 400, office.person("lapsed"))
        office.registry.revokeAll(sender=office.issuer)
        with lab.refused("NotEligible", lab.actor("lapsed"), 0, 399):
            deal.offering.reduce(0, 1, sender=lab.actor("lapsed"))
        deal.offering.reduce(0, 400, sender=lab.actor("lapsed"))


@pytest.mark.parametrize(
    ("rule", "values"),
    [(Rule.MIN_INVESTMENT, (LEAST,)), (Rule.MIN_HOLDING, (LEAST,)), (Rule.DENOMINATION, ("cash", PIECE))],
)
def test_what_was_allotted_is_handed_over_and_may_be_sent_whole(lab, office, deal, rule, values):
    """Twice 400 and once 700 of 1,000: 266, 266 and 466 units, below the least and in no whole pieces."""
    values = [deal.token.address if each == "cash" else each for each in values]
    office.rule(rule, *values)
    for name, units in (("one", 400), ("other", 400), ("third", 700)):
        deal.order(0, units, office.person(name))
    lab.now = deal.closing
    deal.offering.close(sender=lab.actor("one"))
    for name in ("one", "other", "third"):
        deal.offering.settle(0, lab.actor(name), sender=lab.actor(name))
    note = deal.notes[0]
    assert [note.balanceOf(lab.actor(name)) for name in ("one", "other", "third")] == [266, 266, 466]
    if rule == Rule.DENOMINATION:
        assert note.detectTransferRestriction(lab.actor("one"), lab.actor("third"), 66) == 28
    note.transfer(lab.actor("third"), 266, sender=lab.actor("one"))
