"""The waterfall of the small deal, and deals with other steps."""

import pytest

from tests.utils.deploy import with_terms


@pytest.fixture
def waterfall(world):
    return world.live.waterfall


@pytest.fixture
def deal(world):
    """A deal with changed terms, sold and closed."""
    return lambda **changes: with_terms(world, **changes).close()
