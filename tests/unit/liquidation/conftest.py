"""The small deal sold, with house, book and auctions beside it, and short words for what people do there."""

import pytest

from tests.property.liquidation_stage import set_sales
from tests.utils.selling import Selling


@pytest.fixture
def lab(shared_lab):
    """The one on which the deal stands."""
    return shared_lab


@pytest.fixture(scope="module")
def deployed(shared_lab):
    return set_sales(shared_lab)


@pytest.fixture
def sales(deployed, lab):
    """Nothing is worked alone yet."""
    return Selling(deployed)


@pytest.fixture
def falling(sales):
    """A loan of 30,000 for sale: 1,000 units from 60,000 down to 30,500 in ten steps of an hour, then five hours."""
    sales.worth(50_000)
    sales.open(1, 30_000)
    sales.propose("LOAN_SALE")
    sales.sell()
    return sales


@pytest.fixture
def climbing(sales):
    """The property behind two loans of 50,000 in all for sale: bids from 30,500, two days, costs of 97."""
    sales.worth(50_000)
    sales.open(1, 30_000, debtor=sales.debtor)
    sales.join(2, 20_000)
    sales.foreclose()
    return sales
