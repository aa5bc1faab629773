"""What several incidents need."""

from dataclasses import replace

import pytest

from tests.utils.leaves import committed
from tests.utils.tapes import Bench


@pytest.fixture
def pool_over(world):
    """A pool over a tape's root that says to have so many loans."""

    def deploy(root, count):
        parties, live = world.live.parties, world.live
        terms = replace(world.terms, tape=committed(root, count))
        pool_terms = terms.pool_terms(live.settlement.address, parties.seller.address)
        return parties.admin.deploy(world.project.LoanPool, live.access, pool_terms)

    return deploy


@pytest.fixture
def bench(tmp_path):
    """Where small tapes are checked."""
    return Bench(tmp_path)
