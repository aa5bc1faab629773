"""The pool, and those who act on it."""

import pytest

from salvor.chain.send import send


@pytest.fixture
def pool(world):
    return world.live.pool


@pytest.fixture
def settlement(world):
    return world.live.settlement


@pytest.fixture
def servicer(world):
    return world.live.parties.servicer


@pytest.fixture
def release(world, pool):
    """Let the waterfall's account take the cash of a period."""

    def take(period):
        with world.as_contract(world.live.waterfall) as account:
            return send(pool.release, period, sender=account)

    return take
