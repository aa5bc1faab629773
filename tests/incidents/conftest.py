"""What several incidents need."""

from dataclasses import replace

import pytest


@pytest.fixture
def pool_over(world):
    """A pool over a tape's root that says to have so many loans."""

    def deploy(root, count):
        parties, live = world.live.parties, world.live
        terms = replace(world.terms, tape_root=root, loan_count=count)
        pool_terms = terms.pool_terms(live.settlement.address, parties.seller.address)
        return parties.admin.deploy(world.project.LoanPool, live.access, pool_terms)

    return deploy
