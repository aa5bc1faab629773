"""Three engines side by side: one anvil for all tests, the chain that Ape is connected to, a new EVM for each test."""

import pytest

from salvor.chain.engines import open_engine
from salvor.lab.lab import GENESIS
from tests.utils.zoo import ETHER, Trio


@pytest.fixture(scope="session")
def anvil():
    engine = open_engine("anvil", genesis=GENESIS)
    yield engine
    engine.close()


@pytest.fixture
def trio(anvil):
    before = anvil.snapshot()
    trio = Trio.over(open_engine("revm", genesis=GENESIS), anvil, open_engine("ape", genesis=GENESIS))
    yield trio
    trio.check()
    trio.close()
    anvil.restore(before)
    trio["ape"].engine.close()


@pytest.fixture
def pair(anvil):
    """Without Ape, which traces what it has sent: a minute for a block full of small steps."""
    before = anvil.snapshot()
    pair = Trio.over(open_engine("revm", genesis=GENESIS), anvil)
    yield pair
    pair.check()
    pair.close()
    anvil.restore(before)


@pytest.fixture
def owner(trio):
    return trio.actor("owner")


@pytest.fixture
def rich(trio):
    return trio.actor("rich", 1_000 * ETHER)
