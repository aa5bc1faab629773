"""The zoo on a chain of the test's own."""

import pytest

from salvor.chain.engines import open_engine
from salvor.lab.lab import Lab
from tests.utils.zoo import zoo


@pytest.fixture
def here():
    return Lab(open_engine("revm", genesis=1_000_000_000), zoo())


@pytest.fixture
def owner(here):
    return here.actor("owner")
