"""The senior note, and the two things done to it again and again."""

import pytest

from salvor.chain.send import send
from tests.utils.world import SENIOR


@pytest.fixture
def note(world):
    return world.live.notes[SENIOR]


@pytest.fixture
def offering(world):
    return world.live.offering


@pytest.fixture
def settlement(world):
    return world.live.settlement


@pytest.fixture
def junior_holder(world):
    """Somebody who holds no senior note unless a test says so."""
    return world.holders[1]


@pytest.fixture
def pay(world, note):
    """Let the waterfall's account distribute cash to the senior note."""

    def distribute(cash):
        waterfall = world.live.waterfall
        world.fund(waterfall, cash)
        with world.as_contract(waterfall) as account:
            return send(note.distribute, cash, sender=account)

    return distribute


@pytest.fixture
def buy(world):
    """Admit an investor and let it subscribe to the senior note."""

    def subscribe(investor, units):
        world.admit(investor)
        world.subscribe(investor, SENIOR, units)

    return subscribe
