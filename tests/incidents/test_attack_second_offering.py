"""Attack: a second offering over loans that the first has bought, or one that nobody can ever close.

After the deadline no order can be taken back, so a closing that reverts for ever keeps all cash: pool, distributor and
notes serve one deal, and closing needs roles that only the admin gives. Now the second offering is cancelled and pays
back, and none opens without its roles.
"""

import pytest

from salvor.chain.send import selector_of
from tests.utils.full_deal import MOST, NOBODY, Terms, Tranche, build, step

TERMS = Terms((Tranche(1_000),), (step("residual", 0),))


@pytest.fixture
def deal(lab):
    return build(lab, TERMS)


@pytest.fixture
def run_by(lab, deal):
    """A waterfall for another offering of the same notes."""
    (tranche,), note, dust_owner = TERMS.tranches, deal.notes[0], lab.actor("dust owner")
    lists = [tranche.terms(note)], [tranche.path()], [], [], [], (0, MOST, 0, 0), list(TERMS.steps), []
    rules = *lists, False, 0, 0, dust_owner, NOBODY, NOBODY, 0, NOBODY
    return lambda offering: lab.deploy("Waterfall", offering, rules, sender=lab.actor("admin"))


def test_the_second_over_the_same_loans_is_cancelled_and_pays_back(lab, deal, run_by):
    admin, late = lab.actor("admin"), lab.actor("late")
    second = lab.deploy("Offering", deal.access, deal.pool, [(deal.notes[0], 1_000, 1_000)], sender=admin)
    deal.access.setTargetFunctionRole(second, [selector_of(second, "open")], deal.access.ARRANGER(), sender=admin)
    deal.access.grantRole(deal.access.OFFERING(), second, 0, sender=admin)
    second.open(run_by(second), sender=lab.actor("arranger"))
    deal.token.mint(late, 1_000, sender=late)
    deal.token.approve(second, 1_000, sender=late)
    second.order(0, 1_000, sender=late)
    deal.sell()
    second.close(sender=late)
    assert second.sale() == 3
    second.settle(0, late, sender=late)
    assert deal.token.balanceOf(late) == 1_000
    deal.check_books()


@pytest.mark.parametrize("taken", ["pool", "distributor", "note"])
def test_one_whose_parts_were_taken_is_cancelled(lab, deal, taken):
    """By somebody to whom the admin gave the role too."""
    admin, who = lab.actor("admin"), lab.actor("holder 0")
    deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    deal.order(0, 1_000, who)
    deal.access.grantRole(deal.access.OFFERING(), admin, 0, sender=admin)
    lab.now = deal.closing
    calls = {
        "pool": lambda: deal.pool.purchase(admin, sender=admin),
        "distributor": lambda: deal.distributor.appoint(admin, sender=admin),
        "note": lambda: deal.notes[0].issue(1, sender=admin),
    }
    calls[taken]()
    deal.offering.close(sender=who)
    deal.offering.settle(0, who, sender=who)
    assert (deal.offering.sale(), deal.token.balanceOf(who)) == (3, 1_000)


@pytest.mark.parametrize("delay", [None, 1])
def test_none_opens_without_the_roles_of_closing(lab, deal, delay):
    """A role with a delay is none: closing makes its calls at once."""
    admin, role = lab.actor("admin"), deal.access.OFFERING()
    deal.access.revokeRole(role, deal.offering, sender=admin)
    if delay:
        deal.access.grantRole(role, deal.offering, delay, sender=admin)
    with lab.refused("ClosingNotAllowed", deal.pool, selector_of(deal.pool, "purchase")):
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
    assert deal.offering.waterfall() == NOBODY


@pytest.mark.parametrize(
    ("target", "function"),
    [("pool", "purchase"), ("distributor", "appoint"), ("note", "issue"), ("note", "handOver")],
)
def test_none_opens_without_one_of_them(lab, deal, target, function):
    contract = deal.notes[0] if target == "note" else getattr(deal, target)
    other = deal.access.SERVICER()
    deal.access.setTargetFunctionRole(contract, [selector_of(contract, function)], other, sender=lab.actor("admin"))
    with lab.refused("ClosingNotAllowed", contract, selector_of(contract, function)):
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
