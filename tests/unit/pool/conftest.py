"""The pool, and those who act on it."""

import pytest


@pytest.fixture
def pool(world):
    return world.live.pool


@pytest.fixture
def settlement(world):
    return world.live.settlement


@pytest.fixture
def servicer(world):
    return world.live.parties.servicer
