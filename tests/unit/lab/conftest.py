"""A token and two people, on the lab of the test."""

import pytest


@pytest.fixture
def owner(lab):
    return lab.actor("owner")


@pytest.fixture
def holder(lab):
    return lab.actor("holder")


@pytest.fixture
def token(lab, owner):
    return lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=owner)
