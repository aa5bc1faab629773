"""Engines side by side: one anvil for all tests, the chain that Ape is connected to, a new EVM for each test."""

import pytest

from salvor.chain.engines import open_engine
from salvor.lab.lab import GENESIS
from tests.utils.zoo import ETHER, Trio


@pytest.fixture(scope="session")
def anvil():
    engine = open_engine("anvil", genesis=GENESIS)
    yield engine
    engine.close()


def beside(anvil, *others):
    """An EVM, the anvil and others, with everything that was met compared at the end; the anvil is put back."""
    before = anvil.snapshot()
    trio = Trio.over(open_engine("revm", genesis=GENESIS), anvil, *others)
    yield trio
    try:
        trio.check()
    finally:
        trio.close()
        anvil.restore(before)
        for engine in others:
            engine.close()


@pytest.fixture
def trio(request, anvil):
    """All three. Ape is slow: of a test with parameters it takes part in the first only."""
    places = request.node.callspec.indices.values() if hasattr(request.node, "callspec") else ()
    if any(places):
        yield from beside(anvil)
    else:
        yield from beside(anvil, open_engine("ape", genesis=GENESIS))


@pytest.fixture
def pair(anvil):
    """Without Ape, which traces what it has sent: a minute for a block full of small steps."""
    yield from beside(anvil)


@pytest.fixture
def owner(trio):
    return trio.actor("owner")


@pytest.fixture
def rich(trio):
    return trio.actor("rich", 1_000 * ETHER)
