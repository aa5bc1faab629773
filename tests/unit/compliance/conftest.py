"""A regulated note with one trusted issuer."""

import pytest

from tests.utils.regulated import open_office


@pytest.fixture
def office(lab):
    """Nobody is registered, no rule is on."""
    return open_office(lab)
