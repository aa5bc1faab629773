"""A small evergreen deal on chain beside its model, sold to three holders; every test begins on the closing date."""

import pytest

from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import set_stage
from tests.utils.gates import Gates


@pytest.fixture
def played(lab):
    """Verbs that act on both and compare every figure afterwards."""
    return Gates(EvergreenMirror(set_stage(lab)))
