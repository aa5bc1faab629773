"""What sales cost on a node: the limits, and that nothing grows with loans, bidders or other sales."""

import pytest

from salvor.lab import open_lab
from tests.property.liquidation_stage import GROUP_STRATEGIES, HOUR, SEALED_STRATEGIES, loan_id, set_sales
from tests.property.trigger_stage import set_triggers, spelling
from tests.utils.selling import Selling
from tests.utils.world import DAY, WAD


@pytest.fixture
def lab(request):
    """A node: gas is what a node says."""
    opened = open_lab("anvil", root=request.config.rootpath)
    yield opened
    opened.close()


@pytest.fixture
def sales(lab):
    return Selling(set_sales(lab))


def on_sale(sales, loans=1):
    """A property behind so many loans of 37,000, with a bid."""
    sales.worth(50_000)
    sales.open(0, 37_000 - 9_000 * (loans - 1))
    for number in range(1, loans):
        sales.join(number, 9_000)
    sales.foreclose()
    sales.bid(30_500, sales.first)


def test_closing_a_case_of_four_loans_costs_what_one_costs(sales, lab):
    """Each loan's share follows from the account."""
    spent, start = [], lab.snapshot()
    for loans in (1, 4):
        on_sale(sales, loans)
        lab.wait(2 * DAY)
        spent.append(sales.settle().gas_used)
        if loans == 4:
            assert [sales.book.shareOf(loan_id(number)) for number in range(4)] == [10_000, 9_000, 9_000, 2_403]
        lab.restore(start)
    assert spent[0] == spent[1]


def test_a_start_and_a_take_cost_at_most_150_000(sales, lab):
    """The first take pays what the sale costs the servicer; that of case 1 is the first that the house ever sees."""
    for case, value in ((1, 50_000), (2, 40_000)):
        sales.worth(value, subject=case - 1)
        sales.open(case, 20_000, subject=case - 1)
        sales.propose("LOAN_SALE", case=case)
        started = sales.sell(case).gas_used
        assert max(started, *takes(sales, case)) <= 150_000


def takes(sales, case=1):
    """All there is, in four takes."""
    buyers = ((300, sales.first), (300, sales.second), (300, sales.second), (100, sales.third))
    return [sales.take(units, who, case=case).gas_used for units, who in buyers]


def test_a_take_that_pays_the_keeper_too_costs_at_most_150_000(sales):
    sales.worth(50_000)
    sales.open(1, 20_000)
    sales.fire(0, 5)
    started = sales.book.startSale(1, sender=sales.outsider).gas_used
    assert max(started, *takes(sales)) <= 150_000
    assert [sales.house.owed(who) for who in (sales.outsider, sales.servicer)] == [5, 11]


@pytest.mark.parametrize("number", [1, 5], ids=["that it moves to", "that it is of"])
def test_of_another_group_they_cost_at_most_150_000(lab, number):
    sales = Selling(set_sales(lab, strategies=GROUP_STRATEGIES, groups=2))
    sales.worth(50_000)
    sales.open(number, 12_000)
    sales.switch("LOAN_SALE")
    assert sales.account().group == 1
    started = sales.sell().gas_used
    assert max(started, *takes(sales)) <= 150_000


def test_a_bid_costs_at_most_90_000(sales, lab):
    """The first that the house ever sees, and the first after all others have theirs back."""
    sales.worth(50_000)
    sales.open(0, 37_000)
    sales.foreclose()
    spent = []
    for who in (sales.first, sales.second, sales.first, sales.second, sales.third):
        spent.append(sales.bid(sales.english.least(1), who).gas_used)
        sales.house.payOut(sales.first, sender=sales.outsider)
    assert max(spent) <= 90_000, spent


def test_a_reveal_costs_at_most_80_000(lab):
    sales = Selling(set_sales(lab, strategies=SEALED_STRATEGIES))
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.propose("LOAN_SALE")
    sales.sell()
    sealed = sales.sales.live.auctions[2]
    prices = {sales.first: 31_000, sales.second: 40_000, sales.third: 35_000}
    for who, price in prices.items():
        sealed.commit(1, 1, sealed.sealOf(1, who, price, bytes(32)), sender=who)
    lab.wait(2 * DAY)
    spent = [sealed.reveal(1, price, bytes(32), sender=who).gas_used for who, price in prices.items()]
    assert max(spent) <= 80_000, spent


def test_a_check_of_a_trigger_costs_at_most_40_000(lab):
    watched = set_triggers(lab)
    sales = Selling(watched.sales)
    sales.open(1, 20_000)
    watched.teach("COLLATERAL/1", 0, 150 * WAD, lab.now)
    watched.poke("COLLATERAL/1")
    watched.book.watch(1, 0, sender=sales.outsider)
    spent = []
    for _ in range(3):
        spent.append(watched.book.check(1, 0, sender=sales.outsider).gas_used)
        lab.wait(HOUR)
    assert max(spent) <= 40_000, spent  # at the first the clause turns


def test_the_key_of_a_high_case_costs_what_that_of_the_first_does(lab):
    """Ten million cases: a checkpoint spells the number of its case."""
    watched = set_triggers(lab)
    spent = [spelling(watched, case) for case in (1, 10, 999, 123_456, 10_000_000)]
    assert max(spent) - min(spent) <= 150, spent
