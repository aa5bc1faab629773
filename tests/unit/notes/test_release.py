"""Distributor.release: the house moves what stands there for it, and nothing that is in anybody's books."""

import pytest

from tests.utils.full_deal import Terms, Tranche, build, step

HOLDERS, CREDITS, RESERVE, TO_RUN, GIFT = 40, 900, 50, 70, 5


@pytest.fixture
def deal(lab):
    """All four books have something: holders of a run, the seller, the reserve, a report to run; 5 units more."""
    steps = (step("principal", 0),)
    deal = build(lab, Terms((Tranche(950),), steps, reserve=(RESERVE, RESERVE, 0, 1), price=CREDITS)).sell()
    deal.run(HOLDERS)
    deal.report(TO_RUN)
    deal.token.mint(deal.distributor, GIFT, sender=lab.actor("outsider"))
    return deal


@pytest.fixture
def house(lab, deal):
    """Somebody who plays it."""
    who = lab.actor("house")
    for owner in (deal.pool, deal.distributor):
        owner.appointHouse(who, sender=lab.actor("admin"))
    return who


def books(deal):
    own = deal.distributor
    return own.heldForHolders(), own.heldForCredits(), own.heldForDeal(), deal.pool.cashToRun()


def test_pays_what_is_in_no_book(lab, deal, house):
    assert (books(deal), deal.distributor.spare()) == ((HOLDERS, CREDITS, RESERVE, TO_RUN), GIFT)
    other = lab.actor("other")
    (log,) = deal.distributor.release(other, GIFT, sender=house).events_of(deal.distributor, "Released")
    assert (log.account, log.cash) == (other.address, GIFT)
    assert (deal.token.balanceOf(other), deal.distributor.spare()) == (GIFT, 0)
    assert books(deal) == (HOLDERS, CREDITS, RESERVE, TO_RUN)


def test_pays_no_unit_of_what_is(lab, deal, house):
    with lab.refused("NotSpare", GIFT + 1, GIFT):
        deal.distributor.release(house, GIFT + 1, sender=house)


def test_pays_nothing_where_proceeds_were_told_that_never_came(lab, deal, house):
    deal.pool.takeProceeds((100, 0, 0, 0), 0, False, sender=house)
    with lab.refused("NotSpare", 1, 0):
        deal.distributor.release(house, 1, sender=house)
    deal.token.mint(deal.distributor, 96, sender=house)
    deal.distributor.release(house, 1, sender=house)


@pytest.mark.parametrize("role", ["outsider", "admin", "servicer", "seller", "holder 0"])
def test_obeys_the_house_alone(lab, deal, house, role):
    who = lab.actor(role)
    with lab.refused("NotTheHouse", who, house):
        deal.distributor.release(who, 1, sender=who)


def test_obeys_nobody_where_no_loans_are_sold(lab, deal):
    with lab.refused("NotTheHouse", lab.actor("admin"), "0x" + 40 * "0"):
        deal.distributor.release(lab.actor("admin"), 1, sender=lab.actor("admin"))


def test_obeys_a_house_before_the_closing_and_nobody_else(lab):
    admin = lab.actor("admin")
    token = lab.deploy("SettlementToken", "Euro", "EUR", 2, sender=admin)
    access = lab.deploy("DealAccess", admin, sender=admin)
    distributor = lab.deploy("Distributor", access, token, sender=admin)
    assert distributor.spare() == 0
    with lab.refused("NotTheHouse", admin, "0x" + 40 * "0"):
        distributor.release(admin, 1, sender=admin)
    house = lab.actor("house")
    (log,) = distributor.appointHouse(house, sender=admin).events_of(distributor, "HouseAppointed")
    assert (log.house, distributor.house()) == (house.address, house.address)
    token.mint(distributor, GIFT, sender=admin)
    distributor.release(admin, GIFT, sender=house)
    assert (token.balanceOf(admin), distributor.spare()) == (GIFT, 0)


def test_obeys_one_house_for_ever(lab, deal, house):
    with lab.refused("AlreadyAppointed", house):
        deal.distributor.appointHouse(lab.actor("other"), sender=lab.actor("admin"))
