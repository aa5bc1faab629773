"""A regulated note with one trusted issuer, deployed once for all tests of this folder."""

import pytest

from tests.utils.regulated import open_office


@pytest.fixture(scope="session")
def opened(shared_lab):
    """Nobody is registered, no rule is on."""
    return open_office(shared_lab)


@pytest.fixture
def office(opened):
    return opened


@pytest.fixture
def lab(opened):
    """The office's chain; each test finds it as the office was opened."""
    return opened.lab
