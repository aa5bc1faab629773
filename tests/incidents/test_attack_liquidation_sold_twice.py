"""Attack: what has an owner already is sold again.

A sale that ended with some of the lot sold, or with a credit bid, left the case held like one that nobody had sold
from, and the next sale offered the whole lot. Now an account keeps what is left of its lot: later sales offer that,
in the auction whose units are counted, and where nothing is left no trigger fires and no sale starts (rule 18).
"""

import pytest

from salvor.model.liquidation.state import Stage, Strategy
from tests.utils.selling import Selling, stand
from tests.utils.world import DAY


@pytest.fixture
def parted(lab):
    """Of 1,000 units 600 are sold; both rounds are over."""
    sales = stand(lab).sell_loan(50_000)
    sales.take(600, sales.first)
    return give_back(sales)


def give_back(sales: Selling) -> Selling:
    sales.relist_in_vain()
    assert sales.stage() == Stage.HELD
    return sales


@pytest.fixture
def credited(lab):
    """The vehicle has title; the case is held until it pays."""
    sales = stand(lab)
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.foreclose()
    for _ in range(3):
        lab.wait(2 * DAY)
        sales.relist()
    assert (sales.stage(), sales.house.titleOf(1, sales.vehicle)) == (Stage.HELD, 1)
    return sales


def test_a_later_sale_offers_what_is_left_of_the_lot(parted):
    assert parted.account().left == 400
    parted.propose("LOAN_SALE")
    parted.sell()
    assert parted.dutch.roundOf(1).left == 400
    assert parted.take(1_000, parted.second).return_value.units == 400
    assert (parted.stage(), parted.account().left) == (Stage.CLOSED, 0)
    assert [parted.house.titleOf(1, who) for who in (parted.first, parted.second)] == [600, 400]


def test_less_is_left_after_each_sale(parted, lab):
    parted.propose("LOAN_SALE")
    parted.sell()
    parted.take(100, parted.second)
    give_back(parted)
    assert parted.account().left == 300


def test_a_trigger_sells_what_is_left_where_the_rest_was_sold(parted):
    """Its way is a foreclosure of the whole in the climbing auction: that lot is no longer there."""
    parted.fire(after="FORECLOSURE")
    parted.book.startSale(1, sender=parted.outsider)
    assert parted.book.caseOf(1).strategy == Strategy.LOAN_SALE
    assert (parted.dutch.roundOf(1).left, parted.english.roundOf(1).floor) == (400, 0)


def test_no_trigger_fires_once_title_passed_to_the_vehicle(credited, lab):
    with lab.refused("NothingLeft", 1):
        credited.fire()
    assert credited.stage() == Stage.HELD


def test_no_sale_starts_once_title_passed_to_the_vehicle(credited, lab):
    credited.propose("LOAN_SALE")
    with lab.refused("NothingLeft", 1):
        credited.sell()


def test_a_lot_of_which_nobody_took_is_offered_whole_and_anywhere(lab):
    sales = give_back(stand(lab).sell_loan(50_000))
    assert (sales.account().left, sales.account().gone) == (0, False)
    sales.foreclose()
    assert sales.english.roundOf(1).floor == 30_500
