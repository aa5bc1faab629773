"""The oracle's contracts in this process."""

import pytest

from tests.utils.oracle import set_stage


@pytest.fixture
def stage(lab):
    """Deployed, and three signers."""
    return set_stage(lab, signers=3)


@pytest.fixture
def outsider(stage):
    return stage.outsider
