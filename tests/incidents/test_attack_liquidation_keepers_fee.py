"""Attack: the servicer has a keeper's fee by way of a second trigger.

When a trigger fired again, a fee that the earlier keeper had not got yet was added to the costs, which are the
servicer's. Now it stays due to that keeper, and who fires meanwhile has none (rule 34).
"""

import pytest

from tests.utils.selling import stand


@pytest.fixture
def cured(lab):
    """The outsider fired for a fee of 700, and the case was cured."""
    sales = stand(lab)
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.fire(0, 700)
    sales.book.cured(1, sender=sales.overseer)
    return sales


def fire_again(sales):
    sales.book.fire(1, sales.third, 30, 0, 3, sender=sales.overseer)


def test_an_unpaid_fee_stays_the_keepers(cured):
    fire_again(cured)
    cured.pay(1_000)
    owed = [cured.house.owed(who) for who in (cured.outsider, cured.third, cured.servicer)]
    assert (owed, cured.open_period()) == ([700, 0, 0], (300, 1_000, 0, 0))


def test_the_rest_of_a_fee_stays_the_keepers(cured):
    cured.pay(600)
    fire_again(cured)
    cured.pay(200)
    assert [cured.house.owed(who) for who in (cured.outsider, cured.third)] == [700, 0]


def test_once_it_is_paid_who_fires_next_has_the_fee(cured):
    cured.pay(700)
    fire_again(cured)
    cured.pay(1_000)
    assert [cured.house.owed(who) for who in (cured.outsider, cured.third)] == [700, 30]
