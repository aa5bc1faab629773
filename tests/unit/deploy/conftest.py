"""A node that mines by itself, put back after each test."""

import pytest

from salvor.deploy.plan.run import Options
from tests.utils.own_node import own_node

QUICK = Options(pause=0.02, again_after=0.05, bump_after=30, patience=60)


@pytest.fixture(scope="module")
def running():
    with own_node() as node:
        yield node


@pytest.fixture
def node(running):
    snapshot = running.ask("evm_snapshot")
    yield running
    running.ask("anvil_dropAllTransactions")  # first: what waits would be mined, a moment after all is put back
    running.ask("evm_setAutomine", True)
    running.ask("evm_revert", snapshot)


@pytest.fixture
def quick():
    return QUICK
