"""Fixtures: the world is deployed once a worker; Ape puts the chain back after each test."""

import os

import pytest
from hypothesis import settings

from salvor.chain.node import refuse_foreign_node
from tests.utils.world import STEPS, World

settings.register_profile("salvor", deadline=None)  # a slow machine is no fault
settings.load_profile("salvor")


@pytest.fixture(scope="session")
def deployed(project, chain, accounts):
    if not os.environ.get("APE_FOUNDRY_HOST"):
        refuse_foreign_node(chain.provider.process, chain.provider.uri)
    # It can be accelerated, so that every role of a deal is held.
    return World.closed_end(project, chain.provider, accounts, accelerated_steps=STEPS)


@pytest.fixture
def world(deployed):
    """The small deal as it was just deployed."""
    return deployed


@pytest.fixture
def closed(world):
    """The small deal sold and closed."""
    return world.close()


@pytest.fixture
def outsider(world):
    return world.outsider


@pytest.fixture
def senior_holder(world):
    return world.holders[0]
