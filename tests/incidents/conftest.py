"""What several incidents need."""

import pytest

from salvor.deploy.structs import pool_terms
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import set_stage
from tests.utils.gates import Gates
from tests.utils.leaves import committed
from tests.utils.tapes import Bench
from tests.utils.world import changed


@pytest.fixture
def pool_over(world):
    """A pool over a tape's root that says to have so many loans."""

    def deploy(root, count):
        parties, live = world.live.parties, world.live
        terms = changed(world.terms, tape=committed(root, count))
        given = pool_terms(terms, live.settlement.address, parties.seller.address)
        return parties.admin.deploy(world.project.LoanPool, live.access, live.distributor, given)

    return deploy


@pytest.fixture
def bench(tmp_path):
    """Where small tapes are checked."""
    return Bench(tmp_path)


@pytest.fixture
def played(lab):
    """A small evergreen deal on chain beside its model, by the verbs of `Gates`."""
    return Gates(EvergreenMirror(set_stage(lab)))
